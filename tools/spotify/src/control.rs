//! `spotify_control`: the buttons of the player.

mod command;
mod value;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use self::command::Order;
use crate::{
    answer::Playback,
    api::{Failure, SpotifyApi, Trouble},
    player,
};

/// The tool.
pub(crate) struct Control(pub(crate) SpotifyApi);

/// Which button.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// What to do.
    action: Action,
    /// What to set. For `seek`: milliseconds from the start, or text such as "1:30". For `volume`:
    /// 0 to 100. For `volume_delta`: -100 to 100, added to the volume. For `shuffle`: true or
    /// false. For `repeat`: "off", "track" (the same track again) or "context" (the album or
    /// playlist again). The other actions take none.
    #[schemars(extend("type" = ["number", "string", "boolean", "null"]))]
    value: Option<Value>,
    /// On which device: its name, a part of it, its id, or "active". The active one if left out.
    device: Option<String>,
}

/// A button of the player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Action {
    Pause,
    Resume,
    Next,
    Previous,
    Seek,
    Volume,
    VolumeDelta,
    Shuffle,
    Repeat,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// Whether Spotify was seen to have done it. If not, don't tell the person that it has.
    confirmed: bool,
    /// Whether it was so before.
    already: bool,
    /// What Spotify showed right after; missing when it couldn't be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    playback: Option<Playback>,
    #[serde(skip)]
    done: String,
}

impl Tool for Control {
    const NAME: &'static str = "spotify_control";
    const TITLE: &'static str = "Control Spotify";
    const DESCRIPTION: &'static str = "Presses a button of the Spotify player: pause, resume, \
        next, previous, seek, volume, volume_delta, shuffle, repeat. It looks afterwards and \
        reports the real state. To start something, call spotify_play; to move music to another \
        device, spotify_devices. Needs Spotify Premium.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = player::WRITE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let order = Order::read(args.action, args.value.as_ref())?;
        let device = player::wanted_device(&self.0, caller, args.device.as_deref()).await?;
        let before =
            if order.needs_state() { Some(player::playback(&self.0, caller).await?) } else { None };
        let device = match (device, &before) {
            (None, Some(before)) if before.device.is_none() => {
                Some(player::choose(player::devices(&self.0, caller).await?)?)
            }
            (device, _) => device,
        };
        let command = order.resolve(device.as_ref(), before.as_ref())?;
        let given = player::command(&self.0, caller, &command.ask(), device.clone()).await;
        let (device, refusal) = match given {
            Ok(used) => (used, None),
            Err(failure) if command.may_be_so_already(&failure) => (device, Some(failure)),
            // It may have been done: to do it again would be to do it twice.
            Err(failure) if order.needs_state() && failure.is(Trouble::Unavailable) => {
                (device, Some(failure))
            }
            Err(failure) => return Err(failure.into()),
        };
        let playback = player::playback_after(&self.0, caller).await;
        let seen = playback.as_ref().is_some_and(|now| {
            now.is_on(device.as_ref()) && command.is_seen_in(now, before.as_ref())
        });
        match refusal {
            // Some players say that nothing was left to do; for others the state has to tell.
            Some(refusal) if !refusal.is(Trouble::AlreadySo) && !seen => Err(explained(refusal)),
            refusal => {
                let already = refusal.is_some_and(|refusal| !refusal.is(Trouble::Unavailable));
                Ok(Answer { confirmed: seen || already, already, playback, done: command.done() })
            }
        }
    }
}

fn explained(refusal: Failure) -> ToolError {
    let is_lost = refusal.is(Trouble::Unavailable);
    let error = ToolError::from(refusal);
    if !is_lost {
        return error;
    }
    error
        .saying("Spotify's answer got lost: it may have been done or not.".to_owned())
        .advising("Don't repeat the call. Call spotify_now to see what plays first.".to_owned())
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.already, self.confirmed) {
            (true, _) => write!(f, "It was so already: {}.", self.done)?,
            (false, true) => write!(f, "Done: {}.", self.done)?,
            (false, false) => write!(
                f,
                "Spotify accepted it ({}), but doesn't show it yet; spotify_now tells in a few \
                 seconds.",
                self.done
            )?,
        }
        match &self.playback {
            Some(playback) => write!(f, "\n{playback}"),
            None => Ok(()),
        }
    }
}
