//! The calls that change what a player does.

mod play;

use serde::Deserialize;
use serde_json::Value;

use super::{
    ask::{Answered, malformed},
    catalogue,
    http::{Asked, Reply},
    people::Person,
    player::{Repeat, settled},
    world::World,
};

pub(super) use play::play;

type Done = Result<(), Reply>;

/// Commands answer 204 with nothing.
fn reply(done: Done) -> Answered {
    done.map(|()| Reply::empty(204))
}

fn refused(reason: &str) -> Reply {
    Reply::player_error(403, "Restriction violated", reason)
}

/// The person and the device a command is for: the one named, or else the active one.
fn target<'a>(
    world: &'a mut World,
    asked: &Asked,
    who: &str,
) -> Result<(&'a mut Person, String), Reply> {
    let person = settled(world, who);
    premium(person)?;
    let id = match asked.param("device_id") {
        Some(id) => id,
        None => person.player.device.clone().ok_or_else(|| {
            Reply::player_error(404, "No active device found", "NO_ACTIVE_DEVICE")
        })?,
    };
    check_device(person, &id)?;
    if let Some(reason) = &person.player.disallow {
        return Err(refused(reason));
    }
    Ok((person, id))
}

fn premium(person: &Person) -> Done {
    if person.premium {
        return Ok(());
    }
    Err(Reply::player_error(403, "Premium required", "PREMIUM_REQUIRED"))
}

fn check_device(person: &Person, id: &str) -> Done {
    let device = person.devices.iter().find(|device| device.id == id);
    let Some(device) = device else {
        return Err(Reply::api_error(404, "Device not found"));
    };
    if device.is_restricted {
        return Err(refused("DEVICE_NOT_CONTROLLABLE"));
    }
    Ok(())
}

/// A JSON body, if there is one.
fn body<T: for<'de> Deserialize<'de> + Default>(asked: &Asked) -> Result<T, Reply> {
    if asked.body.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(&asked.body).map_err(|_| malformed("Malformed json"))
}

fn required(asked: &Asked, name: &str) -> Result<String, Reply> {
    asked.param(name).ok_or_else(|| malformed(&format!("Missing required field: {name}")))
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Transfer {
    #[serde(default)]
    device_ids: Vec<String>,
    #[serde(default)]
    play: bool,
}

/// `PUT /v1/me/player`.
pub(super) fn transfer(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let person = settled(world, who);
    let done = premium(person).and_then(|()| body::<Transfer>(asked)).and_then(|wanted| {
        let [id] = wanted.device_ids.as_slice() else {
            return Err(malformed("exactly one of device_ids is supported"));
        };
        check_device(person, id)?;
        person.player.device = Some(id.clone());
        person.player.is_playing |= wanted.play && person.player.item().is_some();
        Ok(())
    });
    reply(done)
}

/// `PUT /v1/me/player/pause`.
pub(super) fn pause(world: &mut World, asked: &Asked, who: &str) -> Answered {
    reply(target(world, asked, who).and_then(|(person, _)| {
        if !person.player.is_playing {
            return Err(refused("ALREADY_PAUSED"));
        }
        person.player.is_playing = false;
        Ok(())
    }))
}

/// `PUT /v1/me/player/seek`; beyond the end it goes on to the next item.
pub(super) fn seek(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let now = world.now();
    let position = required(asked, "position_ms").and_then(|value| {
        let position = value.parse::<i64>().ok().filter(|position| *position >= 0);
        position.ok_or_else(|| malformed("Invalid position_ms"))
    });
    reply(position.and_then(|position| {
        let (person, _) = target(world, asked, who)?;
        if person.player.item().is_none() {
            return Err(refused("NOT_PLAYING_TRACK"));
        }
        person.player.progress_ms = position;
        person.player.settle(now);
        Ok(())
    }))
}

/// `PUT /v1/me/player/repeat`.
pub(super) fn repeat(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let state = required(asked, "state").and_then(|state| match state.as_str() {
        "off" => Ok(Repeat::Off),
        "track" => Ok(Repeat::Track),
        "context" => Ok(Repeat::Context),
        _ => Err(malformed("Invalid repeat state")),
    });
    reply(state.and_then(|state| {
        target(world, asked, who)?.0.player.repeat = state;
        Ok(())
    }))
}

/// `PUT /v1/me/player/shuffle`.
pub(super) fn shuffle(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let state = required(asked, "state")
        .and_then(|state| state.parse().map_err(|_| malformed("Invalid shuffle state")));
    reply(state.and_then(|state| {
        target(world, asked, who)?.0.player.shuffle = state;
        Ok(())
    }))
}

/// `PUT /v1/me/player/volume`.
pub(super) fn volume(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let percent = required(asked, "volume_percent").and_then(|value| {
        let percent = value.parse::<u8>().ok().filter(|percent| *percent <= 100);
        percent.ok_or_else(|| malformed("Volume must be between 0 and 100"))
    });
    reply(percent.and_then(|percent| {
        let (person, device) = target(world, asked, who)?;
        let device = person.device(&device);
        if !device.supports_volume {
            return Err(Reply::player_error(
                403,
                "Cannot control device volume",
                "VOLUME_CONTROL_DISALLOW",
            ));
        }
        device.volume_percent = Some(percent);
        Ok(())
    }))
}

/// `POST /v1/me/player/next`.
pub(super) fn next(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let now = world.now();
    reply(target(world, asked, who).and_then(|(person, _)| {
        if !person.player.has_next() {
            return Err(refused("NO_NEXT_TRACK"));
        }
        person.player.leave(now);
        person.player.skip();
        person.player.is_playing = true;
        Ok(())
    }))
}

/// `POST /v1/me/player/previous`.
pub(super) fn previous(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let now = world.now();
    reply(target(world, asked, who).and_then(|(person, _)| {
        let player = &mut person.player;
        if player.interlude.is_none() && player.index == 0 {
            return Err(refused("NO_PREV_TRACK"));
        }
        player.leave(now);
        if player.interlude.take().is_none() {
            player.index -= 1;
        }
        player.progress_ms = 0;
        player.is_playing = true;
        Ok(())
    }))
}

/// `POST /v1/me/player/queue`.
pub(super) fn enqueue(world: &mut World, asked: &Asked, who: &str) -> Answered {
    if serde_json::from_slice::<Value>(&asked.body).is_ok_and(|body| body.get("uri").is_some()) {
        return Err(malformed("Missing required field: uri"));
    }
    reply(required(asked, "uri").and_then(|uri| {
        if catalogue::duration_ms(&uri).is_none() {
            return Err(malformed("Invalid track uri"));
        }
        target(world, asked, who)?.0.player.queue.push(uri);
        Ok(())
    }))
}
