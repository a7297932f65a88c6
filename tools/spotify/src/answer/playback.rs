//! The state of the player, in two lines.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{DeviceRow, Row};
use crate::{
    model::PlayerState,
    text::{clean, clock, joined},
};

/// What the player does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Playback {
    /// Whether it plays; missing when Spotify doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) is_playing: Option<bool>,
    /// The track or episode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<Row>,
    /// `track`, `episode`, `ad` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) playing_type: Option<String>,
    /// How far into it, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) progress_ms: Option<u64>,
    /// Where it plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) device: Option<DeviceRow>,
    /// Whether shuffle is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shuffle: Option<bool>,
    /// `off`, `track` or `context`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repeat: Option<String>,
    /// The URI of the album, playlist, artist or show that it is played from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) context: Option<String>,
    /// The track that was asked for, when Spotify plays another version of it.
    #[serde(skip)]
    pub(crate) instead_of: Option<String>,
}

impl Playback {
    /// The state as Spotify gave it; `None` is its "nothing is playing".
    pub(crate) fn of(state: Option<PlayerState>) -> Self {
        let Some(state) = state else { return Self { is_playing: Some(false), ..Self::default() } };
        Self {
            is_playing: state.is_playing,
            item: state.item.as_ref().and_then(Row::of),
            playing_type: state.currently_playing_type.as_deref().map(clean),
            progress_ms: state.progress_ms,
            device: state.device.as_ref().map(DeviceRow::of),
            shuffle: state.shuffle_state,
            repeat: state.repeat_state.as_deref().map(clean),
            context: state.context.and_then(|context| context.uri).as_deref().map(clean),
            instead_of: state.item.and_then(|item| item.linked_from?.uri),
        }
    }

    /// Whether it is on `device`; whichever it is on, when none is asked for.
    pub(crate) fn is_on(&self, device: Option<&DeviceRow>) -> bool {
        let Some(wanted) = device else { return true };
        self.device.as_ref().is_some_and(|device| device.has_id(wanted.id.as_deref()))
    }

    /// The URI of what plays, if any.
    pub(crate) fn uri(&self) -> Option<&str> {
        self.item.as_ref()?.uri.as_deref()
    }

    fn what(&self) -> String {
        match &self.item {
            Some(row) => joined([Some(row.title()), self.time(row), row.uri.clone()]),
            None if self.playing_type.as_deref() == Some("ad") => "an advertisement".into(),
            None => "something that Spotify doesn't name".into(),
        }
    }

    fn time(&self, row: &Row) -> Option<String> {
        match (self.progress_ms, row.duration_ms) {
            (Some(now), Some(all)) => Some(format!("{} of {}", clock(now), clock(all))),
            (now, all) => now.or(all).map(clock),
        }
    }

    fn how(&self) -> String {
        joined([
            self.device.as_ref().map(|device| format!("On {device}")),
            self.shuffle.map(|on| if on { "shuffle on".into() } else { "shuffle off".into() }),
            self.repeat.as_ref().map(|repeat| format!("repeat {repeat}")),
            self.context.as_ref().map(|context| format!("from {context}")),
        ])
    }
}

impl fmt::Display for Playback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.is_playing {
            Some(true) => write!(f, "Playing: {}", self.what())?,
            Some(false) if self.item.is_some() => write!(f, "Paused: {}", self.what())?,
            Some(false) => f.write_str("Nothing is playing.")?,
            None => write!(f, "Playing or paused, Spotify doesn't say which: {}", self.what())?,
        }
        match self.how() {
            how if how.is_empty() => Ok(()),
            how => write!(f, "\n{how}"),
        }
    }
}
