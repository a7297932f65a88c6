//! Playlists, and what is in them.

use serde::Deserialize;

use super::{
    Item, Named,
    item::Count,
    lenient::{lenient, list, slots},
};
use crate::uri::{Kind, SpotifyUri};

/// A part of the person's list of playlists.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PlaylistPage {
    /// The playlists, without nulls; `None` when they can't be read at all.
    #[serde(deserialize_with = "list")]
    pub(crate) items: Option<Vec<Playlist>>,
    /// How many there are altogether.
    #[serde(deserialize_with = "lenient")]
    pub(crate) total: Option<u64>,
    /// The address of the next part, when there is one.
    #[serde(deserialize_with = "lenient")]
    pub(crate) next: Option<String>,
}

/// A playlist, without what is in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Playlist {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    uri: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) description: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) owner: Option<Named>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) public: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) collaborative: Option<bool>,
    /// Another one after every change of what is in it.
    #[serde(deserialize_with = "lenient")]
    pub(crate) snapshot_id: Option<String>,
    /// Missing when the person may not see what is in it; `tracks` is its older name.
    #[serde(deserialize_with = "lenient")]
    items: Option<Count>,
    #[serde(deserialize_with = "lenient")]
    tracks: Option<Count>,
}

impl Playlist {
    /// Its URI, from whatever names it.
    pub(crate) fn spotify_uri(&self) -> Option<SpotifyUri> {
        let named = [self.uri.as_deref(), self.id.as_deref()];
        let read = |text: &str| SpotifyUri::parse(text, Some(Kind::Playlist)).ok();
        named.into_iter().flatten().filter_map(read).find(|uri| uri.kind() == Kind::Playlist)
    }

    /// How many items are in it, as far as Spotify says.
    pub(crate) fn total(&self) -> Option<u64> {
        let count = |list: &Option<Count>| list.as_ref().and_then(|list| list.total);
        count(&self.items).or_else(|| count(&self.tracks))
    }
}

/// A part of what is in a playlist.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EntryPage {
    /// The entries, each in its place; `None` when they can't be read at all.
    #[serde(deserialize_with = "slots")]
    pub(crate) items: Option<Vec<Entry>>,
    /// How many entries the whole playlist has.
    #[serde(deserialize_with = "lenient")]
    pub(crate) total: Option<u64>,
}

/// One place in a playlist. What was taken off Spotify leaves it without an item.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Entry {
    #[serde(deserialize_with = "lenient")]
    pub(crate) added_at: Option<String>,
    /// A file of the person's own, which Spotify knows the name of and nothing else.
    #[serde(deserialize_with = "lenient")]
    pub(crate) is_local: bool,
    #[serde(deserialize_with = "lenient")]
    item: Option<Item>,
    /// The older name of `item`.
    #[serde(deserialize_with = "lenient")]
    track: Option<Item>,
}

impl Entry {
    /// What is in this place.
    pub(crate) fn item(&self) -> Option<&Item> {
        self.item.as_ref().or(self.track.as_ref())
    }
}

/// The answer to a change.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Changed {
    #[serde(deserialize_with = "lenient")]
    pub(crate) snapshot_id: Option<String>,
}
