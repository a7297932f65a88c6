//! A call that came to nothing.

use std::time::Duration;

use stagepass_kit::ToolError;

use super::{Ask, Trouble, budget::Closed};

/// The wait that is meant when GitHub names none (best practices: a minute at the least).
pub(super) const SOME_TIME: Duration = Duration::from_mins(1);

/// Why a call came to nothing.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It never got to GitHub, or must not get there again.
    Tool(ToolError),
    /// GitHub said no, or nothing.
    Refused(Box<Refusal>),
}

impl Failure {
    /// Whether GitHub said no for this reason.
    pub(crate) fn is(&self, trouble: Trouble) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.trouble == trouble)
    }
}

impl From<ToolError> for Failure {
    fn from(error: ToolError) -> Self {
        Self::Tool(error)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Failure> for ToolError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Tool(error) => error,
            Failure::Refused(refusal) => refusal.into_error(),
        }
    }
}

/// A "no" of GitHub, or its silence.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one thing that GitHub said or didn't")]
pub(crate) struct Refusal {
    pub(crate) trouble: Trouble,
    /// GitHub's message, fit to be shown; may be empty.
    pub(super) said: String,
    /// The scopes of which the request needs one.
    pub(super) scopes: &'static [&'static str],
    /// Whether the token sees private things, as far as scopes decide that.
    pub(super) sees_private: bool,
    /// Whether it was asked with a GitHub App's token.
    pub(super) is_of_an_app: bool,
    /// The permissions that would have been enough.
    pub(super) permissions: Option<String>,
    /// What is said about single sign-on.
    pub(super) sso: Option<String>,
    /// How long GitHub wants us to wait.
    pub(crate) retry_after: Option<Duration>,
    /// Whether that is for all calls of the account.
    pub(super) wants_quiet: bool,
    /// Whether it was a command that may have been carried out.
    pub(super) may_be_done: bool,
    /// For the log.
    pub(super) cause: Option<reqwest::Error>,
}

impl Refusal {
    /// A refusal of which nothing but its kind is known.
    pub(super) fn plain(trouble: Trouble) -> Self {
        Self {
            trouble,
            said: String::new(),
            scopes: &[],
            sees_private: false,
            is_of_an_app: false,
            permissions: None,
            sso: None,
            retry_after: None,
            wants_quiet: false,
            may_be_done: false,
            cause: None,
        }
    }

    /// No answer in time, or none at all.
    pub(super) fn lost(cause: reqwest::Error, ask: &Ask) -> Self {
        let may_be_done = !ask.is_read() && !cause.is_connect();
        Self { may_be_done, cause: Some(cause.without_url()), ..Self::nonsense() }
    }

    /// It wasn't even sent: there have been too many calls.
    pub(super) fn closed(closed: Closed) -> Self {
        Self { retry_after: Some(closed.wait), ..Self::plain(closed.trouble) }
    }

    /// An answer that can't be read.
    pub(crate) fn nonsense() -> Self {
        Self::plain(Trouble::Unavailable)
    }

    /// An answer to a command that says yes, and not to what.
    pub(crate) fn unreadable() -> Self {
        Self { may_be_done: true, ..Self::nonsense() }
    }
}
