//! A document of somebody else's that is fetched when it is needed, and kept.

use std::{fmt::Display, future::Future, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::clock::Clock;

/// How long a copy is good.
const GOOD: TimeDelta = TimeDelta::hours(1);
/// How long a source that gave nothing is left alone.
const PAUSE: TimeDelta = TimeDelta::seconds(10);
/// How often a good copy may be doubted.
const DOUBT: TimeDelta = TimeDelta::minutes(1);

/// The document, and when it was asked for. Of several callers at once, one asks; it is asked in a
/// task of its own, which goes on when its caller has gone. Clones share the document.
pub(crate) struct Kept<T> {
    clock: Clock,
    held: Arc<Mutex<Held<T>>>,
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

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { clock: self.clock.clone(), held: self.held.clone() }
    }
}

impl<T: Send + Sync + 'static> Kept<T> {
    /// Nothing yet.
    pub(crate) fn new(clock: Clock) -> Self {
        let (fetched_at, tried_at) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH);
        let held = Held { copy: None, fetched_at, tried_at };
        Self { clock, held: Arc::new(Mutex::new(held)) }
    }

    /// The document, from `fetch` if no copy is younger than an hour. While the source is away,
    /// the last copy that was had goes on being used.
    pub(crate) async fn get<E: Display + Send + 'static>(
        &self,
        fetch: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<Arc<T>, Missing<E>> {
        let held = self.held.clone().lock_owned().await;
        let now = self.clock.now();
        let good = now < held.fetched_at + GOOD;
        let left_alone = now < held.tried_at + PAUSE;
        let last = held.copy.clone();
        match last {
            Some(copy) if good || left_alone => Ok(copy),
            None if left_alone => Err(too_soon()),
            last => match (refill(held, now, fetch).await, last) {
                (Err(Missing::Failed(error)), Some(copy)) => {
                    tracing::warn!(%error, "a copy of a document is old, and there is no newer one");
                    Ok(copy)
                }
                (fetched, _) => fetched,
            },
        }
    }

    /// The document anew, because the copy lacks something; at most once a minute.
    pub(crate) async fn renewed<E: Send + 'static>(
        &self,
        fetch: impl Future<Output = Result<T, E>> + Send + 'static,
    ) -> Result<Arc<T>, Missing<E>> {
        let held = self.held.clone().lock_owned().await;
        let now = self.clock.now();
        let failed = held.tried_at > held.fetched_at;
        if now >= held.tried_at + if failed { PAUSE } else { DOUBT } {
            return refill(held, now, fetch).await;
        }
        held.copy.clone().filter(|_| !failed).ok_or_else(too_soon)
    }
}

/// Fetches in a task of its own: whoever hangs up meanwhile spoils nothing for the others.
async fn refill<T: Send + Sync + 'static, E: Send + 'static>(
    mut held: OwnedMutexGuard<Held<T>>,
    now: DateTime<Utc>,
    fetch: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<Arc<T>, Missing<E>> {
    held.tried_at = now;
    let fetching = tokio::spawn(async move {
        let copy = Arc::new(fetch.await?);
        held.copy = Some(copy.clone());
        held.fetched_at = now;
        Ok(copy)
    });
    // A task that ends without an answer has failed, too.
    match fetching.await {
        Ok(fetched) => fetched.map_err(Missing::Failed),
        Err(_) => Err(too_soon()),
    }
}

fn too_soon<E>() -> Missing<E> {
    Missing::LeftAlone(Duration::from_secs(PAUSE.num_seconds().unsigned_abs()))
}

#[cfg(test)]
mod tests;
