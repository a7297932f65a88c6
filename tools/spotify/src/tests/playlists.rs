//! The person's list, and which playlist is meant.

use serde_json::{Value, json};
use stagepass_standin::spotify::{Saved, Spotify};

use super::harness::{ALL, LIGHTHOUSE, SLOW_FERRY, Stage};

/// Alice's list with a playlist of Bob's in it.
const BOBS: &str = "IjHGb3CXlMaXZjljENUhJd";

fn follow(spotify: &Spotify, id: &str) {
    spotify.world(|world| {
        let added_at = world.now();
        let saved = Saved { uri: format!("spotify:playlist:{id}"), added_at };
        world.person("alice").saved.push(saved);
    });
}

async fn names(stage: &Stage, arguments: &Value) -> Vec<String> {
    let (_, data) = stage.answer("spotify_playlists", &arguments.to_string()).await;
    let rows = data["rows"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_list_says_whose_they_are_and_what_can_be_changed() {
    let stage = Stage::alice().await;
    stage.alter(|alice| alice.saved.clear());
    let id = stage.playlist("Focus", [LIGHTHOUSE, SLOW_FERRY]);
    follow(&stage.spotify, BOBS);
    let (text, data) = stage.answer("spotify_playlists", "{}").await;
    assert_eq!(
        text,
        format!(
            "2 of 2 playlists:\n\
             1. Focus · by Alice Example · 2 items · public · spotify:playlist:{id}\n\
             2. Lighthouse Keepers · by Bob Example · 3 items · public · not editable · spotify:playlist:{BOBS}"
        )
    );
    assert_eq!(data["rows"][0]["editable"], true);
    assert_eq!(data["rows"][1]["editable"], false);
    assert_eq!(data["rows"][0]["id"], id.as_str());
    // Whose they are is asked once.
    stage.answer("spotify_playlists", "{}").await;
    assert_eq!(stage.count("GET", "me"), 1);
}

#[tokio::test]
async fn a_long_list_comes_in_parts_and_a_filter_looks_through_all_of_it() {
    let stage = Stage::alice().await;
    stage.alter(|alice| alice.saved.clear());
    for number in 0..120 {
        stage.playlist(&format!("List {number}"), Vec::<String>::new());
    }
    follow(&stage.spotify, BOBS);
    let (text, data) = stage.answer("spotify_playlists", r#"{"limit": 50, "offset": 50}"#).await;
    assert!(text.starts_with("50 of 121 playlists:\n51. List 69 · "), "{text}");
    assert!(text.ends_with("\nMore with offset 100."), "{text}");
    assert!(text.len() < 6 * 1024, "{}", text.len());
    assert_eq!(data["next_offset"], 100);
    let name = "日本語の歌".repeat(20);
    stage.spotify.world(|world| {
        world.playlists.iter_mut().for_each(|list| list.name.clone_from(&name));
    });
    let (text, _) = stage.answer("spotify_playlists", r#"{"limit": 50}"#).await;
    assert!(text.len() < 6 * 1024 && text.lines().count() == 52, "{text}");
    let numbers = |world: &mut stagepass_standin::spotify::World| {
        for (number, list) in
            world.playlists.iter_mut().filter(|list| list.owner == "alice").enumerate()
        {
            list.name = format!("List {number}");
        }
    };
    stage.spotify.world(numbers);
    let (_, data) = stage.answer("spotify_playlists", r#"{"limit": 50, "offset": 100}"#).await;
    assert_eq!(data["next_offset"], Value::Null);
    assert_eq!(names(&stage, &json!({"name": "list 11"})).await.len(), 11);
    let own = json!({"owned_only": true, "limit": 50, "offset": 100});
    assert_eq!(names(&stage, &own).await.len(), 20);
    let (text, _) = stage.answer("spotify_playlists", r#"{"name": "nothing"}"#).await;
    assert_eq!(text, "No playlist here.");
    let (code, _) = stage.error("spotify_playlists", r#"{"limit": 51}"#).await;
    assert_eq!(code, "invalid_argument");
}

#[tokio::test]
async fn a_playlist_is_named_in_many_ways() {
    let stage = Stage::alice().await;
    let id = stage.playlist("Deep Focus", [LIGHTHOUSE]);
    let other = stage.playlist("AC/DC & more", [SLOW_FERRY]);
    for (wanted, meant) in [
        (id.clone(), &id),
        (format!("spotify:playlist:{id}"), &id),
        (format!("https://open.spotify.com/intl-de/playlist/{id}?si=x"), &id),
        ("deep focus".to_owned(), &id),
        ("focus".to_owned(), &id),
        ("AC/DC".to_owned(), &other),
    ] {
        let asked = json!({ "playlist": wanted }).to_string();
        let (_, data) = stage.answer("spotify_playlist_items", &asked).await;
        let uri = &data["rows"][0]["uri"];
        assert_eq!(uri, if *meant == id { LIGHTHOUSE } else { SLOW_FERRY }, "{wanted}");
    }
}

#[tokio::test]
async fn a_name_that_fits_none_or_several_is_told_with_those_there_are() {
    let stage = Stage::alice().await;
    stage.playlist("Morning run", [LIGHTHOUSE]);
    stage.playlist("Evening run", [LIGHTHOUSE]);
    follow(&stage.spotify, BOBS);
    let items = |name: &str| json!({ "playlist": name }).to_string();
    let (code, seen) = stage.error("spotify_playlist_items", &items("run")).await;
    assert_eq!(code, "invalid_argument");
    assert!(seen.contains("Morning run") && seen.contains("Evening run"), "{seen}");
    let (code, seen) = stage.error("spotify_playlist_items", &items("swim")).await;
    assert_eq!(code, "not_found");
    assert!(seen.contains("Morning run"), "{seen}");
    let (code, seen) =
        stage.error("spotify_playlist_items", &items("spotify:album:fKtHF4vUCsMehGAkWvj7FA")).await;
    assert_eq!(code, "invalid_argument");
    assert!(seen.contains("is no playlist"), "{seen}");
    let gone = "0000000000000000000000";
    assert_eq!(stage.error("spotify_playlist_items", &items(gone)).await.0, "not_found");
}

#[tokio::test]
async fn a_scope_is_missed_only_where_it_is_needed() {
    let read: &[&str] = &["playlist-read-private"];
    let stage = Stage::of("alice", read).await;
    let id = stage.playlist("Focus", [LIGHTHOUSE]);
    let (text, data) = stage.answer("spotify_playlists", "{}").await;
    assert_eq!(data["rows"][0].get("editable"), None, "{text}");
    stage.answer("spotify_playlist_items", r#"{"playlist": "focus"}"#).await;
    let (code, seen) = stage.error("spotify_playlists", r#"{"owned_only": true}"#).await;
    assert_eq!(code, "missing_scope");
    assert!(seen.contains("user-read-private"), "{seen}");
    let add = json!({"playlist": id, "uris": [SLOW_FERRY]}).to_string();
    let (code, seen) = stage.error("spotify_playlist_add", &add).await;
    assert_eq!(code, "missing_scope");
    assert!(seen.contains("playlist-modify-public") && !seen.contains("private"), "{seen}");
    stage.spotify.world(|world| world.playlist(&id).public = false);
    let (_, seen) = stage.error("spotify_playlist_add", &add).await;
    assert!(seen.contains("playlist-modify-private"), "{seen}");
    assert_eq!(stage.count("POST", &format!("playlists/{id}/items")), 0);
    let none = Stage::of("alice", &["user-read-private"]).await;
    assert_eq!(none.error("spotify_playlists", "{}").await.0, "missing_scope");
    assert!(none.spotify.requests().is_empty());
}

#[tokio::test]
async fn a_collaborative_playlist_of_somebody_else_can_be_read_and_changed() {
    let stage = Stage::of("alice", ALL).await;
    let id = stage.spotify.world(|world| {
        let id = world.add_playlist("bob", "Road trip", [LIGHTHOUSE]);
        let list = world.playlist(&id);
        (list.public, list.collaborative) = (false, true);
        list.collaborators.push("alice".to_owned());
        id
    });
    follow(&stage.spotify, &id);
    let add = json!({"playlist": "road trip", "uris": [SLOW_FERRY]}).to_string();
    stage.answer("spotify_playlist_add", &add).await;
    assert_eq!(stage.uris(&id), [LIGHTHOUSE, SLOW_FERRY]);
}
