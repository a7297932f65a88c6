use std::time::Duration;

use serde_json::{Value, json};

use super::{Caller, Spotify, send};

const LAPTOP: &str = "65b708073fc0480ea92a077233ca87bd1c2f0a11";
const CAR: &str = "c5d2e41d4a5b6a1f90de1f73aa3aa7ad6f1c8b42";
const TV: &str = "9f3e7c1a2b4d5e6f708192a3b4c5d6e7f8091a2b";
const LANTERNS: &str = "spotify:album:fKtHF4vUCsMehGAkWvj7FA";
const SCOPES: [&str; 3] =
    ["user-read-playback-state", "user-modify-playback-state", "user-read-currently-playing"];

async fn start(who: &str) -> (Spotify, Caller, String) {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token(who, &SCOPES));
    (spotify, caller, token)
}

fn reason((status, body): (u16, Value)) -> (u16, String) {
    (status, body["error"]["reason"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_put_needs_a_length_and_json() {
    let (spotify, caller, token) = start("alice").await;
    let (status, _) = send(caller.bare_put(&token, "/me/player/pause")).await;
    assert_eq!(status, 411);
    assert!(!spotify.requests()[0].content_length);
    let form = caller.bare_put(&token, "/me/player/play").form(&[("uris", "x")]);
    assert_eq!(send(form).await.0, 415);
    let odd = caller.bare_put(&token, "/me/player/play").json(&json!({"uri": LANTERNS}));
    assert_eq!(send(odd).await.0, 400, "no such field");
    assert_eq!(spotify.violations().len(), 3);
}

#[tokio::test]
async fn refusals_name_their_reason() {
    let (spotify, caller, token) = start("alice").await;
    let refusal = async |path: &str| reason(send(caller.put(&token, path)).await);
    assert_eq!(refusal("/me/player/pause").await, (404, "NO_ACTIVE_DEVICE".to_owned()));
    let on = |path: &str, device: &str| format!("/me/player/{path}device_id={device}");
    assert_eq!(refusal(&on("pause?", "nothing")).await, (404, String::new()));
    let not_controllable = (403, "DEVICE_NOT_CONTROLLABLE".to_owned());
    assert_eq!(refusal(&on("pause?", TV)).await, not_controllable);
    let disallow = (403, "VOLUME_CONTROL_DISALLOW".to_owned());
    assert_eq!(refusal(&on("volume?volume_percent=5&", CAR)).await, disallow);
    assert_eq!(refusal(&on("pause?", LAPTOP)).await, (403, "ALREADY_PAUSED".to_owned()));
    let bob = spotify.world(|world| world.issue_access_token("bob", &SCOPES));
    let free = reason(send(caller.put(&bob, "/me/player/pause")).await);
    assert_eq!(free, (403, "PREMIUM_REQUIRED".to_owned()));
    assert_eq!(spotify.violations(), Vec::<String>::new());
    let both = json!({"context_uri": LANTERNS, "uris": ["spotify:track:e3nNyjOq9wMxEhh2FDEEtf"]});
    let both = caller.bare_put(&token, &on("play?", LAPTOP)).json(&both);
    assert_eq!(send(both).await.0, 400);
    assert_eq!(refusal(&on("volume?volume_percent=101&", LAPTOP)).await.0, 400);
    assert_eq!(spotify.violations().len(), 2);
}

#[tokio::test]
async fn music_plays_on() {
    let (spotify, caller, token) = start("alice").await;
    let state = async || send(caller.get(&token, "/me/player")).await;
    assert_eq!(state().await.0, 204);
    let play = json!({"context_uri": LANTERNS, "offset": {"position": 1}, "position_ms": 1000});
    let play = caller.bare_put(&token, &format!("/me/player/play?device_id={LAPTOP}")).json(&play);
    assert_eq!(send(play).await.0, 204);
    spotify.advance(Duration::from_secs(10));
    let (_, now) = state().await;
    assert_eq!(now["item"]["name"], "Paper Lanterns");
    assert!((11_000..13_000).contains(&now["progress_ms"].as_i64().unwrap()), "{now}");
    assert!(now["actions"].is_object() && now["device"]["is_active"] == true);

    let salt = "/me/player/queue?uri=spotify:track:e3nNyjOq9wMxEhh2FDEEtf";
    assert_eq!(send(caller.post(&token, salt)).await.0, 204);
    let (_, queue) = send(caller.get(&token, "/me/player/queue")).await;
    assert_eq!(queue["queue"][0]["name"], "Salt");
    assert_eq!(queue["queue"][1]["name"], "Slow Ferry");
    spotify.advance(Duration::from_mins(3));
    assert_eq!(state().await.1["item"]["name"], "Salt", "the queue goes first");
    assert_eq!(send(caller.post(&token, "/me/player/next")).await.0, 204);
    assert_eq!(state().await.1["item"]["name"], "Slow Ferry");
    let end = reason(send(caller.post(&token, "/me/player/next")).await);
    assert_eq!(end, (403, "NO_NEXT_TRACK".to_owned()));

    assert_eq!(send(caller.put(&token, "/me/player/seek?position_ms=5000")).await.0, 204);
    assert_eq!(send(caller.put(&token, "/me/player/pause")).await.0, 204);
    spotify.advance(Duration::from_mins(1));
    let (_, paused) = state().await;
    assert!(paused["progress_ms"].as_i64().unwrap() < 7000 && paused.get("actions").is_none());
    for set in ["repeat?state=context", "shuffle?state=true", "volume?volume_percent=7"] {
        assert_eq!(send(caller.put(&token, &format!("/me/player/{set}"))).await.0, 204, "{set}");
    }
    let transfer =
        caller.bare_put(&token, "/me/player").json(&json!({"device_ids": [CAR], "play": true}));
    assert_eq!(send(transfer).await.0, 204);
    let (_, now) = state().await;
    assert_eq!((&now["device"]["type"], &now["is_playing"]), (&"CarThing".into(), &true.into()));
    assert_eq!((&now["repeat_state"], &now["shuffle_state"]), (&"context".into(), &true.into()));
    let (_, devices) = send(caller.get(&token, "/me/player/devices")).await;
    assert_eq!(devices["devices"][0]["volume_percent"], 7);
    assert_eq!(spotify.violations(), Vec::<String>::new());
}
