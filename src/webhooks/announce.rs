//! Tells bots of connections that have ended, or will soon, and forgets what was told long ago.
//!
//! The table of connections says what is to be told and what was, so that nothing is lost by a crash,
//! and of several replicas one tells it.

use std::time::Duration;

use chrono::TimeDelta;
use stagepass_kit::{Identity, Realm};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::{Event, Webhooks, event::NEEDS_RECONNECT, hook::Hook};
use crate::{
    providers::Account,
    store::{EndingRow, Result},
};

const PAUSE: Duration = Duration::from_secs(30);
/// How long before its end a connection is told to be expiring.
const WARNING: TimeDelta = TimeDelta::days(30);
/// How many connections of a bot are told at once; the others come next time.
const AT_ONCE: i64 = 500;
/// How long the operator can look at what was told.
const REMEMBERED: TimeDelta = TimeDelta::days(7);

impl Webhooks {
    /// Announces every half a minute until `shutdown`.
    pub(super) async fn keep_announcing(&self, shutdown: &CancellationToken) {
        while shutdown.run_until_cancelled(sleep(PAUSE)).await.is_some() {
            if let Err(error) = self.announce().await {
                tracing::warn!(%error, "can't tell bots of connections that end");
            }
        }
    }

    /// Announces once, and forgets old messages.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announce(&self) -> Result<()> {
        for (bot, hook) in &self.0.hooks {
            self.announce_to(bot, hook).await?;
        }
        self.0.db.forget_deliveries(self.0.clock.now() - REMEMBERED).await.map(|_| ())
    }

    async fn announce_to(&self, bot: &str, hook: &Hook) -> Result<()> {
        let everybody = Identity::new(Realm::Chat, bot, "").to_string();
        let soon = self.0.clock.now() + WARNING;
        for row in self.0.db.unannounced(&everybody, NEEDS_RECONNECT, soon, AT_ONCE).await? {
            self.announce_one(&row).await?;
            hook.wake.notify_one();
        }
        Ok(())
    }

    async fn announce_one(&self, row: &EndingRow) -> Result<()> {
        let account =
            Account { id: row.account_id.clone(), name: row.account_name.clone(), email: None };
        let event = match (&row.dead_reason, row.reconnect_by) {
            (Some(why), _) => Event::NeedsReconnect(&account, why),
            (None, Some(end)) => Event::Expiring(&account, end),
            (None, None) => return Ok(()),
        };
        let Some((_, bot, chat)) = self.hook_of(&row.identity) else { return Ok(()) };
        let message = self.message(&bot, &event, &chat, &row.provider);
        self.0.db.announce(row, &message).await.map(|_| ())
    }
}
