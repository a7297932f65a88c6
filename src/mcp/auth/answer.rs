//! What `Auth` answers: data for programs, a few sentences for the model. No secret in either,
//! but for the link.

use std::fmt::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::Realm;

use crate::{
    connect::{Connected, IssuedLink, LinkStatus, Revoked, State, missing},
    providers::{Account, ProviderClient, RevokeOutcome},
};

/// The answer to one action. Times are RFC 3339, in UTC. It may hold a link, so it has no `Debug`.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Answer {
    /// To `get_url`.
    Link {
        /// The service's id.
        provider: String,
        /// The link for the person.
        url: String,
        /// Until when it works.
        expires_at: String,
        /// What to do now.
        next_step: String,
    },
    /// To `handle_callback`.
    Connected {
        /// The service's id.
        provider: String,
        /// Always true: anything else is an error.
        connected: bool,
        /// Whose account it is.
        account: AccountRow,
        /// What the person granted.
        scopes: Vec<String>,
        /// What the tools need and wasn't granted.
        missing_scopes: Vec<String>,
        /// What to do now.
        next_step: String,
    },
    /// To `status`.
    Status {
        /// For whom.
        identity: IdentityRow,
        /// One row per account, and one per service without any.
        providers: Vec<ProviderRow>,
    },
    /// To `revoke`.
    Revoked {
        /// The service's id.
        provider: String,
        /// Whether the service itself was told.
        revoked_remotely: Remotely,
        /// Whether anything was deleted here.
        deleted: bool,
        /// Where the person can withdraw access by hand, if that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        manage_url: Option<String>,
    },
}

/// An account at a service.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AccountRow {
    id: String,
    name: String,
    /// What the person calls it, if they have said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

/// For whom an answer is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IdentityRow {
    /// user, chat or local.
    kind: String,
    label: String,
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

/// What the service said to a revocation.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Remotely {
    /// Done.
    Yes,
    /// There was nothing to revoke.
    No,
    /// It can't be asked to.
    Unsupported,
    /// It was asked and didn't.
    Failed,
}

impl Answer {
    pub(super) fn link(client: &ProviderClient, link: IssuedLink) -> Self {
        Self::Link {
            provider: client.id().to_owned(),
            url: link.url.into(),
            expires_at: when(link.expires_at),
            next_step: "Show the link to the person. When they say that they are done, call Auth \
                        with action \"status\", or \"handle_callback\" if they bring a code."
                .to_owned(),
        }
    }

    pub(super) fn connected(client: &ProviderClient, connected: Connected) -> Self {
        let missing_scopes = missing(client, &connected.scopes);
        let mut next_step = if connected.account.id != connected.in_use.id {
            format!(
                "Tell the person that it is connected, and that the tools go on using {}, which \
                 was connected first, unless they are called with `account`.",
                connected.in_use.name
            )
        } else if missing_scopes.is_empty() {
            "Tell the person which account was connected, and go on with what they asked for."
                .to_owned()
        } else {
            "Tell the person which account was connected, and that some tools won't work: not all \
             permissions were granted."
                .to_owned()
        };
        if let Some(label) = connected.taken_label {
            let _ =
                write!(next_step, " It isn't called \"{label}\": another account goes by that.");
        }
        Self::Connected {
            provider: client.id().to_owned(),
            connected: true,
            account: AccountRow::new(connected.account, connected.label),
            scopes: connected.scopes.into_iter().collect(),
            missing_scopes,
            next_step,
        }
    }

    pub(super) fn status(realm: Realm, label: String, rows: Vec<LinkStatus>) -> Self {
        Self::Status {
            identity: IdentityRow { kind: realm.as_str().to_owned(), label },
            providers: rows.into_iter().map(ProviderRow::from).collect(),
        }
    }

    pub(super) fn revoked(client: &ProviderClient, revoked: Revoked) -> Self {
        Self::Revoked {
            provider: client.id().to_owned(),
            revoked_remotely: match revoked.remotely {
                Some(RevokeOutcome::Revoked) => Remotely::Yes,
                Some(RevokeOutcome::Unsupported) => Remotely::Unsupported,
                Some(RevokeOutcome::Failed) => Remotely::Failed,
                Some(RevokeOutcome::Nothing) | None => Remotely::No,
            },
            deleted: revoked.deleted,
            manage_url: revoked.manage_url.map(String::from),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link { provider, url, expires_at, next_step } => {
                write!(f, "Link to connect {provider}, until {expires_at}:\n{url}\n{next_step}")
            }
            Self::Connected { provider, account, missing_scopes, next_step, .. } => {
                write!(f, "Connected {provider} as {account}. ")?;
                if !missing_scopes.is_empty() {
                    write!(f, "Not granted: {}. ", missing_scopes.join(", "))?;
                }
                f.write_str(next_step)
            }
            Self::Status { providers, .. } => {
                let rows: Vec<_> = providers.iter().map(ToString::to_string).collect();
                f.write_str(&rows.join("\n"))
            }
            Self::Revoked { provider, revoked_remotely, deleted, manage_url } => {
                let here = if *deleted {
                    "Disconnected and deleted here"
                } else {
                    "Nothing was connected"
                };
                write!(f, "{provider}: {here}.")?;
                match revoked_remotely {
                    Remotely::Yes => write!(f, " The service withdrew the access, too."),
                    Remotely::No => Ok(()),
                    Remotely::Unsupported | Remotely::Failed => {
                        f.write_str(" The service wasn't told; the person can remove the app ")?;
                        match manage_url {
                            Some(url) => write!(f, "at {url}"),
                            None => f.write_str("in the account's settings there"),
                        }
                    }
                }
            }
        }
    }
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
    fn new(account: Account, label: Option<String>) -> Self {
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

/// A time as answers write it.
pub(in crate::mcp) fn when(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
