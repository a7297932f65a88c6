//! Every call that an app in Development Mode has: 49.

use super::{
    ask::Answered,
    commands, history,
    http::{Asked, Reply},
    library, lookups, player, playlists, search,
    world::World,
};

/// A call: what it needs, and what it does for the person.
pub(super) struct Route {
    pub(super) method: &'static str,
    /// The path below `/v1`, with `{id}` for any segment.
    pub(super) path: &'static str,
    /// All of them are needed; of several joined by `|`, one.
    pub(super) scopes: &'static [&'static str],
    /// The query parameters it knows.
    pub(super) params: &'static [&'static str],
    pub(super) answer: fn(&mut World, &Asked, &str) -> Answered,
}

/// The call for this method and path, if there is one.
pub(super) fn find(method: &str, path: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.method == method && route.is_for(path))
}

impl Route {
    fn is_for(&self, path: &str) -> bool {
        let (mut wanted, mut given) = (self.path.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return true,
                (Some("{id}"), Some(id)) if !id.is_empty() => {}
                (Some(wanted), Some(given)) if wanted == given => {}
                _ => return false,
            }
        }
    }

    /// What a body has to be.
    pub(super) fn media_type(&self) -> &'static str {
        if self.path.ends_with("/images") { "image/jpeg" } else { "application/json" }
    }
}

const FREE: &[&str] = &[];
const READ: &[&str] = &["user-read-playback-state"];
const CURRENT: &[&str] = &["user-read-currently-playing"];
const QUEUE: &[&str] = &["user-read-currently-playing", "user-read-playback-state"];
const CONTROL: &[&str] = &["user-modify-playback-state"];
const PROFILE: &[&str] = &["user-read-private|user-read-email"];
const POSITION: &[&str] = &["user-read-playback-position"];
const TOP: &[&str] = &["user-top-read"];
const FOLLOWED: &[&str] = &["user-follow-read"];
const LIBRARY: &[&str] = &["user-library-read"];
const EPISODES: &[&str] = &["user-library-read", "user-read-playback-position"];
const SAVE: &[&str] = &["user-library-modify", "user-follow-modify", "playlist-modify-public"];
const CONTAINS: &[&str] = &["user-library-read", "user-follow-read", "playlist-read-private"];
const PLAYLISTS: &[&str] = &["playlist-read-private"];
const EDIT: &[&str] = &["playlist-modify-public|playlist-modify-private"];
const PICTURE: &[&str] = &["ugc-image-upload", "playlist-modify-public|playlist-modify-private"];

const NONE: &[&str] = &[];
const MARKET: &[&str] = &["market"];
const PAGE: &[&str] = &["limit", "offset"];
const ROWS: &[&str] = &["limit", "offset", "market"];
const ALBUMS: &[&str] = &["limit", "offset", "market", "include_groups"];
const RANGE: &[&str] = &["time_range", "limit", "offset"];
const URIS: &[&str] = &["uris"];
const STATE: &[&str] = &["market", "additional_types"];
const DEVICE: &[&str] = &["device_id"];
const SEARCH: &[&str] = &["q", "type", "limit", "offset", "market", "include_external"];

const fn route(
    method: &'static str,
    path: &'static str,
    scopes: &'static [&'static str],
    params: &'static [&'static str],
    answer: fn(&mut World, &Asked, &str) -> Answered,
) -> Route {
    Route { method, path, scopes, params, answer }
}

