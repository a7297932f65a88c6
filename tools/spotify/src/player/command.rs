//! Giving a command, also when no device is active.

use stagepass_kit::Caller;

use super::{choose, devices};
use crate::{
    answer::DeviceRow,
    api::{Ask, Failure, SpotifyApi, Trouble},
};

/// Gives a command to `device`, or to the active one, or to the only one there is. Answers with the
/// device, where one had to be named.
///
/// # Errors
/// Where it can't be told which device is meant, the devices that there are.
pub(crate) async fn command(
    api: &SpotifyApi,
    caller: &Caller,
    ask: &Ask,
    device: Option<DeviceRow>,
) -> Result<Option<DeviceRow>, Failure> {
    let device = match device {
        Some(device) => device,
        None => match api.write(caller, ask).await {
            Err(failure) if failure.is(Trouble::NoActiveDevice) => {
                choose(devices(api, caller).await?)?
            }
            done => return done.map(|()| None),
        },
    };
    let ask = ask.clone().with_some("device_id", device.id.as_deref());
    match api.write(caller, &ask).await {
        // A device that slept needs a moment.
        Err(failure) if failure.is(Trouble::NoActiveDevice) => {
            api.pause().await;
            api.write(caller, &ask).await?;
        }
        done => done?,
    }
    Ok(Some(device))
}
