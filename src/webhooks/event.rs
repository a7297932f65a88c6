//! What bots are told, as it is written. No token, code or ticket has a place in it.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use stagepass_kit::code;

use crate::{providers::Account, store::Problem};

/// The name of [`Event::NeedsReconnect`].
pub(super) const NEEDS_RECONNECT: &str = "connection.needs_reconnect";

/// What became of a link or a connection.
#[derive(Debug, Clone, Copy)]
pub enum Event<'a> {
    /// The person signed in, and the one-time code is awaited. Until that has come it may have been
    /// anybody, so the chat isn't told who.
    Authorized,
    /// The account is connected.
    Completed(&'a Account),
    /// The link ended without a connection.
    Rejected(&'a Problem),
    /// The person has to sign in again: with which account, and why.
    NeedsReconnect(&'a Account, &'a str),
    /// The person will have to sign in again: with which account, and by when.
    Expiring(&'a Account, DateTime<Utc>),
}

impl Event<'_> {
    /// Its name for bots.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Authorized => "link.authorized",
            Self::Completed(_) => "link.completed",
            Self::Rejected(_) => "link.rejected",
            Self::NeedsReconnect(..) => NEEDS_RECONNECT,
            Self::Expiring(..) => "connection.expiring",
        }
    }

    /// The message that it happened at `now` in `chat` with `provider`, as JSON.
    pub(super) fn body(&self, now: DateTime<Utc>, chat: &str, provider: &str) -> String {
        let whose = [("chat_id", chat.into()), ("provider", provider.into())];
        let data = whose.into_iter().chain(self.facts());
        let data: Map<_, _> = data.map(|(name, fact)| (name.to_owned(), fact)).collect();
        json!({"type": self.name(), "timestamp": second(now), "data": data}).to_string()
    }

    fn facts(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Authorized => Vec::new(),
            Self::Completed(account) => vec![("account", named(account))],
            Self::Rejected(problem) => {
                vec![("reason", reason(&problem.code, &problem.message))]
            }
            Self::NeedsReconnect(account, why) => {
                // Whose it was that nobody has used for long is nobody's business.
                let account =
                    Some(("account", named(account))).filter(|_| !account.name.is_empty());
                let why = ("reason", reason(code::NEEDS_RECONNECT, why));
                account.into_iter().chain([why]).collect()
            }
            Self::Expiring(account, end) => {
                vec![("account", named(account)), ("reconnect_by", second(*end).into())]
            }
        }
    }
}

fn named(account: &Account) -> Value {
    json!({"id": account.id, "name": account.name})
}

fn reason(code: &str, message: &str) -> Value {
    json!({"code": code, "message": message})
}

fn second(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}
