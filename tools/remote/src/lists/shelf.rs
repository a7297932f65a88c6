//! Where lists are kept: each for one person, the account that it was fetched with, and what their client
//! can answer. People whose lists are equal share one in memory, and never each other's.

use std::sync::{Arc, Weak};

use moka::sync::Cache;
use stagepass_kit::Identity;
use tokio::{sync::Mutex, time::Instant};

use super::entry::List;
use crate::{Answers, link::Whose};

/// Bytes of one kind of a remote's lists, of all people.
const MOST_BYTES: u64 = 64 << 20;
/// What a list takes that others have, too.
const SHARED: usize = 512;
/// So many people's, and different lists, are known at once.
const MOST: u64 = 10_000;

/// A list as it is kept.
#[derive(Debug)]
pub(crate) struct Held<T> {
    pub(super) list: Arc<List<T>>,
    until: Instant,
    weight: usize,
}

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self { list: self.list.clone(), until: self.until, weight: self.weight }
    }
}

impl<T> Held<T> {
    pub(super) fn is_fresh(&self) -> bool {
        self.until > Instant::now()
    }
}

type Turn = Arc<Mutex<Option<Instant>>>;

pub(crate) struct Shelves<T> {
    held: Cache<Whose, Held<T>>,
    /// With which account somebody had one last.
    latest: Cache<(Identity, Answers), Whose>,
    /// Lists by their hash, as long as somebody has them.
    same: Cache<String, Weak<List<T>>>,
    /// Who is fetching, and when that last came to nothing.
    fetching: Cache<Whose, Turn>,
}

impl<T: Send + Sync + 'static> Shelves<T> {
    pub(crate) fn new() -> Self {
        let weigh = |_: &Whose, held: &Held<T>| u32::try_from(held.weight).unwrap_or(u32::MAX);
        Self {
            held: Cache::builder().max_capacity(MOST_BYTES).weigher(weigh).build(),
            latest: Cache::builder().max_capacity(MOST).build(),
            same: Cache::builder().max_capacity(MOST).build(),
            fetching: Cache::builder().max_capacity(MOST).build(),
        }
    }

    pub(crate) fn of(&self, whose: &Whose) -> Option<Held<T>> {
        self.held.get(whose)
    }

    /// What `identity` had last, with whichever account.
    pub(crate) fn last(&self, identity: &Identity, answers: Answers) -> Option<Arc<List<T>>> {
        Some(self.held.get(&self.latest.get(&(identity.clone(), answers))?)?.list)
    }

    pub(super) fn forget(&self, identity: &Identity) {
        for answers in Answers::ALL {
            if let Some(whose) = self.latest.remove(&(identity.clone(), answers)) {
                self.held.invalidate(&whose);
            }
        }
    }

    /// The next one who asks for it has it fetched, whatever their client can answer.
    pub(crate) fn expire(&self, whose: &Whose) {
        for answers in Answers::ALL {
            let whose = Whose { answers, ..whose.clone() };
            if let Some(held) = self.held.get(&whose) {
                self.held.insert(whose, Held { until: Instant::now(), ..held });
            }
        }
    }

    pub(super) fn keep(&self, whose: &Whose, list: Arc<List<T>>, until: Instant) -> Arc<List<T>> {
        let known = self.same.get(&list.hash).and_then(|known| known.upgrade());
        let (list, weight) = if let Some(known) = known {
            (known, SHARED)
        } else {
            self.same.insert(list.hash.clone(), Arc::downgrade(&list));
            let weight = list.weight().saturating_add(SHARED);
            (list, weight)
        };
        self.held.insert(whose.clone(), Held { list: list.clone(), until, weight });
        self.latest.insert((whose.identity.clone(), whose.answers), whose.clone());
        list
    }

    /// What makes one fetch of several at a time.
    pub(super) fn turn(&self, whose: &Whose) -> Turn {
        self.fetching.get_with(whose.clone(), Arc::default)
    }
}
