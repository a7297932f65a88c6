//! What is in a playlist.

use serde_json::{Value, json};
use stagepass_standin::spotify::{Naming, songs};

use super::harness::{LIGHTHOUSE, SLOW_FERRY, Stage};

const BOBS: &str = "IjHGb3CXlMaXZjljENUhJd";
const LOCAL: &str = "spotify:local:Some+Band:Demos:First+Take:187";
const GONE: &str = "spotify:track:0000000000000000000000";
const EPISODE: &str = "spotify:episode:BenQtYh5Xj8TPQxjq4i9Do";

fn items(arguments: &Value) -> String {
    arguments.to_string()
}

fn positions(data: &Value) -> Vec<u64> {
    data["rows"].as_array().unwrap().iter().map(|row| row["position"].as_u64().unwrap()).collect()
}

/// So many items out of the catalogue, over and over.
fn many(count: usize) -> Vec<String> {
    songs().into_iter().map(|song| song.uri).cycle().take(count).collect()
}

#[tokio::test]
async fn positions_are_right_with_local_files_episodes_and_what_is_gone() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Mixed", [GONE, LIGHTHOUSE, LOCAL, GONE, EPISODE, SLOW_FERRY]);
    let snapshot = stage.spotify.world(|world| world.playlist(&id).snapshot_id());
    let (text, data) = stage.answer("spotify_playlist_items", r#"{"playlist": "mixed"}"#).await;
    assert_eq!(positions(&data), [1, 2, 4, 5]);
    assert_eq!((&data["total"], &data["rows"][1]["is_local"]), (&json!(6), &json!(true)));
    let name = |row: usize| data["rows"][row]["name"].as_str().unwrap().to_owned();
    assert_eq!(
        text,
        format!(
            "Mixed: 4 of 6 items. Positions count from 0.\n\
             1. Lighthouse · Northern Harbour · Lanterns · 3:34 · {LIGHTHOUSE}\n\
             2. First Take · Some Band · Demos · 3:07 · local file\n\
             4. {} · {} · {} · {EPISODE}\n\
             5. {} · Northern Harbour · Lanterns · 5:01 · {SLOW_FERRY}\n\
             Snapshot {snapshot}",
            name(2),
            data["rows"][2]["show"].as_str().unwrap(),
            crate::text::clock(data["rows"][2]["duration_ms"].as_u64().unwrap()),
            name(3),
        )
    );
}

#[tokio::test]
async fn the_older_names_of_an_item_are_understood() {
    for naming in [Naming::Old, Naming::Both] {
        let stage = Stage::alice().await;
        stage.playlist("Old", [LIGHTHOUSE]);
        stage.spotify.world(|world| {
            world.quirks.playlist_item = naming;
            world.quirks.playlist_items = naming;
        });
        let (_, data) = stage.answer("spotify_playlist_items", r#"{"playlist": "Old"}"#).await;
        assert_eq!(data["rows"][0]["uri"], LIGHTHOUSE, "{naming:?}");
    }
}

#[tokio::test]
async fn ten_thousand_items_are_read_in_parts_and_looked_through_as_a_whole() {
    let stage = Stage::alice().await;
    let uris = many(10_000);
    let id = stage.playlist("Huge", uris.clone());
    let path = format!("playlists/{id}/items");
    let part = json!({"playlist": id, "offset": 9_930, "limit": 200});
    let (text, data) = stage.answer("spotify_playlist_items", &items(&part)).await;
    assert_eq!(positions(&data), (9_930..10_000).collect::<Vec<_>>());
    assert_eq!(data["next_offset"], Value::Null);
    assert_eq!(data["rows"][69]["uri"], uris[9_999].as_str());
    assert!(text.contains("\n9999. "), "{text}");
    assert_eq!(stage.count("GET", &path), 2);
    let fifty = json!({"playlist": id, "offset": 5_000});
    let (text, data) = stage.answer("spotify_playlist_items", &items(&fifty)).await;
    assert_eq!(data["next_offset"], 5_050);
    assert!(text.len() < 6 * 1024, "{}", text.len());
    let find = json!({"playlist": id, "query": "lighthouse harbour", "limit": 20});
    let (_, data) = stage.answer("spotify_playlist_items", &items(&find)).await;
    let fitting = uris.iter().filter(|uri| *uri == LIGHTHOUSE).count();
    assert_eq!(data["fitting"], fitting);
    let wanted: Vec<u64> =
        (0..10_000).filter(|at| uris[*at] == LIGHTHOUSE).map(|at| at as u64).collect();
    assert_eq!(positions(&data), wanted[..20]);
    assert_eq!(data["next_offset"], 20);
    assert_eq!(stage.count("GET", &path), 200);
}

#[tokio::test]
async fn the_same_snapshot_is_read_once_and_another_one_anew() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Kept", many(120));
    let path = format!("playlists/{id}/items");
    let all = json!({"playlist": id, "limit": 200});
    let first = stage.answer("spotify_playlist_items", &items(&all)).await;
    assert_eq!(stage.count("GET", &path), 3);
    let before = stage.spotify.requests().len();
    let second = stage.answer("spotify_playlist_items", &items(&all)).await;
    assert_eq!(first, second);
    let since: Vec<_> = stage.spotify.requests().split_off(before);
    assert_eq!(since.len(), 1);
    assert!(since[0].path.ends_with(&id) && since[0].query.contains("snapshot_id"), "{since:?}");
    stage.spotify.world(|world| world.playlist(&id).change(|items| drop(items.remove(0))));
    let (_, data) = stage.answer("spotify_playlist_items", &items(&all)).await;
    assert_eq!((&data["total"], stage.count("GET", &path)), (&json!(119), 6));
}

