//! `spotify_devices`: where music can play, and moving it there.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::DeviceRow,
    api::{Ask, SpotifyApi},
    now::list_devices,
    player,
};

/// The tool.
pub(crate) struct Devices(pub(crate) SpotifyApi);

/// What to do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// "list" shows the devices, "transfer" moves what plays to `device`. "list" if left out.
    action: Option<Action>,
    /// Where to move it: a name from the list, a part of it, or an id. Ids change, names rarely.
    device: Option<String>,
    /// Whether it has to play after the move; as before if left out.
    play: Option<bool>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Action {
    #[default]
    List,
    Transfer,
}

/// The devices, after the move if there was one.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The devices that Spotify sees.
    devices: Vec<DeviceRow>,
    /// The device that playback was moved to.
    #[serde(skip_serializing_if = "Option::is_none")]
    transferred_to: Option<String>,
    /// Whether Spotify was seen to show it as active after the move.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<bool>,
}

impl Tool for Devices {
    const NAME: &'static str = "spotify_devices";
    const TITLE: &'static str = "Spotify devices";
    const DESCRIPTION: &'static str = "Lists the devices that Spotify can play on, or moves what \
        plays to another one. A device is listed only while Spotify is open on it. To start \
        something new on a device, call spotify_play with `device` instead.";
    const EFFECT: Effect = Effect::Sets;
    const SCOPES: &'static [&'static str] = player::STATE_SCOPES;
    const OPTIONAL_SCOPES: &'static [&'static str] = player::COMMAND_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let devices = player::devices(&self.0, caller).await?;
        match (args.action.unwrap_or_default(), &args.device) {
            (Action::List, _) => Ok(Answer { devices, transferred_to: None, confirmed: None }),
            (Action::Transfer, Some(wanted)) => {
                let device = player::device_named(devices, wanted)?;
                self.transfer(caller, device, args.play).await
            }
            (Action::Transfer, None) => Err(ToolError::invalid_argument(
                "`device` is missing: where should it play?",
                "Pass the name of a device; action \"list\" shows them.",
            )),
        }
    }
}

impl Devices {
    async fn transfer(
        &self,
        caller: &Caller,
        device: DeviceRow,
        play: Option<bool>,
    ) -> Result<Answer, ToolError> {
        let mut body = json!({ "device_ids": [device.id] });
        if let (Some(play), Some(fields)) = (play, body.as_object_mut()) {
            fields.insert("play".into(), play.into());
        }
        let ask = Ask::put("me/player").sending(body).needing(player::COMMAND_SCOPES);
        self.0.write(caller, &ask).await?;
        self.0.settle().await;
        // The move is made; not seeing it is no failure.
        let devices = player::devices(&self.0, caller).await.unwrap_or_default();
        let now = devices.iter().find(|other| other.has_id(device.id.as_deref()));
        let confirmed = now.is_some_and(|now| now.is_active);
        Ok(Answer { transferred_to: Some(device.name), confirmed: Some(confirmed), devices })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.transferred_to, self.confirmed) {
            (Some(name), Some(true)) => writeln!(f, "Moved to {name}.")?,
            (Some(name), _) => writeln!(
                f,
                "Spotify accepted the move to {name}, but doesn't show it as active yet. \
                 spotify_now tells in a few seconds."
            )?,
            (None, _) => {}
        }
        if self.transferred_to.is_some() && self.devices.is_empty() {
            return Ok(());
        }
        f.write_str(&list_devices(&self.devices))
    }
}
