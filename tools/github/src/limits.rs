//! Numbers in arguments: which are allowed, and which are meant when there are none.

use stagepass_kit::ToolError;

/// The most results that GitHub lets anybody see of one search.
pub(crate) const MOST_FOUND: u32 = 1_000;
/// No list is read further.
const LAST_PAGE: u32 = 10_000;

/// `value`, or `usual` if there is none.
///
/// # Errors
/// `invalid_argument` if it is outside of `least` and `most`.
pub(crate) fn within(
    name: &str,
    value: Option<u32>,
    usual: u32,
    (least, most): (u32, u32),
) -> Result<u32, ToolError> {
    let value = value.unwrap_or(usual);
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(ToolError::invalid_argument(
        format!("`{name}` is {value}, and has to be {least} to {most}."),
        "Call again with a fitting value; use `page` to see more.",
    ))
}

/// Which page of a list.
///
/// # Errors
/// `invalid_argument` for none that there could be.
pub(crate) fn page(value: Option<u32>) -> Result<u32, ToolError> {
    within("page", value, 1, (1, LAST_PAGE))
}

/// Which page of a search with so many results each.
///
/// # Errors
/// `invalid_argument` if GitHub doesn't go so far.
pub(crate) fn page_found(value: Option<u32>, limit: u32) -> Result<u32, ToolError> {
    let page = page(value)?;
    if (page - 1) * limit < MOST_FOUND {
        return Ok(page);
    }
    Err(ToolError::invalid_argument(
        format!("GitHub shows only the first {MOST_FOUND} results of a search."),
        "Narrow the search down: more words, a repository, a state, a year.",
    ))
}
