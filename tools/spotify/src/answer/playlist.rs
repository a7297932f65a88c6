//! One playlist, as one line.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    model::Playlist,
    text::{clean, dotted, fitted, shorten},
};

/// A playlist, without what is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PlaylistRow {
    /// What the other playlist tools take, as well as the URI and the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// What the person calls it.
    pub(crate) name: String,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// How many tracks and episodes are in it, as far as Spotify says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<u64>,
    /// Whether this person can read and change what is in it: it is their own, or collaborative.
    /// Missing when Spotify doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) editable: Option<bool>,
    /// Whether it is shown on its owner's profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) public: Option<bool>,
    /// Its address; `spotify_play` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<String>,
    /// Whether it is this person's; `None` when Spotify doesn't say.
    #[serde(skip)]
    pub(crate) owned: Option<bool>,
}

impl PlaylistRow {
    /// The row of `playlist` for the person whose id is `me`; `None` when it has neither a name nor
    /// an id.
    pub(crate) fn of(playlist: &Playlist, me: Option<&str>) -> Option<Self> {
        let name = playlist.name.as_deref().map(clean).filter(|name| !name.is_empty());
        let uri = playlist.spotify_uri();
        if name.is_none() && uri.is_none() {
            return None;
        }
        let owner = playlist.owner.as_ref();
        let owner_id = owner.and_then(|owner| owner.id.as_deref());
        let is_own = me.zip(owner_id).map(|(me, id)| me == id);
        let collaborative = playlist.collaborative == Some(true);
        Some(Self {
            id: uri.as_ref().map(|uri| uri.id().to_owned()),
            name: name.unwrap_or_else(|| "(no name)".into()),
            owner: owner
                .and_then(|owner| owner.display_name.as_deref().or(owner.id.as_deref()))
                .map(clean),
            total: playlist.total(),
            editable: if collaborative { Some(true) } else { is_own },
            public: playlist.public,
            uri: uri.map(|uri| uri.to_string()),
            owned: is_own,
        })
    }
}

impl PlaylistRow {
    /// The line, with no more than `longest` bytes for each of its names.
    fn line(&self, longest: usize) -> String {
        let shown = |public| if public { "public" } else { "private" };
        dotted([
            Some(shorten(&self.name, longest)),
            self.owner.as_ref().map(|owner| format!("by {}", shorten(owner, longest))),
            self.total.map(|total| format!("{total} items")),
            self.public.map(|public| shown(public).to_owned()),
            (self.editable == Some(false)).then(|| "not editable".into()),
            self.uri.clone(),
        ])
    }
}

/// Playlists, one per line, counted from the number given. Long names are cut when there are many.
pub(crate) struct PlaylistLines<'a>(pub(crate) u64, pub(crate) &'a [PlaylistRow]);

impl fmt::Display for PlaylistLines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = |longest| {
            let numbered = (self.0..).zip(self.1);
            numbered.map(|(number, row)| format!("\n{number}. {}", row.line(longest))).collect()
        };
        f.write_str(&fitted(self.1.len(), lines))
    }
}
