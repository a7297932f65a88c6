//! `spotify_play`.

use serde_json::json;
use stagepass_standin::spotify::Answer;

use super::harness::{KITCHEN, LANTERNS, LAPTOP, LIGHTHOUSE, SLOW_FERRY, Stage};

const PLAY_LIGHTHOUSE: &str = r#"{"uri": "spotify:track:oQoaF1LlqsajAIxNKu8iS2"}"#;

#[tokio::test]
async fn a_track_plays_on_the_active_device_and_is_seen_to() {
    let stage = Stage::alice_on(LAPTOP).await;
    let link = r#"{"uri": "https://open.spotify.com/intl-de/track/oQoaF1LlqsajAIxNKu8iS2?si=x",
        "position_ms": 5000}"#;
    let (text, data) = stage.answer("spotify_play", link).await;
    assert!(text.starts_with("Playing: Lighthouse · Northern Harbour"), "{text}");
    assert_eq!(data["confirmed"], true);
    assert_eq!(data["requested"], LIGHTHOUSE);
    assert_eq!(data["playback"]["device"]["name"], "Alice's laptop");
    assert!(data["playback"]["progress_ms"].as_u64().unwrap() >= 5000);
    // One command, one look.
    assert_eq!(stage.spotify.requests().len(), 2);
}

