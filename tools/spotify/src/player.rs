//! What the player's tools share: looking at it, choosing a device, giving it commands.

mod choice;
mod command;

use stagepass_kit::{Caller, ToolError};

pub(crate) use self::{
    choice::{choose, device_named},
    command::command,
};
use crate::{
    answer::{DeviceRow, Playback, Row},
    api::{Ask, Failure, Refusal, SpotifyApi},
    model::{DeviceList, PlayerState, Queue},
};

/// What looking at the player needs.
pub(crate) const READ_SCOPES: &[&str] =
    &["user-read-playback-state", "user-read-currently-playing"];
/// What looking at all but the queue needs.
pub(crate) const STATE_SCOPES: &[&str] = &["user-read-playback-state"];
/// What a command needs.
pub(crate) const COMMAND_SCOPES: &[&str] = &["user-modify-playback-state"];
/// What commanding the player needs, and looking at what came of it.
pub(crate) const WRITE_SCOPES: &[&str] =
    &["user-modify-playback-state", "user-read-playback-state"];

/// How many devices, and how much of the queue, is told: Spotify shows about 20.
const MOST: usize = 50;

/// What the player does now.
pub(crate) async fn playback(api: &SpotifyApi, caller: &Caller) -> Result<Playback, Failure> {
    let ask = Ask::get("me/player").with("additional_types", "track,episode").needing(STATE_SCOPES);
    let state: Option<PlayerState> = api.read(caller, &ask).await?;
    let playback = Playback::of(state);
    // Neither whether it plays nor what: that is no state.
    if playback.is_playing.is_none() && playback.item.is_none() {
        return Err(Refusal::nonsense().into());
    }
    Ok(playback)
}

/// What the player does a moment after a command; `None` when that can't be seen. The command has
/// been carried out by then, so that not seeing it is no failure.
pub(crate) async fn playback_after(api: &SpotifyApi, caller: &Caller) -> Option<Playback> {
    api.settle().await;
    playback(api, caller).await.ok()
}

/// The devices that Spotify sees now.
pub(crate) async fn devices(api: &SpotifyApi, caller: &Caller) -> Result<Vec<DeviceRow>, Failure> {
    let ask = Ask::get("me/player/devices").needing(STATE_SCOPES);
    let list: Option<DeviceList> = api.read(caller, &ask).await?;
    let devices =
        list.map_or(Some(Vec::new()), |list| list.devices).ok_or_else(Refusal::nonsense)?;
    Ok(devices.iter().take(MOST).map(DeviceRow::of).collect())
}

/// What plays next.
pub(crate) async fn queue(api: &SpotifyApi, caller: &Caller) -> Result<Vec<Row>, Failure> {
    let ask = Ask::get("me/player/queue").needing(READ_SCOPES);
    let queue: Option<Queue> = api.read(caller, &ask).await?;
    let items =
        queue.map_or(Some(Vec::new()), |queue| queue.queue).ok_or_else(Refusal::nonsense)?;
    let mut rows = Row::all(&items);
    rows.truncate(MOST);
    Ok(rows)
}

/// The device that an argument means, if there is one.
pub(crate) async fn wanted_device(
    api: &SpotifyApi,
    caller: &Caller,
    wanted: Option<&str>,
) -> Result<Option<DeviceRow>, ToolError> {
    match wanted {
        Some(wanted) => Ok(Some(device_named(devices(api, caller).await?, wanted)?)),
        None => Ok(None),
    }
}
