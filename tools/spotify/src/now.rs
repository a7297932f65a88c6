//! `spotify_now`: what plays, where, and what comes next.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::{DeviceRow, Numbered, Playback, Row},
    api::{Failure, SpotifyApi},
    player,
};

/// The tool.
pub(crate) struct Now(pub(crate) SpotifyApi);

/// What to look at.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// What to look at: "player" (what plays, where, how far), "devices", "queue" (what comes
    /// next). Only "player" if left out.
    include: Option<Vec<Part>>,
}

/// One thing to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Part {
    Player,
    Devices,
    Queue,
}

/// What there is to see.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    #[serde(flatten)]
    player: Option<Playback>,
    /// The devices that Spotify sees.
    #[serde(skip_serializing_if = "Option::is_none")]
    devices: Option<Vec<DeviceRow>>,
    /// What plays next, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<Vec<Row>>,
}

impl Tool for Now {
    const NAME: &'static str = "spotify_now";
    const TITLE: &'static str = "What plays on Spotify";
    const DESCRIPTION: &'static str = "Shows what plays on Spotify now: track or episode, how far, \
        on which device, shuffle and repeat; on request also the devices and the queue. Changes \
        nothing. Use it to answer \"what is this song?\", and to check what a command did.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = player::READ_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let include = args.include.filter(|parts| !parts.is_empty()).unwrap_or(vec![Part::Player]);
        let wants = |part| include.contains(&part);
        let (player, devices, queue) = tokio::try_join!(
            only_if(wants(Part::Player), player::playback(&self.0, caller)),
            only_if(wants(Part::Devices), player::devices(&self.0, caller)),
            only_if(wants(Part::Queue), player::queue(&self.0, caller)),
        )?;
        Ok(Answer { player, devices, queue })
    }
}

async fn only_if<T>(
    wanted: bool,
    look: impl Future<Output = Result<T, Failure>>,
) -> Result<Option<T>, Failure> {
    if wanted { look.await.map(Some) } else { Ok(None) }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.player.as_ref().map(ToString::to_string));
        parts.extend(self.devices.as_deref().map(list_devices));
        parts.extend(self.queue.as_deref().map(|rows| match rows {
            [] => "The queue is empty.".to_owned(),
            rows => format!("Next:{}", Numbered(1, rows, rows.len())),
        }));
        f.write_str(&parts.join("\n"))
    }
}

/// The devices, one per line.
pub(crate) fn list_devices(devices: &[DeviceRow]) -> String {
    if devices.is_empty() {
        return "Spotify sees no device; it has to be opened on one.".into();
    }
    let lines: Vec<_> = devices.iter().map(|device| format!("\n- {device}")).collect();
    format!("Devices:{}", lines.concat())
}
