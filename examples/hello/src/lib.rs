//! The smallest toolset: one tool, no provider. `cargo test -p stagepass-hello` tries it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError, Toolset};

/// The toolset, for the host's list or for `App::builder(config).toolset(…)`.
#[must_use]
pub fn toolset() -> Toolset {
    Toolset::new("hello", None).with(Greet)
}

/// The tool. What it needs for its work, such as an HTTP client, would be its fields.
struct Greet;

/// What a model may write. The comment of a field is what the model is told about it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Whom to greet.
    name: String,
}

/// What comes back: these fields as data, `Display` as the text.
#[derive(Debug, Serialize, JsonSchema)]
struct Answer {
    /// The greeting.
    greeting: String,
}

impl Tool for Greet {
    const NAME: &'static str = "hello_greet";
    const TITLE: &'static str = "Greet somebody";
    const DESCRIPTION: &'static str = "Makes a greeting. Use it when somebody is to be greeted.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, _caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let name = args.name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            let message = "`name` is empty or too long.";
            return Err(ToolError::invalid_argument(
                message,
                "Pass a name of 80 characters at most.",
            ));
        }
        Ok(Answer { greeting: format!("Hello, {name}.") })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.greeting)
    }
}

#[cfg(test)]
mod tests;
