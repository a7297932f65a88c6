//! `spotify_devices`.

use serde_json::json;
use stagepass_standin::spotify::Answer;

use super::harness::{KITCHEN, LAPTOP, Stage};

#[tokio::test]
async fn devices_are_listed_with_what_they_cannot_do() {
    let stage = Stage::alice_on(LAPTOP).await;
    let (text, data) = stage.answer("spotify_devices", "{}").await;
    assert_eq!(
        text,
        "Devices:\n\
         - Alice's laptop · Computer · volume 50% · active\n\
         - Kitchen · speaker · volume 50%\n\
         - Car · CarThing · fixed volume\n\
         - Living room TV · TV · volume 50% · restricted: takes no commands"
    );
    assert_eq!(data["devices"][0]["id"], LAPTOP);
    assert_eq!(data["devices"][3]["is_restricted"], true);
    assert!(data.get("confirmed").is_none());
}

#[tokio::test]
async fn music_moves_to_another_device() {
    let stage = Stage::alice_listening().await;
    let to_kitchen = r#"{"action": "transfer", "device": "kitchen"}"#;
    let (text, data) = stage.answer("spotify_devices", to_kitchen).await;
    assert!(text.starts_with("Moved to Kitchen.\nDevices:"), "{text}");
    assert_eq!(data["transferred_to"], "Kitchen");
    assert_eq!(data["confirmed"], true);
    stage.alter(|alice| {
        assert_eq!(alice.player.device.as_deref(), Some(KITCHEN));
        alice.player.is_playing = false;
    });
    let and_play = r#"{"action": "transfer", "device": "laptop", "play": true}"#;
    stage.answer("spotify_devices", and_play).await;
    stage.alter(|alice| assert!(alice.player.is_playing));
}

#[tokio::test]
async fn moves_that_cannot_be_are_refused_and_unseen_ones_not_claimed() {
    let stage = Stage::alice_listening().await;
    for (arguments, code) in [
        (r#"{"action": "transfer"}"#, "invalid_argument"),
        (r#"{"action": "transfer", "device": "bathroom"}"#, "not_found"),
        (r#"{"action": "transfer", "device": "a"}"#, "invalid_argument"),
        (r#"{"action": "transfer", "device": "tv"}"#, "device_restricted"),
    ] {
        assert_eq!(stage.error("spotify_devices", arguments).await.0, code, "{arguments}");
    }
    assert_eq!(stage.count("PUT", "me/player"), 0);
    let devices = json!({"devices": [{"id": KITCHEN, "name": "Kitchen", "is_active": false}]});
    stage.fail_often(2, "GET", "me/player/devices", Answer::json(200, &devices));
    let (text, data) =
        stage.answer("spotify_devices", r#"{"action": "transfer", "device": "kitchen"}"#).await;
    assert_eq!(data["confirmed"], false);
    assert!(text.contains("doesn't show it as active yet"), "{text}");
}
