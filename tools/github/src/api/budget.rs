//! How much each account may still ask of GitHub.
//!
//! GitHub counts per person, over all programs that act for them, and says with every answer what is
//! left and when it starts anew. A little is left for the others. When GitHub asks for quiet (its
//! secondary limits), nothing is asked for that account meanwhile: calls would prolong it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use moka::sync::Cache;
use tokio::time::Instant;

use super::{Refusal, Trouble, failure::SOME_TIME};

/// Of how many accounts it is known what is left, at most.
const MOST_ACCOUNTS: u64 = 10_000;
/// An allowance starts anew every hour; after that nothing is known.
const KNOWN_FOR: Duration = Duration::from_hours(1);
/// One part in so many is left to others.
const RESERVE: u32 = 50;

/// An allowance of GitHub's, each counted for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Bucket {
    /// 5,000 calls an hour, or more.
    Core,
    /// 30 searches a minute.
    Search,
    /// 10 searches in code a minute.
    CodeSearch,
}

/// What is left of an allowance, as an answer says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// In how long it starts anew.
    pub(super) resets_in: Duration,
}

/// Why and for how long nothing may be asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Closed {
    /// [`Trouble::RateLimited`] or [`Trouble::QuotaExceeded`].
    pub(super) trouble: Trouble,
    pub(super) wait: Duration,
}

/// What may be asked. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Budget(Cache<Arc<str>, Arc<Mutex<Account>>>);

#[derive(Debug, Default)]
struct Account {
    /// Until when GitHub wants quiet.
    quiet: Option<Instant>,
    left: HashMap<Bucket, Known>,
}

#[derive(Debug)]
struct Known {
    limit: u32,
    remaining: u32,
    until: Instant,
}

impl Default for Budget {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(MOST_ACCOUNTS).time_to_idle(KNOWN_FOR).build())
    }
}

impl Budget {
    /// Takes the right to one call for the account behind `connection`.
    pub(super) fn take(&self, connection: &Arc<str>, bucket: Bucket) -> Result<(), Closed> {
        let account = self.account(connection);
        lock(&account).take(bucket, Instant::now())
    }

    /// Learns from an answer what is left.
    pub(super) fn note(&self, connection: &Arc<str>, bucket: Bucket, left: Left) {
        let account = self.account(connection);
        lock(&account).note(bucket, left, Instant::now());
    }

    /// Learns from a refusal. Only a secondary limit is about all calls of the account.
    pub(super) fn learn(&self, connection: &Arc<str>, refusal: &Refusal) {
        if refusal.trouble == Trouble::RateLimited && refusal.wants_quiet {
            let account = self.account(connection);
            let until = Instant::now() + refusal.retry_after.unwrap_or(SOME_TIME);
            let mut account = lock(&account);
            account.quiet = account.quiet.max(Some(until));
        }
    }

    fn account(&self, connection: &Arc<str>) -> Arc<Mutex<Account>> {
        self.0.get_with_by_ref(connection, Arc::default)
    }
}

fn lock(account: &Mutex<Account>) -> MutexGuard<'_, Account> {
    account.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Account {
    fn take(&mut self, bucket: Bucket, now: Instant) -> Result<(), Closed> {
        if let Some(quiet) = self.quiet.filter(|quiet| *quiet > now) {
            return Err(Closed { trouble: Trouble::RateLimited, wait: quiet - now });
        }
        let Some(known) = self.left.get_mut(&bucket).filter(|known| known.until > now) else {
            return Ok(());
        };
        if known.remaining <= known.limit / RESERVE {
            return Err(Closed { trouble: bucket.exhausted(), wait: known.until - now });
        }
        known.remaining -= 1;
        Ok(())
    }

    /// Answers overtake each other: within one hour the smallest number is the newest.
    fn note(&mut self, bucket: Bucket, left: Left, now: Instant) {
        let until = now + left.resets_in;
        let before = self.left.get(&bucket).filter(|known| known.until > now);
        let remaining = match before {
            Some(known) if known.limit == left.limit && is_about(known.until, until) => {
                known.remaining.min(left.remaining)
            }
            _ => left.remaining,
        };
        self.left.insert(bucket, Known { limit: left.limit, remaining, until });
    }
}

/// The end of a window is told in whole seconds.
fn is_about(one: Instant, other: Instant) -> bool {
    one.max(other) - one.min(other) < Duration::from_secs(5)
}

impl Bucket {
    /// What it means that nothing is left of it: a minute can be waited, an hour can't.
    pub(super) fn exhausted(self) -> Trouble {
        match self {
            Self::Core => Trouble::QuotaExceeded,
            Self::Search | Self::CodeSearch => Trouble::RateLimited,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(limit: u32, remaining: u32, seconds: u64) -> Left {
        Left { limit, remaining, resets_in: Duration::from_secs(seconds) }
    }

    #[test]
    fn a_little_is_left_for_the_others_until_it_starts_anew() {
        let (mut account, now) = (Account::default(), Instant::now());
        account.take(Bucket::Core, now).unwrap();
        account.note(Bucket::Core, left(5_000, 102, 600), now);
        // An answer that was overtaken.
        account.note(Bucket::Core, left(5_000, 300, 599), now);
        account.take(Bucket::Core, now).unwrap();
        account.take(Bucket::Core, now).unwrap();
        let closed = account.take(Bucket::Core, now + Duration::from_secs(100)).unwrap_err();
        assert_eq!(closed.trouble, Trouble::QuotaExceeded);
        assert!(closed.wait > Duration::from_secs(490), "{closed:?}");
        account.take(Bucket::Search, now).unwrap();
        account.take(Bucket::Core, now + Duration::from_secs(601)).unwrap();
    }

    #[test]
    fn all_ten_searches_of_a_minute_may_be_used() {
        let (mut account, now) = (Account::default(), Instant::now());
        account.note(Bucket::CodeSearch, left(10, 1, 30), now);
        account.take(Bucket::CodeSearch, now).unwrap();
        let closed = account.take(Bucket::CodeSearch, now).unwrap_err();
        assert_eq!(closed.trouble, Trouble::RateLimited);
    }

    #[test]
    fn a_shorter_wait_does_not_end_a_longer_one() {
        let (budget, one) = (Budget::default(), Arc::from("one"));
        for seconds in [100, 1] {
            let retry_after = Some(Duration::from_secs(seconds));
            let refusal = Refusal::plain(Trouble::RateLimited);
            budget.learn(&one, &Refusal { retry_after, wants_quiet: true, ..refusal });
        }
        let closed = budget.take(&one, Bucket::Core).unwrap_err();
        assert!(closed.wait > Duration::from_secs(90), "{closed:?}");
    }
}
