//! `spotify_queue`.

use serde_json::json;
use stagepass_standin::spotify::Answer;

use super::harness::{KITCHEN, LAPTOP, LIGHTHOUSE, SLOW_FERRY, Stage};

const ADD_TWO: &str = r#"{"action": "add", "uris": ["e3nNyjOq9wMxEhh2FDEEtf",
    "https://open.spotify.com/intl-de/episode/H4487q7J58m1CiAhzCueQp?si=x"]}"#;

#[tokio::test]
async fn what_is_added_plays_next_in_order_and_is_seen_there() {
    let stage = Stage::alice_listening().await;
    let (text, data) = stage.answer("spotify_queue", ADD_TWO).await;
    assert_eq!(
        text,
        "Added 2.\n\
         Next:\n\
         1. Salt · Northern Harbour · Salt and Copper · 3:19 · spotify:track:e3nNyjOq9wMxEhh2FDEEtf\n\
         2. The Keeper's Daughter · Lighthouse Stories · 2026-02-01 · 30:30 · \
         spotify:episode:H4487q7J58m1CiAhzCueQp\n\
         3. Paper Lanterns · Northern Harbour, Marlene Okafor · Lanterns · 3:07 · \
         spotify:track:G8NPRVdD53X83RZJzzzzgE\n\
         4. Slow Ferry · Northern Harbour · Lanterns · 5:01 · spotify:track:OzdmenCkhvMdgaKjIg8xNb"
    );
    assert_eq!(data["confirmed"], true);
    assert_eq!(stage.count("GET", "me/player/queue"), 1);
    let (text, data) = stage.answer("spotify_queue", "{}").await;
    assert!(text.starts_with("Next:\n1. Salt"), "{text}");
    assert!(data.get("added").is_none());
}

#[tokio::test]
async fn what_is_not_seen_is_not_claimed() {
    let stage = Stage::alice_listening().await;
    stage.fail("GET", "me/player/queue", Answer::json(200, &json!({"queue": []})));
    let (text, data) = stage.answer("spotify_queue", ADD_TWO).await;
    assert_eq!(data["confirmed"], false);
    assert!(text.starts_with("Spotify accepted 2, but the queue doesn't show all of it"), "{text}");
    stage.fail_often(2, "GET", "me/player/queue", Answer::text(503, "…"));
    let (text, data) = stage.answer("spotify_queue", ADD_TWO).await;
    assert!(data["confirmed"] == false && text.ends_with("couldn't be seen after that."), "{text}");
}

#[tokio::test]
async fn adding_ends_at_the_first_that_fails_and_keeps_the_order() {
    let stage = Stage::alice_listening().await;
    let three = format!(
        r#"{{"action": "add", "uris": ["{LIGHTHOUSE}", "spotify:track:0000000000000000000000", "{SLOW_FERRY}"]}}"#
    );
    let (text, data) = stage.answer("spotify_queue", &three).await;
    // The second one is nothing that Spotify knows.
    stage.spotify.forgive();
    assert_eq!(data["added"], json!([LIGHTHOUSE]));
    assert_eq!(data["failed"][1]["uri"], SLOW_FERRY);
    assert!(text.contains("\n- spotify:track:0000000000000000000000\n- "), "{text}");
}

#[tokio::test]
async fn the_only_device_is_used_and_several_are_to_be_chosen_from() {
    let stage = Stage::alice().await;
    let add = format!(r#"{{"action": "add", "uris": ["{LIGHTHOUSE}"]}}"#);
    let (code, seen) = stage.error("spotify_queue", &add).await;
    assert!(code == "no_active_device" && seen.contains("Kitchen"), "{seen}");
    // The same goes for the buttons of the player.
    let volume = r#"{"action": "volume", "value": 30}"#;
    let louder = r#"{"action": "volume_delta", "value": 10}"#;
    for button in [volume, louder, r#"{"action": "next"}"#, r#"{"action": "pause"}"#] {
        let (code, seen) = stage.error("spotify_control", button).await;
        assert!(code == "no_active_device" && seen.contains("Kitchen"), "{button}: {seen}");
    }
    stage.alter(|alice| alice.devices.retain(|device| device.id == KITCHEN));
    let named = |method: &str, path: &str| {
        let path = format!("/v1/{path}");
        let requests = stage.spotify.requests();
        let last = requests.iter().rfind(|seen| seen.method == method && seen.path == path);
        last.unwrap().query.contains(KITCHEN)
    };
    let _ = stage.call("spotify_control", volume).await;
    assert!(named("PUT", "me/player/volume"));
    let _ = stage.call("spotify_control", louder).await;
    assert!(named("PUT", "me/player/volume"));
    let _ = stage.call("spotify_queue", &add).await;
    assert!(named("POST", "me/player/queue"));
}

#[tokio::test]
async fn calls_that_make_no_sense_are_refused_before_any_request() {
    let stage = Stage::alice_on(LAPTOP).await;
    let many = json!({"action": "add", "uris": vec![LIGHTHOUSE; 21]}).to_string();
    for arguments in [
        r#"{"action": "add"}"#,
        r#"{"uris": ["e3nNyjOq9wMxEhh2FDEEtf"]}"#,
        r#"{"action": "remove"}"#,
        r#"{"action": "add", "uris": ["spotify:album:fKtHF4vUCsMehGAkWvj7FA"]}"#,
        &many,
    ] {
        assert_eq!(stage.error("spotify_queue", arguments).await.0, "invalid_argument");
    }
    assert!(stage.spotify.requests().is_empty());
}

#[tokio::test]
async fn looking_needs_no_permission_to_change() {
    let look = &["user-read-playback-state", "user-read-currently-playing"];
    let stage = Stage::of("alice", look).await;
    assert_eq!(stage.answer("spotify_queue", "{}").await.0, "The queue is empty.");
    assert!(stage.call("spotify_devices", "{}").await.is_ok());
    for (tool, arguments) in [
        ("spotify_queue", ADD_TWO),
        ("spotify_devices", r#"{"action": "transfer", "device": "kitchen"}"#),
    ] {
        let (code, seen) = stage.error(tool, arguments).await;
        assert!(code == "missing_scope" && seen.contains("user-modify-playback-state"), "{seen}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_no_reason_to_add_it_again() {
    let stage = Stage::alice_listening().await;
    let two = format!(r#"{{"action": "add", "uris": ["{LIGHTHOUSE}", "{SLOW_FERRY}"]}}"#);
    stage.fail("POST", "me/player/queue", Answer::DropAfter);
    let (code, seen) = stage.error("spotify_queue", &two).await;
    assert_eq!(code, "provider_unavailable");
    assert!(seen.contains("may have been added or not") && seen.contains("Don't repeat"), "{seen}");
    assert_eq!(stage.count("POST", "me/player/queue"), 1);
}
