//! What became of links and connections, told to the bot by a webhook of its own.
//!
//! A message is a row first, and sent then: again and again, for a day. It may come twice or out of
//! order; its id says which one it is.

mod announce;
mod event;
mod hook;
mod send;

use std::{collections::BTreeMap, sync::Arc};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use stagepass_kit::{Identity, Realm};
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    config::Chat,
    store::{Db, DeliveryRow},
};
use hook::Hook;

pub use event::Event;

/// The webhooks of all bots that have one. Clones share everything.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

struct Inner {
    /// By client id.
    hooks: BTreeMap<String, Hook>,
    db: Db,
    clock: Clock,
    client: reqwest::Client,
}

impl Webhooks {
    /// The webhooks in the configuration of these bots.
    #[must_use]
    pub fn new(
        bots: &BTreeMap<String, Chat>,
        db: Db,
        clock: Clock,
        client: reqwest::Client,
    ) -> Self {
        let hooks = bots.iter().filter_map(|(id, chat)| Some((id.clone(), Hook::new(chat)?)));
        Self(Arc::new(Inner { hooks: hooks.collect(), db, clock, client }))
    }

    /// Tells the bot of `identity` (its key) what has just happened at `provider`, if there is a bot
    /// that wants to know. What has happened stands, whether that can be written down or not.
    pub async fn tell(&self, identity: &str, provider: &str, event: &Event<'_>) {
        let Some((hook, bot, chat)) = self.hook_of(identity) else { return };
        let message = self.message(&bot, event, &chat, provider);
        match self.0.db.add_delivery(&message).await {
            Ok(()) => hook.wake.notify_one(),
            Err(error) => tracing::error!(%error, bot, "the bot can't be told"),
        }
    }

    /// Sends what is due and announces what ends, until `shutdown`; tries under way are ended.
    pub async fn keep_telling(self, shutdown: CancellationToken) {
        let senders =
            self.0.hooks.iter().map(|(bot, hook)| self.keep_sending(bot, hook, &shutdown));
        futures::future::join(futures::future::join_all(senders), self.keep_announcing(&shutdown))
            .await;
    }

    /// The webhook that is told about `identity`, with the bot's and the chat's id.
    fn hook_of(&self, identity: &str) -> Option<(&Hook, String, String)> {
        let identity: Identity = identity.parse().ok()?;
        let hook = self.0.hooks.get(identity.namespace());
        let hook = hook.filter(|_| identity.realm() == Realm::Chat)?;
        Some((hook, identity.namespace().to_owned(), identity.label().to_owned()))
    }

    fn message(&self, bot: &str, event: &Event<'_>, chat: &str, provider: &str) -> DeliveryRow {
        let now: DateTime<Utc> = self.0.clock.now();
        let id = format!("msg_{}", BASE64_URL_SAFE_NO_PAD.encode(self.0.clock.random::<16>()));
        let body = event.body(now, chat, provider);
        DeliveryRow::new(id, bot.to_owned(), event.name().to_owned(), body, now)
    }
}
