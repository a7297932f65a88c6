//! The player, its devices, its queue.

use serde::Deserialize;

use super::{
    Item,
    lenient::{lenient, list},
};

/// What the player does now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PlayerState {
    #[serde(deserialize_with = "lenient")]
    pub(crate) is_playing: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) item: Option<Item>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) progress_ms: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) device: Option<Device>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) shuffle_state: Option<bool>,
    /// `off`, `track`, `context`, or a word of the future.
    #[serde(deserialize_with = "lenient")]
    pub(crate) repeat_state: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) context: Option<Context>,
    /// `track`, `episode`, `ad`, `unknown`, or a word of the future.
    #[serde(deserialize_with = "lenient")]
    pub(crate) currently_playing_type: Option<String>,
}

/// The album, playlist, artist or show that is being played.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Context {
    #[serde(deserialize_with = "lenient")]
    pub(crate) uri: Option<String>,
}

/// The devices that Spotify sees.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeviceList {
    /// `None` when they can't be read at all.
    #[serde(deserialize_with = "list")]
    pub(crate) devices: Option<Vec<Device>>,
}

/// Something that plays.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Device {
    /// Not stable: another one after some days, or after a restart.
    #[serde(deserialize_with = "lenient")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub(crate) kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) is_active: bool,
    /// It takes no commands from outside.
    #[serde(deserialize_with = "lenient")]
    pub(crate) is_restricted: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) volume_percent: Option<u8>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) supports_volume: Option<bool>,
}

/// What plays next.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Queue {
    /// `None` when it can't be read at all.
    #[serde(deserialize_with = "list")]
    pub(crate) queue: Option<Vec<Item>>,
}
