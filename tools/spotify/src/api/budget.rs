//! How much may be asked of Spotify: by one person, and by everybody together.
//!
//! Spotify counts an app's calls over 30 seconds and doesn't say how many it allows. So the app's
//! budget is learned: open until Spotify says "too many", then three quarters of what it had taken by
//! then, and twice as much after every half minute without another word. While Spotify wants to be
//! left alone nobody calls, because a call wouldn't be answered and would prolong it.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};
use moka::sync::Cache;
use tokio::time::Instant;

use super::{Refusal, Trouble};

/// The time over which Spotify counts.
const WINDOW: Duration = Duration::from_secs(30);
/// What is left of the app's budget at the least.
const LEAST: u32 = 10;
/// A learned budget that has grown beyond this is none any more.
const PLENTY: u32 = 2_000;
/// How long a used-up quota is left alone when Spotify names no time.
const QUOTA_REST: Duration = Duration::from_mins(10);
/// Of how many people the calls are counted at most.
const MOST_PEOPLE: u64 = 10_000;

/// Why and for how long nothing may be asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closed {
    /// [`Trouble::RateLimited`] or [`Trouble::QuotaExceeded`].
    pub(super) trouble: Trouble,
    /// How long.
    pub(super) wait: Duration,
}

/// What may be asked. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    app: Arc<Mutex<App>>,
    people: Cache<Arc<str>, Arc<DefaultDirectRateLimiter>>,
    /// How many calls one person may make at once, and again in the course of each [`WINDOW`].
    per_person: NonZeroU32,
}

impl Budget {
    pub(super) fn new(per_person: NonZeroU32) -> Self {
        let people = Cache::builder().max_capacity(MOST_PEOPLE).time_to_idle(2 * WINDOW).build();
        Self { app: Arc::default(), people, per_person }
    }

    /// Takes the right to one call for the person behind `connection`.
    pub(super) fn take(&self, connection: &Arc<str>) -> Result<(), Closed> {
        self.app().check(Instant::now())?;
        let person = self.people.get_with_by_ref(connection, || Arc::new(self.limiter()));
        person.check().map_err(|until| Closed {
            trouble: Trouble::RateLimited,
            wait: until.wait_time_from(DefaultClock::default().now()),
        })?;
        self.app().calls += 1;
        Ok(())
    }

    /// Learns from a refusal of Spotify's.
    pub(super) fn learn(&self, refusal: &Refusal) {
        let rest = match refusal.trouble {
            Trouble::RateLimited => refusal.retry_after.unwrap_or_default(),
            Trouble::QuotaExceeded => {
                refusal.retry_after.filter(|wait| !wait.is_zero()).unwrap_or(QUOTA_REST)
            }
            _ => return,
        };
        self.app().refused(Instant::now(), refusal.trouble, rest);
    }

    fn limiter(&self) -> DefaultDirectRateLimiter {
        // As many as `per_person` in a window, and all of them at once when there was a rest.
        let each = WINDOW / self.per_person.get();
        let quota = Quota::with_period(each).unwrap_or(Quota::per_second(self.per_person));
        RateLimiter::direct(quota.allow_burst(self.per_person))
    }

    fn app(&self) -> std::sync::MutexGuard<'_, App> {
        self.app.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All callers together.
#[derive(Debug)]
struct App {
    /// Until when nobody calls, and why.
    closed: Option<(Instant, Trouble)>,
    /// When the present window began.
    began: Instant,
    /// The calls in it.
    calls: u32,
    /// The most calls in a window, once Spotify has made itself heard.
    allowed: Option<u32>,
    /// Whether it did in this window.
    heard: bool,
}

impl Default for App {
    fn default() -> Self {
        Self { closed: None, began: Instant::now(), calls: 0, allowed: None, heard: false }
    }
}

impl App {
    fn check(&mut self, now: Instant) -> Result<(), Closed> {
        if let Some((until, trouble)) = self.closed {
            let wait = until.saturating_duration_since(now);
            if !wait.is_zero() {
                return Err(Closed { trouble, wait });
            }
            self.closed = None;
        }
        if now.saturating_duration_since(self.began) >= WINDOW {
            if !self.heard {
                let more = self.allowed.map(|allowed| allowed.saturating_mul(2));
                self.allowed = more.filter(|allowed| *allowed <= PLENTY);
            }
            (self.began, self.calls, self.heard) = (now, 0, false);
        }
        if self.allowed.is_some_and(|allowed| self.calls >= allowed) {
            let wait = (self.began + WINDOW).saturating_duration_since(now);
            return Err(Closed { trouble: Trouble::RateLimited, wait });
        }
        Ok(())
    }

    fn refused(&mut self, now: Instant, trouble: Trouble, rest: Duration) {
        let until = now + rest;
        if self.closed.is_none_or(|(before, _)| before < until) {
            self.closed = Some((until, trouble));
        }
        // Several refusals at once are answers to one and the same burst.
        if trouble == Trouble::RateLimited && !self.heard {
            self.allowed = Some((self.calls / 4 * 3).max(LEAST));
            self.heard = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    /// How many calls the app gets through at `now`.
    fn calls(app: &mut App, now: Instant, most: u32) -> u32 {
        for call in 0..most {
            if app.check(now).is_err() {
                return call;
            }
            app.calls += 1;
        }
        most
    }

    #[test]
    fn what_spotify_refuses_is_learned_and_forgotten_again() {
        let (mut app, start) = (App::default(), Instant::now());
        assert_eq!(calls(&mut app, start, 400), 400);
        app.refused(start, Trouble::RateLimited, second(10));
        assert_eq!(calls(&mut app, start + second(9), 1), 0);
        let closed = app.check(start + second(4)).unwrap_err();
        assert_eq!(closed.wait, second(6));
        // The window in which it spoke is used up; the next has three quarters.
        assert_eq!(calls(&mut app, start + second(11), 1), 0);
        assert_eq!(calls(&mut app, start + second(31), 1_000), 300);
        // Then twice as much, as long as it is quiet, and in the end all.
        for (window, allowed) in [(2, 600), (3, 1_200), (4, 2_500), (5, 2_500)] {
            let now = start + window * WINDOW + second(2);
            assert_eq!(calls(&mut app, now, 2_500), allowed, "window {window}");
        }
    }

    #[test]
    fn many_refusals_of_one_burst_count_once_and_the_longest_rest_counts() {
        let (mut app, start) = (App::default(), Instant::now());
        calls(&mut app, start, 100);
        for rest in [1, 20, 3] {
            app.refused(start, Trouble::RateLimited, second(rest));
        }
        assert_eq!(app.check(start).unwrap_err().wait, second(20));
        assert_eq!(app.allowed, Some(75));
    }

    #[tokio::test]
    async fn one_person_who_calls_too_often_leaves_the_others_alone() {
        let budget = Budget::new(NonZeroU32::new(3).unwrap());
        let (alice, bob) = ("alice".into(), "bob".into());
        for _ in 0..3 {
            budget.take(&alice).unwrap();
        }
        let closed = budget.take(&alice).unwrap_err();
        assert_eq!(closed.trouble, Trouble::RateLimited);
        assert!(closed.wait > Duration::ZERO && closed.wait <= second(10), "{closed:?}");
        budget.take(&bob).unwrap();
    }
}
