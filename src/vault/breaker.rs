//! Leaves alone for a while what just failed, so that an outage doesn't become a storm.

use std::time::Duration;

use chrono::{DateTime, Utc};
use moka::sync::Cache;

use crate::clock::Clock;

/// The first wait and the longest that we choose ourselves, and the longest that is kept at all.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);
const LONGEST_ASKED: Duration = Duration::from_mins(5);

/// Breakers for what is named by a word: a provider's token endpoint, or one connection.
pub(super) struct Breakers(Cache<String, Breaker>);

#[derive(Clone, Copy)]
struct Breaker {
    failures: u32,
    open_until: DateTime<Utc>,
}

impl Default for Breakers {
    fn default() -> Self {
        Self(Cache::new(10_000))
    }
}

impl Breakers {
    /// How long `name` is to be left alone yet; none if it may be asked.
    pub(super) fn wait(&self, name: &str, clock: &Clock) -> Option<Duration> {
        let left = self.0.get(name)?.open_until - clock.now();
        left.to_std().ok().filter(|left| !left.is_zero())
    }

    /// `name` failed, and maybe said for how long. Answers how long to leave it alone: twice as
    /// long each time, with some jitter, so that replicas don't come back in step. Failures of one
    /// moment count as one.
    pub(super) fn failed(&self, name: &str, asked: Option<Duration>, clock: &Clock) -> Duration {
        if let Some(wait) = self.wait(name, clock) {
            return wait;
        }
        let failures = self.0.get(name).map_or(0, |breaker| breaker.failures);
        let doubled = SHORTEST.saturating_mul(1 << failures.min(6)).min(LONGEST);
        let [dice] = clock.random::<1>();
        let own = doubled + doubled.mul_f64(f64::from(dice) / 1020.0);
        let wait = asked.unwrap_or(own).clamp(own, LONGEST_ASKED.max(own));
        let open_until = clock.now() + wait;
        self.0
            .insert(name.to_owned(), Breaker { failures: failures.saturating_add(1), open_until });
        wait
    }

    /// `name` answered properly.
    pub(super) fn succeeded(&self, name: &str) {
        self.0.invalidate(name);
    }
}