#[tokio::test]
async fn albums_and_lists_of_tracks_begin_where_they_should() {
    let stage = Stage::alice_on(LAPTOP).await;
    let album = format!(r#"{{"uri": "{LANTERNS}", "offset": 2, "shuffle": true}}"#);
    let (_, data) = stage.answer("spotify_play", &album).await;
    assert_eq!(data["playback"]["item"]["uri"], SLOW_FERRY);
    assert_eq!(data["playback"]["context"], LANTERNS);
    assert_eq!(data["playback"]["shuffle"], true);
    let list = format!(r#"{{"uris": ["{LIGHTHOUSE}", "OzdmenCkhvMdgaKjIg8xNb"], "offset": 1}}"#);
    let (_, data) = stage.answer("spotify_play", &list).await;
    assert_eq!(data["confirmed"], true);
    assert_eq!(data["playback"]["item"]["uri"], SLOW_FERRY);
    assert!(data["playback"].get("context").is_none());
}

#[tokio::test]
async fn a_query_plays_its_best_match_and_tells_the_others() {
    let stage = Stage::alice_on(LAPTOP).await;
    let (text, data) =
        stage.answer("spotify_play", r#"{"query": "lighthouse marlene okafor"}"#).await;
    assert_eq!(data["playback"]["item"]["artists"][0], "Marlene Okafor");
    assert_eq!(data["confirmed"], true);
    assert!(data.get("chosen_from").is_none(), "{text}");
    let (text, data) = stage.answer("spotify_play", r#"{"query": "lighthouse"}"#).await;
    assert_eq!(data["requested"], LIGHTHOUSE);
    assert_eq!(data["chosen_from"].as_array().unwrap().len(), 2);
    assert!(text.contains("\nOther matches:\n1. Lighthouse · Marlene Okafor"), "{text}");
    let album = r#"{"query": "night bus home", "kind": "album"}"#;
    let (_, data) = stage.answer("spotify_play", album).await;
    assert_eq!(data["playback"]["context"], "spotify:album:8rESQedUStPKR0CsTy4Qwb");
    assert_eq!(stage.error("spotify_play", r#"{"query": "zzzz"}"#).await.0, "not_found");
}

#[tokio::test]
async fn the_only_usable_device_is_used_without_asking() {
    let stage = Stage::alice().await;
    stage.alter(|alice| {
        alice.devices.retain(|device| device.is_restricted || device.id == KITCHEN);
    });
    let (_, data) = stage
        .answer(
            "spotify_play",
            r#"{"uri": "spotify:track:oQoaF1LlqsajAIxNKu8iS2", "shuffle": true}"#,
        )
        .await;
    assert_eq!(data["confirmed"], true);
    assert_eq!(data["playback"]["device"]["id"], KITCHEN);
    assert_eq!(data["playback"]["shuffle"], true);
    assert!(data.get("shuffle_problem").is_none());
}

#[tokio::test]
async fn several_devices_have_to_be_chosen_from() {
    let stage = Stage::alice().await;
    let (code, seen) = stage.error("spotify_play", PLAY_LIGHTHOUSE).await;
    assert_eq!(code, "no_active_device");
    assert!(seen.contains("Kitchen") && seen.contains("Alice's laptop"), "{seen}");
    let named = format!(r#"{{"uri": "{LIGHTHOUSE}", "device": "kitch"}}"#);
    let (_, data) = stage.answer("spotify_play", &named).await;
    assert_eq!(data["playback"]["device"]["id"], KITCHEN);
    stage.alter(|alice| {
        alice.devices.clear();
        alice.player.device = None;
    });
    let (code, seen) = stage.error("spotify_play", PLAY_LIGHTHOUSE).await;
    assert_eq!(code, "no_active_device");
    assert!(seen.contains("open Spotify on a device"), "{seen}");
}

#[tokio::test]
async fn a_device_that_wakes_up_gets_a_second_chance() {
    let stage = Stage::alice().await;
    let asleep = || {
        let error = json!({"status": 404, "message": "No active device found",
            "reason": "NO_ACTIVE_DEVICE"});
        Answer::json(404, &json!({ "error": error }))
    };
    let named = format!(r#"{{"uri": "{LIGHTHOUSE}", "device": "{KITCHEN}"}}"#);
    stage.fail("PUT", "me/player/play", asleep());
    assert_eq!(stage.answer("spotify_play", &named).await.1["confirmed"], true);
    stage.fail_often(2, "PUT", "me/player/play", asleep());
    assert_eq!(stage.error("spotify_play", &named).await.0, "no_active_device");
    assert_eq!(stage.count("PUT", "me/player/play"), 4);
}

#[tokio::test]
async fn success_is_never_claimed_unseen() {
    let stage = Stage::alice_on(LAPTOP).await;
    let late = json!({"is_playing": false, "item": {"name": "Old", "uri": SLOW_FERRY}});
    stage.fail("GET", "me/player", Answer::json(200, &late));
    let (text, data) = stage.answer("spotify_play", PLAY_LIGHTHOUSE).await;
    assert_eq!(data["confirmed"], false);
    assert!(text.contains("doesn't show it playing yet"), "{text}");
    assert!(text.contains("Paused: Old"), "{text}");
    stage.fail_often(2, "GET", "me/player", Answer::text(502, "bad gateway"));
    let (text, data) = stage.answer("spotify_play", PLAY_LIGHTHOUSE).await;
    assert_eq!(data["confirmed"], false);
    assert!(data.get("playback").is_none());
    assert!(text.contains("couldn't be asked"), "{text}");
}

#[tokio::test]
async fn without_a_wish_it_resumes() {
    let stage = Stage::alice_listening().await;
    // It plays already; Spotify refuses, and that is fine.
    assert_eq!(stage.answer("spotify_play", "{}").await.1["confirmed"], true);
    stage.alter(|alice| alice.player.is_playing = false);
    let (text, data) = stage.answer("spotify_play", "{}").await;
    assert_eq!(data["confirmed"], true);
    assert!(text.starts_with("Playing: Lighthouse"), "{text}");
    stage.alter(|alice| {
        alice.player.is_playing = false;
        alice.player.list.clear();
    });
    assert_eq!(stage.error("spotify_play", "{}").await.0, "forbidden");
}

#[tokio::test]
async fn wishes_that_make_no_sense_are_refused_before_any_call() {
    let stage = Stage::alice_on(LAPTOP).await;
    let many = format!(r#"{{"uris": {}}}"#, json!(vec![LIGHTHOUSE; 101]));
    for arguments in [
        r#"{"uri": "spotify:track:oQoaF1LlqsajAIxNKu8iS2", "query": "x"}"#,
        r#"{"uri": "nonsense"}"#,
        r#"{"uris": []}"#,
        r#"{"uris": ["spotify:album:fKtHF4vUCsMehGAkWvj7FA"]}"#,
        r#"{"position_ms": 1}"#,
        r#"{"uri": "spotify:artist:u8jzPde0IgxLd6GncfBAep", "offset": 1}"#,
        r#"{"query": " "}"#,
        &many,
    ] {
        assert_eq!(stage.error("spotify_play", arguments).await.0, "invalid_argument");
    }
    assert!(stage.spotify.requests().is_empty());
}

#[tokio::test]
async fn another_song_of_the_same_name_is_not_taken_for_it() {
    let stage = Stage::alice_on(LAPTOP).await;
    let other = json!({"is_playing": true, "device": {"id": LAPTOP, "name": "x"}, "item": {
        "type": "track", "name": "Lighthouse", "artists": [{"name": "Somebody"}],
        "uri": "spotify:track:0000000000000000000000"}});
    stage.fail("GET", "me/player$", Answer::json(200, &other));
    let play = r#"{"query": "lighthouse northern harbour"}"#;
    let (text, data) = stage.answer("spotify_play", play).await;
    assert_eq!(data["confirmed"], false, "{text}");
}
