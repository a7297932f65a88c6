//! Opened access tokens, bounded in number, so that a warm call asks no database.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Utc};
use moka::sync::Cache;
use stagepass_kit::{AccessToken, Identity};

use super::choice::{Known, choose};

/// Of how many identities opened tokens are kept at most.
const MOST: u64 = 10_000;

/// An access token, opened, with its end.
#[derive(Clone)]
pub(super) struct Fresh {
    pub(super) token: AccessToken,
    pub(super) expires_at: Option<DateTime<Utc>>,
    /// When the database is to be asked for it again, and it may have to be refreshed.
    pub(super) due_at: Option<DateTime<Utc>>,
}

/// What is open of one identity at one provider. All accounts are known, because without the
/// others nobody can tell which one a word means.
struct Opened {
    known: Arc<[Known]>,
    /// By the place of the account.
    fresh: Vec<Option<Fresh>>,
}

/// Opened access tokens by identity and provider: whatever was chosen by which word, one look
/// finds it, and one forgets it. They are wiped when they leave.
pub(super) struct TokenCache {
    opened: Cache<(Identity, String), Arc<Opened>>,
    /// Grows whenever something is forgotten, so that a slow reader doesn't bring it back.
    forgotten: AtomicU64,
}

impl Default for TokenCache {
    fn default() -> Self {
        Self { opened: Cache::new(MOST), forgotten: AtomicU64::new(0) }
    }
}

impl TokenCache {
    /// The token of the account that `wanted` means, or of the first one, if it is open.
    pub(super) fn get(
        &self,
        identity: &Identity,
        provider: &str,
        wanted: Option<&str>,
    ) -> Option<Fresh> {
        let opened = self.opened.get(&(identity.clone(), provider.to_owned()))?;
        let place = choose(&opened.known, wanted).ok()?;
        opened.fresh.get(place)?.clone()
    }

    /// To be taken before the database is read for something that will be put.
    pub(super) fn mark(&self) -> u64 {
        self.forgotten.load(Ordering::SeqCst)
    }

    /// Keeps `fresh` for the account at `place` of `known`, unless something was forgotten since
    /// `mark`. What was open of another set of accounts goes.
    pub(super) fn put(
        &self,
        mark: u64,
        identity: &Identity,
        provider: &str,
        (known, place): (Arc<[Known]>, usize),
        fresh: Fresh,
    ) {
        let key = (identity.clone(), provider.to_owned());
        self.opened.entry_by_ref(&key).and_upsert_with(|before| {
            let before = before.map(moka::Entry::into_value);
            let mut all = before
                .filter(|before| before.known == known)
                .map_or_else(|| vec![None; known.len()], |before| before.fresh.clone());
            if let Some(slot) = all.get_mut(place) {
                *slot = Some(fresh);
            }
            Arc::new(Opened { known, fresh: all })
        });
        if self.mark() != mark {
            self.opened.invalidate(&key);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.opened.run_pending_tasks();
        self.opened.entry_count() == 0
    }

    pub(super) fn forget_all(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.opened.invalidate_all();
    }

    pub(super) fn forget(&self, identity: &Identity, provider: &str) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.opened.invalidate(&(identity.clone(), provider.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use stagepass_kit::LinkedAccount;

    use super::*;

    fn known(ids: &[&str]) -> Arc<[Known]> {
        let account = |id: &&str| {
            let (id, name) = ((*id).to_owned(), (*id).to_owned());
            Known {
                account: Arc::new(LinkedAccount { id, name, label: None, one_of_several: true }),
                lives: true,
            }
        };
        ids.iter().map(account).collect()
    }

    fn put(cache: &TokenCache, mark: u64, known: &Arc<[Known]>, place: usize) {
        let account = known[place].account.clone();
        let token = AccessToken::new("secret".into(), "id".into(), 1, Arc::default(), account);
        let fresh = Fresh { token, expires_at: None, due_at: None };
        cache.put(mark, &Identity::local(), "music", (known.clone(), place), fresh);
    }

    fn whose(cache: &TokenCache, wanted: Option<&str>) -> Option<String> {
        let fresh = cache.get(&Identity::local(), "music", wanted)?;
        Some(fresh.token.account().id.clone())
    }

    #[test]
    fn tokens_of_all_accounts_stand_side_by_side_and_go_together() {
        let (cache, known) = (TokenCache::default(), known(&["a", "b"]));
        put(&cache, cache.mark(), &known, 1);
        assert_eq!(whose(&cache, None), None, "the first isn't open, and the other won't do");
        put(&cache, cache.mark(), &known, 0);
        assert_eq!(whose(&cache, Some("b")).as_deref(), Some("b"));
        assert_eq!(whose(&cache, None).as_deref(), Some("a"));
        assert_eq!(whose(&cache, Some("c")), None);
        cache.forget(&Identity::local(), "music");
        assert_eq!([whose(&cache, None), whose(&cache, Some("b"))], [None, None]);
    }

    #[test]
    fn nothing_stays_open_where_other_accounts_are_known_now() {
        let cache = TokenCache::default();
        for place in [0, 1] {
            put(&cache, cache.mark(), &known(&["a", "b"]), place);
        }
        put(&cache, cache.mark(), &known(&["b", "a"]), 1);
        assert_eq!(whose(&cache, Some("a")).as_deref(), Some("a"));
        assert_eq!(whose(&cache, Some("b")), None, "a's stood in that place");
    }

    #[test]
    fn what_was_read_before_something_was_forgotten_is_not_kept() {
        let (cache, known) = (TokenCache::default(), known(&["a"]));
        let mark = cache.mark();
        cache.forget(&Identity::local(), "other");
        put(&cache, mark, &known, 0);
        assert_eq!(whose(&cache, None), None);
    }
}
