//! What was done to playlists a moment ago: one change at a time, and none twice because Spotify still
//! shows what was before it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use moka::sync::Cache;
use stagepass_kit::Caller;
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::{Playlists, target::Target};
use crate::api::Failure;

/// How long Spotify may go on showing an old version.
const LATE: Duration = Duration::from_mins(1);
/// How long a turn is remembered that nobody asks for: longer than any change takes.
const LONGEST_TURN: Duration = Duration::from_mins(10);
/// Of how many playlists that is known.
const MOST_PLAYLISTS: u64 = 1_000;
/// How many versions, and how many additions, are remembered of one.
const MOST_SNAPSHOTS: usize = 64;
const MOST_ADDED: usize = 2_000;

/// What a request does to a playlist.
#[derive(Debug)]
pub(super) enum Does {
    Adds(Vec<String>),
    Removes(Vec<String>),
    /// Takes all out and puts these in.
    Replaces(Vec<String>),
    Moves,
}

/// Whose playlist, as far as the account goes, and which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    connection: Arc<str>,
    playlist: Arc<str>,
}

/// What is known of a playlist that was changed.
#[derive(Debug, Clone, Default)]
struct Known {
    /// The versions that it no longer has.
    superseded: HashSet<String>,
    /// What was added since, and is still there.
    added: Arc<HashSet<String>>,
}

/// What was done a moment ago.
pub(super) struct Latest {
    known: Cache<Place, Known>,
    turns: Cache<Place, Arc<Mutex<()>>>,
}

impl Default for Latest {
    fn default() -> Self {
        let known = Cache::builder().max_capacity(MOST_PLAYLISTS).time_to_live(LATE).build();
        let turns = Cache::builder().max_capacity(MOST_PLAYLISTS).time_to_idle(LONGEST_TURN);
        Self { known, turns: turns.build() }
    }
}

impl Latest {
    fn note(&self, place: Place, before: Option<&str>, after: Option<&str>, does: &Does) {
        let mut known = self.known.get(&place).unwrap_or_default();
        if known.superseded.len() >= MOST_SNAPSHOTS || known.added.len() >= MOST_ADDED {
            known = Known::default();
        }
        known.superseded.extend(before.map(str::to_owned));
        if let Some(after) = after {
            known.superseded.remove(after);
        }
        let added = Arc::make_mut(&mut known.added);
        match does {
            Does::Adds(uris) => added.extend(uris.iter().cloned()),
            Does::Removes(uris) => added.retain(|uri| !uris.contains(uri)),
            Does::Replaces(uris) => *added = uris.iter().cloned().collect(),
            Does::Moves => {}
        }
        self.known.insert(place, known);
    }

    /// What was added since the version that Spotify shows; none if it shows the newest.
    fn missing(&self, place: &Place, list: &Target) -> Option<Arc<HashSet<String>>> {
        let known = self.known.get(place)?;
        known.superseded.contains(list.snapshot_id.as_deref()?).then_some(known.added)
    }
}

impl Playlists {
    /// The playlist with this id as it is now. Where Spotify shows a version that it doesn't have any
    /// more, it is asked a second time, a moment later.
    ///
    /// # Errors
    /// Whatever a call answers.
    pub(super) async fn newest(&self, caller: &Caller, id: &str) -> Result<Target, Failure> {
        let place = self.place(caller, id).await?;
        let first = self.look(caller, id).await?;
        if self.shelf.latest.missing(&place, &first).is_none() {
            return Ok(first);
        }
        self.api.settle().await;
        let second = self.look(caller, id).await?;
        Ok(Target { not_shown: self.shelf.latest.missing(&place, &second), ..second })
    }

    /// As [`Self::target`], to be changed: nobody else changes it with this account until the turn is
    /// over, so that what was looked at holds. Models like to call several tools at once.
    ///
    /// # Errors
    /// As for [`Self::target`].
    pub(super) async fn target_in_turn(
        &self,
        caller: &Caller,
        wanted: &str,
    ) -> Result<(Target, OwnedMutexGuard<()>), Failure> {
        let id = self.id(caller, wanted).await?;
        let place = self.place(caller, &id).await?;
        let turn = self.shelf.latest.turns.get_with(place, Arc::default).lock_owned().await;
        Ok((self.newest(caller, &id).await?, turn))
    }

    /// Notes that the version `before` was changed.
    pub(super) async fn note(
        &self,
        caller: &Caller,
        list: &Target,
        before: Option<&str>,
        after: Option<&str>,
        does: &Does,
    ) {
        if let Ok(place) = self.place(caller, &list.id).await {
            self.shelf.latest.note(place, before, after, does);
        }
    }

    async fn place(&self, caller: &Caller, id: &str) -> Result<Place, Failure> {
        Ok(Place { connection: self.connection(caller).await?, playlist: id.into() })
    }
}
