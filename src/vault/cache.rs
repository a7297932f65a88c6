//! Opened access tokens, bounded in number, so that a warm call asks no database.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use moka::sync::Cache;
use stagepass_kit::{AccessToken, Identity};

/// How many opened tokens are kept at most.
const MOST: u64 = 10_000;

/// An access token, opened, with its end.
#[derive(Clone)]
pub(super) struct Fresh {
    pub(super) token: AccessToken,
    pub(super) expires_at: Option<DateTime<Utc>>,
    /// When it is to be refreshed.
    pub(super) due_at: Option<DateTime<Utc>>,
}

/// Opened access tokens by identity and provider. They are wiped when they leave.
pub(super) struct TokenCache {
    tokens: Cache<(Identity, String), Fresh>,
    /// Grows whenever something is forgotten, so that a slow reader doesn't bring it back.
    forgotten: AtomicU64,
}

impl Default for TokenCache {
    fn default() -> Self {
        Self { tokens: Cache::new(MOST), forgotten: AtomicU64::new(0) }
    }
}

impl TokenCache {
    pub(super) fn get(&self, identity: &Identity, provider: &str) -> Option<Fresh> {
        self.tokens.get(&(identity.clone(), provider.to_owned()))
    }

    /// To be taken before the database is read for something that will be put.
    pub(super) fn mark(&self) -> u64 {
        self.forgotten.load(Ordering::SeqCst)
    }

    /// Keeps `fresh`, unless something was forgotten since `mark`.
    pub(super) fn put(&self, mark: u64, identity: &Identity, provider: &str, fresh: Fresh) {
        self.tokens.insert((identity.clone(), provider.to_owned()), fresh);
        if self.mark() != mark {
            self.tokens.invalidate(&(identity.clone(), provider.to_owned()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tokens.run_pending_tasks();
        self.tokens.entry_count() == 0
    }

    pub(super) fn forget_all(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.tokens.invalidate_all();
    }

    pub(super) fn forget(&self, identity: &Identity, provider: &str) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.tokens.invalidate(&(identity.clone(), provider.to_owned()));
    }
}
