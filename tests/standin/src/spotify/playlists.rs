//! Playlists: what is in them, and whose they are.

mod edit;
mod images;
mod read;
mod shape;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::{
    catalogue,
    people::{EPOCH, Saved},
    world::World,
};

pub(super) use edit::{add, change_details, create, put_items, remove};
pub(super) use images::{images, upload};
pub(super) use read::{items, mine, one};

/// A playlist.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Playlist {
    /// Its id.
    pub id: String,
    /// The id of the person who made it.
    pub owner: String,
    /// Its name.
    pub name: String,
    /// What its owner says about it.
    pub description: String,
    /// Whether it is shown on the owner's profile.
    pub public: bool,
    /// Whether the collaborators may change it.
    pub collaborative: bool,
    /// Who else may read and, while it is collaborative, change it.
    pub collaborators: Vec<String>,
    /// What is in it. Change it by [`Self::change`], so that its snapshot changes too.
    pub items: Vec<Item>,
    /// The address of its own picture, if it has one.
    pub image: Option<String>,
    /// How often it has changed.
    revision: u64,
}

/// An item of a playlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its URI; one that the catalogue does not know stands for something withdrawn: a null.
    pub uri: String,
    /// When it was added; unknown in very old playlists.
    pub added_at: Option<DateTime<Utc>>,
    /// The id of who added it.
    pub added_by: String,
}

impl Playlist {
    fn new(id: &str, owner: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            owner: owner.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            public: true,
            collaborative: false,
            collaborators: Vec::new(),
            items: Vec::new(),
            image: None,
            revision: 1,
        }
    }

    /// `spotify:playlist:…`
    #[must_use]
    pub fn uri(&self) -> String {
        format!("spotify:playlist:{}", self.id)
    }

    /// The URIs of what is in it, in order.
    #[must_use]
    pub fn uris(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.uri.as_str()).collect()
    }

    /// Changes the items, which makes it another snapshot.
    pub fn change(&mut self, change: impl FnOnce(&mut Vec<Item>)) {
        change(&mut self.items);
        self.revision += 1;
    }

    /// What its current state is called.
    #[must_use]
    pub fn snapshot_id(&self) -> String {
        self.snapshot(self.revision)
    }

    fn snapshot(&self, revision: u64) -> String {
        let digest = Sha256::digest(format!("{}-{revision}", self.id));
        let number = u32::try_from(revision).unwrap_or(u32::MAX).to_be_bytes();
        let bytes = number.iter().chain(digest.iter()).copied().take(24).collect::<Vec<_>>();
        STANDARD_NO_PAD.encode(bytes)
    }

    /// Whether it was ever in this state.
    fn knows(&self, snapshot: &str) -> bool {
        (1..=self.revision).rev().any(|revision| self.snapshot(revision) == snapshot)
    }

    /// Owner and collaborators read the items; nobody else does since 2026.
    fn readable_by(&self, who: &str) -> bool {
        self.owner == who || self.collaborators.iter().any(|known| known == who)
    }

    fn editable_by(&self, who: &str) -> bool {
        self.owner == who || (self.collaborative && self.readable_by(who))
    }
}

/// The two that search finds from the start.
pub(super) fn first_ones() -> Vec<Playlist> {
    let known = catalogue::PLAYLISTS.iter().map(|known| {
        let mut list = Playlist::new(known.id, known.owner, known.name);
        let added = Some(EPOCH);
        list.items = (known.tracks.iter())
            .map(|id| Item {
                uri: format!("spotify:track:{id}"),
                added_at: added,
                added_by: known.owner.to_owned(),
            })
            .collect();
        list
    });
    known.collect()
}

impl World {
    /// A new playlist, public, at the top of its owner's library: its id. Any URI will do, also
    /// `spotify:local:…` and those of nothing, which are nulls when read.
    pub fn add_playlist<U: Into<String>>(
        &mut self,
        owner: &str,
        name: &str,
        uris: impl IntoIterator<Item = U>,
    ) -> String {
        let (id, now) = (self.new_id(), self.now());
        let mut list = Playlist::new(&id, owner, name);
        let item =
            |uri: U| Item { uri: uri.into(), added_at: Some(now), added_by: owner.to_owned() };
        list.items = uris.into_iter().map(item).collect();
        self.person(owner).saved.insert(0, Saved { uri: list.uri(), added_at: now });
        self.playlists.push(list);
        id
    }

    /// A playlist, to look at or change.
    ///
    /// # Panics
    /// When there is none with this id.
    pub fn playlist(&mut self, id: &str) -> &mut Playlist {
        let list = self.playlists.iter_mut().find(|list| list.id == id);
        list.unwrap_or_else(|| panic!("no playlist has the id `{id}`"))
    }

    /// The playlist, if this person may know that it exists.
    pub(super) fn find_playlist(&self, id: &str, who: &str) -> Option<&Playlist> {
        let list = self.playlists.iter().find(|list| list.id == id)?;
        (list.public || list.readable_by(who)).then_some(list)
    }

    /// What a playlist plays.
    pub(super) fn playlist_context(&self, uri: &str) -> Option<Vec<String>> {
        let list = self.playlists.iter().find(|list| list.uri() == uri)?;
        let known = list.items.iter().filter(|item| catalogue::duration_ms(&item.uri).is_some());
        Some(known.map(|item| item.uri.clone()).collect())
    }
}
