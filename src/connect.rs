//! Linking a provider account to an identity, from the link shown in chat to the revocation.
//!
//! A link goes `issued` → `started` (the button) → `exchanging` (the provider's code) → either
//! `completed`, when whoever signed in is proven to be whoever asked, or `pending` until the
//! one-time code comes back through the chat.

mod begin;
mod callback;
mod confirm;
mod finish;
mod introduction;
mod issue;
mod label;
mod orphans;
mod page;
mod pasted;
mod record;
mod revoke;
mod status;
mod sweep;
mod visit;
mod whom;
mod wrong_chat;

use std::{collections::BTreeMap, sync::Arc};

use axum::{Router, routing::get};
use chrono::TimeDelta;
use stagepass_kit::{Identity, Realm, ToolError, code};
use tokio_util::task::TaskTracker;
use url::Url;

use crate::{
    audit::Audit,
    clock::Clock,
    config::{Chat, Config, allowed_origins},
    providers::{DOCUMENTS, ProviderClient},
    store::{Db, Problem},
    vault::Vault,
    web::{chat_session::ChatSessions, cookies::BrowserCookie, session::Sessions},
    webhooks::Webhooks,
};

pub use finish::Connected;
pub use issue::{IssuedLink, Offer};
pub use page::PageError;
pub use revoke::{Ended, Revoked};
pub(crate) use status::missing;
pub use status::{LinkStatus, State};
pub use whom::masked;

/// Letters of the one-time code: 40 bits, for few tries and minutes.
const CODE: usize = 8;
/// How many wrong ones end a link.
const TRIES: i64 = 5;
/// How long a link may be finished.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// Links accounts. Clones share everything.
#[derive(Clone)]
pub struct Connect {
    db: Db,
    vault: Vault,
    clock: Clock,
    public_url: Url,
    origins: Vec<String>,
    cookie: BrowserCookie,
    sessions: Sessions,
    chat_sessions: ChatSessions,
    chats: Arc<BTreeMap<String, Chat>>,
    audit: Audit,
    webhooks: Webhooks,
    tasks: TaskTracker,
}

impl Connect {
    /// What links accounts into `vault`, as `config` says. Bots are told by `webhooks`.
    #[must_use]
    pub fn new(
        config: &Config,
        db: Db,
        vault: Vault,
        webhooks: Webhooks,
        clock: Clock,
        audit: Audit,
        tasks: TaskTracker,
    ) -> Self {
        let public_url = config.public_url.clone();
        Self {
            origins: allowed_origins(&public_url),
            cookie: BrowserCookie::new("stagepass-connect", &public_url, 900),
            sessions: Sessions::new(db.clone(), clock.clone(), &public_url),
            chat_sessions: ChatSessions::new(db.clone(), clock.clone(), &public_url),
            chats: Arc::new(config.chat.clone()),
            db,
            vault,
            webhooks,
            clock,
            audit,
            public_url,
            tasks,
        }
    }

    /// Does `work` to its end, also when whoever asked for it has gone.
    ///
    /// # Errors
    /// `internal` when it panics.
    pub async fn to_its_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, ToolError> {
        self.tasks.spawn(work).await.map_err(ToolError::internal)
    }

    /// What the operator has set for the bot of `identity`, if it is a chat user's.
    fn chat_of(&self, identity: &Identity) -> Option<&Chat> {
        let bot = (identity.realm() == Realm::Chat).then(|| identity.namespace());
        bot.and_then(|bot| self.chats.get(bot))
    }

    /// The pages that a person's browser comes to.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/connect/{ticket}", get(page::show).post(page::start))
            .route(&format!("{DOCUMENTS}{{provider}}"), get(introduction::show))
            .with_state(self.clone())
    }

    /// The sessions of chat users who look at their own page.
    #[must_use]
    pub fn chat_sessions(&self) -> &ChatSessions {
        &self.chat_sessions
    }

    /// The ids of all providers, in words.
    #[must_use]
    pub fn provider_ids(&self) -> String {
        self.vault.providers().keys().cloned().collect::<Vec<_>>().join(", ")
    }

    /// The provider with this id; without one, the only one that tools use, or the only one at all.
    ///
    /// # Errors
    /// `invalid_argument` when it has to be named, isn't known, or none is configured.
    pub fn provider(&self, id: Option<&str>) -> Result<&ProviderClient, ToolError> {
        let known = self.vault.providers();
        let with_tools = known.values().filter(|client| client.has_tools());
        match (id, only_one(with_tools).or_else(|| only_one(known.values()))) {
            (None, Some(only)) => Ok(only),
            _ if known.is_empty() => Err(ToolError::invalid_argument(
                "No provider is configured on this server.",
                "The operator sets a provider's client_id, e.g. provider.spotify.client_id.",
            )),
            (None, None) => Err(ToolError::invalid_argument(
                "There are several providers.",
                format!("Set `provider` to one of: {}.", self.provider_ids()),
            )),
            (Some(id), _) => known.get(&id.to_lowercase()).ok_or_else(|| {
                ToolError::invalid_argument(
                    "There is no provider of that name.",
                    format!("Set `provider` to one of: {}.", self.provider_ids()),
                )
            }),
        }
    }
}

/// What is in `all`, if that is one thing.
fn only_one<T>(mut all: impl Iterator<Item = T>) -> Option<T> {
    all.next().filter(|_| all.next().is_none())
}

/// A problem that ends a link.
fn problem(code: &str, message: impl Into<String>, next_step: impl Into<String>) -> Problem {
    Problem { code: code.to_owned(), message: message.into(), next_step: next_step.into() }
}

/// The same for a tool.
fn tool_error(problem: &Problem) -> ToolError {
    ToolError::new(problem.code.clone(), problem.message.clone(), problem.next_step.clone())
}

/// Whatever was linked before, this link is over.
fn link_expired() -> Problem {
    problem(
        code::LINK_EXPIRED,
        "This link is no longer valid: it is too old, was used already, or a newer one was made.",
        "Ask the assistant for a new link (Auth with action \"get_url\").",
    )
}