#[tokio::test]
async fn fifty_rows_stay_short_whatever_their_names() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Long", many(50));
    let name = "日本語の歌".repeat(60);
    let entry = json!({"added_at": null, "is_local": false, "item": {
        "uri": LIGHTHOUSE, "name": name, "type": "track", "duration_ms": 4_000_000,
        "artists": [{"name": name}, {"name": name}], "album": {"name": name},
    }});
    let page = json!({"total": 50, "items": vec![entry; 50]});
    let path = format!("playlists/{id}/items");
    stage.fail("GET", &path, stagepass_standin::spotify::Answer::json(200, &page));
    let (text, data) =
        stage.answer("spotify_playlist_items", &items(&json!({"playlist": id}))).await;
    assert!(text.len() < 6 * 1024, "{}", text.len());
    assert_eq!(text.matches(LIGHTHOUSE).count(), 50);
    assert!(data["rows"][0]["name"].as_str().unwrap().len() > 500);
}

#[tokio::test]
async fn other_peoples_playlists_are_said_to_be_unreadable_and_not_empty() {
    let stage = Stage::alice().await;
    let asked = items(&json!({"playlist": BOBS}));
    let (code, seen) = stage.error("spotify_playlist_items", &asked).await;
    assert_eq!(code, "playlist_not_readable");
    assert!(seen.contains("doesn't mean that it is empty"), "{seen}");
    let find = items(&json!({"playlist": BOBS, "query": "salt"}));
    assert_eq!(stage.error("spotify_playlist_items", &find).await.0, "playlist_not_readable");
}

#[tokio::test]
async fn an_empty_playlist_is_empty_and_odd_arguments_are_refused() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Empty", Vec::<String>::new());
    let snapshot = stage.spotify.world(|world| world.playlist(&id).snapshot_id());
    let (text, _) = stage.answer("spotify_playlist_items", r#"{"playlist": "Empty"}"#).await;
    assert_eq!(text, format!("Empty is empty.\nSnapshot {snapshot}"));
    for arguments in [
        json!({"playlist": id, "limit": 201}),
        json!({"playlist": id, "limit": 0}),
        json!({"limit": 1}),
    ] {
        let (code, _) = stage.error("spotify_playlist_items", &arguments.to_string()).await;
        assert_eq!(code, "invalid_argument", "{arguments}");
    }
}

#[tokio::test]
async fn a_page_without_a_total_and_an_offset_behind_the_end_are_no_trouble() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Long", many(120));
    let beyond = items(&json!({"playlist": id, "offset": 9_000}));
    let (text, data) = stage.answer("spotify_playlist_items", &beyond).await;
    assert!(text.starts_with("Long: 0 of 120 items."), "{text}");
    assert_eq!((&data["total"], &data["next_offset"]), (&json!(120), &Value::Null));
    let full =
        json!({"items": vec![json!({"item": {"uri": LIGHTHOUSE, "name": "Lighthouse"}}); 50]});
    let answer = || stagepass_standin::spotify::Answer::json(200, &full);
    let bare = stagepass_standin::spotify::Answer::json(200, &json!({"name": "Long"}));
    stage.fail("GET", &format!("playlists/{id}$"), bare);
    stage.fail("GET", &format!("playlists/{id}/items"), answer());
    let (text, data) =
        stage.answer("spotify_playlist_items", &items(&json!({"playlist": id}))).await;
    assert!(text.starts_with("Long: 50 items."), "{text}");
    assert_eq!((data.get("total"), &data["next_offset"]), (None, &json!(50)));
}
