//! Staying linked: tokens are refreshed in time, once, and nobody notices.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use stagepass_standin::{
    Gate,
    spotify::{Answer, Fault, Revocation},
};

use crate::harness::{Chat, TestApp};

/// A second more than five minutes before the token's hour is over.
const NOT_YET_DUE: Duration = Duration::from_secs(55 * 60 - 1);

#[tokio::test]
async fn a_token_is_refreshed_at_five_minutes_and_not_before() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(NOT_YET_DUE);
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.refreshes(), 0);
    app.advance(Duration::from_secs(1));
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.refreshes(), 1);
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.refreshes(), 1);
    app.finish().await;
}

#[tokio::test]
async fn many_callers_with_one_expired_token_cause_one_refresh() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_hours(2));
    app.spotify.world(|world| world.token_delay = Some(Duration::from_millis(200)));
    let calls = (0..100).map(|_| chat.call("spotify_now", json!({})));
    for told in join_all(calls).await {
        told.ok();
    }
    assert_eq!(app.spotify.refreshes(), 1);
    app.finish().await;
}

#[tokio::test]
async fn callers_of_two_replicas_cause_one_refresh() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let (other_url, stop) = app.replica().await;
    let other = app.chat_at(&other_url).await;
    other.call("spotify_now", json!({})).await.ok();
    app.advance(Duration::from_hours(2));
    app.spotify.world(|world| world.token_delay = Some(Duration::from_millis(200)));
    let here = join_all((0..30).map(|_| chat.call("spotify_now", json!({}))));
    let there = join_all((0..30).map(|_| other.call("spotify_now", json!({}))));
    let (here, there) = tokio::join!(here, there);
    for told in here.into_iter().chain(there) {
        told.ok();
    }
    assert_eq!(app.spotify.refreshes(), 1);
    other.end().await;
    stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn what_one_replica_revokes_the_other_soon_stops_using() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let (other_url, stop) = app.replica().await;
    let other = app.chat_at(&other_url).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    other.call("spotify_now", json!({})).await.ok();
    // Spotify knows nothing of it: the token would work for an hour.
    app.spotify.world(|world| world.revocation = Revocation::NotFound);
    chat.auth(json!({"action": "revoke"})).await.ok();
    app.spotify.forgive();
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(other.call("spotify_now", json!({})).await.code(), "not_connected");
    other.end().await;
    stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn a_token_rejected_early_is_refreshed_and_the_call_made_again() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.spotify.world(|world| world.reject_access_tokens_of("alice"));
    let calls = (0..10).map(|_| chat.call("spotify_now", json!({})));
    for told in join_all(calls).await {
        told.ok();
    }
    assert_eq!(app.spotify.refreshes(), 1);
    app.finish().await;
}

#[tokio::test]
async fn the_old_refresh_token_is_kept_when_none_comes_or_an_empty_one() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    for empty in [false, true, false] {
        app.spotify.world(|world| world.empty_refresh = empty);
        app.advance(Duration::from_hours(2));
        chat.call("spotify_now", json!({})).await.ok();
    }
    assert_eq!(app.spotify.refreshes(), 3);
    app.finish().await;
}

#[tokio::test]
async fn a_rotated_refresh_token_replaces_the_old_one() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.spotify.world(|world| world.rotate_refresh = true);
    for _ in 0..3 {
        app.advance(Duration::from_hours(2));
        chat.call("spotify_now", json!({})).await.ok();
    }
    assert_eq!(app.spotify.refreshes(), 3);
    app.finish().await;
}

/// Rotates the refresh token with the next refresh, whose answer waits for the gate.
fn refresh_held(app: &TestApp) -> Gate {
    let gate = Gate::shut();
    app.spotify.world(|world| {
        world.rotate_refresh = true;
        world.fail(Fault::once("POST", "/api/token", Answer::Hold(gate.clone())));
    });
    gate
}

/// Calls, and leaves as soon as a refresh is under way.
async fn gone_once_the_refresh_has_begun(app: &TestApp, chat: Chat) {
    tokio::select! {
        told = chat.call("spotify_now", json!({})) => panic!("it didn't wait: {told:?}"),
        () = app.refresh_begun() => {}
    }
}

#[tokio::test]
async fn a_refresh_goes_on_when_its_caller_has_gone() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let gate = refresh_held(&app);
    app.advance(Duration::from_hours(2));
    gone_once_the_refresh_has_begun(&app, chat).await;
    gate.open();
    while app.count("SELECT version FROM connections").await != 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // A lost answer would have cost the connection: the old refresh token is dead.
    let chat = app.chat().await;
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.refreshes(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_shutdown_waits_for_a_refresh() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let gate = refresh_held(&app);
    app.advance(Duration::from_hours(2));
    gone_once_the_refresh_has_begun(&app, chat).await;
    tokio::join!(app.restart(), async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        gate.open();
    });
    let chat = app.chat().await;
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.refreshes(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_restart_keeps_the_connection() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    drop(chat);
    app.restart().await;
    let chat = app.chat().await;
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(chat.status().await["account"]["name"], "Alice Example");
    app.finish().await;
}

#[tokio::test]
async fn a_warm_call_asks_no_database() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    chat.call("spotify_now", json!({})).await.ok();
    app.sql("ALTER TABLE connections RENAME TO away").await;
    chat.call("spotify_now", json!({})).await.ok();
    // To be sure that the table was really needed: a cold question.
    let told = chat.auth(json!({"action": "status"})).await;
    assert_eq!(told.code(), "internal");
    assert!(!told.text.contains("connections"), "the cause is for the log alone");
    app.sql("ALTER TABLE away RENAME TO connections").await;
    app.finish().await;
}

#[tokio::test]
async fn a_tool_says_which_scope_it_lacks() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.sql("UPDATE connections SET scopes = 'user-read-private'").await;
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "missing_scope");
    assert!(told.text.contains("user-read-playback-state"), "{}", told.text);
    let status = chat.status().await;
    assert!(status["missing_scopes"].to_string().contains("user-modify-playback-state"));
    app.finish().await;
}
