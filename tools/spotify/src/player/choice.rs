//! Which device is meant.

use stagepass_kit::{ToolError, code};

use crate::{answer::DeviceRow, api::own_code, text::clip};

/// The device that `wanted` means: an id, a name, a part of a name, or `active`.
///
/// # Errors
/// `not_found`, `invalid_argument` when it could be several, `device_restricted`, or
/// `no_active_device`.
pub(crate) fn device_named(devices: Vec<DeviceRow>, wanted: &str) -> Result<DeviceRow, ToolError> {
    let known = names(&devices);
    let name = wanted.trim().to_lowercase();
    if name == "active" {
        return devices.into_iter().find(|device| device.is_active).ok_or_else(|| none(&known));
    }
    let device = only(&devices, wanted.trim(), &name, &known)?;
    if device.is_usable() { Ok(device) } else { Err(restricted(&device)) }
}

/// The device to use when none was named and none is active.
///
/// # Errors
/// `no_active_device` when there is none, or when the person has to choose.
pub(crate) fn choose(devices: Vec<DeviceRow>) -> Result<DeviceRow, ToolError> {
    let known = names(&devices);
    let mut usable: Vec<_> = devices.into_iter().filter(DeviceRow::is_usable).collect();
    if let Some(active) = usable.iter().position(|device| device.is_active) {
        return Ok(usable.swap_remove(active));
    }
    match (usable.pop(), usable.is_empty()) {
        (Some(single), true) => Ok(single),
        _ => Err(none(&known)),
    }
}

/// The one device that fits best: by id, else by its whole name, else by a part of it.
fn only(devices: &[DeviceRow], id: &str, name: &str, known: &str) -> Result<DeviceRow, ToolError> {
    let fits: [&dyn Fn(&DeviceRow) -> bool; 3] = [
        &|device| device.has_id(Some(id)),
        &|device| device.name.to_lowercase() == name,
        &|device| !name.is_empty() && device.name.to_lowercase().contains(name),
    ];
    for fit in fits {
        let mut fitting: Vec<_> = devices.iter().filter(|device| fit(device)).collect();
        match (fitting.pop(), fitting.is_empty()) {
            (Some(device), true) => return Ok(device.clone()),
            (Some(_), false) => return Err(ambiguous(id, known)),
            (None, _) => {}
        }
    }
    Err(unknown(id, known))
}

fn names(devices: &[DeviceRow]) -> String {
    let names: Vec<_> = devices
        .iter()
        .map(|device| match (&device.id, device.is_restricted) {
            (_, true) => format!("\"{}\" (restricted)", device.name),
            (Some(id), _) => format!("\"{}\" (id {id})", device.name),
            (None, _) => format!("\"{}\"", device.name),
        })
        .collect();
    names.join(", ")
}

fn none(known: &str) -> ToolError {
    let (message, next_step) = if known.is_empty() {
        (
            "No Spotify device is active, and Spotify sees none at all.".to_owned(),
            "Ask the person to open Spotify on a device, and try again.",
        )
    } else {
        (
            format!("No Spotify device is active. Spotify sees: {known}."),
            "Ask the person which one to use and pass its name as `device`; if none fits, they \
             have to open Spotify on one.",
        )
    };
    ToolError::new(own_code::NO_ACTIVE_DEVICE, message, next_step)
}

fn restricted(device: &DeviceRow) -> ToolError {
    ToolError::new(
        own_code::DEVICE_RESTRICTED,
        format!("\"{}\" takes no commands from outside.", device.name),
        "Choose another one from spotify_devices, or use the device itself.",
    )
}

fn ambiguous(wanted: &str, known: &str) -> ToolError {
    ToolError::invalid_argument(
        format!("\"{}\" fits several devices. Spotify sees: {known}.", clip(wanted, 80)),
        "Pass the whole name or the id of one of them as `device`.",
    )
}

fn unknown(wanted: &str, known: &str) -> ToolError {
    let seen = if known.is_empty() { "no device".into() } else { known.to_owned() };
    ToolError::new(
        code::NOT_FOUND,
        format!("There is no device \"{}\". Spotify sees: {seen}.", clip(wanted, 80)),
        "Pass one that Spotify sees as `device`, or ask the person to open Spotify on it.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(id: &str, name: &str) -> DeviceRow {
        DeviceRow { id: Some(id.into()), name: name.into(), ..DeviceRow::default() }
    }

    fn named(devices: &[DeviceRow], wanted: &str) -> Result<String, String> {
        let found = device_named(devices.to_vec(), wanted);
        found.map(|device| device.id.unwrap()).map_err(|error| error.code().to_owned())
    }

    #[test]
    fn a_device_is_named_by_id_name_part_or_active() {
        let mut devices = [device("1", "Kitchen"), device("2", "Kitchen radio"), device("3", "TV")];
        assert_eq!(named(&devices, "2"), Ok("2".into()));
        assert_eq!(named(&devices, " kitchen "), Ok("1".into()));
        assert_eq!(named(&devices, "RADIO"), Ok("2".into()));
        assert_eq!(named(&devices, "kit"), Err("invalid_argument".into()));
        assert_eq!(named(&devices, "car"), Err("not_found".into()));
        assert_eq!(named(&devices, ""), Err("not_found".into()));
        assert_eq!(named(&devices, "active"), Err("no_active_device".into()));
        devices[2].is_active = true;
        assert_eq!(named(&devices, "Active"), Ok("3".into()));
        devices[2].is_restricted = true;
        assert_eq!(named(&devices, "tv"), Err("device_restricted".into()));
    }

    #[test]
    fn without_a_name_only_a_single_usable_device_is_chosen() {
        let restricted = DeviceRow { is_restricted: true, ..device("9", "Car") };
        assert!(choose(vec![]).is_err());
        assert!(choose(vec![restricted.clone()]).is_err());
        assert_eq!(choose(vec![restricted.clone(), device("1", "a")]).unwrap().name, "a");
        let error = choose(vec![device("1", "Desk"), device("2", "TV")]).unwrap_err();
        assert_eq!(error.code(), "no_active_device");
        assert!(error.message().contains("\"Desk\"") && error.message().contains("\"TV\""));
        let active = DeviceRow { is_active: true, ..device("2", "TV") };
        assert_eq!(choose(vec![device("1", "Desk"), active]).unwrap().name, "TV");
    }
}
