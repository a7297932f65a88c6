//! The catalogue, told with the fields that Development Mode still gets in 2026.
//!
//! Gone on purpose: `popularity`, `available_markets`, `linked_from`, `preview_url`, `album_group`,
//! `label`, `genres`, `followers`, `publisher`, `audio_preview_url`, `language`, and the `tracks`
//! of playlists.

mod data;

use serde_json::{Value, json};

pub(super) use data::{
    ALBUMS, ARTISTS, AUDIOBOOK, Album, Artist, EPISODES, Episode, PLAYLISTS, Playlist, SHOW,
    TRACKS, Track,
};

pub(super) fn artist(id: &str) -> Option<&'static Artist> {
    ARTISTS.iter().find(|artist| artist.id == id)
}

pub(super) fn album(id: &str) -> Option<&'static Album> {
    ALBUMS.iter().find(|album| album.id == id)
}

pub(super) fn track(id: &str) -> Option<&'static Track> {
    TRACKS.iter().find(|track| track.id == id)
}

pub(super) fn episode(id: &str) -> Option<&'static Episode> {
    EPISODES.iter().find(|episode| episode.id == id)
}

/// A track or an episode by its URI: what a player can play.
pub(super) fn playable(uri: &str) -> Option<Value> {
    match split(uri)? {
        ("track", id) => track(id).map(Track::to_json),
        ("episode", id) => episode(id).map(Episode::to_json),
        _ => None,
    }
}

/// How long a track or an episode is.
pub(super) fn duration_ms(uri: &str) -> Option<i64> {
    match split(uri)? {
        ("track", id) => track(id).map(|track| track.duration_ms),
        ("episode", id) => episode(id).map(|episode| episode.duration_ms),
        _ => None,
    }
}

/// The URIs that an album, artist, playlist or show plays; `None` when there is no such thing.
pub(super) fn context(uri: &str) -> Option<Vec<String>> {
    let (kind, id) = split(uri)?;
    let tracks = |wanted: &dyn Fn(&Track) -> bool| {
        Some(TRACKS.iter().filter(|track| wanted(track)).map(Track::uri).collect())
    };
    match kind {
        "album" => album(id).and_then(|album| tracks(&|track| track.album == album.id)),
        "artist" => artist(id).and_then(|by| tracks(&|track| track.artists.contains(&by.id))),
        "playlist" => PLAYLISTS
            .iter()
            .find(|playlist| playlist.id == id)
            .map(|list| list.tracks.iter().map(|id| format!("spotify:track:{id}")).collect()),
        "show" if id == SHOW.0 => Some(EPISODES.iter().map(Episode::uri).collect()),
        _ => None,
    }
}

/// Kind and id of `spotify:kind:id`.
pub(super) fn split(uri: &str) -> Option<(&str, &str)> {
    uri.strip_prefix("spotify:")?.split_once(':')
}

/// The fields that everything has.
fn basics(kind: &str, id: &str, name: &str) -> Value {
    json!({
        "external_urls": {"spotify": format!("https://open.spotify.com/{kind}/{id}")},
        "href": format!("https://api.spotify.com/v1/{kind}s/{id}"),
        "id": id,
        "name": name,
        "type": kind,
        "uri": format!("spotify:{kind}:{id}"),
    })
}

fn with(mut basics: Value, more: Value) -> Value {
    if let (Some(all), Value::Object(more)) = (basics.as_object_mut(), more) {
        all.extend(more);
    }
    basics
}

fn images(id: &str) -> Value {
    let url = format!("https://i.scdn.co/image/ab67616d0000b273{}", id.to_lowercase());
    json!([{"url": url, "height": 640, "width": 640}, {"url": url, "height": null, "width": null}])
}

impl Artist {
    fn brief(&self) -> Value {
        basics("artist", self.id, self.name)
    }

