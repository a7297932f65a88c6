//! One tool, as its crate writes it.

use std::{fmt::Display, future::Future};

use rmcp::model::ToolAnnotations;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Caller, ToolError};

/// What a tool does to the world, as clients are told (MCP tool annotations).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Looks, and changes nothing.
    Reads,
    /// Changes something, and doing it twice is not doing it once.
    Changes,
    /// Changes something; a second time makes no difference.
    Sets,
    /// May take something away that can't be brought back.
    Destroys,
}

impl Effect {
    /// The hints that go with it. Every tool reaches out to a provider, so the world is open.
    pub(crate) fn annotations(self, title: &str) -> ToolAnnotations {
        ToolAnnotations::with_title(title)
            .read_only(self == Self::Reads)
            .destructive(self == Self::Destroys)
            .idempotent(matches!(self, Self::Reads | Self::Sets))
            .open_world(true)
    }
}

/// One tool: its name and words, its arguments, its answer, and what it does.
///
/// The answer's `Display` is the compact text for the model; its `Serialize` is the same content
/// as `structuredContent`, and its `JsonSchema` the output schema.
pub trait Tool: Send + Sync + 'static {
    /// The name on the wire: `<toolset>_<verb>`, at most 64 characters of `[a-z0-9_]`.
    const NAME: &'static str;
    /// The name for people.
    const TITLE: &'static str;
    /// For the model: what it does, when to use it, what to use instead. A sentence that names a tool
    /// whose set is off is left out, or, where it has semicolons, the part of it between them.
    const DESCRIPTION: &'static str;
    /// What it does to the world.
    const EFFECT: Effect;
    /// The provider's scopes that it can't do without.
    const SCOPES: &'static [&'static str];
    /// Scopes that only some of its calls need: asked for when somebody connects, and missed only by
    /// those calls.
    const OPTIONAL_SCOPES: &'static [&'static str] = &[];
    /// Its arguments, documented field by field for the model.
    type Args: DeserializeOwned + JsonSchema + Send;
    /// Its answer.
    type Answer: Serialize + JsonSchema + Display + Send;

    /// Does it.
    fn call(
        &self,
        caller: &Caller,
        args: Self::Args,
    ) -> impl Future<Output = Result<Self::Answer, ToolError>> + Send;
}
