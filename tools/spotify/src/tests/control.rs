//! `spotify_control`.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::spotify::{Answer, Repeat};

use super::harness::{CAR, KITCHEN, LAPTOP, Stage, TV};

fn press(action: &str, value: impl Into<serde_json::Value>) -> String {
    json!({ "action": action, "value": value.into() }).to_string()
}

#[tokio::test]
async fn every_button_does_what_it_says() {
    let stage = Stage::alice_listening().await;
    for (arguments, said) in [
        (press("next", ()), "Done: skipped to the next.\nPlaying: Paper Lanterns"),
        (press("previous", ()), "Done: went back to the previous.\nPlaying: Lighthouse"),
        (press("pause", ()), "Done: paused.\nPaused: Lighthouse"),
        (press("resume", ()), "Done: playing.\nPlaying: Lighthouse"),
        (press("seek", 90_000), "Done: jumped to 1:30."),
        (press("seek", "1:15"), "Done: jumped to 1:15."),
        (press("volume", 30), "Done: volume 30%."),
        (press("volume_delta", -50), "Done: volume 0%."),
        (press("volume_delta", "+15"), "Done: volume 15%."),
        (press("shuffle", true), "Done: shuffle on."),
        (press("repeat", "track"), "Done: repeat track."),
    ] {
        let (text, data) = stage.answer("spotify_control", &arguments).await;
        assert!(text.starts_with(said), "{arguments}: {text}");
        assert_eq!(data["confirmed"], true, "{arguments}");
        assert_eq!(data["already"], false, "{arguments}");
    }
    stage.alter(|alice| {
        assert_eq!(alice.player.repeat, Repeat::Track);
        assert!(alice.player.shuffle);
        assert_eq!(alice.device(LAPTOP).volume_percent, Some(15));
    });
}

#[tokio::test]
async fn what_was_so_before_is_fine() {
    let stage = Stage::alice_listening().await;
    let (text, data) = stage.answer("spotify_control", &press("resume", ())).await;
    assert!(text.starts_with("It was so already: playing."), "{text}");
    assert_eq!(data["already"], true);
    stage.answer("spotify_control", &press("pause", ())).await;
    let (text, _) = stage.answer("spotify_control", &press("pause", ())).await;
    assert!(text.starts_with("It was so already: paused."), "{text}");
    // Most players don't name the reason.
    stage.alter(|alice| alice.player.disallow = Some("UNKNOWN".into()));
    let (text, _) = stage.answer("spotify_control", &press("pause", ())).await;
    assert!(text.starts_with("It was so already: paused."), "{text}");
    assert_eq!(stage.error("spotify_control", &press("resume", ())).await.0, "forbidden");
}

#[tokio::test]
async fn a_named_device_is_the_one_that_obeys() {
    let stage = Stage::alice_listening().await;
    let loud = json!({"action": "volume", "value": 80, "device": "kitchen"}).to_string();
    let (text, data) = stage.answer("spotify_control", &loud).await;
    stage.alter(|alice| assert_eq!(alice.device(KITCHEN).volume_percent, Some(80)));
    // It isn't the active one, so the player's state doesn't show it.
    assert_eq!(data["confirmed"], false, "{text}");
    // Nor when the active one happens to be as loud.
    let as_loud = json!({"action": "volume", "value": 50, "device": "kitchen"}).to_string();
    let (_, data) = stage.answer("spotify_control", &as_loud).await;
    assert_eq!(data["confirmed"], false);
    stage.answer("spotify_control", &loud).await;
    let delta = json!({"action": "volume_delta", "value": 5, "device": "kitchen"}).to_string();
    stage.answer("spotify_control", &delta).await;
    stage.alter(|alice| assert_eq!(alice.device(KITCHEN).volume_percent, Some(85)));
}

#[tokio::test]
async fn devices_that_cannot_say_so() {
    let stage = Stage::alice_on(CAR).await;
    for value in [press("volume", 10), press("volume_delta", 10)] {
        assert_eq!(stage.error("spotify_control", &value).await.0, "volume_unsupported");
    }
    stage.alter(|alice| alice.player.device = Some(TV.into()));
    assert_eq!(stage.error("spotify_control", &press("pause", ())).await.0, "device_restricted");
    stage.alter(|alice| alice.player.device = None);
    for action in ["pause", "resume", "next"] {
        let (code, _) = stage.error("spotify_control", &press(action, ())).await;
        assert_eq!(code, "no_active_device", "{action}");
    }
    let (code, _) = stage.error("spotify_control", &press("volume_delta", 10)).await;
    assert_eq!(code, "no_active_device");
}

#[tokio::test]
async fn the_end_of_the_list_is_told() {
    let stage = Stage::alice_listening().await;
    let (code, seen) = stage.error("spotify_control", &press("previous", ())).await;
    assert_eq!(code, "forbidden");
    assert!(seen.contains("There is no previous track."), "{seen}");
    stage.answer("spotify_control", &press("next", ())).await;
    stage.answer("spotify_control", &press("next", ())).await;
    let (_, seen) = stage.error("spotify_control", &press("next", ())).await;
    assert!(seen.contains("There is no next track."), "{seen}");
}

#[tokio::test]
async fn success_is_never_claimed_unseen() {
    let stage = Stage::alice_listening().await;
    stage.spotify.advance(Duration::from_secs(9));
    let (_, now) = stage.answer("spotify_now", "{}").await;
    let late = json!({"is_playing": true, "item": now["item"], "progress_ms": 9_500,
        "device": {"id": LAPTOP, "name": "Alice's laptop", "volume_percent": 50}});
    for arguments in [press("pause", ()), press("volume", 10), press("seek", 100_000)] {
        stage.fail("GET", "me/player", Answer::json(200, &late));
        let (text, data) = stage.answer("spotify_control", &arguments).await;
        assert_eq!(data["confirmed"], false, "{arguments}: {text}");
        assert!(text.contains("doesn't show it yet"), "{text}");
    }
}

#[tokio::test]
async fn values_that_make_no_sense_are_refused_before_any_call() {
    let stage = Stage::alice_on(LAPTOP).await;
    for arguments in [
        press("volume", 101),
        press("volume", ()),
        press("volume_delta", -101),
        press("seek", -1),
        press("shuffle", "maybe"),
        press("repeat", "forever"),
        press("queue", ()),
    ] {
        assert_eq!(stage.error("spotify_control", &arguments).await.0, "invalid_argument");
    }
    assert!(stage.spotify.requests().is_empty());
}

#[tokio::test]
async fn a_lost_skip_is_looked_for_and_not_repeated() {
    let stage = Stage::alice_listening().await;
    stage.fail("POST", "me/player/next", Answer::DropAfter);
    let (text, data) = stage.answer("spotify_control", &press("next", ())).await;
    assert_eq!((&data["confirmed"], &data["already"]), (&json!(true), &json!(false)), "{text}");
    stage.fail("POST", "me/player/next", Answer::Drop);
    let (code, seen) = stage.error("spotify_control", &press("next", ())).await;
    assert_eq!(code, "provider_unavailable");
    assert!(seen.contains("done or not") && seen.contains("Don't repeat"), "{seen}");
    assert_eq!(stage.count("POST", "me/player/next"), 2);
}
