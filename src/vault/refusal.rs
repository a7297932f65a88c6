//! Why the vault gives no token.

use std::{sync::Arc, time::Duration};

use stagepass_kit::ToolError;

use super::SealError;

/// Why the vault gives no token. Cheap to clone, because many may wait for the same answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refusal {
    /// There is no connection.
    #[error("not connected")]
    NotConnected,
    /// Accounts are connected, and none of them, or more than one, goes by the name that was given;
    /// these are words for them.
    #[error("no such account")]
    NoSuchAccount(Vec<String>),
    /// The provider no longer accepts the connection; the sentence says why.
    #[error("needs to be connected again: {0}")]
    NeedsReconnect(String),
    /// The provider is away for about that long. Nobody is logged out for it.
    #[error("the provider is away for {0:?}")]
    Away(Duration),
    /// The database failed.
    #[error("the database failed")]
    Db(#[source] Arc<sqlx::Error>),
    /// A sealed value doesn't open.
    #[error("a sealed value doesn't open")]
    Seal(#[source] Arc<SealError>),
    /// A task of ours broke off.
    #[error("a task broke off")]
    Broken,
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(Arc::new(error))
    }
}

impl From<SealError> for Refusal {
    fn from(error: SealError) -> Self {
        Self::Seal(Arc::new(error))
    }
}

impl Refusal {
    /// The same for a tool that asked for `provider` (its id).
    #[must_use]
    pub fn into_tool_error(self, provider: &str) -> ToolError {
        match self {
            Self::NotConnected => ToolError::not_connected(provider),
            Self::NoSuchAccount(words) => ToolError::invalid_argument(
                "No account goes by that name, or several do.",
                one_of(&words),
            ),
            Self::NeedsReconnect(why) => ToolError::needs_reconnect(provider, &why),
            Self::Away(wait) => ToolError::provider_unavailable(provider, wait),
            Self::Db(_) | Self::Seal(_) | Self::Broken => ToolError::internal(self),
        }
    }
}

/// How to choose one of the accounts that these words are for.
pub(crate) fn one_of(words: &[String]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
    format!("Set `account` to one of: {}.", words.join(", "))
}
