//! `spotify_play`: starting something, and saying what really plays.

mod best;
mod wish;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use self::wish::Wish;
use crate::{
    answer::{DeviceRow, Numbered, Playback, Row},
    api::{Ask, Failure, SpotifyApi, Trouble},
    player,
    uri::Kind,
};

/// The tool.
pub(crate) struct Play(pub(crate) SpotifyApi);

/// What to play and where: one of `uri`, `uris` and `query`, or none of them to resume.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// One thing to play: a Spotify URI, a link to open.spotify.com, or a bare id together with
    /// `kind`. Albums, playlists, artists and shows play on through what is in them.
    pub(crate) uri: Option<String>,
    /// Several tracks or episodes to play in this order, at most 100.
    #[schemars(length(max = 100))]
    pub(crate) uris: Option<Vec<String>>,
    /// Something to search for and play at once, e.g. "hurt johnny cash". Use it when no URI is
    /// known.
    pub(crate) query: Option<String>,
    /// What kind of thing `query`, or a bare id, means; a track if left out.
    pub(crate) kind: Option<Kind>,
    /// Where to play: a device's name, a part of it, its id, or "active". The active device if left
    /// out, or the only one there is.
    pub(crate) device: Option<String>,
    /// Which entry of the album, playlist or `uris` to begin with, counted from 0.
    pub(crate) offset: Option<u32>,
    /// How far into the first track to begin, in milliseconds.
    pub(crate) position_ms: Option<u64>,
    /// Turns shuffle on or off; as it was if left out.
    pub(crate) shuffle: Option<bool>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// Whether Spotify was seen to play what was asked for. If not, don't tell the person that it
    /// plays.
    confirmed: bool,
    /// What was asked for, as a URI; of several, the first. Missing for "resume".
    #[serde(skip_serializing_if = "Option::is_none")]
    requested: Option<String>,
    /// What Spotify showed right after; missing when it couldn't be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    playback: Option<Playback>,
    /// With `query`: what else was found, in case another one was meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    chosen_from: Vec<Row>,
    /// Why shuffle couldn't be set, although playing worked.
    #[serde(skip_serializing_if = "Option::is_none")]
    shuffle_problem: Option<String>,
}

impl Tool for Play {
    const NAME: &'static str = "spotify_play";
    const TITLE: &'static str = "Play on Spotify";
    const DESCRIPTION: &'static str = "Plays something on Spotify now, instead of what is playing: \
        a URI or link (`uri`), several tracks (`uris`), or the best match of a search (`query`). \
        Without any of them it resumes what was paused. It looks afterwards and reports what \
        really plays. To pause, skip, or set volume, shuffle or repeat, call spotify_control; to \
        move music to another device, spotify_devices. Needs Spotify Premium.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = player::WRITE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let wish = wish::read(&self.0, caller, &args).await?;
        let device = player::wanted_device(&self.0, caller, args.device.as_deref()).await?;
        let before = self.shuffle(caller, args.shuffle, device.as_ref()).await;
        let ask = wish.ask(args.offset, args.position_ms);
        let started = player::command(&self.0, caller, &ask, device.clone()).await;
        let (device, refusal) = match started {
            Ok(used) => (used, None),
            Err(failure) if wish.may_be_met_already(&failure) => (device, Some(failure)),
            Err(failure) => return Err(failure.into()),
        };
        let shuffled = match before {
            Ok(()) => Ok(()),
            Err(_) => self.shuffle(caller, args.shuffle, device.as_ref()).await,
        };
        let playback = player::playback_after(&self.0, caller).await;
        let is_met = |now: &Playback| now.is_on(device.as_ref()) && wish.is_met_by(now);
        let confirmed = playback.as_ref().is_some_and(is_met);
        match refusal {
            Some(refusal) if !confirmed => Err(refusal.into()),
            _ => Ok(Answer::new(confirmed, wish, playback, shuffled.err())),
        }
    }
}

impl Answer {
    fn new(
        confirmed: bool,
        wish: Wish,
        playback: Option<Playback>,
        shuffle_problem: Option<Failure>,
    ) -> Self {
        Self {
            confirmed,
            requested: wish.first_uri(),
            playback,
            chosen_from: wish.others,
            shuffle_problem: shuffle_problem
                .map(|failure| ToolError::from(failure).message().to_owned()),
        }
    }
}

impl Play {
    /// Sets shuffle. Before playing, so that it begins with a random track; that only works when a
    /// device is active, and is done over afterwards when none was.
    async fn shuffle(
        &self,
        caller: &Caller,
        on: Option<bool>,
        device: Option<&DeviceRow>,
    ) -> Result<(), Failure> {
        let Some(on) = on else { return Ok(()) };
        let ask = Ask::put("me/player/shuffle")
            .with("state", on.to_string())
            .with_some("device_id", device.and_then(|device| device.id.as_deref()))
            .needing(player::COMMAND_SCOPES);
        match self.0.write(caller, &ask).await {
            Err(failure) if failure.is(Trouble::AlreadySo) => Ok(()),
            done => done,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.playback, self.confirmed) {
            (Some(playback), true) => write!(f, "{playback}")?,
            (Some(playback), false) => write!(
                f,
                "Spotify accepted the request but doesn't show it playing yet; spotify_now tells \
                 in a few seconds. It shows:\n{playback}"
            )?,
            (None, _) => f.write_str(
                "Spotify accepted the request, but couldn't be asked what it plays; spotify_now \
                 tells.",
            )?,
        }
        if let Some(problem) = &self.shuffle_problem {
            write!(f, "\nShuffle could not be set: {problem}")?;
        }
        if !self.chosen_from.is_empty() {
            write!(
                f,
                "\nOther matches:{}",
                Numbered(1, &self.chosen_from, self.chosen_from.len())
            )?;
        }
        Ok(())
    }
}