    pub(super) fn to_json(&self) -> Value {
        // A young artist has no picture yet, and then there is no list either.
        with(self.brief(), json!({"images": null}))
    }
}

fn briefs(ids: &[&str]) -> Vec<Value> {
    ids.iter().filter_map(|id| artist(id)).map(Artist::brief).collect()
}

impl Album {
    pub(super) fn to_json(&self) -> Value {
        let more = json!({
            "album_type": self.kind,
            "artists": briefs(&[self.artist]),
            "images": images(self.id),
            "release_date": self.released,
            "release_date_precision": self.precision,
            "total_tracks": TRACKS.iter().filter(|track| track.album == self.id).count(),
        });
        with(basics("album", self.id, self.name), more)
    }
}

impl Track {
    pub(super) fn uri(&self) -> String {
        format!("spotify:track:{}", self.id)
    }

    fn number(&self) -> usize {
        let siblings = TRACKS.iter().filter(|track| track.album == self.album);
        siblings.take_while(|track| track.id != self.id).count() + 1
    }

    pub(super) fn to_json(&self) -> Value {
        let more = json!({
            "album": album(self.album).map(Album::to_json),
            "artists": briefs(self.artists),
            "disc_number": 1,
            "duration_ms": self.duration_ms,
            "explicit": self.explicit,
            "external_ids": {"isrc": format!("QZST1{:07}", self.duration_ms)},
            "is_local": false,
            "is_playable": true,
            "track_number": self.number(),
            // No document mentions it; readers must not mind.
            "media_badges": [{"kind": "lossless"}],
        });
        with(basics("track", self.id, self.name), more)
    }
}

impl Episode {
    pub(super) fn uri(&self) -> String {
        format!("spotify:episode:{}", self.id)
    }

    pub(super) fn to_json(&self) -> Value {
        let more = json!({
            "description": "From the stand-in.",
            "duration_ms": self.duration_ms,
            "explicit": false,
            "html_description": "<p>From the stand-in.</p>",
            "images": images(self.id),
            "is_externally_hosted": false,
            "is_playable": true,
            "languages": ["en"],
            "release_date": "2026-02-01",
            "release_date_precision": "day",
            "show": show(),
        });
        with(basics("episode", self.id, self.name), more)
    }
}

impl Playlist {
    /// Without `items` of its own but for where they would be: it belongs to somebody else.
    pub(super) fn to_json(&self) -> Value {
        let more = json!({
            "collaborative": false,
            "description": "",
            "images": null,
            "items": {
                "href": format!("https://api.spotify.com/v1/playlists/{}/items", self.id),
                "total": self.tracks.len(),
            },
            "owner": {"id": self.owner, "display_name": null, "type": "user",
                "uri": format!("spotify:user:{}", self.owner)},
            "primary_color": null,
            "public": null,
            "snapshot_id": "AAAAAzh5bGVzcw",
        });
        with(basics("playlist", self.id, self.name), more)
    }
}

pub(super) fn show() -> Value {
    let more = json!({
        "copyrights": [],
        "description": "From the stand-in.",
        "explicit": false,
        "html_description": "<p>From the stand-in.</p>",
        "images": images(SHOW.0),
        "is_externally_hosted": false,
        "languages": ["en"],
        "media_type": "audio",
        "total_episodes": EPISODES.len(),
    });
    with(basics("show", SHOW.0, SHOW.1), more)
}

pub(super) fn audiobook() -> Value {
    let more = json!({
        "authors": [{"name": "R. Beacon"}],
        "copyrights": [],
        "description": "From the stand-in.",
        "edition": "Unabridged",
        "explicit": false,
        "html_description": "<p>From the stand-in.</p>",
        "images": images(AUDIOBOOK.0),
        "languages": ["en"],
        "media_type": "audio",
        "narrators": [{"name": "S. Foghorn"}],
        "total_chapters": 12,
    });
    with(basics("audiobook", AUDIOBOOK.0, AUDIOBOOK.1), more)
}
