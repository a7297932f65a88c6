//! What happened, to whom, through which client: written down before it is answered.

use std::num::NonZeroU32;

use chrono::TimeDelta;

use crate::{
    clock::Clock,
    identity::Principal,
    store::{AuditRow, Db, Result},
    web::{address::ClientAddress, limit::Limiter},
};

/// How many refusals of one address are written down in a minute. Strangers can be refused as often
/// as they like, and must not fill the disk.
const REFUSALS: NonZeroU32 = const { NonZeroU32::new(30).unwrap() };

/// The record. Clones share the database.
#[derive(Clone)]
pub struct Audit {
    db: Db,
    clock: Clock,
    refusals: Limiter,
    /// Of those beyond [`REFUSALS`], one a minute stands for all.
    overflow: Limiter,
}

impl Audit {
    /// The record in `db`.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        let refusals = Limiter::new(REFUSALS, clock.clone());
        let overflow = Limiter::new(NonZeroU32::MIN, clock.clone());
        Self { db, clock, refusals, overflow }
    }

    /// Writes `entry` down. What can't be recorded mustn't be done, so a caller that is about to
    /// give something stops at an error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&self, entry: Entry) -> Result<()> {
        let at = self.clock.now();
        // Ids sort by time; the dice keep two of the same microsecond apart.
        let dice = u64::from_be_bytes(self.clock.random());
        let id = format!("{:016x}{dice:016x}", at.timestamp_micros());
        self.db.add_audit(&AuditRow { id, at, ..entry.0 }).await
    }

    /// Writes a refusal down. It stands whether that succeeds or not.
    pub async fn refused(&self, mut entry: Entry) {
        let address = entry.0.address.as_deref().and_then(|address| address.parse().ok());
        let subscriber = address.map(|address| ClientAddress(address).subscriber());
        if self.refusals.check(subscriber).is_err() {
            if self.overflow.check(subscriber).is_err() {
                return;
            }
            entry = entry.detail("more refusals of this address aren't recorded");
        }
        if let Err(error) = self.record(entry).await {
            tracing::error!(%error, "a refusal couldn't be recorded");
        }
    }

    /// The newest `most` events of the last `span`, the oldest of them first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last(&self, span: TimeDelta, most: i64) -> Result<Vec<AuditRow>> {
        self.db.audit_since(self.clock.now() - span, most).await
    }
}

/// One event. No secret goes into it, and no text that a stranger wrote.
#[derive(Debug, Clone)]
pub struct Entry(AuditRow);

impl Entry {
    /// Something was done, e.g. `token.issued`.
    #[must_use]
    pub fn done(event: &str) -> Self {
        Self::new(event, "done")
    }

    /// Something was refused, for a reason that is one of ours, e.g. `invalid_grant`.
    #[must_use]
    pub fn refused(event: &str, why: &str) -> Self {
        Self::new(event, "refused").detail(why)
    }

    fn new(event: &str, outcome: &str) -> Self {
        Self(AuditRow {
            event: event.to_owned(),
            outcome: outcome.to_owned(),
            ..AuditRow::default()
        })
    }

    /// What it was about.
    #[must_use]
    pub fn detail(mut self, detail: &str) -> Self {
        self.0.detail = Some(detail.to_owned());
        self
    }

    /// Whom it was about, by the key of the identity.
    #[must_use]
    pub fn identity(mut self, identity: &str) -> Self {
        self.0.identity = Some(identity.to_owned());
        self
    }

    /// Through which client.
    #[must_use]
    pub fn client(mut self, id: &str) -> Self {
        self.0.client_id = Some(id.to_owned());
        self
    }

    /// By which access token (its `jti`).
    #[must_use]
    pub fn token(mut self, id: &str) -> Self {
        self.0.token_id = Some(id.to_owned());
        self
    }

    /// Under which grant.
    #[must_use]
    pub fn grant(mut self, id: &str) -> Self {
        self.0.grant_id = Some(id.to_owned());
        self
    }

    /// At which provider.
    #[must_use]
    pub fn provider(mut self, id: &str) -> Self {
        self.0.provider = Some(id.to_owned());
        self
    }

    /// From where.
    #[must_use]
    pub fn address(mut self, address: std::net::IpAddr) -> Self {
        self.0.address = Some(address.to_string());
        self
    }

    /// By whom, with the token that was used.
    #[must_use]
    pub fn principal(self, principal: &Principal) -> Self {
        let entry = self.identity(&principal.identity.to_string());
        match &principal.token {
            Some(token) => entry.client(&token.client_id).token(&token.id).grant(&token.grant_id),
            None => entry,
        }
    }
}
