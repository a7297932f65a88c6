//! `PUT /v1/me/player/play`.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::{
    super::{
        ask::{Answered, malformed},
        catalogue,
        http::{Asked, Reply},
        player::Player,
        world::World,
    },
    Done, body, refused, reply, target,
};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Play {
    context_uri: Option<String>,
    uris: Option<Vec<String>>,
    offset: Option<Offset>,
    position_ms: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offset {
    position: Option<usize>,
    uri: Option<String>,
}

/// `PUT /v1/me/player/play`: something new, or on with what was paused.
pub(in super::super) fn play(world: &mut World, asked: &Asked, who: &str) -> Answered {
    reply(body::<Play>(asked).and_then(|wanted| {
        let context = wanted.context_uri.as_deref();
        let list =
            context.and_then(|uri| world.playlist_context(uri).or_else(|| catalogue::context(uri)));
        let now = world.now();
        let (person, device) = target(world, asked, who)?;
        start(&mut person.player, &wanted, list, (&device, now))?;
        person.player.device = Some(device);
        Ok(())
    }))
}

/// Starts what is wanted; `tracks` are those of the context.
fn start(
    player: &mut Player,
    wanted: &Play,
    tracks: Option<Vec<String>>,
    (device, now): (&str, DateTime<Utc>),
) -> Done {
    if wanted.position_ms.is_some_and(|position| position < 0) {
        return Err(malformed("Invalid position_ms"));
    }
    let list = match (&wanted.context_uri, &wanted.uris) {
        (Some(_), Some(_)) => return Err(malformed("Can't have both context_uri and uris")),
        (None, None) => return resume(player, wanted, device),
        (Some(context), None) => {
            if context.starts_with("spotify:artist:") && wanted.offset.is_some() {
                return Err(malformed("Can't have offset for context type: ARTIST"));
            }
            tracks.ok_or_else(|| malformed("Invalid context uri"))?
        }
        (None, Some(uris)) => {
            if uris.is_empty() || uris.iter().any(|uri| catalogue::duration_ms(uri).is_none()) {
                return Err(malformed("Invalid track uri"));
            }
            uris.clone()
        }
    };
    let index = match &wanted.offset {
        None => 0,
        Some(Offset { position: Some(position), uri: None }) => *position,
        Some(Offset { position: None, uri: Some(uri) }) => {
            let place = list.iter().position(|known| known == uri);
            place.ok_or_else(|| Reply::api_error(404, "Offset uri not found"))?
        }
        Some(_) => return Err(malformed("offset needs either position or uri")),
    };
    if index >= list.len() {
        return Err(Reply::api_error(404, "Offset position not found"));
    }
    player.leave(now);
    (player.list, player.index, player.interlude) = (list, index, None);
    player.context_uri.clone_from(&wanted.context_uri);
    player.progress_ms = wanted.position_ms.unwrap_or(0);
    player.is_playing = true;
    Ok(())
}

fn resume(player: &mut Player, wanted: &Play, device: &str) -> Done {
    if player.item().is_none() {
        return Err(refused("UNKNOWN"));
    }
    let elsewhere = player.device.as_deref() != Some(device);
    if player.is_playing && !elsewhere && wanted.position_ms.is_none() {
        return Err(refused("NOT_PAUSED"));
    }
    player.progress_ms = wanted.position_ms.unwrap_or(player.progress_ms);
    player.is_playing = true;
    Ok(())
}
