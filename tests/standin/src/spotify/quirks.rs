//! Oddities that a test can switch on. The defaults are what Spotify usually did in 2026.

use serde_json::{Map, Value};

use super::library::FollowArtists;

/// Which of two names a field goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Naming {
    /// The name of 2026: `item`, `items`.
    #[default]
    New,
    /// The name of before: `track`, `tracks`.
    Old,
    /// Both, as during the change-over.
    Both,
}

/// Oddities, off by default.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "switches that tests flip one by one")]
pub struct Quirks {
    /// What is in a row of a playlist: `item` or `track`.
    pub playlist_item: Naming,
    /// The items in a playlist's own data: `items` or `tracks`.
    pub playlist_items: Naming,
    /// Other people's playlists are listed without saying how many items there are.
    pub no_totals: bool,
    /// Changes to a playlist that name an outdated snapshot get 409.
    pub snapshot_conflicts: bool,
    /// Whether artists can be followed by way of the library.
    pub follow_artists: FollowArtists,
    /// The second row of every list is null.
    pub holes: bool,
    /// Types of albums, devices and so on are some that nobody has heard of.
    pub unknown_enums: bool,
    /// Fields that are nowhere, by name: `external_ids`, say.
    pub missing: Vec<String>,
}

impl Quirks {
    /// Makes an answer odd.
    pub(super) fn bend(&self, answer: &mut Value) {
        match answer {
            Value::Array(all) => all.iter_mut().for_each(|one| self.bend(one)),
            Value::Object(all) => {
                all.retain(|name, _| !self.missing.contains(name));
                if self.unknown_enums {
                    rename(all);
                }
                let rows = all.get_mut("items").and_then(Value::as_array_mut);
                if let Some(row) = rows.filter(|_| self.holes).and_then(|rows| rows.get_mut(1)) {
                    *row = Value::Null;
                }
                all.values_mut().for_each(|one| self.bend(one));
            }
            _ => {}
        }
    }
}

/// Puts values that are on no list where there is a list.
fn rename(all: &mut Map<String, Value>) {
    for (name, value) in [
        ("album_type", "mixtape"),
        ("currently_playing_type", "hologram"),
        ("media_type", "hologram"),
        ("release_date_precision", "decade"),
        ("repeat_state", "sometimes"),
    ] {
        if let Some(known) = all.get_mut(name) {
            *known = value.into();
        }
    }
    if all.contains_key("is_restricted")
        && let Some(kind) = all.get_mut("type")
    {
        *kind = "CarThing2".into();
    }
}
