//! Rate limits: so many requests at once, and as many again in every minute.

use std::{
    hash::{BuildHasher, Hash, RandomState},
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json,
    extract::{Request, State},
    http::{
        StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use governor::{Quota, RateLimiter, middleware::NoOpMiddleware, state::keyed::HashMapStateStore};
use serde_json::json;

use super::{address::ClientAddress, layout};
use crate::clock::Clock;

/// The most keys that are counted apart. With more, strangers could fill the memory by asking from
/// ever new addresses; those who come then share one bucket, until some of the others are full
/// again and forgotten.
const MOST_KEYS: usize = 100_000;
/// Forgetting means looking at every key, so it isn't done for every request.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// The bucket that is shared once there are too many.
const CROWD: u64 = 0;

/// Counts requests by a key. Clones count together.
#[derive(Clone)]
pub struct Limiter(Arc<Counts>);

type Buckets = RateLimiter<u64, HashMapStateStore<u64>, Clock, NoOpMiddleware<Duration>>;

struct Counts {
    buckets: Buckets,
    /// Keys are kept as hashes: a key may be as long as a stranger likes. Seeded, so that nobody
    /// can choose one that falls together with another's.
    hasher: RandomState,
    clock: Clock,
    swept: Mutex<Duration>,
}

impl Limiter {
    /// Allows each key `per_minute` requests at once, and as many again in every minute.
    #[must_use]
    pub fn new(per_minute: NonZeroU32, clock: Clock) -> Self {
        let quota = Quota::per_minute(per_minute);
        let buckets = RateLimiter::hashmap_with_clock(quota, clock.clone());
        let hasher = RandomState::new();
        Self(Arc::new(Counts { buckets, hasher, clock, swept: Mutex::default() }))
    }

    /// Counts a request of `key`.
    ///
    /// # Errors
    /// When it is one too many: how long to wait until the next would be allowed.
    pub fn check(&self, key: impl Hash) -> Result<(), Duration> {
        let counts = &self.0;
        let key = if counts.has_room() { counts.hasher.hash_one(key) } else { CROWD };
        let refused = counts.buckets.check_key(&key);
        refused.map_err(|until| until.wait_time_from(counts.clock.monotonic()))
    }
}

impl Counts {
    fn has_room(&self) -> bool {
        if self.buckets.len() < MOST_KEYS {
            return true;
        }
        let now = self.clock.monotonic();
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(*swept) >= SWEEP_EVERY {
            *swept = now;
            self.buckets.retain_recent();
        }
        self.buckets.len() < MOST_KEYS
    }
}

impl governor::clock::Clock for Clock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.monotonic()
    }
}

/// Whom a refusal is for.
#[derive(Debug, Clone, Copy)]
pub enum Refusal {
    /// A person: a page.
    Page,
    /// A program that speaks OAuth: an error as RFC 6749 §5.2 writes it.
    Json,
}

impl Refusal {
    /// 429, with `Retry-After` in whole seconds (RFC 6585 §4).
    #[must_use]
    pub fn too_many(self, wait: Duration) -> Response {
        let seconds = (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1);
        let status = StatusCode::TOO_MANY_REQUESTS;
        let body = match self {
            Self::Page => layout::problem(
                status,
                "Too many requests",
                "More requests come from your network, or from this app, than this server takes in a minute.",
                &format!("Wait {seconds} seconds, then load the page again."),
            ),
            Self::Json => {
                let description = format!("Too many requests; ask again in {seconds} seconds.");
                let error = "temporarily_unavailable";
                let body = Json(json!({"error": error, "error_description": description}));
                (status, body).into_response()
            }
        };
        let headers = [(RETRY_AFTER, seconds.to_string()), (CACHE_CONTROL, "no-store".to_owned())];
        (headers, body).into_response()
    }
}

/// Refuses the requests of an address that sends too many.
pub async fn limited(
    State((limiter, refusal)): State<(Limiter, Refusal)>,
    address: ClientAddress,
    request: Request,
    next: Next,
) -> Response {
    match limiter.check(address.subscriber()) {
        Ok(()) => next.run(request).await,
        Err(wait) => {
            tracing::debug!(address = %address.0, "too many requests");
            refusal.too_many(wait)
        }
    }
}