pub(super) const ROUTES: &[Route] = &[
    route("GET", "/search", FREE, SEARCH, search::search),
    route("GET", "/tracks/{id}", FREE, MARKET, lookups::one),
    route("GET", "/albums/{id}", FREE, MARKET, lookups::one),
    route("GET", "/artists/{id}", FREE, NONE, lookups::one),
    route("GET", "/episodes/{id}", POSITION, MARKET, lookups::one),
    route("GET", "/shows/{id}", POSITION, MARKET, lookups::one),
    route("GET", "/audiobooks/{id}", FREE, MARKET, lookups::one),
    route("GET", "/chapters/{id}", FREE, MARKET, lookups::one),
    route("GET", "/albums/{id}/tracks", FREE, ROWS, lookups::tracks),
    route("GET", "/artists/{id}/albums", FREE, ALBUMS, lookups::albums),
    route("GET", "/shows/{id}/episodes", POSITION, ROWS, lookups::episodes),
    route("GET", "/audiobooks/{id}/chapters", FREE, ROWS, lookups::chapters),
    route("GET", "/me", PROFILE, NONE, |world, _, who| {
        Ok(Reply::json(&world.person(who).to_json()))
    }),
    route("GET", "/me/top/artists", TOP, RANGE, history::top),
    route("GET", "/me/top/tracks", TOP, RANGE, history::top),
    route("GET", "/me/following", FOLLOWED, &["type", "after", "limit"], library::following),
    route("GET", "/me/tracks", LIBRARY, ROWS, library::tracks),
    route("GET", "/me/albums", LIBRARY, ROWS, library::albums),
    route("GET", "/me/shows", LIBRARY, PAGE, library::shows),
    route("GET", "/me/episodes", EPISODES, ROWS, library::episodes),
    route("GET", "/me/audiobooks", LIBRARY, PAGE, library::audiobooks),
    route("PUT", "/me/library", SAVE, URIS, library::save),
    route("DELETE", "/me/library", SAVE, URIS, library::remove),
    route("GET", "/me/library/contains", CONTAINS, URIS, library::contains),
    route("GET", "/me/playlists", PLAYLISTS, PAGE, playlists::mine),
    route("POST", "/me/playlists", EDIT, NONE, playlists::create),
    route(
        "GET",
        "/playlists/{id}",
        FREE,
        &["market", "fields", "additional_types"],
        playlists::one,
    ),
    route("PUT", "/playlists/{id}", EDIT, NONE, playlists::change_details),
    route(
        "GET",
        "/playlists/{id}/items",
        PLAYLISTS,
        &["market", "fields", "limit", "offset", "additional_types"],
        playlists::items,
    ),
    route("POST", "/playlists/{id}/items", EDIT, NONE, playlists::add),
    route("PUT", "/playlists/{id}/items", EDIT, NONE, playlists::put_items),
    route("DELETE", "/playlists/{id}/items", EDIT, NONE, playlists::remove),
    route("GET", "/playlists/{id}/images", FREE, NONE, playlists::images),
    route("PUT", "/playlists/{id}/images", PICTURE, NONE, playlists::upload),
    route("GET", "/me/player", READ, STATE, |w, a, who| Ok(player::state(w, a, who))),
    route("GET", "/me/player/devices", READ, NONE, |w, a, who| Ok(player::devices(w, a, who))),
    route("GET", "/me/player/currently-playing", CURRENT, STATE, |w, a, who| {
        Ok(player::currently_playing(w, a, who))
    }),
    route("GET", "/me/player/queue", QUEUE, NONE, |w, a, who| Ok(player::queue(w, a, who))),
    route(
        "GET",
        "/me/player/recently-played",
        &["user-read-recently-played"],
        &["limit", "after", "before"],
        history::recently_played,
    ),
    route("PUT", "/me/player", CONTROL, NONE, commands::transfer),
    route("PUT", "/me/player/play", CONTROL, DEVICE, commands::play),
    route("PUT", "/me/player/pause", CONTROL, DEVICE, commands::pause),
    route("PUT", "/me/player/seek", CONTROL, &["position_ms", "device_id"], commands::seek),
    route("PUT", "/me/player/repeat", CONTROL, &["state", "device_id"], commands::repeat),
    route("PUT", "/me/player/volume", CONTROL, &["volume_percent", "device_id"], commands::volume),
    route("PUT", "/me/player/shuffle", CONTROL, &["state", "device_id"], commands::shuffle),
    route("POST", "/me/player/next", CONTROL, DEVICE, commands::next),
    route("POST", "/me/player/previous", CONTROL, DEVICE, commands::previous),
    route("POST", "/me/player/queue", CONTROL, &["uri", "device_id"], commands::enqueue),
];
