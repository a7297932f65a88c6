//! What a client without a good enough token is told (RFC 6750 §3, RFC 9728 §5.1).

use std::sync::Arc;

use super::Scopes;

/// The `WWW-Authenticate` of one resource.
#[derive(Debug, Clone)]
pub struct Challenge {
    metadata_url: Arc<str>,
}

impl Challenge {
    /// The challenge of the resource whose metadata is at `metadata_url`.
    #[must_use]
    pub fn new(metadata_url: impl Into<Arc<str>>) -> Self {
        Self { metadata_url: metadata_url.into() }
    }

    /// For a request without a token: where to get one, and for what.
    #[must_use]
    pub fn missing(&self) -> String {
        format!("{}, scope=\"{}\"", self.begin(), Scopes::tools())
    }

    /// For a token that is no good any more, or never was.
    #[must_use]
    pub fn invalid(&self) -> String {
        format!(
            "{}, error=\"invalid_token\", error_description=\"The access token is expired, \
             revoked, or not for this resource\", scope=\"{}\"",
            self.begin(),
            Scopes::tools()
        )
    }

    /// For a token that doesn't allow what was asked; `needed` is all that would.
    #[must_use]
    pub fn insufficient(&self, needed: Scopes) -> String {
        format!(
            "{}, error=\"insufficient_scope\", error_description=\"This needs more than the \
             access token allows\", scope=\"{needed}\"",
            self.begin()
        )
    }

    fn begin(&self) -> String {
        format!("Bearer resource_metadata=\"{}\"", self.metadata_url)
    }
}
