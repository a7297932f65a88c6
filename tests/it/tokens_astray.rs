//! Staying linked when things go wrong: an outage is no logout, and a logout is said plainly.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::{
    Browser, Gate,
    spotify::{Answer, Fault},
};

use crate::harness::TestApp;

#[tokio::test]
async fn withdrawn_access_asks_for_a_new_sign_in_and_a_new_sign_in_heals() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.spotify.world(|world| world.remove_apps_of("alice"));
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "needs_reconnect");
    assert!(told.text.contains("/connect/"), "{}", told.text);
    let status = chat.status().await;
    assert_eq!(status["state"], "needs_reconnect");
    assert_eq!(status["account"]["name"], "Alice Example");
    // The dead token isn't tried again.
    let asked = app.spotify.refreshes();
    chat.call("spotify_now", json!({})).await;
    assert_eq!(app.spotify.refreshes(), asked);

    app.connect_alice(&chat).await;
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(chat.status().await["state"], "connected");
    app.finish().await;
}

#[tokio::test]
async fn after_six_months_a_new_sign_in_is_due() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_hours(24 * 185));
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "needs_reconnect");
    assert!(told.text.contains("6 months"), "{}", told.text);
    app.finish().await;
}

#[tokio::test]
async fn the_tokens_of_a_dead_connection_are_kept_a_day() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.spotify.world(|world| world.remove_apps_of("alice"));
    chat.call("spotify_now", json!({})).await;
    app.sweep().await;
    assert_eq!(
        app.count("SELECT count(*) FROM connections WHERE sealed_refresh IS NOT NULL").await,
        1
    );
    app.advance(Duration::from_hours(25));
    app.sweep().await;
    assert_eq!(
        app.count("SELECT count(*) FROM connections WHERE sealed_refresh IS NOT NULL").await,
        0
    );
    assert_eq!(chat.status().await["state"], "needs_reconnect");
    app.finish().await;
}

#[tokio::test]
async fn in_an_outage_a_living_token_is_served() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.spotify.world(|world| {
        world.fail(Fault::times(100, "POST", "/api/token", Answer::text(503, "busy")));
    });
    app.advance(Duration::from_mins(57));
    for _ in 0..20 {
        chat.call("spotify_now", json!({})).await.ok();
    }
    assert_eq!(app.spotify.refreshes(), 1, "an outage must not become a storm");
    app.finish().await;
}

#[tokio::test]
async fn an_outage_is_no_logout_whatever_it_looks_like() {
    let looks = [
        Answer::text(503, "busy"),
        Answer::text(500, "{\"error\":\"invalid_grant\"}"),
        Answer::Status(200, "text/html".into(), "<html>maintenance</html>".into(), vec![]),
        Answer::text(400, "not json"),
        Answer::json(200, &json!({"hello": "world"})),
        Answer::json(400, &json!({"error": "server_error"})),
        Answer::json(400, &json!({"error": "invalid_client"})),
        Answer::TooManyRequests { retry_after: 7, reason: None },
        Answer::Drop,
    ];
    for look in looks {
        let app = TestApp::start().await;
        let chat = app.chat().await;
        app.connect_alice(&chat).await;
        app.advance(Duration::from_hours(2));
        app.spotify.world(|world| world.fail(Fault::once("POST", "/api/token", look.clone())));
        let told = chat.call("spotify_now", json!({})).await;
        assert_eq!(told.code(), "provider_unavailable", "{look:?}");
        assert!(told.data["retry_after"].as_u64().unwrap() >= 1, "{look:?}");
        assert_eq!(chat.status().await["state"], "connected", "{look:?}");
        // When it is over, the call just works.
        app.advance(Duration::from_mins(2));
        chat.call("spotify_now", json!({})).await.ok();
        app.finish().await;
    }
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_left_alone_that_long() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_hours(2));
    let slow_down = Answer::TooManyRequests { retry_after: 300, reason: None };
    app.spotify.world(|world| world.fail(Fault::once("POST", "/api/token", slow_down)));
    for _ in 0..5 {
        let told = chat.call("spotify_now", json!({})).await;
        assert_eq!(told.data["retry_after"], 300);
    }
    app.advance(Duration::from_secs(299));
    assert_eq!(chat.call("spotify_now", json!({})).await.code(), "provider_unavailable");
    assert_eq!(app.spotify.refreshes(), 1);
    app.advance(Duration::from_secs(1));
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn a_provider_that_rejects_even_a_new_token_is_asked_twice_and_no_more() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let no =
        Answer::json(401, &json!({"error": {"status": 401, "message": "Invalid access token"}}));
    app.spotify.world(|world| world.fail(Fault::times(100, "GET", "/v1/me/player", no)));
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "provider_unavailable");
    assert_eq!(app.spotify.refreshes(), 1);
    assert_eq!(app.spotify.count("GET", "/v1/me/player"), 2);
    assert_eq!(chat.status().await["state"], "connected");
    app.finish().await;
}

