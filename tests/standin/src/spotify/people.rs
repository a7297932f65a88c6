//! People, and the devices they own.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{player::Player, playlists::Playlist};

/// When all that was there from the start was saved.
pub(super) const EPOCH: DateTime<Utc> =
    DateTime::from_timestamp(1_760_000_000, 0).expect("a date in range");

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Person {
    /// The id, which is also the name to log in with.
    pub id: String,
    /// The id that never changes, even when `id` does.
    pub account_id: String,
    /// The name to show.
    pub display_name: String,
    /// Pays for Spotify; without it nobody controls a player by API.
    pub premium: bool,
    /// Is among the five people that an app in Development Mode may serve.
    pub allow_listed: bool,
    /// Where Spotify runs.
    pub devices: Vec<Device>,
    /// What it plays.
    pub player: Player,
    /// What is saved or followed, the newest first; among it the person's own playlists.
    pub saved: Vec<Saved>,
    /// URIs of the artists and tracks heard most, by `short_term`, `medium_term`, `long_term`.
    pub top: BTreeMap<String, Vec<String>>,
}

/// Something saved in a library, or followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// Its URI.
    pub uri: String,
    /// Since when.
    pub added_at: DateTime<Utc>,
}

/// Something that plays.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its id; not stable in the long run.
    pub id: String,
    /// The name its owner gave it.
    pub name: String,
    /// The type, for which there is no closed list.
    pub kind: String,
    /// Takes no commands by API.
    pub is_restricted: bool,
    /// Percent; absent where the volume cannot be read.
    pub volume_percent: Option<u8>,
    /// Whether the volume can be set.
    pub supports_volume: bool,
}

impl Device {
    /// An ordinary device.
    #[must_use]
    pub fn new(id: &str, name: &str, kind: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
            is_restricted: false,
            volume_percent: Some(50),
            supports_volume: true,
        }
    }

    pub(super) fn to_json(&self, active: bool) -> Value {
        json!({
            "id": self.id,
            "is_active": active,
            "is_private_session": false,
            "is_restricted": self.is_restricted,
            "name": self.name,
            "type": self.kind,
            "volume_percent": self.volume_percent,
            "supports_volume": self.supports_volume,
            // No document mentions it; readers must not mind.
            "connect_generation": 3,
        })
    }
}

impl Person {
    /// Somebody on the allow-list who pays.
    #[must_use]
    pub fn new(id: &str, account_id: &str, display_name: &str) -> Self {
        Self {
            id: id.to_owned(),
            account_id: account_id.to_owned(),
            display_name: display_name.to_owned(),
            premium: true,
            allow_listed: true,
            devices: Vec::new(),
            player: Player::default(),
            saved: Vec::new(),
            top: BTreeMap::new(),
        }
    }

    /// A device, to look at or change.
    ///
    /// # Panics
    /// When no device has this id.
    pub fn device(&mut self, id: &str) -> &mut Device {
        let device = self.devices.iter_mut().find(|device| device.id == id);
        device.unwrap_or_else(|| panic!("no device has the id `{id}`"))
    }

    /// What `GET /v1/me` has told since 2026: no country, e-mail address or product.
    pub(super) fn to_json(&self) -> Value {
        json!({
            "account_id": self.account_id,
            "display_name": self.display_name,
            "external_urls": {"spotify": format!("https://open.spotify.com/user/{}", self.id)},
            "href": format!("https://api.spotify.com/v1/users/{}", self.id),
            "id": self.id,
            "images": null,
            "type": "user",
            "uri": format!("spotify:user:{}", self.id),
        })
    }
}

/// Alice pays, Bob does not, Mallory is on no list.
/// Whoever owns one of the playlists has it in the library.
pub(super) fn everybody(playlists: &[Playlist]) -> Vec<Person> {
    let mut alice = Person::new("alice", "yeE6RsXcNOPmeMjvqPVStN", "Alice Example");
    alice.devices = vec![
        Device::new("65b708073fc0480ea92a077233ca87bd1c2f0a11", "Alice's laptop", "Computer"),
        // Seen in the wild: lower case.
        Device::new("0d1841b0976bae2a3a310dd74c0f3df354899bc8", "Kitchen", "speaker"),
        Device {
            volume_percent: None,
            supports_volume: false,
            ..Device::new("c5d2e41d4a5b6a1f90de1f73aa3aa7ad6f1c8b42", "Car", "CarThing")
        },
        Device {
            is_restricted: true,
            ..Device::new("9f3e7c1a2b4d5e6f708192a3b4c5d6e7f8091a2b", "Living room TV", "TV")
        },
    ];
    let mut bob = Person::new("bob", "KiaEdFrRgSnRFsTHsDDDXh", "Bob Example");
    bob.premium = false;
    bob.devices =
        vec![Device::new("b7e1d2c3a4958677869504132231405f6e7d8c9b", "Bob's phone", "Smartphone")];
    let mut mallory = Person::new("mallory", "0Zb0RLZ5TR9SPofbciOx9g", "Mallory Example");
    mallory.allow_listed = false;
    let mut all = vec![alice, bob, mallory];
    for person in &mut all {
        let own = playlists.iter().filter(|list| list.owner == person.id);
        person.saved = own.map(|list| Saved { uri: list.uri(), added_at: EPOCH }).collect();
    }
    all
}
