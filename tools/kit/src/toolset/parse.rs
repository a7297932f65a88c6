//! Arguments as they came, made into those that are meant.

use rmcp::model::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ToolError;

/// The most characters of a complaint.
const LONGEST: usize = 300;

/// The arguments, or an error that says which of them doesn't fit, and `next_step`.
pub(super) fn parse<A: DeserializeOwned>(
    arguments: JsonObject,
    next_step: &str,
) -> Result<A, ToolError> {
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = clipped(error.path().to_string());
        let at = if path == "." { String::new() } else { format!(" (at `{path}`)") };
        let why = clipped(error.into_inner().to_string());
        ToolError::invalid_argument(format!("The arguments don't fit: {why}{at}."), next_step)
    })
}

/// What was passed stands in it, however long that is.
fn clipped(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
        None => text,
    }
}
