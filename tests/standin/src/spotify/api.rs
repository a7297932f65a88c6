//! The Web API: who may call what, and the calls that are not about the player.

use serde_json::Value;

use super::{
    catalogue::{self, AUDIOBOOK, Album, Artist, Episode, PLAYLISTS, Playlist, SHOW, Track},
    commands,
    http::{Asked, Reply},
    player, search,
    tokens::AccessToken,
    world::World,
};

const OWNER_NEEDS_PREMIUM: &str = "Active premium subscription required for the owner of the app. \
    When the subscription status changes, it can take a few hours to take effect.";

const NOT_REGISTERED: &str =
    "Check settings on developer.spotify.com/dashboard, the user may not be registered.";

/// Answers a call below `/v1`.
pub(super) fn answer(world: &mut World, asked: &Asked) -> Reply {
    let path = asked.path.strip_prefix("/v1").unwrap_or_default();
    let Some(call) = call(asked.method.as_str(), path) else {
        return unknown(asked);
    };
    let token = match admit(world, asked) {
        Ok(token) => token,
        Err(refusal) => return refusal,
    };
    if !call.scopes.iter().all(|scope| allows(&token, scope)) {
        return Reply::api_error(403, "Insufficient client scope");
    }
    if !asked.body.is_empty() && !asked.is_type("application/json") {
        return Reply::api_error(415, "Unsupported Media Type").violating("a body not in JSON");
    }
    (call.answer)(world, asked, &token.person)
}

/// An endpoint: what it needs, and what it does for the person.
struct Call {
    scopes: &'static [&'static str],
    answer: fn(&mut World, &Asked, &str) -> Reply,
}

const READ: &[&str] = &["user-read-playback-state"];
const CURRENT: &[&str] = &["user-read-currently-playing"];
const QUEUE: &[&str] = &["user-read-currently-playing", "user-read-playback-state"];
const CONTROL: &[&str] = &["user-modify-playback-state"];
/// Either of the two will do.
const PROFILE: &[&str] = &["user-read-private|user-read-email"];
const POSITION: &[&str] = &["user-read-playback-position"];

fn call(method: &str, path: &str) -> Option<Call> {
    let call = |scopes, answer| Some(Call { scopes, answer });
    match (method, path) {
        ("GET", "/me") => call(PROFILE, |world, _, who| Reply::json(&world.person(who).to_json())),
        ("GET", "/search") => call(&[], |_, asked, _| search::search(asked)),
        ("GET", "/me/player") => call(READ, player::state),
        ("GET", "/me/player/devices") => call(READ, player::devices),
        ("GET", "/me/player/currently-playing") => call(CURRENT, player::currently_playing),
        ("GET", "/me/player/queue") => call(QUEUE, player::queue),
        ("PUT", "/me/player") => call(CONTROL, commands::transfer),
        ("PUT", "/me/player/play") => call(CONTROL, commands::play),
        ("PUT", "/me/player/pause") => call(CONTROL, commands::pause),
        ("PUT", "/me/player/seek") => call(CONTROL, commands::seek),
        ("PUT", "/me/player/repeat") => call(CONTROL, commands::repeat),
        ("PUT", "/me/player/volume") => call(CONTROL, commands::volume),
        ("PUT", "/me/player/shuffle") => call(CONTROL, commands::shuffle),
        ("POST", "/me/player/next") => call(CONTROL, commands::next),
        ("POST", "/me/player/previous") => call(CONTROL, commands::previous),
        ("POST", "/me/player/queue") => call(CONTROL, commands::enqueue),
        ("GET", path) => {
            let (kind, id) = path.strip_prefix('/')?.split_once('/')?;
            let known =
                ["tracks", "albums", "artists", "shows", "episodes", "audiobooks", "playlists"];
            if !known.contains(&kind) || id.is_empty() || id.contains('/') {
                return None;
            }
            let scopes = if matches!(kind, "shows" | "episodes") { POSITION } else { &[] };
            call(scopes, |_, asked, _| lookup(&asked.path))
        }
        _ => None,
    }
}

/// Lets the bearer in, or says why not.
fn admit(world: &World, asked: &Asked) -> Result<AccessToken, Reply> {
    let refuse = |status, why| Reply::api_error(status, why);
    let Some(value) = asked.header(&axum::http::header::AUTHORIZATION) else {
        return Err(Reply::api_error(401, "No token provided").violating("no token"));
    };
    let Some(token) = asked.bearer() else {
        let scheme = value.split(' ').next().unwrap_or_default();
        let reply = Reply::api_error(400, "Only valid bearer authentication supported");
        return Err(reply.violating(format!("authentication by `{scheme}`")));
    };
    let token = world.access_token(token).ok_or_else(|| refuse(401, "Invalid access token"))?;
    if token.rejected || token.expires_at <= world.now() {
        return Err(refuse(401, "The access token expired"));
    }
    if !world.owner_premium {
        return Err(Reply::text(403, OWNER_NEEDS_PREMIUM));
    }
    let listed = world.people.iter().any(|p| p.id == token.person && p.allow_listed);
    if !listed {
        return Err(Reply::text(403, NOT_REGISTERED));
    }
    Ok(token.clone())
}

/// Whether the token has the scope, or one of several joined by `|`.
fn allows(token: &AccessToken, scope: &str) -> bool {
    scope.split('|').any(|scope| token.scopes.iter().any(|granted| granted == scope))
}

/// Endpoints of before 2026 are still there, but forbidden; others never were.
fn unknown(asked: &Asked) -> Reply {
    let path = asked.path.strip_prefix("/v1").unwrap_or_default();
    let reply = if path.ends_with('/') || path.starts_with("/recommendations") {
        Reply::api_error(404, "Not found.")
    } else {
        Reply::api_error(403, "Forbidden")
    };
    reply.violating("an endpoint that is gone, unknown, or not in this stand-in")
}

/// One thing of the catalogue.
fn lookup(path: &str) -> Reply {
    let mut parts = path.rsplit('/');
    let (id, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if id.len() != 22 || !id.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Reply::api_error(400, "Invalid base62 id").violating("a malformed id");
    }
    let only = |(known, _): (&str, &str), value: fn() -> Value| (known == id).then(value);
    let found = match kind {
        "tracks" => catalogue::track(id).map(Track::to_json),
        "albums" => catalogue::album(id).map(Album::to_json),
        "artists" => catalogue::artist(id).map(Artist::to_json),
        "episodes" => catalogue::episode(id).map(Episode::to_json),
        "playlists" => PLAYLISTS.iter().find(|list| list.id == id).map(Playlist::to_json),
        "shows" => only(SHOW, catalogue::show),
        _ => only(AUDIOBOOK, catalogue::audiobook),
    };
    found.map_or_else(|| Reply::api_error(404, "Resource not found"), |found| Reply::json(&found))
}
