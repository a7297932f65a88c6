//! One resource, as its crate writes it.

use std::future::Future;

use serde::de::DeserializeOwned;

use crate::{Caller, ToolError};

/// Something that a person looks at, or gives to a model to read: one document, or many of one form.
pub trait Resource: Send + Sync + 'static {
    /// Its address, `<toolset>://<what>`; or the form of many (RFC 6570, level 1), e.g.
    /// `spotify://playlists/{playlist}`, with text between any two variables.
    const URI: &'static str;
    /// The name for programs.
    const NAME: &'static str;
    /// The name for people.
    const TITLE: &'static str;
    /// For people and models: what is in it.
    const DESCRIPTION: &'static str;
    /// The media type of the text.
    const MIME_TYPE: &'static str;
    /// The provider's scopes that it can't do without.
    const SCOPES: &'static [&'static str];
    /// The variables of the address, each a text.
    type Variables: DeserializeOwned + Send;

    /// The text, as it is now.
    ///
    /// # Errors
    /// `not_found` when there is nothing at this address, and whatever the provider answers.
    fn read(
        &self,
        caller: &Caller,
        variables: Self::Variables,
    ) -> impl Future<Output = Result<String, ToolError>> + Send;

    /// What the person may mean who has `typed` so much of `variable`: the likeliest first, none if
    /// there is nothing to choose from. Only the first hundred are shown.
    fn complete(
        &self,
        _caller: &Caller,
        _variable: &str,
        _typed: &str,
    ) -> impl Future<Output = Result<Vec<String>, ToolError>> + Send {
        async { Ok(Vec::new()) }
    }
}
