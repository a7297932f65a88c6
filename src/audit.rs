//! What happened, to whom, through which client.
//!
//! Sign-ins, what was given to clients, links and refusals are written down before they are
//! answered. Tool calls are too many for that: they take a [`Place`] before they begin, and one
//! writer commits them in groups.

mod entry;
mod queue;

use std::{num::NonZeroU32, time::Duration};

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::Clock,
    store::{AuditFilter, AuditRow, Db, Result},
    web::{address::ClientAddress, limit::Limiter},
};
use queue::Queue;

pub use entry::Entry;
pub use queue::{Full, Place};

/// How many refusals of one address are written down in a minute. Strangers can be refused as often
/// as they like, and must not fill the disk.
const REFUSALS: NonZeroU32 = const { NonZeroU32::new(30).unwrap() };
/// How long it is remembered what happened.
const REMEMBERED: TimeDelta = TimeDelta::days(400);
/// How often what is older is forgotten.
const PAUSE: Duration = Duration::from_mins(1);

/// The record. Clones share the database, and the writer.
#[derive(Clone)]
pub struct Audit {
    db: Db,
    clock: Clock,
    queue: Queue,
    refusals: Limiter,
    /// Of those beyond [`REFUSALS`], one a minute stands for all.
    overflow: Limiter,
}

impl Audit {
    /// The record in `db`. Its writer runs on the runtime that this is called on.
    #[must_use]
    pub fn new(db: Db, clock: Clock) -> Self {
        let refusals = Limiter::new(REFUSALS, clock.clone());
        let overflow = Limiter::new(NonZeroU32::MIN, clock.clone());
        Self { queue: Queue::new(db.clone(), clock.clone()), db, clock, refusals, overflow }
    }

    /// Writes `entry` down. What can't be recorded mustn't be done, so a caller that is about to
    /// give something stops at an error.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn record(&self, entry: Entry) -> Result<()> {
        self.db.add_audit(&entry.0.stamped(&self.clock)).await
    }

    /// Writes down what has been done already: now, or as soon as the database takes it.
    pub async fn note(&self, entry: Entry) {
        if self.record(entry.clone()).await.is_err() {
            match self.place().await {
                Ok(place) => place.put(entry),
                Err(error) => tracing::error!(%error, event = ?entry, "an event is lost"),
            }
        }
    }

    /// A place for an entry, to be taken before the thing is done that it will tell of.
    ///
    /// # Errors
    /// When none gets free within seconds, because the database is away or too slow.
    pub async fn place(&self) -> std::result::Result<Place, Full> {
        self.queue.place().await
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

    /// The newest `most` events of the last `span` that `filter` means, the oldest of them first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn last(
        &self,
        span: TimeDelta,
        most: i64,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditRow>> {
        self.db.audit_since(self.clock.now() - span, most, filter).await
    }

    /// Forgets every minute what is old, until `shutdown`.
    pub async fn keep_sweeping(self, shutdown: CancellationToken) {
        while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            if let Err(error) = self.sweep().await {
                tracing::warn!(%error, "sweep failed");
            }
        }
    }

    /// Forgets what is old.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<()> {
        while self.db.forget_audit(self.clock.now() - REMEMBERED).await? {}
        Ok(())
    }

    /// Waits until all that was put is written, but no longer than `limit`. The last thing to do.
    pub async fn drain(&self, limit: Duration) {
        if tokio::time::timeout(limit, self.queue.drain()).await.is_err() {
            tracing::error!(rows = self.queue.waiting(), "stopped before the record was written");
        }
    }
}
