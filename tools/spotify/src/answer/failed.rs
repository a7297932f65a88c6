//! What couldn't be done, and why: one thing of several.

use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::ToolError;

use crate::text::clip;

/// A thing that failed, while others may have worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Failed {
    /// What it was, as it was given.
    pub(crate) uri: String,
    /// Why it failed, and what to do.
    pub(crate) why: String,
}

impl Failed {
    /// The failure of `uri`.
    pub(crate) fn new(uri: &str, error: &ToolError) -> Self {
        Self { uri: clip(uri, 80), why: format!("{} {}", error.message(), error.next_step()) }
    }
}

/// The failures below their reasons, each of which is written once for a run of them.
pub(crate) fn list_failed(failed: &[Failed]) -> String {
    let mut text = String::new();
    let mut last = "";
    for Failed { uri, why } in failed {
        if why != last {
            text.push_str("\nFailed: ");
            text.push_str(why);
            last = why;
        }
        text.push_str("\n- ");
        text.push_str(uri);
    }
    text
}
