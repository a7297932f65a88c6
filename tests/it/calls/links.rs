//! Each step of linking is recorded: whose link it was, through which bot, and what became of it.

use std::time::Duration;

use serde_json::json;
use stagepass::store::AuditRow;
use stagepass_standin::Browser;

use super::{connection, recorded};
use crate::harness::{Bot, Chat, TestApp, code_on};

/// Links the account of `who` to a chat user.
pub(crate) async fn link(app: &TestApp, chat: &Chat, who: &str) {
    let page = app.sign_in(&Browser::new(), &chat.get_url().await, who).await;
    let given = json!({"action": "handle_callback", "code": code_on(&page)});
    chat.auth(given).await.ok();
}

/// The events about links, how they came out, and about what.
async fn steps(app: &TestApp) -> Vec<AuditRow> {
    let mut rows = app.audit().await;
    rows.retain(|row| row.event.starts_with("link.") || row.event.starts_with("connection."));
    rows
}

fn told(row: &AuditRow) -> (&str, Option<&str>) {
    (row.event.as_str(), row.detail.as_deref())
}

#[tokio::test]
async fn a_chat_users_way_in_and_out_names_them_their_bot_and_the_connection() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, "tg:anna").await;
    let url = anna.get_url().await;
    app.advance(Duration::from_secs(1));
    let page = app.sign_in(&Browser::new(), &url, "alice").await;
    app.advance(Duration::from_secs(1));
    anna.auth(json!({"action": "handle_callback", "code": code_on(&page)})).await.ok();
    let id = connection(&app, &bot.key("tg:anna")).await;
    app.advance(Duration::from_secs(1));
    anna.auth(json!({"action": "revoke"})).await.ok();

    let rows = steps(&app).await;
    let expected = [
        ("link.issued", None),
        ("link.authorized", None),
        ("connection.made", None),
        ("connection.revoked", Some("revoked")),
    ];
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>(), expected);
    for row in &rows {
        assert_eq!(row.identity, Some(bot.key("tg:anna")));
        assert_eq!(row.client_id.as_deref(), Some("spo_bot"));
        assert_eq!((row.outcome.as_str(), row.provider.as_deref()), ("done", Some("spotify")));
    }
    assert_eq!(rows[1].address.as_deref(), Some("127.0.0.1"));
    assert_eq!((&rows[2].connection_id, &rows[3].connection_id), (&id, &id));
    app.finish().await;
}

#[tokio::test]
async fn what_is_rejected_is_recorded_with_the_reason() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let browser = Browser::new();
    let page = browser.get(&chat.get_url().await).await;
    let spotify = browser.submit(&page, "Continue to Spotify", &[]).await;
    app.spotify.deny(&browser, spotify, "alice").await;
    let row = recorded(&app, "link.rejected", 1).await.remove(0);
    assert_eq!((row.outcome.as_str(), told(&row).1), ("refused", Some("forbidden")));
    assert_eq!(row.address.as_deref(), Some("127.0.0.1"));
    app.advance(Duration::from_secs(1));

    // What nobody confirms runs out.
    let lost = app.lost_redirect(&chat, "alice").await;
    app.advance(Duration::from_secs(1));
    Browser::new().get(&lost).await;
    app.advance(Duration::from_mins(11));
    app.sweep().await;
    let rows = recorded(&app, "link.rejected", 2).await;
    assert_eq!(told(&rows[1]).1, Some("link_expired"));
    assert!(rows.iter().all(|row| row.identity.as_deref() == Some("local::owner")), "{rows:?}");
    assert!(rows.iter().all(|row| row.provider.as_deref() == Some("spotify")), "{rows:?}");
    app.finish().await;
}

#[tokio::test]
async fn each_guess_at_a_code_is_a_refused_call_and_the_last_ends_the_link() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let mallory = bot.chat(&app, "tg:mallory").await;
    app.sign_in(&Browser::new(), &mallory.get_url().await, "alice").await;
    app.advance(Duration::from_secs(1));
    let guess = json!({"action": "handle_callback", "code": "AAAA-AAAA"});
    for _ in 0..7 {
        mallory.auth(guess.clone()).await;
    }
    let mut calls = recorded(&app, "tool.called", 8).await;
    calls.retain(|row| row.outcome == "refused");
    let count = |code| calls.iter().filter(|row| told(row).1 == Some(code)).count();
    assert_eq!((count("code_invalid"), count("link_expired")), (4, 3));
    let row = recorded(&app, "link.rejected", 1).await.remove(0);
    assert_eq!((told(&row).1, &row.identity), (Some("link_expired"), &Some(bot.key("tg:mallory"))));
    app.finish().await;
}

#[tokio::test]
async fn the_death_of_a_connection_is_recorded_once_and_with_it() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, "tg:anna").await;
    link(&app, &anna, "alice").await;
    let id = connection(&app, &bot.key("tg:anna")).await;
    app.spotify.world(|world| world.remove_apps_of("alice"));
    app.advance(Duration::from_mins(59));
    for _ in 0..2 {
        let told = anna.call("spotify_now", json!({})).await;
        assert_eq!(told.code(), "needs_reconnect");
    }
    let row = recorded(&app, "connection.died", 1).await.remove(0);
    assert_eq!((row.identity, row.connection_id), (Some(bot.key("tg:anna")), id));
    assert_eq!(
        (row.client_id.as_deref(), row.provider.as_deref()),
        (Some("spo_bot"), Some("spotify"))
    );
    assert!(row.detail.is_some_and(|why| why.starts_with("Spotify no longer accepts")));
    app.finish().await;
}
