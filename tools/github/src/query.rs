//! What the searches have in common: words and qualifiers in one line.

use stagepass_kit::ToolError;

/// The most characters of a query (GitHub counts those of the words alone).
const LONGEST: usize = 256;

/// A query that isn't empty, nor too long.
///
/// # Errors
/// `invalid_argument` for any other.
pub(crate) fn fitting(query: &str) -> Result<String, ToolError> {
    match query.chars().count() {
        0 => Err(ToolError::invalid_argument("There is nothing to look for.", "Pass `query`.")),
        1..=LONGEST => Ok(query.to_owned()),
        _ => Err(ToolError::invalid_argument("The query is too long.", "Use fewer words.")),
    }
}

/// `name:value`, where the value is an account or `@me`.
///
/// # Errors
/// `invalid_argument` for what can be none.
pub(crate) fn account(name: &str, value: &str) -> Result<String, ToolError> {
    let value = value.trim();
    let value = if value.eq_ignore_ascii_case("me") { "@me" } else { value };
    let login = value.strip_prefix('@').unwrap_or(value);
    let value = if login == "me" { value } else { login };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '[' | ']');
    if !login.is_empty() && login.len() <= 100 && login.chars().all(fits) {
        return Ok(format!("{name}:{value}"));
    }
    Err(ToolError::invalid_argument(
        format!("The {name} isn't the name of a GitHub account."),
        "Pass a name such as \"octocat\", or \"@me\" for the person.",
    ))
}

/// Without line breaks and other things that mean nothing in a search.
pub(crate) fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.trim().to_owned()
}

/// The words of a search. A quote that isn't closed would swallow the qualifiers behind them.
pub(crate) fn words(text: &str) -> String {
    let mut text = one_line(text);
    if text.matches('"').count() % 2 == 1
        && let Some(last) = text.rfind('"')
    {
        text.remove(last);
    }
    text.trim().to_owned()
}

/// `name:"value"` without what would end it, or keep it from ending.
pub(crate) fn quoted(name: &str, value: &str) -> Option<String> {
    let value = one_line(&value.replace(['"', '\\'], ""));
    (!value.is_empty()).then(|| format!("{name}:\"{value}\""))
}
