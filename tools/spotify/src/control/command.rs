//! One command to the player: how it is sent, and how it is seen to be done.

use rspotify_model::RepeatState;
use serde_json::Value;
use stagepass_kit::ToolError;

use super::{
    Action,
    value::{number, on_or_off, position, repeat},
};
use crate::{
    answer::{DeviceRow, Playback},
    api::{Ask, Failure, Trouble, own_code},
    player::COMMAND_SCOPES,
    text::clock,
};

/// How far behind its target a seek may be seen, in milliseconds.
const SEEK_SLACK: u64 = 2_000;
/// How far beyond it: what plays goes on while we look.
const SEEK_DRIFT: u64 = 20_000;

/// What was ordered, its value checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    This(Command),
    /// To change the volume by this many percent points.
    VolumeBy(i16),
}

impl Order {
    /// The order that an action and its value mean.
    pub(super) fn read(action: Action, value: Option<&Value>) -> Result<Self, ToolError> {
        Ok(Self::This(match action {
            Action::Pause => Command::Pause,
            Action::Resume => Command::Resume,
            Action::Next => Command::Next,
            Action::Previous => Command::Previous,
            Action::Seek => Command::Seek(position(value)?),
            Action::Volume => Command::Volume(number(value, 0, 100)?),
            Action::VolumeDelta => return Ok(Self::VolumeBy(number(value, -100, 100)?)),
            Action::Shuffle => Command::Shuffle(on_or_off(value)?),
            Action::Repeat => Command::Repeat(repeat(value)?),
        }))
    }

    /// Whether it takes a look at the player before: to count from, or to see a change.
    pub(super) fn needs_state(self) -> bool {
        matches!(self, Self::VolumeBy(_) | Self::This(Command::Next | Command::Previous))
    }

    /// The command, for the device that was named or else the one in the state `before`.
    pub(super) fn resolve(
        self,
        device: Option<&DeviceRow>,
        before: Option<&Playback>,
    ) -> Result<Command, ToolError> {
        let device = device.or_else(|| before?.device.as_ref());
        let is_fixed = device.is_some_and(|device| device.supports_volume == Some(false));
        match self {
            Self::This(Command::Volume(_)) | Self::VolumeBy(_) if is_fixed => Err(fixed_volume()),
            Self::This(command) => Ok(command),
            Self::VolumeBy(delta) => {
                let now = device.ok_or_else(no_device)?.volume_percent.ok_or_else(fixed_volume)?;
                let wanted = (i16::from(now) + delta).clamp(0, 100);
                Ok(Command::Volume(u8::try_from(wanted).unwrap_or(now)))
            }
        }
    }
}

/// One command to the player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Pause,
    Resume,
    Next,
    Previous,
    /// To this many milliseconds from the start.
    Seek(u64),
    /// To this many percent.
    Volume(u8),
    Shuffle(bool),
    Repeat(RepeatState),
}

impl Command {
    /// Whether a refusal may only mean that it is so already.
    pub(super) fn may_be_so_already(self, failure: &Failure) -> bool {
        let is_a_state = !matches!(self, Self::Next | Self::Previous);
        failure.is(Trouble::AlreadySo) || (is_a_state && failure.is(Trouble::PlayerRefuses))
    }

    /// The request.
    pub(super) fn ask(self) -> Ask {
        let ask = match self {
            Self::Pause => Ask::put("me/player/pause"),
            Self::Resume => Ask::put("me/player/play"),
            Self::Next => Ask::post("me/player/next"),
            Self::Previous => Ask::post("me/player/previous"),
            Self::Seek(ms) => Ask::put("me/player/seek").with("position_ms", ms.to_string()),
            Self::Volume(percent) => {
                Ask::put("me/player/volume").with("volume_percent", percent.to_string())
            }
            Self::Shuffle(on) => Ask::put("me/player/shuffle").with("state", on.to_string()),
            Self::Repeat(state) => Ask::put("me/player/repeat").with("state", word(state)),
        };
        ask.needing(COMMAND_SCOPES)
    }

    /// What it does, in words.
    pub(super) fn done(self) -> String {
        match self {
            Self::Pause => "paused".into(),
            Self::Resume => "playing".into(),
            Self::Next => "skipped to the next".into(),
            Self::Previous => "went back to the previous".into(),
            Self::Seek(ms) => format!("jumped to {}", clock(ms)),
            Self::Volume(percent) => format!("volume {percent}%"),
            Self::Shuffle(on) => format!("shuffle {}", if on { "on" } else { "off" }),
            Self::Repeat(state) => format!("repeat {}", word(state)),
        }
    }

    /// Whether `now` shows that it was done; `before` is the state before, where it was looked at.
    pub(super) fn is_seen_in(self, now: &Playback, before: Option<&Playback>) -> bool {
        match self {
            Self::Pause => now.is_playing == Some(false),
            Self::Resume => now.is_playing == Some(true),
            Self::Next | Self::Previous => before.is_some_and(|before| has_moved(before, now)),
            Self::Seek(ms) => now.progress_ms.is_some_and(|at| {
                (ms.saturating_sub(SEEK_SLACK)..=ms.saturating_add(SEEK_DRIFT)).contains(&at)
            }),
            Self::Volume(percent) => {
                now.device.as_ref().is_some_and(|device| device.volume_percent == Some(percent))
            }
            Self::Shuffle(on) => now.shuffle == Some(on),
            Self::Repeat(state) => now.repeat.as_deref() == Some(word(state)),
        }
    }
}

/// Another track, or the same from its start. Where nothing is shown, nothing is seen.
fn has_moved(before: &Playback, now: &Playback) -> bool {
    let is_back = now.progress_ms.zip(before.progress_ms).is_some_and(|(now, then)| now < then);
    now.item.is_some() && (now.uri() != before.uri() || is_back)
}

fn word(state: RepeatState) -> &'static str {
    state.into()
}

fn fixed_volume() -> ToolError {
    ToolError::new(
        own_code::VOLUME_UNSUPPORTED,
        "The volume of this device can't be set from outside.",
        "Ask the person to set it on the device.",
    )
}

fn no_device() -> ToolError {
    ToolError::new(
        own_code::NO_ACTIVE_DEVICE,
        "No Spotify device is active.",
        "Call spotify_devices and pass one of them as `device`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Row;

    #[test]
    fn a_skip_is_seen_only_where_something_is_shown() {
        let at = |uri: &str, progress_ms| Playback {
            item: Some(Row { uri: Some(uri.into()), ..Row::default() }),
            progress_ms,
            ..Playback::default()
        };
        let before = at("a", Some(9_000));
        let seen = |now: &Playback| Command::Next.is_seen_in(now, Some(&before));
        assert!(seen(&at("b", Some(9_500))) && seen(&at("a", Some(100))));
        assert!(!seen(&at("a", Some(9_500))) && !seen(&at("a", None)));
        assert!(!seen(&Playback::default()));
    }
}
