//! What people save and follow.

mod change;
mod read;

use super::{
    http::Reply,
    people::{Person, Saved},
    world::World,
};

pub(super) use change::{contains, remove, save};
pub(super) use read::{albums, audiobooks, episodes, following, shows, tracks};

/// How Spotify takes artists in `PUT` and `DELETE /v1/me/library`: its guide and its description
/// of the API disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FollowArtists {
    /// Yes, but not together with other kinds.
    #[default]
    Alone,
    /// Yes, like any other kind.
    Always,
    /// No.
    Never,
}

impl Person {
    /// Whether this is saved or followed.
    #[must_use]
    pub fn has_saved(&self, uri: &str) -> bool {
        self.saved.iter().any(|saved| saved.uri == uri)
    }

    /// What is saved of this kind, the newest first.
    fn saved_of<'a>(&'a self, kind: &str) -> Vec<&'a Saved> {
        let prefix = format!("spotify:{kind}:");
        self.saved.iter().filter(|saved| saved.uri.starts_with(&prefix)).collect()
    }
}

impl World {
    /// Saves this for a person, or follows it; what is saved already stays where it is.
    pub fn save(&mut self, person: &str, uri: &str) {
        let added_at = self.now();
        let person = self.person(person);
        if !person.has_saved(uri) {
            person.saved.insert(0, Saved { uri: uri.to_owned(), added_at });
        }
    }

    fn somebody(&self, who: &str) -> Result<&Person, Reply> {
        let person = self.people.iter().find(|person| person.id == who);
        person.ok_or_else(super::ask::not_found)
    }
}
