//! The catalogue: what there is, found by id and by URI.

mod data;
mod grown;
mod shape;

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde_json::Value;

pub(super) use data::{Album, Artist, Audiobook, Chapter, Episode, PLAYLISTS, Show, Track};
pub(super) use shape::{basics, with};

/// Milliseconds into episodes and chapters, by URI.
pub(super) type ResumePoints = BTreeMap<String, i64>;

/// All that there is.
#[derive(Default)]
pub(super) struct Catalogue {
    pub(super) artists: Vec<Artist>,
    pub(super) albums: Vec<Album>,
    pub(super) tracks: Vec<Track>,
    pub(super) shows: Vec<Show>,
    pub(super) episodes: Vec<Episode>,
    pub(super) books: Vec<Audiobook>,
    pub(super) chapters: Vec<Chapter>,
    /// Where things are in their lists. No two have the same id.
    places: HashMap<&'static str, usize>,
}

static ALL: LazyLock<Catalogue> = LazyLock::new(grown::everything);

/// All that there is.
pub(super) fn all() -> &'static Catalogue {
    &ALL
}

/// A track, for tests that need many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Song {
    /// Its URI.
    pub uri: String,
    /// Its title, which others may share.
    pub title: &'static str,
    /// The name of the first of its artists.
    pub artist: &'static str,
    /// The name of the album it is on.
    pub album: &'static str,
}

/// Every track there is, album by album.
#[must_use]
pub fn songs() -> Vec<Song> {
    let song = |track: &'static Track| Song {
        uri: track.uri(),
        title: track.name,
        artist: track.artists.first().and_then(|id| artist(id)).map_or("", |artist| artist.name),
        album: album(track.album).map_or("", |album| album.name),
    };
    all().tracks.iter().map(song).collect()
}

macro_rules! by_id {
    ($name:ident, $kind:ident, $list:ident) => {
        pub(super) fn $name(id: &str) -> Option<&'static $kind> {
            let found = ALL.$list.get(*ALL.places.get(id)?)?;
            (found.id == id).then_some(found)
        }
    };
}

by_id!(artist, Artist, artists);
by_id!(album, Album, albums);
by_id!(track, Track, tracks);
by_id!(show, Show, shows);
by_id!(episode, Episode, episodes);
by_id!(book, Audiobook, books);
by_id!(chapter, Chapter, chapters);

impl Catalogue {
    /// Notes where everything is.
    fn find_places(&mut self) {
        macro_rules! note {
            ($($list:ident)*) => {
                $(for (place, one) in self.$list.iter().enumerate() {
                    let before = self.places.insert(one.id, place);
                    assert!(before.is_none(), "two things are `{}`", one.id);
                })*
            };
        }
        note!(artists albums tracks shows episodes books chapters);
    }
}

/// A track or an episode by its URI: what a player can play.
pub(super) fn playable(uri: &str) -> Option<Value> {
    match split(uri)? {
        ("track", id) => track(id).map(Track::to_json),
        ("episode", id) => episode(id).map(Episode::to_json),
        _ => None,
    }
}

/// How long a track or an episode is.
pub(super) fn duration_ms(uri: &str) -> Option<i64> {
    match split(uri)? {
        ("track", id) => track(id).map(|track| track.duration_ms),
        ("episode", id) => episode(id).map(|episode| episode.duration_ms),
        _ => None,
    }
}

/// Anything by its URI, with all that its own call tells about it.
pub(super) fn whole(uri: &str, resume: &ResumePoints) -> Option<Value> {
    match split(uri)? {
        ("artist", id) => artist(id).map(Artist::to_json),
        ("album", id) => album(id).map(Album::whole),
        ("track", id) => track(id).map(Track::to_json),
        ("show", id) => show(id).map(|show| show.whole(resume)),
        ("episode", id) => episode(id).map(|episode| episode.whole(resume)),
        ("audiobook", id) => book(id).map(|book| book.whole(resume)),
        ("chapter", id) => chapter(id).map(|chapter| chapter.whole(resume)),
        _ => None,
    }
}

/// Whether there is such a thing.
pub(super) fn exists(uri: &str) -> bool {
    whole(uri, &ResumePoints::new()).is_some()
}

/// The URIs that an album, artist or show plays; `None` when there is no such thing.
pub(super) fn context(uri: &str) -> Option<Vec<String>> {
    let (kind, id) = split(uri)?;
    match kind {
        "album" => Some(album(id)?.tracks().map(Track::uri).collect()),
        "artist" => {
            let by = artist(id)?.id;
            let tracks = all().tracks.iter().filter(|track| track.artists.contains(&by));
            Some(tracks.map(Track::uri).collect())
        }
        "show" => Some(show(id)?.episodes().map(Episode::uri).collect()),
        _ => None,
    }
}

/// Kind and id of `spotify:kind:id`.
pub(super) fn split(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix("spotify:")?.split_once(':')
}

impl Album {
    pub(super) fn tracks(&self) -> impl Iterator<Item = &'static Track> {
        all().tracks.iter().filter(|track| track.album == self.id)
    }
}

impl Show {
    pub(super) fn episodes(&self) -> impl Iterator<Item = &'static Episode> {
        all().episodes.iter().filter(|episode| episode.show == self.id)
    }
}

impl Audiobook {
    pub(super) fn chapters(&self) -> impl Iterator<Item = &'static Chapter> {
        all().chapters.iter().filter(|chapter| chapter.book == self.id)
    }
}
