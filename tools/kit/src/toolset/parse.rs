//! Arguments as they came, made into those that are meant.

use rmcp::model::JsonObject;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::ToolError;

/// The arguments, or an error that says which of them doesn't fit, and `next_step`.
pub(super) fn parse<A: DeserializeOwned>(
    arguments: JsonObject,
    next_step: &str,
) -> Result<A, ToolError> {
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." { String::new() } else { format!(" (at `{path}`)") };
        let message = format!("The arguments don't fit: {}{at}.", error.into_inner());
        ToolError::invalid_argument(message, next_step)
    })
}
