//! Answers of Spotify with something wrong in them: a field that is gone, null, of another type, or
//! new. What can be read is still told.

use serde_json::{Map, Value, json};
use stagepass_standin::spotify::Answer;

use super::harness::Stage;

pub(super) fn track(name: &str) -> Value {
    json!({
        "type": "track", "id": "oQoaF1LlqsajAIxNKu8iS2", "name": name,
        "uri": "spotify:track:oQoaF1LlqsajAIxNKu8iS2", "duration_ms": 1000, "explicit": false,
        "is_playable": true, "linked_from": {"uri": "spotify:track:x"},
        "artists": [{"name": "One", "uri": "spotify:artist:y"}, {"name": "Two"}],
        "album": {"name": "Album", "album_type": "ep", "release_date": "2001"},
    })
}

fn playlist(name: &str) -> Value {
    json!({
        "type": "playlist", "id": "IjHGb3CXlMaXZjljENUhJd", "name": name,
        "uri": "spotify:playlist:IjHGb3CXlMaXZjljENUhJd",
        "owner": {"id": "bob", "display_name": null}, "items": {"href": "…", "total": 3},
    })
}

fn found() -> Value {
    json!({
        "tracks": {"items": [track("First"), null, track("Second")], "total": 3, "next": "…"},
        "playlists": {"items": [playlist("Third"), playlist("Fourth")], "total": 2, "next": null},
    })
}

fn player() -> Value {
    json!({
        "is_playing": true, "item": track("First"), "progress_ms": 5, "repeat_state": "off",
        "shuffle_state": false, "currently_playing_type": "track",
        "context": {"type": "album", "uri": "spotify:album:z"}, "device": device("Desk"),
    })
}

fn device(name: &str) -> Value {
    json!({
        "id": name, "name": name, "type": "Computer", "is_active": true, "is_restricted": false,
        "volume_percent": 10, "supports_volume": true,
    })
}

/// The paths to everything inside `value`.
fn paths(value: &Value, at: &str, all: &mut Vec<String>) {
    let inner: Vec<_> = match value {
        Value::Object(fields) => fields.iter().map(|(name, inner)| (name.clone(), inner)).collect(),
        Value::Array(entries) => {
            entries.iter().enumerate().map(|(index, inner)| (index.to_string(), inner)).collect()
        }
        _ => return,
    };
    for (name, inner) in inner {
        let path = format!("{at}/{name}");
        paths(inner, &path, all);
        all.push(path);
    }
}

/// `value` with each of its parts wrong in every way, and the path of what is wrong.
pub(super) fn mutations(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    paths(value, "", &mut all);
    let wrong = [
        json!(null),
        json!(-1.5),
        json!("a word of the future"),
        json!(true),
        json!([1, null, {}]),
        json!({"new": {"er": []}}),
    ];
    let mut mutated = Vec::new();
    for path in all {
        for wrong in &wrong {
            let mut copy = value.clone();
            *copy.pointer_mut(&path).unwrap() = wrong.clone();
            mutated.push((path.clone(), copy));
        }
        let (parent, name) = path.rsplit_once('/').unwrap();
        let mut copy = value.clone();
        if let Some(fields) = copy.pointer_mut(parent).and_then(Value::as_object_mut) {
            fields.remove(name);
            fields.insert("new_field".into(), Value::Object(Map::new()));
            mutated.push((path.clone(), copy));
        }
    }
    mutated
}

#[tokio::test]
async fn searching_survives_whatever_a_field_holds() {
    let stage = Stage::alice().await;
    let arguments = r#"{"query": "x", "types": ["track", "playlist"]}"#;
    for (path, body) in mutations(&found()) {
        stage.fail("GET", "search", Answer::json(200, &body));
        let answer = stage.call("spotify_search", arguments).await;
        let (text, _) = answer.unwrap_or_else(|error| panic!("{path}: {error} for {body}"));
        // What isn't touched is told, whatever happened elsewhere.
        for (name, home) in [
            ("First", "/tracks/items/0"),
            ("Second", "/tracks/items/2"),
            ("Third", "/playlists/items/0"),
            ("Fourth", "/playlists/items/1"),
        ] {
            let lost = path.starts_with(home) || home.starts_with(&path);
            assert!(lost || text.contains(name), "{path}: no {name} in {text} for {body}");
        }
    }
}

#[tokio::test]
async fn looking_survives_whatever_a_field_holds() {
    let stage = Stage::alice().await;
    let (devices, queue) = (
        json!({"devices": [device("Desk"), device("Shelf")]}),
        json!({"currently_playing": null, "queue": [track("First"), track("Second")]}),
    );
    for (path, body) in mutations(&player()) {
        stage.fail("GET", "me/player", Answer::json(200, &body));
        let answer = stage.call("spotify_now", "{}").await;
        let (text, _) = answer.unwrap_or_else(|error| panic!("{path}: {error} for {body}"));
        let lost = path == "/item" || path == "/item/name";
        assert!(lost || text.contains("First"), "{path}: {text}");
        assert!(path.starts_with("/device") || text.contains("Desk"), "{path}: {text}");
    }
    for (part, sample, path_to_list) in
        [("devices", devices, "/devices"), ("queue", queue, "/queue")]
    {
        let address = format!("me/player/{part}");
        let arguments = format!(r#"{{"include": ["{part}"]}}"#);
        for (path, body) in mutations(&sample) {
            stage.fail("GET", &address, Answer::json(200, &body));
            match stage.call("spotify_now", &arguments).await {
                Ok((text, _)) => {
                    let lost =
                        path_to_list == path || path.starts_with(&format!("{path_to_list}/1"));
                    let second = text.contains("Shelf") || text.contains("Second");
                    assert!(lost || second, "{path}: {text}");
                }
                // Only a list that is no list is no answer.
                Err(error) => assert_eq!(
                    (path.as_str(), error.code()),
                    (path_to_list, "provider_unavailable")
                ),
            }
        }
    }
}
