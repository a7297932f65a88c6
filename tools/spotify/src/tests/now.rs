//! `spotify_now`.

use std::time::Duration;

use super::harness::{KITCHEN, Stage};

#[tokio::test]
async fn nothing_playing_is_an_answer() {
    let stage = Stage::alice().await;
    let (text, data) = stage.answer("spotify_now", "{}").await;
    assert_eq!(text, "Nothing is playing.");
    assert_eq!(data["is_playing"], false);
    assert_eq!(stage.spotify.requests().len(), 1);
}

#[tokio::test]
async fn what_plays_is_told_with_place_and_queue() {
    let stage = Stage::alice_listening().await;
    stage.spotify.advance(Duration::from_secs(62));
    let all = r#"{"include": ["player", "devices", "queue"]}"#;
    let (text, data) = stage.answer("spotify_now", all).await;
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with("Playing: Lighthouse · Northern Harbour · Lanterns · 1:0"));
    assert!(lines[0].ends_with("of 3:34 · spotify:track:oQoaF1LlqsajAIxNKu8iS2"));
    assert_eq!(
        lines[1],
        "On Alice's laptop · Computer · volume 50% · active · shuffle off · repeat off · from \
         spotify:album:fKtHF4vUCsMehGAkWvj7FA"
    );
    assert!(text.contains("\n- Car · CarThing · fixed volume\n"), "{text}");
    assert!(text.contains("\nNext:\n1. Paper Lanterns · "), "{text}");
    assert_eq!(data["item"]["name"], "Lighthouse");
    assert_eq!(data["devices"].as_array().unwrap().len(), 4);
    assert_eq!(data["queue"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn only_what_was_asked_for_is_looked_at() {
    let stage = Stage::alice_on(KITCHEN).await;
    let (text, data) = stage.answer("spotify_now", r#"{"include": ["queue"]}"#).await;
    assert_eq!(text, "The queue is empty.");
    assert!(data.get("is_playing").is_none());
    assert_eq!(stage.count("GET", "me/player"), 0);
    stage.alter(|alice| alice.devices.clear());
    let (text, _) = stage.answer("spotify_now", r#"{"include": ["devices"]}"#).await;
    assert_eq!(text, "Spotify sees no device; it has to be opened on one.");
}
