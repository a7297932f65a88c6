//! Leaves a remote alone that was dead a moment ago: nobody waits for it again and again.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// So many failures in a row, and it is dead.
const FAILURES: u32 = 3;

#[derive(Debug, Default)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    until: Option<Instant>,
}

impl Breaker {
    /// Whether it may be asked at `now`.
    ///
    /// # Errors
    /// How long it is left alone yet.
    pub(crate) fn check(&self, now: Instant) -> Result<(), Duration> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = state.until.map(|until| until.saturating_duration_since(now));
        match left {
            Some(left) if !left.is_zero() => Err(left),
            _ => Ok(()),
        }
    }

    /// It has answered, whatever the answer was.
    pub(crate) fn answered(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
    }

    /// It couldn't be reached. Each further failure doubles the rest, from `first` to `most`.
    pub(crate) fn failed(&self, now: Instant, first: Duration, most: Duration) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // What was begun before the rest and fails during it says nothing new.
        if state.until.is_some_and(|until| until > now) {
            return;
        }
        state.failures = state.failures.saturating_add(1);
        if let Some(more) = state.failures.checked_sub(FAILURES) {
            let rest = first.saturating_mul(1 << more.min(16)).min(most);
            state.until = Some(now + rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_remote_rests_longer_each_time_until_it_answers() {
        let (first, most) = (Duration::from_secs(5), Duration::from_secs(15));
        let (breaker, mut now) = (Breaker::default(), Instant::now());
        for _ in 0..FAILURES {
            breaker.check(now).unwrap();
            breaker.failed(now, first, most);
        }
        assert_eq!(breaker.check(now), Err(first));
        breaker.failed(now, first, most);
        assert_eq!(breaker.check(now), Err(first), "what fails during the rest doesn't prolong it");
        for rest in [10, 15, 15] {
            now += breaker.check(now).unwrap_err();
            breaker.check(now).unwrap();
            breaker.failed(now, first, most);
            assert_eq!(breaker.check(now), Err(Duration::from_secs(rest)));
        }
        now += most;
        breaker.answered();
        breaker.failed(now, first, most);
        breaker.check(now).unwrap();
    }
}
