//! What was read of playlists, kept for a while and within bounds.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;

use super::{contents::Page, latest::Latest};

/// How long something is kept.
const KEPT: Duration = Duration::from_mins(10);
/// How many places of playlists are kept.
const MOST_PLACES: u64 = 100_000;
/// Of how many accounts the person's id is kept.
const MOST_PEOPLE: u64 = 10_000;

/// Which page of which playlist. Somebody else's account may be shown another one, and every change
/// makes a new snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) connection: Arc<str>,
    pub(super) playlist: Arc<str>,
    pub(super) snapshot: Arc<str>,
    pub(super) page: u64,
}

/// What was read.
pub(super) struct Shelf {
    pub(super) pages: Cache<Key, Arc<Page>>,
    /// The person's id, by connection.
    pub(super) people: Cache<Arc<str>, Arc<str>>,
    pub(super) latest: Latest,
}

impl Default for Shelf {
    fn default() -> Self {
        let weight = |_: &Key, page: &Arc<Page>| page.places.try_into().unwrap_or(u32::MAX).max(1);
        let pages = Cache::builder().max_capacity(MOST_PLACES).weigher(weight).time_to_live(KEPT);
        let people = Cache::builder().max_capacity(MOST_PEOPLE).time_to_live(KEPT);
        Self { pages: pages.build(), people: people.build(), latest: Latest::default() }
    }
}
