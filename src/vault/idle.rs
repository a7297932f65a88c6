//! Chat identities that nobody uses: a phone number is handed on to somebody else one day, who must
//! not find the accounts of whoever had it before.

use std::collections::BTreeMap;

use chrono::{DateTime, Days, TimeDelta, Utc};
use stagepass_kit::{Identity, Realm};

use super::{Refusal, Vault, cache::Fresh, grant};
use crate::{config::Chat, store::ConnectionRow};

/// How often the use of a connection is noted at most. Until then nobody asks the database.
const NOTED: TimeDelta = TimeDelta::hours(1);
/// How many connections are looked at in one go.
const BATCH: i64 = 500;

/// After how many days without use a chat user has to sign in again, by bot.
#[derive(Debug, Clone, Default)]
pub struct IdleDays(BTreeMap<String, u32>);

impl IdleDays {
    /// What the operator has set in `chat`; the usual for every other bot.
    #[must_use]
    pub fn new(chat: &BTreeMap<String, Chat>) -> Self {
        Self(chat.iter().map(|(client, chat)| (client.clone(), chat.idle_days)).collect())
    }

    /// The days for `identity`; none if it may rest as long as it likes.
    fn of(&self, identity: &Identity) -> Option<u32> {
        let days = || match self.0.get(identity.namespace()) {
            Some(days) => *days,
            None => Chat::default().idle_days,
        };
        Some(identity).filter(|who| who.realm() == Realm::Chat).map(|_| days()).filter(|n| *n > 0)
    }

    /// The fewest days that any bot has.
    fn fewest(&self) -> u32 {
        let set = self.0.values().copied().filter(|days| *days > 0);
        set.chain([Chat::default().idle_days]).min().unwrap_or_default()
    }
}

impl Vault {
    /// Why the connection in `row` gives no token; none while it lives.
    pub(super) fn end_of(&self, row: &ConnectionRow) -> Option<String> {
        row.dead_reason.clone().or_else(|| self.idle_reason(row))
    }

    fn idle_reason(&self, row: &ConnectionRow) -> Option<String> {
        let days = self.0.idle_days.of(&row.identity.parse().ok()?)?;
        let is_idle = last_use(row) <= self.before(days);
        is_idle.then(|| {
            format!("Nobody used it for {days} days, and chat accounts are handed on to others.")
        })
    }

    /// The time so many days ago.
    fn before(&self, days: u32) -> DateTime<Utc> {
        let before = self.0.clock.now().checked_sub_days(Days::new(days.into()));
        before.unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Notes that `identity` uses `row` now, if it is one that can become idle. Answers until when
    /// the token may be used without another look at the row: its next use has to be noted, too.
    pub(super) async fn note_use(
        &self,
        identity: &Identity,
        row: &ConnectionRow,
    ) -> Option<Bounds> {
        if identity.realm() != Realm::Chat {
            return None;
        }
        let (now, mut used_at) = (self.0.clock.now(), last_use(row));
        if used_at <= now - NOTED {
            // A use that can't be noted is no reason to refuse it.
            match self.0.db.note_use(&row.id, now, now - NOTED).await {
                Ok(_) => used_at = now,
                Err(error) => tracing::warn!(%error, "can't note that a connection is used"),
            }
        }
        let days = self.0.idle_days.of(identity).map(|days| Days::new(days.into()));
        let idle_at = days.and_then(|days| used_at.checked_add_days(days));
        Some(Bounds { due_at: now + NOTED, idle_at })
    }

    /// Ends the connections of chat users that have become idle, and gives their tokens back. The
    /// rows stay, so that the person can be told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_idle(&self) -> Result<(), Refusal> {
        let prefix = format!("{}:", Realm::Chat.as_str());
        let before = self.before(self.0.idle_days.fewest());
        let mut after = String::new();
        loop {
            let rows = self.0.db.unused_connections(&prefix, before, &after, BATCH).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after.clone_from(&last.id);
            for row in rows {
                self.end_if_idle(&row).await?;
            }
        }
    }

    async fn end_if_idle(&self, row: &ConnectionRow) -> Result<(), Refusal> {
        let identity: Option<Identity> = row.identity.parse().ok();
        let days = identity.and_then(|identity| self.0.idle_days.of(&identity));
        let (Some(why), Some(days)) = (self.idle_reason(row), days) else { return Ok(()) };
        let (now, before) = (self.0.clock.now(), self.before(days));
        // Unless somebody was faster, and uses it or has signed in again.
        if !self.0.db.kill_unused_connection(&row.id, row.version, before, &why, now).await? {
            return Ok(());
        }
        tracing::info!(provider = row.provider, connection = row.id, "connection became idle");
        match grant::tokens(&self.0.sealer, row, now) {
            Ok(tokens) => {
                self.give_tokens_back(&row.identity, &row.provider, &row.account_id, tokens);
            }
            Err(error) => tracing::error!(%error, connection = row.id, "ended, but not given back"),
        }
        Ok(())
    }
}

/// Until when a token may be used without another look at its row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    due_at: DateTime<Utc>,
    idle_at: Option<DateTime<Utc>>,
}

impl Bounds {
    /// `fresh` within these bounds.
    pub(super) fn around(self, fresh: Fresh) -> Fresh {
        Fresh {
            due_at: earliest(fresh.due_at, Some(self.due_at)),
            expires_at: earliest(fresh.expires_at, self.idle_at),
            ..fresh
        }
    }
}

/// When somebody last used `row`, to an hour; signing in counts.
fn last_use(row: &ConnectionRow) -> DateTime<Utc> {
    row.used_at.unwrap_or(row.authorized_at).max(row.authorized_at)
}

fn earliest(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.into_iter().chain(other).min()
}
