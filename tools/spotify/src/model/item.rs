//! Tracks, albums, artists, playlists, shows, episodes, audiobooks: all that has a name and a URI.

use serde::Deserialize;

use super::lenient::{lenient, list, slots};
use crate::uri::Kind;

/// The answer to a search: one page per type that was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Found {
    #[serde(deserialize_with = "lenient")]
    tracks: Option<Page>,
    #[serde(deserialize_with = "lenient")]
    albums: Option<Page>,
    #[serde(deserialize_with = "lenient")]
    artists: Option<Page>,
    #[serde(deserialize_with = "lenient")]
    playlists: Option<Page>,
    #[serde(deserialize_with = "lenient")]
    shows: Option<Page>,
    #[serde(deserialize_with = "lenient")]
    episodes: Option<Page>,
    #[serde(deserialize_with = "lenient")]
    audiobooks: Option<Page>,
}

impl Found {
    /// The page of `kind`, if there is one.
    pub(crate) fn take(&mut self, kind: Kind) -> Option<Page> {
        match kind {
            Kind::Track => self.tracks.take(),
            Kind::Album => self.albums.take(),
            Kind::Artist => self.artists.take(),
            Kind::Playlist => self.playlists.take(),
            Kind::Show => self.shows.take(),
            Kind::Episode => self.episodes.take(),
            Kind::Audiobook => self.audiobooks.take(),
            Kind::Chapter => None,
        }
    }
}

/// A part of a longer list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Page {
    /// The entries, an empty one for each null; `None` when they can't be read at all.
    #[serde(deserialize_with = "slots")]
    pub(crate) items: Option<Vec<Item>>,
    /// How many entries the whole list has.
    #[serde(deserialize_with = "lenient")]
    pub(crate) total: Option<u64>,
    /// The address of the next part, when there is one.
    #[serde(deserialize_with = "lenient")]
    pub(crate) next: Option<String>,
}

/// Anything with a name and a URI; what it doesn't have is `None`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Item {
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub(crate) kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) uri: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) duration_ms: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) explicit: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) is_playable: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) release_date: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_tracks: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_episodes: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_chapters: Option<u64>,
    #[serde(deserialize_with = "list")]
    pub(crate) artists: Option<Vec<Named>>,
    #[serde(deserialize_with = "list")]
    pub(crate) authors: Option<Vec<Named>>,
    #[serde(deserialize_with = "list")]
    pub(crate) narrators: Option<Vec<Named>>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) album: Option<Named>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) show: Option<Named>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) audiobook: Option<Named>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) owner: Option<Named>,
    /// How many entries a playlist has; `tracks` is its older name.
    #[serde(deserialize_with = "lenient")]
    pub(crate) items: Option<Count>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) tracks: Option<Count>,
    /// `album`, `single`, `compilation`, or a word of the future.
    #[serde(deserialize_with = "lenient")]
    pub(crate) album_type: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) description: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) resume_point: Option<ResumePoint>,
    /// The track that was asked for, when another version of it plays instead.
    #[serde(deserialize_with = "lenient")]
    pub(crate) linked_from: Option<Named>,
}

/// Where the person stopped in an episode or a chapter.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResumePoint {
    #[serde(deserialize_with = "lenient")]
    pub(crate) fully_played: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) resume_position_ms: Option<u64>,
}

/// Something of which only the name matters, or the URI.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Named {
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    /// Some users have this and no name.
    #[serde(deserialize_with = "lenient")]
    pub(crate) id: Option<String>,
    /// How users are named.
    #[serde(deserialize_with = "lenient")]
    pub(crate) display_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) uri: Option<String>,
}

/// A list of which only the length matters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Count {
    #[serde(deserialize_with = "lenient")]
    pub(crate) total: Option<u64>,
}
