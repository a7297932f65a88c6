//! Where lists are kept: each for one person and the account that it was fetched with. People whose lists
//! are equal share one in memory, and never each other's.

use std::sync::{Arc, Weak};

use moka::sync::Cache;
use stagepass_kit::Identity;
use tokio::{sync::Mutex, time::Instant};

use super::entry::List;

/// Bytes of one kind of a remote's lists, of all people.
const MOST_BYTES: u64 = 64 << 20;
/// What a list takes that others have, too.
const SHARED: usize = 512;
/// So many people's, and different lists, are known at once.
const MOST: u64 = 10_000;

/// A list as it is kept.
#[derive(Debug)]
pub(crate) struct Held<T> {
    connection: Option<Arc<str>>,
    pub(super) list: Arc<List<T>>,
    until: Instant,
    weight: usize,
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        let (connection, list) = (self.connection.clone(), self.list.clone());
        Self { connection, list, until: self.until, weight: self.weight }
    }
}

impl<T> Held<T> {
    pub(super) fn is_fresh(&self) -> bool {
        self.until > Instant::now()
    }
}

pub(crate) struct Shelves<T> {
    held: Cache<Identity, Held<T>>,
    /// Lists by their hash, as long as somebody has them.
    same: Cache<String, Weak<List<T>>>,
    /// Who is fetching.
    fetching: Cache<Identity, Arc<Mutex<()>>>,
}

impl<T: Send + Sync + 'static> Shelves<T> {
    pub(crate) fn new() -> Self {
        let weigh = |_: &Identity, held: &Held<T>| u32::try_from(held.weight).unwrap_or(u32::MAX);
        Self {
            held: Cache::builder().max_capacity(MOST_BYTES).weigher(weigh).build(),
            same: Cache::builder().max_capacity(MOST).build(),
            fetching: Cache::builder().max_capacity(MOST).build(),
        }
    }

    /// What `identity` has with this account.
    pub(crate) fn of(&self, identity: &Identity, connection: Option<&Arc<str>>) -> Option<Held<T>> {
        self.held.get(identity).filter(|held| held.connection.as_ref() == connection)
    }

    /// What `identity` had last, with whichever account.
    pub(crate) fn last(&self, identity: &Identity) -> Option<Arc<List<T>>> {
        self.held.get(identity).map(|held| held.list)
    }

    pub(super) fn forget(&self, identity: &Identity) {
        self.held.invalidate(identity);
    }

    /// The next one who asks for it has it fetched.
    pub(crate) fn expire(&self, identity: &Identity) {
        if let Some(held) = self.held.get(identity) {
            self.held.insert(identity.clone(), Held { until: Instant::now(), ..held });
        }
    }

    pub(super) fn keep(
        &self,
        identity: &Identity,
        connection: Option<Arc<str>>,
        list: Arc<List<T>>,
        until: Instant,
    ) -> Arc<List<T>> {
        let known = self.same.get(&list.hash).and_then(|known| known.upgrade());
        let (list, weight) = if let Some(known) = known {
            (known, SHARED)
        } else {
            self.same.insert(list.hash.clone(), Arc::downgrade(&list));
            let weight = list.weight().saturating_add(SHARED);
            (list, weight)
        };
        let held = Held { connection, list: list.clone(), until, weight };
        self.held.insert(identity.clone(), held);
        list
    }

    /// What makes one fetch of several at a time.
    pub(super) fn turn(&self, identity: &Identity) -> Arc<Mutex<()>> {
        self.fetching.get_with(identity.clone(), Arc::default)
    }
}
