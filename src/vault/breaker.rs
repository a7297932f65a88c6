//! Leaves a provider alone that is away, so that an outage doesn't become a storm.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};

use crate::clock::Clock;

/// The first wait, and the longest that we choose ourselves.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);

/// One breaker for each provider's token endpoint.
#[derive(Default)]
pub(super) struct Breakers(Mutex<HashMap<String, Breaker>>);

struct Breaker {
    failures: u32,
    open_until: DateTime<Utc>,
}

impl Breakers {
    /// How long `provider` is to be left alone yet; none if it may be asked.
    pub(super) fn wait(&self, provider: &str, clock: &Clock) -> Option<Duration> {
        let breakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = breakers.get(provider)?.open_until - clock.now();
        left.to_std().ok().filter(|left| !left.is_zero())
    }

    /// `provider` was away, and maybe said for how long. Answers how long to leave it alone:
    /// twice as long each time, with some jitter, so that replicas don't come back in step.
    pub(super) fn failed(
        &self,
        provider: &str,
        asked: Option<Duration>,
        clock: &Clock,
    ) -> Duration {
        let mut breakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let breaker = breakers
            .entry(provider.to_owned())
            .or_insert(Breaker { failures: 0, open_until: DateTime::UNIX_EPOCH });
        let doubled = SHORTEST.saturating_mul(1 << breaker.failures.min(6)).min(LONGEST);
        let [dice] = clock.random::<1>();
        let jitter = doubled.mul_f64(f64::from(dice) / 1020.0);
        let wait = asked.unwrap_or(doubled + jitter);
        breaker.failures = breaker.failures.saturating_add(1);
        breaker.open_until = clock.now() + wait;
        wait
    }

    /// `provider` answered properly.
    pub(super) fn succeeded(&self, provider: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(provider);
    }
}
