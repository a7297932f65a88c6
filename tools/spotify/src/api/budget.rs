//! How much may be asked of Spotify: by one person, and by everybody together.
//!
//! Spotify counts an app's calls over 30 seconds and doesn't say how many it allows. So the app's
//! budget is learned: open until Spotify says "too many", then three quarters of what it had taken by
//! then, and twice as much after every half minute without another word. While Spotify wants to be
//! left alone nobody calls, because a call wouldn't be answered and would prolong it.

use std::{
    collections::HashMap,
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
        self.app().check(Instant::now(), connection)?;
        let person = self.people.get_with_by_ref(connection, || Arc::new(self.limiter()));
        person.check().map_err(|until| Closed {
            trouble: Trouble::RateLimited,
            wait: until.wait_time_from(DefaultClock::default().now()),
        })?;
        self.app().count(connection);
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
    /// The calls in the window before.
    before: u32,
    /// Whose they are, while not everybody has as many as they like.
    callers: HashMap<Arc<str>, u32>,
    /// The most calls in a window, once Spotify has made itself heard.
    allowed: Option<u32>,
    /// Whether it did in this window.
    heard: bool,
}

impl Default for App {
    fn default() -> Self {
        Self {
            closed: None,
            began: Instant::now(),
            calls: 0,
            before: 0,
            callers: HashMap::new(),
            allowed: None,
            heard: false,
        }
    }
}

impl App {
    fn check(&mut self, now: Instant, connection: &Arc<str>) -> Result<(), Closed> {
        if let Some((until, trouble)) = self.closed {
            let wait = until.saturating_duration_since(now);
            if !wait.is_zero() {
                return Err(Closed { trouble, wait });
            }
            self.closed = None;
        }
        let passed = now.saturating_duration_since(self.began);
        if passed >= WINDOW {
            if !self.heard {
                let more = self.allowed.map(|allowed| allowed.saturating_mul(2));
                self.allowed = more.filter(|allowed| *allowed <= PLENTY);
            }
            self.before = if passed < 2 * WINDOW { self.calls } else { 0 };
            (self.began, self.calls, self.heard) = (now, 0, false);
            self.callers.clear();
        }
        if self.allowed.is_some_and(|allowed| self.is_used_up(allowed, connection)) {
            let wait = (self.began + WINDOW).saturating_duration_since(now);
            return Err(Closed { trouble: Trouble::RateLimited, wait });
        }
        Ok(())
    }

    /// Whether nothing is left for this person. The last quarter is for those who had less than a
    /// quarter, so that nobody alone uses up what is there for all.
    fn is_used_up(&self, allowed: u32, connection: &Arc<str>) -> bool {
        let quarter = allowed / 4;
        let own = self.callers.get(connection).copied().unwrap_or_default();
        self.calls >= allowed || (self.calls >= allowed - quarter && own >= quarter)
    }

    fn count(&mut self, connection: &Arc<str>) {
        self.calls += 1;
        if self.allowed.is_some() {
            *self.callers.entry(Arc::clone(connection)).or_default() += 1;
        }
    }

    fn refused(&mut self, now: Instant, trouble: Trouble, rest: Duration) {
        let until = now + rest;
        if self.closed.is_none_or(|(before, _)| before < until) {
            self.closed = Some((until, trouble));
        }
        // Several refusals at once are answers to one and the same burst, of which the window before
        // may have had the most: Spotify's own windows begin at other times.
        if trouble == Trouble::RateLimited && !self.heard {
            self.allowed = Some((self.calls.max(self.before) / 4 * 3).max(LEAST));
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

    /// How many calls somebody gets through at `now`.
    fn calls_of(person: &str, app: &mut App, now: Instant, most: u32) -> u32 {
        let person = person.into();
        for call in 0..most {
            if app.check(now, &person).is_err() {
                return call;
            }
            app.count(&person);
        }
        most
    }

    /// How many calls the app gets through at `now`, each of another person.
    fn calls(app: &mut App, now: Instant, most: u32) -> u32 {
        let done = (0..most).take_while(|n| calls_of(&n.to_string(), app, now, 1) == 1);
        u32::try_from(done.count()).unwrap()
    }

    #[test]
    fn nobody_alone_uses_up_what_was_learned_to_be_there_for_all() {
        let (mut app, start) = (App::default(), Instant::now());
        calls(&mut app, start, 160);
        app.refused(start, Trouble::RateLimited, second(1));
        let next = start + second(31);
        assert_eq!(calls_of("alice", &mut app, next, 1_000), 90);
        assert_eq!(calls_of("bob", &mut app, next, 1_000), 30);
        assert_eq!(calls_of("carol", &mut app, next, 1_000), 0);
    }

    #[test]
    fn a_refusal_early_in_a_window_is_about_the_one_before_it_too() {
        let (mut app, start) = (App::default(), Instant::now());
        calls(&mut app, start, 400);
        calls(&mut app, start + second(31), 4);
        app.refused(start + second(31), Trouble::RateLimited, second(1));
        assert_eq!(app.allowed, Some(300));
        // One that is long over has nothing to do with it.
        let (mut app, later) = (App::default(), start + second(90));
        calls(&mut app, start, 400);
        calls(&mut app, later, 4);
        app.refused(later, Trouble::RateLimited, second(1));
        assert_eq!(app.allowed, Some(LEAST));
    }

    #[test]
    fn what_spotify_refuses_is_learned_and_forgotten_again() {
        let (mut app, start) = (App::default(), Instant::now());
        assert_eq!(calls(&mut app, start, 400), 400);
        app.refused(start, Trouble::RateLimited, second(10));
        assert_eq!(calls(&mut app, start + second(9), 1), 0);
        let closed = app.check(start + second(4), &"alice".into()).unwrap_err();
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
        assert_eq!(app.check(start, &"alice".into()).unwrap_err().wait, second(20));
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
