//! One prompt, as its crate writes it.

use std::future::Future;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{Caller, ToolError};

/// One prompt: words that a person picks from a list, to have a model do something with our tools.
///
/// Getting it needs no account; completing its arguments may.
pub trait Prompt: Send + Sync + 'static {
    /// The name on the wire: `<toolset>_<what>`, at most 64 characters of `[a-z0-9_]`.
    const NAME: &'static str;
    /// The name for people.
    const TITLE: &'static str;
    /// For people: what comes of it.
    const DESCRIPTION: &'static str;
    /// The tools that it can't do without, by their names: where one of them isn't offered, it isn't
    /// either.
    const NEEDS: &'static [&'static str];
    /// Its arguments, documented field by field for people. Clients have forms of single lines, so
    /// each is a text; one that is left blank is missing.
    type Args: DeserializeOwned + JsonSchema + Send;

    /// What the model is told, in the person's place.
    ///
    /// # Errors
    /// `invalid_argument` when the arguments can't be used.
    fn message(&self, args: Self::Args) -> Result<String, ToolError>;

    /// What the person may mean who has `typed` so much of `argument`: the likeliest first, none if
    /// there is nothing to choose from. Only the first hundred are shown.
    fn complete(
        &self,
        _caller: &Caller,
        _argument: &str,
        _typed: &str,
    ) -> impl Future<Output = Result<Vec<String>, ToolError>> + Send {
        async { Ok(Vec::new()) }
    }
}
