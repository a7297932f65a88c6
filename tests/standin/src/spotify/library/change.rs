//! Saving, removing, asking: `/v1/me/library`.

use super::{
    super::{
        ask::{self, Answered, malformed},
        catalogue,
        http::{Asked, Reply},
        world::World,
    },
    FollowArtists,
};

/// The most URIs in one request.
const MOST: usize = 40;

const KINDS: &[&str] =
    &["track", "album", "episode", "show", "audiobook", "user", "playlist", "artist"];

/// The URIs of the query. Those of a body are not looked at.
fn uris(asked: &Asked) -> Result<Vec<String>, Reply> {
    let uris = asked.param("uris").filter(|uris| !uris.is_empty());
    let uris = uris.ok_or_else(|| malformed("Missing required field: uris"))?;
    if !asked.body.is_empty() {
        return Err(malformed("Missing required field: uris"));
    }
    let uris = uris.split(',').map(str::to_owned).collect::<Vec<_>>();
    ask::check_uris(&uris, KINDS, MOST)?;
    Ok(uris)
}

/// Whether artists may be among them.
fn check_artists(world: &World, uris: &[String]) -> Result<(), Reply> {
    let artists = uris.iter().filter(|uri| uri.starts_with("spotify:artist:")).count();
    match world.quirks.follow_artists {
        FollowArtists::Never if artists > 0 => {
            Err(Reply::api_error(400, "Unsupported URL / URI: spotify:artist"))
        }
        FollowArtists::Alone if artists > 0 && artists < uris.len() => {
            Err(malformed("Artists together with other kinds"))
        }
        _ => Ok(()),
    }
}

/// Whether there is such a thing, as far as this person may know.
fn exists(world: &World, uri: &str, who: &str) -> bool {
    match catalogue::split(uri) {
        Some(("user", id)) => world.people.iter().any(|person| person.id == id),
        Some(("playlist", id)) => world.find_playlist(id, who).is_some(),
        _ => catalogue::exists(uri),
    }
}

/// `PUT /v1/me/library`: all or, if one of them is unknown, none.
pub(in super::super) fn save(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let uris = uris(asked)?;
    check_artists(world, &uris)?;
    if !uris.iter().all(|uri| exists(world, uri, who)) {
        return Err(ask::not_found());
    }
    // The first of them ends up at the top.
    uris.iter().rev().for_each(|uri| world.save(who, uri));
    Ok(Reply::empty(200))
}

/// `DELETE /v1/me/library`: what is not there needs no removing.
pub(in super::super) fn remove(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let uris = uris(asked)?;
    check_artists(world, &uris)?;
    world.person(who).saved.retain(|saved| !uris.contains(&saved.uri));
    Ok(Reply::empty(200))
}

/// `GET /v1/me/library/contains`: an answer for each, in order.
pub(in super::super) fn contains(world: &mut World, asked: &Asked, who: &str) -> Answered {
    let uris = uris(asked)?;
    let person = world.person(who);
    let answers = uris.iter().map(|uri| person.has_saved(uri));
    Ok(Reply::json(&answers.collect()))
}
