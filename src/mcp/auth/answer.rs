//! What `Auth` answers: data for programs, a few sentences for the model. No secret in either,
//! but for the link.

mod row;

use std::fmt::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::Realm;
use url::Url;

use crate::{
    connect::{Connected, IssuedLink, LinkStatus, Revoked, missing},
    providers::{ProviderClient, RevokeOutcome},
};
use row::{AccountRow, ProviderRow};

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
    /// To `handle_callback`, when the code was that of the person's own page.
    PageOpen {
        /// Always true: anything else is an error.
        page_open: bool,
        /// What to do now.
        next_step: String,
    },
    /// To `status`.
    Status {
        /// For whom.
        identity: IdentityRow,
        /// One row per account, and one per service without any.
        providers: Vec<ProviderRow>,
        /// The person's own page, where they see and end all of this. In a chat it is a new link
        /// each time, for this person alone, and works for ten minutes.
        #[serde(skip_serializing_if = "Option::is_none")]
        account_url: Option<String>,
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

/// For whom an answer is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct IdentityRow {
    /// user, chat or local.
    kind: String,
    label: String,
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

/// What to do with a link to a page of ours.
const SHOW: &str = "Show the link to the person. When they say that they are done, call Auth with \
    action \"status\", or \"handle_callback\" if they bring a code.";
/// What to do with a provider's own link, whose way ends on a relay's page.
const PASTE: &str = "Show the link to the person, as it is. The page that they end on shows a line, \
    which they give you: pass it on as `code` with action \"handle_callback\".";

impl Answer {
    pub(super) fn link(client: &ProviderClient, link: IssuedLink) -> Self {
        Self::Link {
            provider: client.id().to_owned(),
            url: link.url.into(),
            expires_at: when(link.expires_at),
            next_step: if client.has_relay() { PASTE } else { SHOW }.to_owned(),
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
        // Whoever signed in may be somebody else than the person in the chat.
        next_step +=
            " If that isn't their own account, Auth with action \"revoke\" takes it away again.";
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

    pub(super) fn page_open() -> Self {
        Self::PageOpen {
            page_open: true,
            next_step: "Tell the person to go back to the page in their browser and press \
                        Continue there."
                .to_owned(),
        }
    }

    pub(super) fn status(
        realm: Realm,
        label: String,
        rows: Vec<LinkStatus>,
        account_url: Option<Url>,
    ) -> Self {
        Self::Status {
            account_url: account_url.map(String::from),
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
            Self::PageOpen { next_step, .. } => {
                write!(
                    f,
                    "That was the code of the person's own page, and it is open now. {next_step}"
                )
            }
            Self::Status { providers, account_url, .. } => {
                let rows: Vec<_> = providers.iter().map(ToString::to_string).collect();
                f.write_str(&rows.join("\n"))?;
                match account_url {
                    Some(url) => {
                        write!(f, "\nTheir own page, if they want to see or end this: {url}")
                    }
                    None => Ok(()),
                }
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

/// A time as answers write it.
pub(in crate::mcp) fn when(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
