//! What is in a playlist: page by page, each kept until the playlist changes.

use std::{ops::Range, sync::Arc};

use stagepass_kit::{Caller, ToolError};

use super::{Playlists, READ_SCOPES, shelf::Key, target::Target};
use crate::{
    answer::EntryRow,
    api::{Ask, Failure, Refusal, Trouble, own_code},
    model::EntryPage,
};

/// How many places Spotify gives at once.
const PAGE: u64 = 50;
/// How many places are looked at; Spotify's own limit is a little lower.
const MOST_PLACES: u64 = 12_000;
/// What of each place is asked for, by the name of today and by the older one.
const FIELDS: &str = "total,offset,limit,next,items(added_at,is_local,\
    item(uri,name,type,duration_ms,explicit,artists(name,uri),album(name),show(name)),\
    track(uri,name,type,duration_ms,explicit,artists(name,uri),album(name),show(name)))";

/// One page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) rows: Vec<EntryRow>,
    /// How many places it has, those included that nothing is left in.
    pub(super) places: u64,
    total: Option<u64>,
}

/// A part of what is in a playlist, or all of it.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) rows: Vec<EntryRow>,
    /// How many places the whole playlist has, as far as Spotify says.
    pub(crate) total: Option<u64>,
    /// Where it ends: the first place that wasn't looked at.
    pub(crate) end: u64,
    /// Whether there is more behind its end.
    pub(crate) goes_on: bool,
    /// Whether it ends early, because nobody waits any more.
    pub(super) stopped: bool,
}

impl Contents {
    /// Goes on with the page that begins at `offset`, as far as `places` reach.
    fn extend(&mut self, offset: u64, page: &Page, places: &Range<u64>) {
        let within = |row: &&EntryRow| places.contains(&row.position);
        self.rows.extend(page.rows.iter().filter(within).cloned());
        let end = offset + page.places;
        let is_full = page.places >= PAGE;
        self.end = end.min(places.end);
        self.total = page.total.or(if is_full { self.total } else { Some(end) });
        self.goes_on = self.total.map_or(is_full, |total| self.end < total) && page.places > 0;
    }
}

impl Playlists {
    /// All that is in the playlist, up to [`MOST_PLACES`].
    ///
    /// # Errors
    /// As for [`Self::part`].
    pub(super) async fn all(&self, caller: &Caller, list: &Target) -> Result<Contents, Failure> {
        self.part(caller, list, 0..MOST_PLACES).await
    }

    /// The name of a playlist, its URI, and the first items, for people's eyes.
    ///
    /// # Errors
    /// As for [`Self::target`] and [`Self::part`].
    pub(crate) async fn first(
        &self,
        caller: &Caller,
        wanted: &str,
        most: u64,
    ) -> Result<(String, String, Contents), ToolError> {
        let list = self.target(caller, wanted).await?;
        let part = self.part(caller, &list, 0..most).await?;
        Ok((list.label(), list.uri(), part))
    }

    /// What is in these places of the playlist.
    ///
    /// # Errors
    /// `playlist_not_readable`, or whatever a call answers.
    pub(super) async fn part(
        &self,
        caller: &Caller,
        list: &Target,
        places: Range<u64>,
    ) -> Result<Contents, Failure> {
        let connection = self.connection(caller).await?;
        let mut found = Contents { total: list.total, ..Contents::default() };
        let first = places.start / PAGE;
        for index in first.. {
            if index > first && caller.watch().is_cancelled() {
                found.stopped = true;
                break;
            }
            let page = self.page(caller, list, &connection, index).await?;
            found.extend(index * PAGE, &page, &places);
            if !found.goes_on || found.end >= places.end {
                break;
            }
            let until = found.total.map(|total| total.min(places.end));
            caller.watch().report(found.end, until, "Reading the playlist").await;
        }
        Ok(found)
    }

    async fn page(
        &self,
        caller: &Caller,
        list: &Target,
        connection: &Arc<str>,
        index: u64,
    ) -> Result<Arc<Page>, Failure> {
        let snapshot = list.snapshot_id.as_deref().filter(|_| list.not_shown.is_none());
        let key = snapshot.map(|snapshot| Key {
            connection: Arc::clone(connection),
            playlist: list.id.as_str().into(),
            snapshot: snapshot.into(),
            page: index,
        });
        if let Some(page) = key.as_ref().and_then(|key| self.shelf.pages.get(key)) {
            return Ok(page);
        }
        let page = Arc::new(self.read_page(caller, list, index).await?);
        // Spotify may show the new version and, for a moment, still what was in the old one.
        let is_of_it = page.total.zip(list.total).is_none_or(|(one, other)| one == other);
        if let Some(key) = key.filter(|_| is_of_it) {
            self.shelf.pages.insert(key, Arc::clone(&page));
        }
        Ok(page)
    }

    async fn read_page(&self, caller: &Caller, list: &Target, index: u64) -> Result<Page, Failure> {
        let offset = index * PAGE;
        let ask = Ask::get(format!("playlists/{}/items", list.id))
            .with("limit", PAGE.to_string())
            .with("offset", offset.to_string())
            .with("additional_types", "track,episode")
            .with("fields", FIELDS)
            .needing(READ_SCOPES);
        let page: EntryPage = match self.api.read(caller, &ask).await {
            Ok(page) => page.unwrap_or_default(),
            Err(failure) if is_closed(&failure) => return Err(not_readable(list).into()),
            Err(failure) => return Err(failure),
        };
        let entries = page.items.ok_or_else(Refusal::nonsense)?;
        let places = (offset..offset + PAGE).zip(&entries);
        Ok(Page {
            rows: places.filter_map(|(place, entry)| EntryRow::of(entry, place)).collect(),
            places: (entries.len() as u64).min(PAGE),
            total: page.total,
        })
    }
}

/// Whether this is Spotify's "not yours".
fn is_closed(failure: &Failure) -> bool {
    failure.is(Trouble::Forbidden) || failure.is(Trouble::EndpointUnavailable)
}

fn not_readable(list: &Target) -> ToolError {
    ToolError::new(
        own_code::PLAYLIST_NOT_READABLE,
        format!(
            "Spotify doesn't show what is in {list}: only the person's own playlists and \
             collaborative ones can be read. That doesn't mean that it is empty.",
        ),
        "Don't repeat the call. spotify_play can play it all the same; spotify_playlists with \
         `owned_only` lists those that can be read.",
    )
}
