//! A document of somebody else's that is fetched when it is needed, and kept.

use std::{fmt::Display, future::Future, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use crate::clock::Clock;

/// How long a copy is good.
const GOOD: TimeDelta = TimeDelta::hours(1);
/// How long a source that gave nothing is left alone.
const PAUSE: TimeDelta = TimeDelta::seconds(10);
/// How often a good copy may be doubted.
const DOUBT: TimeDelta = TimeDelta::minutes(1);

/// The document, and when it was asked for. Of several callers at once, one asks.
pub(crate) struct Kept<T> {
    clock: Clock,
    held: Mutex<Held<T>>,
}

/// Why there is no document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Missing<E> {
    /// It can't be fetched.
    Failed(E),
    /// Its source gave nothing a moment ago, and isn't asked again for so long.
    LeftAlone(Duration),
}

struct Held<T> {
    copy: Option<Arc<T>>,
    fetched_at: DateTime<Utc>,
    tried_at: DateTime<Utc>,
}

impl<T> Kept<T> {
    /// Nothing yet.
    pub(crate) fn new(clock: Clock) -> Self {
        let (fetched_at, tried_at) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
        Self { clock, held: Mutex::new(Held { copy: None, fetched_at, tried_at }) }
    }

    /// The document, from `fetch` if no copy is younger than an hour. While the source is away,
    /// the last copy that was had goes on being used.
    pub(crate) async fn get<E: Display>(
        &self,
        fetch: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, Missing<E>> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        let good = now < held.fetched_at + GOOD;
        let left_alone = now < held.tried_at + PAUSE;
        match &held.copy {
            Some(copy) if good || left_alone => return Ok(copy.clone()),
            None if left_alone => return Err(too_soon()),
            _ => {}
        }
        let fetched = held.refill(now, fetch).await;
        match (fetched, &held.copy) {
            (Err(error), Some(copy)) => {
                tracing::warn!(%error, "a copy of a document is old, and there is no newer one");
                Ok(copy.clone())
            }
            (fetched, _) => fetched.map_err(Missing::Failed),
        }
    }

    /// The document anew, because the copy lacks something; at most once a minute.
    pub(crate) async fn renewed<E>(
        &self,
        fetch: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, Missing<E>> {
        let mut held = self.held.lock().await;
        let now = self.clock.now();
        let failed = held.tried_at > held.fetched_at;
        if now >= held.tried_at + if failed { PAUSE } else { DOUBT } {
            return held.refill(now, fetch).await.map_err(Missing::Failed);
        }
        held.copy.clone().filter(|_| !failed).ok_or_else(too_soon)
    }
}

impl<T> Held<T> {
    async fn refill<E>(
        &mut self,
        now: DateTime<Utc>,
        fetch: impl Future<Output = Result<T, E>>,
    ) -> Result<Arc<T>, E> {
        self.tried_at = now;
        let copy = Arc::new(fetch.await?);
        self.copy = Some(copy.clone());
        self.fetched_at = now;
        Ok(copy)
    }
}

fn too_soon<E>() -> Missing<E> {
    Missing::LeftAlone(Duration::from_secs(PAUSE.num_seconds().unsigned_abs()))
}

#[cfg(test)]
mod tests;
