//! How services stand with somebody, a row for each account.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::when;
use crate::{
    connect::{LinkStatus, State},
    providers::Account,
};

/// An account at a service.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountRow {
    id: String,
    name: String,
    /// What the person calls it, if they have said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

/// One account of one service, or the lack of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProviderRow {
    provider: String,
    state: StateWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<AccountRow>,
    /// Where several accounts are connected: whether the tools use this one if none is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_use: Option<bool>,
    /// Whether the person has signed in, and only the code from the page is missing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    awaits_code: bool,
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing_scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_at: Option<String>,
    /// When the access token ends. It is renewed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_expires_at: Option<String>,
    /// When the person has to sign in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    reconnect_by: Option<String>,
    /// Why the last sign-in failed, or why a new one is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemRow>,
}

/// What is wrong, and what to do about it.
#[derive(Debug, Serialize, JsonSchema)]
struct ProblemRow {
    code: String,
    message: String,
    next_step: String,
}

/// How a service stands.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum StateWord {
    /// No account.
    NotConnected,
    /// The person is signing in.
    Pending,
    /// Ready.
    Connected,
    /// Ready, and has to be renewed by the person within a month.
    Expiring,
    /// Has to be connected again now.
    NeedsReconnect,
}

impl fmt::Display for ProviderRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match self.state {
            StateWord::NotConnected => "not connected",
            StateWord::Pending if self.awaits_code => {
                "the person has signed in; ask for the code from the page, and call Auth with \
                 action \"handle_callback\""
            }
            StateWord::Pending => "the person is signing in",
            StateWord::Connected => "connected",
            StateWord::Expiring => "connected, but has to be connected again soon",
            StateWord::NeedsReconnect => "has to be connected again",
        };
        write!(f, "{}: {state}", self.provider)?;
        if let Some(account) = &self.account {
            write!(f, " as {account}")?;
        }
        if self.in_use == Some(true) {
            f.write_str(", used by the tools")?;
        }
        if let Some(end) = &self.reconnect_by {
            write!(f, ", until {end}")?;
        }
        if !self.missing_scopes.is_empty() {
            write!(f, ", without {}", self.missing_scopes.join(", "))?;
        }
        match (&self.problem, self.state) {
            (Some(problem), StateWord::Connected | StateWord::Expiring) => {
                write!(f, ". It works; a later sign-in failed: {}", problem.message)
            }
            (Some(problem), _) => write!(f, ". {} {}", problem.message, problem.next_step),
            (None, _) => Ok(()),
        }
    }
}

impl From<LinkStatus> for ProviderRow {
    fn from(status: LinkStatus) -> Self {
        Self {
            provider: status.provider,
            state: match status.state {
                State::NotConnected => StateWord::NotConnected,
                State::Pending => StateWord::Pending,
                State::Connected => StateWord::Connected,
                State::Expiring => StateWord::Expiring,
                State::NeedsReconnect => StateWord::NeedsReconnect,
            },
            account: status.account.map(|account| AccountRow::new(account, status.label)),
            in_use: status.in_use,
            awaits_code: status.awaits_code,
            scopes: status.scopes.into_iter().collect(),
            missing_scopes: status.missing_scopes,
            connected_at: status.connected_at.map(when),
            access_expires_at: status.access_expires_at.map(when),
            reconnect_by: status.reconnect_by.map(when),
            problem: status.problem.map(|problem| ProblemRow {
                code: problem.code,
                message: problem.message,
                next_step: problem.next_step,
            }),
        }
    }
}

impl AccountRow {
    pub(super) fn new(account: Account, label: Option<String>) -> Self {
        Self { id: account.id, name: account.name, label }
    }
}

impl fmt::Display for AccountRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.label {
            Some(label) => write!(f, "{label} ({})", self.name),
            None => f.write_str(&self.name),
        }
    }
}