#[tokio::test]
async fn a_refresh_that_a_crash_left_behind_is_taken_over() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    drop(chat);
    app.stop().await;
    app.advance(Duration::from_hours(2));
    let soon = (app.clock.now() + chrono::TimeDelta::seconds(20)).to_rfc3339();
    app.sql(&format!("UPDATE connections SET refreshing_until = '{soon}'")).await;
    app.restart_stopped().await;
    let chat = app.chat().await;
    app.advance(Duration::from_secs(20));
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.refreshes(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_lost_answer_of_a_rotating_provider_is_told_as_what_it_is() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    drop(chat);
    app.stop().await;
    app.advance(Duration::from_hours(2));
    // What a crash between the provider's answer and our write leaves: the old token is dead.
    app.spotify.world(|world| world.kill_refresh_tokens_of("alice"));
    let past = (app.clock.now() - chrono::TimeDelta::seconds(1)).to_rfc3339();
    app.sql(&format!("UPDATE connections SET refreshing_until = '{past}'")).await;
    app.restart_stopped().await;
    let chat = app.chat().await;
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "needs_reconnect");
    assert!(told.text.contains("interrupted"), "{}", told.text);
    app.finish().await;
}

#[tokio::test]
async fn an_answer_is_kept_until_the_database_is_back() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_hours(2));
    let gate = Gate::shut();
    app.spotify.world(|world| {
        world.rotate_refresh = true;
        world.fail(Fault::once("POST", "/api/token", Answer::Hold(gate.clone())));
    });
    let (told, ()) = tokio::join!(chat.call("spotify_now", json!({})), async {
        app.refresh_begun().await;
        app.sql("ALTER TABLE connections RENAME TO away").await;
        gate.open();
        tokio::time::sleep(Duration::from_secs(1)).await;
        app.sql("ALTER TABLE away RENAME TO connections").await;
    });
    told.ok();
    app.advance(Duration::from_hours(2));
    chat.call("spotify_now", json!({})).await.ok();
    assert_eq!(app.spotify.refreshes(), 2);
    app.finish().await;
}

#[tokio::test]
async fn a_new_sign_in_is_not_overwritten_by_a_refresh_that_was_under_way() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_hours(2));
    let gate = Gate::shut();
    let hold = Answer::Hold(gate.clone());
    app.spotify.world(|world| world.fail(Fault::once("POST", "/api/token", hold)));
    let (told, ()) = tokio::join!(chat.call("spotify_now", json!({})), async {
        app.refresh_begun().await;
        let other = app.chat().await;
        app.connect_alice(&other).await;
        gate.open();
    });
    told.ok();
    let status = chat.status().await;
    assert_eq!(status["connected_at"], format!("{}", app.clock.now().format("%Y-%m-%dT%H:%M:%SZ")));
    app.advance(Duration::from_hours(2));
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn what_was_revoked_does_not_come_back_with_a_refresh_that_was_under_way() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_hours(2));
    app.spotify.world(|world| world.rotate_refresh = true);
    let gate = Gate::shut();
    let hold = Answer::Hold(gate.clone());
    app.spotify.world(|world| world.fail(Fault::once("POST", "/api/token", hold)));
    // The old token's revocation fails, so that the new one has to be revoked, too.
    let fails = Fault::once("POST", "/oauth2/revoke", Answer::text(500, "no"));
    app.spotify.world(|world| world.fail(fails));
    let (told, ()) = tokio::join!(chat.call("spotify_now", json!({})), async {
        app.refresh_begun().await;
        let other = app.chat().await;
        other.auth(json!({"action": "revoke"})).await.ok();
        gate.open();
    });
    assert_eq!(told.code(), "not_connected");
    assert_eq!(chat.call("spotify_now", json!({})).await.code(), "not_connected");
    let left = app.spotify.world(|world| world.live_refresh_tokens_of("alice"));
    assert_eq!(left, 0, "what came too late is given back");
    assert_eq!(app.count("SELECT count(*) FROM connections").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn a_sealed_token_moved_to_another_row_does_not_open() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_mins(1));
    let link = chat.get_url().await;
    app.sign_in(&Browser::new(), &link, "bob").await;
    drop(chat);
    app.stop().await;
    app.sql(
        "UPDATE connections SET sealed_access =
         (SELECT sealed_access FROM connections WHERE account_name LIKE 'Bob%')
         WHERE account_name LIKE 'Alice%'",
    )
    .await;
    app.restart_stopped().await;
    let chat = app.chat().await;
    let before = app.spotify.requests().len();
    assert_eq!(chat.call("spotify_now", json!({})).await.code(), "internal");
    assert_eq!(app.spotify.requests().len(), before, "nothing went out");
    app.finish().await;
}

#[tokio::test]
async fn a_sealed_token_that_is_damaged_is_healed_by_a_new_sign_in() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    drop(chat);
    app.stop().await;
    app.sql("UPDATE connections SET sealed_refresh = sealed_access").await;
    app.restart_stopped().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_hours(2));
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn an_unused_new_sign_in_for_a_dead_connection_is_given_back() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.spotify.world(|world| world.remove_apps_of("alice"));
    assert_eq!(chat.call("spotify_now", json!({})).await.code(), "needs_reconnect");
    Browser::new().get(&app.lost_redirect(&chat, "alice").await).await;
    app.advance(Duration::from_mins(10));
    app.sweep().await;
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_lost_answer_is_remembered_through_an_outage() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_hours(2));
    app.spotify.world(|world| {
        world.rotate_refresh = true;
        world.fail(Fault::once("POST", "/api/token", Answer::DropAfter));
        world.fail(Fault::once("POST", "/api/token", Answer::text(503, "busy")));
    });
    for _ in 0..2 {
        assert_eq!(chat.call("spotify_now", json!({})).await.code(), "provider_unavailable");
        app.advance(Duration::from_mins(5));
    }
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "needs_reconnect");
    assert!(told.text.contains("interrupted"), "{}", told.text);
    app.finish().await;
}
