//! Leaves a remote alone that was dead a moment ago: nobody waits for it again and again.
//!
//! Failures are counted by person, because what somebody asks for may be what makes a server fail: that
//! costs nobody else anything. It rests for everybody when several people's calls failed in a row, or when
//! no connection came about, which nothing that is asked can cause.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;
use stagepass_kit::Identity;
use tokio::time::Instant;

/// So many failures in a row, and it is dead.
const FAILURES: usize = 3;
/// So many people's failures are remembered, and so long after the last.
const MOST: u64 = 10_000;
const IDLE: Duration = Duration::from_mins(10);

#[derive(Debug)]
pub(crate) struct Breaker(Mutex<State>);

#[derive(Debug)]
struct State {
    all: Row,
    /// Whose failures have counted for all since it last answered, as far as that matters.
    some: Vec<Identity>,
    each: Cache<Identity, Row>,
}

/// Failures in a row.
#[derive(Debug, Default, Clone, Copy)]
struct Row {
    failures: usize,
    until: Option<Instant>,
}

impl Breaker {
    pub(crate) fn new() -> Self {
        let each = Cache::builder().max_capacity(MOST).time_to_idle(IDLE).build();
        Self(Mutex::new(State { all: Row::default(), some: Vec::new(), each }))
    }

    /// Whether it may be asked for `who` at `now`.
    ///
    /// # Errors
    /// How long it is left alone yet.
    pub(crate) fn check(&self, who: &Identity, now: Instant) -> Result<(), Duration> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = state.each.get(who).and_then(|own| own.left(now));
        state.all.left(now).max(own).map_or(Ok(()), Err)
    }

    /// It has answered `who`, whatever the answer was.
    pub(crate) fn answered(&self, who: &Identity) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (state.all, state.some) = (Row::default(), Vec::new());
        state.each.invalidate(who);
    }

    /// It didn't answer `who`, or nobody if it couldn't be reached at all. Each further failure doubles
    /// the rest, from `first` to `most`.
    pub(crate) fn failed(
        &self,
        who: Option<&Identity>,
        now: Instant,
        first: Duration,
        most: Duration,
    ) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(who) = who {
            let mut own = state.each.get(who).unwrap_or_default();
            own.fail(now, first, most);
            state.each.insert(who.clone(), own);
            // One person's failures are one to all, until so many people have failed.
            if state.some.len() < FAILURES {
                if state.some.contains(who) {
                    return;
                }
                state.some.push(who.clone());
            }
        }
        state.all.fail(now, first, most);
    }
}

impl Row {
    /// How long it rests yet, if it does.
    fn left(&self, now: Instant) -> Option<Duration> {
        let left = self.until?.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    fn fail(&mut self, now: Instant, first: Duration, most: Duration) {
        // What was begun before the rest and fails during it says nothing new.
        if self.left(now).is_some() {
            return;
        }
        self.failures = self.failures.saturating_add(1);
        if let Some(more) = self.failures.checked_sub(FAILURES) {
            let rest = first.saturating_mul(1 << more.min(16)).min(most);
            self.until = Some(now + rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::person;

    const FIRST: Duration = Duration::from_secs(5);
    const MOST: Duration = Duration::from_secs(15);

    fn fail(breaker: &Breaker, who: Option<&str>, now: Instant) {
        breaker.failed(who.map(person).as_ref(), now, FIRST, MOST);
    }

    fn check(breaker: &Breaker, who: &str, now: Instant) -> Result<(), Duration> {
        breaker.check(&person(who), now)
    }

    #[test]
    fn a_dead_remote_rests_longer_each_time_until_it_answers() {
        for who in [Some("ada"), None] {
            let (breaker, mut now) = (Breaker::new(), Instant::now());
            for _ in 0..FAILURES {
                check(&breaker, "ada", now).unwrap();
                fail(&breaker, who, now);
            }
            assert_eq!(check(&breaker, "ada", now), Err(FIRST));
            fail(&breaker, who, now);
            let left = check(&breaker, "ada", now);
            assert_eq!(left, Err(FIRST), "what fails during the rest doesn't prolong it");
            for rest in [10, 15, 15] {
                now += check(&breaker, "ada", now).unwrap_err();
                check(&breaker, "ada", now).unwrap();
                fail(&breaker, who, now);
                assert_eq!(check(&breaker, "ada", now), Err(Duration::from_secs(rest)));
            }
            now += MOST;
            breaker.answered(&person("ada"));
            fail(&breaker, who, now);
            check(&breaker, "ada", now).unwrap();
        }
    }

    #[test]
    fn it_rests_for_everybody_when_several_people_fail_or_it_cannot_be_reached() {
        let now = Instant::now();
        let breaker = Breaker::new();
        for _ in 0..100 {
            fail(&breaker, Some("ada"), now);
        }
        fail(&breaker, Some("bob"), now);
        fail(&breaker, Some("ada"), now);
        assert_eq!(check(&breaker, "ada", now), Err(FIRST));
        check(&breaker, "bob", now).expect("two people who take turns cost nobody else anything");
        fail(&breaker, Some("eve"), now);
        for who in ["ada", "bob", "eve", "somebody else"] {
            assert_eq!(check(&breaker, who, now), Err(FIRST), "{who}");
        }
        breaker.answered(&person("bob"));
        check(&breaker, "eve", now).unwrap();
        assert_eq!(check(&breaker, "ada", now), Err(FIRST), "it didn't answer ada");

        let breaker = Breaker::new();
        fail(&breaker, Some("ada"), now);
        fail(&breaker, None, now);
        fail(&breaker, None, now);
        assert_eq!(check(&breaker, "bob", now), Err(FIRST));
    }
}
