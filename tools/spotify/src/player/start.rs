//! Starting to play, also when no device is active.

use serde_json::Value;
use stagepass_kit::Caller;

use super::{COMMAND_SCOPES, choose, devices};
use crate::{
    answer::DeviceRow,
    api::{Ask, Failure, SpotifyApi, Trouble},
};

/// Starts what `body` says, or goes on with what was paused, on `device`, or on the active one, or
/// on the only one there is. Answers with the device, where one had to be named.
pub(crate) async fn start(
    api: &SpotifyApi,
    caller: &Caller,
    body: Option<&Value>,
    device: Option<DeviceRow>,
) -> Result<Option<DeviceRow>, Failure> {
    let device = match device {
        Some(device) => device,
        None => match put_play(api, caller, body, None).await {
            Err(failure) if failure.is(Trouble::NoActiveDevice) => {
                choose(devices(api, caller).await?)?
            }
            done => return done.map(|()| None),
        },
    };
    match put_play(api, caller, body, device.id.as_deref()).await {
        // A device that slept needs a moment.
        Err(failure) if failure.is(Trouble::NoActiveDevice) => {
            api.pause().await;
            put_play(api, caller, body, device.id.as_deref()).await?;
        }
        done => done?,
    }
    Ok(Some(device))
}

async fn put_play(
    api: &SpotifyApi,
    caller: &Caller,
    body: Option<&Value>,
    device_id: Option<&str>,
) -> Result<(), Failure> {
    let ask = Ask::put("me/player/play").with_some("device_id", device_id).needing(COMMAND_SCOPES);
    let ask = match body {
        Some(body) => ask.sending(body.clone()),
        None => ask,
    };
    api.write(caller, &ask).await
}
