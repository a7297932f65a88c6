//! Arguments that have to be within limits.

use stagepass_kit::ToolError;

/// `value`, if it is from `least` to `most`.
///
/// # Errors
/// `invalid_argument`, naming the argument and its limits.
pub(crate) fn within(name: &str, value: u32, least: u32, most: u32) -> Result<u32, ToolError> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(ToolError::invalid_argument(
        format!("`{name}` is {value}, and has to be {least} to {most}."),
        "Call again with a fitting value; use `offset` to see more.",
    ))
}

/// `list`, if it has 1 to `most` entries.
///
/// # Errors
/// `invalid_argument`, naming the argument and its limits.
pub(crate) fn at_most<T>(name: &str, list: Vec<T>, most: usize) -> Result<Vec<T>, ToolError> {
    if (1..=most).contains(&list.len()) {
        return Ok(list);
    }
    Err(ToolError::invalid_argument(
        format!("`{name}` has {} entries, and takes 1 to {most}.", list.len()),
        "Call several times, with a part of them each.",
    ))
}
