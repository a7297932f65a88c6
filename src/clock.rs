//! The only caller of the system's clock and of its random source, so that tests own both.

use std::{
    sync::{Arc, LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Tells the time and throws the dice.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Fixed(Arc<Mutex<Fixed>>),
}

#[derive(Debug)]
struct Fixed {
    now: DateTime<Utc>,
    dice: StdRng,
}

impl Clock {
    /// The system's own time and randomness.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Stands still at `now` until it is advanced, and throws the same dice for the same `seed`.
    /// For tests and demonstrations: its randomness protects nothing.
    #[must_use]
    pub fn fixed(now: DateTime<Utc>, seed: u64) -> Self {
        let fixed = Fixed { now, dice: StdRng::seed_from_u64(seed) };
        Self(Source::Fixed(Arc::new(Mutex::new(fixed))))
    }

    /// The time now, in whole microseconds: what both databases keep of it.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            Source::System => Utc::now(),
            Source::Fixed(fixed) => fixed.lock().unwrap_or_else(PoisonError::into_inner).now,
        };
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// The time since some moment in the past, for waits: it never goes back, whatever becomes of
    /// the system's calendar.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        match &self.0 {
            Source::System => START.elapsed(),
            Source::Fixed(_) => {
                (self.now() - DateTime::UNIX_EPOCH).to_std().unwrap_or(Duration::ZERO)
            }
        }
    }

    /// Moves a fixed clock on; the system's clock takes no orders.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Fixed(fixed) = &self.0 {
            fixed.lock().unwrap_or_else(PoisonError::into_inner).now += by;
        }
    }

    /// `N` random bytes, fit for keys and tokens when the clock is the system's.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the system")]
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            Source::System => rand::rng().fill_bytes(&mut bytes),
            Source::Fixed(fixed) => {
                fixed.lock().unwrap_or_else(PoisonError::into_inner).dice.fill_bytes(&mut bytes);
            }
        }
        bytes
    }
}
