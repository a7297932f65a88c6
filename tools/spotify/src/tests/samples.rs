//! Answers of Spotify, one of each kind.

use serde_json::{Value, json};

pub(super) fn track(name: &str) -> Value {
    json!({
        "type": "track", "id": "oQoaF1LlqsajAIxNKu8iS2", "name": name,
        "uri": "spotify:track:oQoaF1LlqsajAIxNKu8iS2", "duration_ms": 1000, "explicit": false,
        "is_playable": true, "linked_from": {"uri": "spotify:track:x"},
        "artists": [{"name": "One", "uri": "spotify:artist:y"}, {"name": "Two"}],
        "album": {"name": "Album", "album_type": "ep", "release_date": "2001", "uri": "spotify:album:z"},
    })
}

pub(super) fn playlist(name: &str) -> Value {
    json!({
        "type": "playlist", "id": "IjHGb3CXlMaXZjljENUhJd", "name": name,
        "uri": "spotify:playlist:IjHGb3CXlMaXZjljENUhJd",
        "owner": {"id": "bob", "display_name": null}, "items": {"href": "…", "total": 3},
    })
}

pub(super) fn artist(name: &str) -> Value {
    json!({
        "type": "artist", "id": "u8jzPde0IgxLd6GncfBAep", "name": name,
        "uri": "spotify:artist:u8jzPde0IgxLd6GncfBAep", "images": null,
    })
}

pub(super) fn episode(name: &str) -> Value {
    json!({
        "type": "episode", "id": "H4487q7J58m1CiAhzCueQp", "name": name, "description": "Words.",
        "uri": "spotify:episode:H4487q7J58m1CiAhzCueQp", "duration_ms": 9000,
        "release_date": "2026-02-01", "show": {"name": "Show", "uri": "spotify:show:z"},
        "resume_point": {"fully_played": false, "resume_position_ms": 4000},
    })
}

pub(super) fn device(name: &str) -> Value {
    json!({
        "id": name, "name": name, "type": "Computer", "is_active": true, "is_restricted": false,
        "volume_percent": 10, "supports_volume": true,
    })
}

pub(super) fn player() -> Value {
    json!({
        "is_playing": true, "item": track("First"), "progress_ms": 5, "repeat_state": "off",
        "shuffle_state": false, "currently_playing_type": "track",
        "context": {"type": "album", "uri": "spotify:album:z"}, "device": device("Desk"),
    })
}

/// A page that is the whole list.
pub(super) fn page(items: &[Value]) -> Value {
    json!({"href": "…", "items": items, "limit": 50, "next": null, "offset": 0,
        "previous": null, "total": items.len()})
}

/// An entry that says when.
pub(super) fn saved(kind: &str, thing: &Value) -> Value {
    json!({"added_at": "2026-11-20T18:00:00Z", kind: thing})
}

pub(super) fn played(thing: &Value) -> Value {
    json!({
        "played_at": "2026-11-20T18:00:00.123Z", "track": thing,
        "context": {"type": "album", "uri": "spotify:album:fKtHF4vUCsMehGAkWvj7FA"},
    })
}
