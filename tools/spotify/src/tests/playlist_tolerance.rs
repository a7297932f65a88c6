//! Playlists with something wrong in what Spotify says of them.

use serde_json::{Value, json};
use stagepass_standin::spotify::Answer;

use super::{
    harness::{LIGHTHOUSE, SLOW_FERRY, Stage},
    mutations::each,
    samples::track,
};

const ID: &str = "IjHGb3CXlMaXZjljENUhJd";

fn playlist(name: &str) -> Value {
    json!({
        "type": "playlist", "id": ID, "name": name, "uri": format!("spotify:playlist:{ID}"),
        "description": "x", "owner": {"id": "alice", "display_name": "Alice"}, "public": true,
        "collaborative": false, "snapshot_id": "s", "items": {"href": "…", "total": 3},
    })
}

fn page() -> Value {
    let entry =
        |name| json!({"added_at": "2026-01-01T00:00:00Z", "is_local": false, "item": track(name)});
    let old = json!({"added_at": null, "is_local": false, "track": track("Third")});
    json!({"total": 3, "offset": 0, "limit": 50, "next": null,
        "items": [entry("First"), entry("Second"), old]})
}

#[tokio::test]
async fn the_list_survives_whatever_a_field_holds() {
    let stage = Stage::alice().await;
    let body =
        json!({"items": [playlist("First"), null, playlist("Second")], "total": 2, "next": null});
    for (path, body) in each(&body) {
        stage.fail("GET", "me/playlists", Answer::json(200, &body));
        let answer = stage.call("spotify_playlists", "{}").await;
        if path == "/items" {
            if let Err(error) = answer {
                assert_eq!(error.code(), "provider_unavailable", "{body}");
            }
            continue;
        }
        let (text, _) = answer.unwrap_or_else(|error| panic!("{path}: {error} for {body}"));
        for (name, home) in [("First", "/items/0"), ("Second", "/items/2")] {
            assert!(path.starts_with(home) || text.contains(name), "{path}: {text} for {body}");
        }
    }
}

#[tokio::test]
async fn items_survive_whatever_a_field_holds() {
    let stage = Stage::alice().await;
    let asked = json!({"playlist": ID}).to_string();
    for (path, body) in each(&page()) {
        // No snapshot, so nothing is kept from one to the next.
        stage.fail("GET", &format!("playlists/{ID}$"), Answer::json(200, &json!({"name": "N"})));
        stage.fail("GET", &format!("playlists/{ID}/items"), Answer::json(200, &body));
        let answer = stage.call("spotify_playlist_items", &asked).await;
        if path == "/items" {
            if let Err(error) = answer {
                assert_eq!(error.code(), "provider_unavailable", "{body}");
            }
            continue;
        }
        let (_, data) = answer.unwrap_or_else(|error| panic!("{path}: {error} for {body}"));
        let rows = data["rows"].as_array().unwrap();
        for (at, name) in ["First", "Second", "Third"].iter().enumerate() {
            let told = rows.iter().any(|row| row["position"] == at && row["name"] == *name);
            let lost = path.starts_with(&format!("/items/{at}"));
            assert!(lost || told, "{path}: no {name} in {data} for {body}");
        }
    }
}

#[tokio::test]
async fn the_playlist_itself_survives_whatever_a_field_holds() {
    let stage = Stage::alice().await;
    let asked = json!({"playlist": ID}).to_string();
    for (path, body) in each(&playlist("Name")) {
        stage.fail("GET", &format!("playlists/{ID}$"), Answer::json(200, &body));
        stage.fail("GET", &format!("playlists/{ID}/items"), Answer::json(200, &page()));
        let answer = stage.call("spotify_playlist_items", &asked).await;
        let (text, data) = answer.unwrap_or_else(|error| panic!("{path}: {error} for {body}"));
        assert!(text.contains("2. Third"), "{path}: {text} for {body}");
        assert_eq!(data["total"], 3, "{path}: {body}");
        // What was kept under the snapshot leaves the second fault unused.
        stage.spotify.world(|world| world.faults.clear());
    }
}

#[tokio::test]
async fn a_change_survives_whatever_its_answer_holds() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Focus", [LIGHTHOUSE]);
    let add = json!({"playlist": id, "uris": [SLOW_FERRY], "skip_duplicates": false}).to_string();
    for (path, body) in each(&json!({"snapshot_id": "new"})) {
        stage.fail("POST", &format!("playlists/{id}/items"), Answer::json(201, &body));
        let answer = stage.call("spotify_playlist_add", &add).await;
        let (text, _) = answer.unwrap_or_else(|error| panic!("{path}: {error} for {body}"));
        assert!(text.starts_with("Added 1 to Focus."), "{path}: {text}");
    }
    // An answer that is no answer: the playlist has to tell, and says that it is as it was.
    for body in [json!([]), json!("x")] {
        stage.fail("POST", &format!("playlists/{id}/items"), Answer::json(201, &body));
        let (code, seen) = stage.error("spotify_playlist_add", &add).await;
        assert_eq!(code, "provider_unavailable");
        assert!(seen.contains("as it was before"), "{seen}");
    }
}
