//! Every request is attributable: who, through what, with which tool, by which connection.

pub(crate) mod links;
mod queue;

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use stagepass::{audit::Audit, store::AuditRow};
use stagepass_standin::Browser;

use crate::harness::{Bot, Connector, TestApp, claims_of};

/// The rows of `event`, once there are so many: calls are written down in groups.
pub(crate) async fn recorded(app: &TestApp, event: &str, many: usize) -> Vec<AuditRow> {
    let written = async {
        loop {
            let mut rows = app.audit().await;
            rows.retain(|row| row.event == event);
            if rows.len() >= many {
                return rows;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let rows = tokio::time::timeout(Duration::from_secs(30), written).await.expect(event);
    assert_eq!(rows.len(), many, "{rows:?}");
    rows
}

/// The tool, how its call came out, and why.
fn told(row: &AuditRow) -> (&str, &str, Option<&str>) {
    (row.tool.as_deref().unwrap(), row.outcome.as_str(), row.detail.as_deref())
}

/// The id of the only connection of an identity.
async fn connection(app: &TestApp, identity: &str) -> Option<String> {
    let db = app.db().await;
    let rows = db.connections_of(identity).await.unwrap();
    db.close().await;
    assert_eq!(rows.len(), 1, "{identity}");
    rows.into_iter().next().map(|row| row.id)
}

#[tokio::test]
async fn a_signed_in_persons_call_names_them_their_app_its_token_and_the_connection() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    let chat = app.chat_with(&token).await;
    chat.call("spotify_now", json!({})).await.ok();
    let row = recorded(&app, "tool.called", 1).await.remove(0);
    assert_eq!(told(&row), ("spotify_now", "done", None));
    let claims = claims_of(&token);
    assert_eq!(row.identity.as_deref(), claims["sub"].as_str());
    assert_eq!(row.client_id.as_deref(), Some(client.client_id.as_str()));
    assert_eq!(row.token_id.as_deref(), claims["jti"].as_str());
    assert_eq!(row.grant_id.as_deref(), claims["gid"].as_str());
    assert_eq!(row.provider.as_deref(), Some("spotify"));
    assert_eq!(row.connection_id, connection(&app, claims["sub"].as_str().unwrap()).await);
    assert_eq!(row.address.as_deref(), Some("127.0.0.1"));
    app.finish().await;
}

#[tokio::test]
async fn a_chat_users_call_names_them_and_the_bot_that_spoke_for_them() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let (anna, ben) = (bot.chat(&app, "tg:anna").await, bot.chat(&app, "tg:ben").await);
    links::link(&app, &anna, "alice").await;
    links::link(&app, &ben, "bob").await;
    for (chat, id, before) in [(&anna, "tg:anna", 4), (&ben, "tg:ben", 5)] {
        chat.call("spotify_now", json!({})).await.ok();
        let rows = recorded(&app, "tool.called", before + 1).await;
        let row = rows.iter().rfind(|row| row.tool.as_deref() == Some("spotify_now")).unwrap();
        assert_eq!(row.identity, Some(bot.key(id)));
        assert_eq!(row.client_id.as_deref(), Some("spo_bot"));
        let claims = claims_of(&bot.token);
        assert_eq!(row.token_id.as_deref(), claims["jti"].as_str());
        assert_eq!(row.grant_id.as_deref(), claims["gid"].as_str());
        assert_eq!(row.connection_id, connection(&app, &bot.key(id)).await);
        app.advance(Duration::from_secs(1));
    }
    app.finish().await;
}

#[tokio::test]
async fn where_sign_in_is_off_the_owner_called() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.advance(Duration::from_secs(1));
    chat.call("spotify_now", json!({})).await.ok();
    let rows = recorded(&app, "tool.called", 2).await;
    assert_eq!(rows.iter().map(told).collect::<Vec<_>>()[0], ("Auth", "done", None));
    assert_eq!(told(&rows[1]), ("spotify_now", "done", None));
    for row in &rows {
        assert_eq!(row.identity.as_deref(), Some("local::owner"));
        assert_eq!((&row.client_id, &row.token_id, &row.grant_id), (&None, &None, &None));
    }
    assert_eq!(rows[1].connection_id, connection(&app, "local::owner").await);
    app.finish().await;
}

#[tokio::test]
async fn a_refused_call_is_recorded_with_its_code_and_none_of_its_words() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let read = client.tokens_with(&app, "alice", &[("scope", "mcp.read")]).await.access;
    let words = "words-of-a-person";
    let mut expected = Vec::new();
    for (tool, arguments, code) in [
        ("spotify_play", json!({"query": words}), "forbidden"),
        ("spotify_search", json!({"query": words, "limit": words}), "invalid_argument"),
        ("spotify_search", json!({"query": words}), ""),
    ] {
        client.call(&read, tool, arguments).await;
        expected.push((tool, Some(code).filter(|code| !code.is_empty())));
        app.advance(Duration::from_secs(1));
    }
    let url = client.authorize_url();
    let apart = client.agree_with(&app, &Browser::new(), "bob", &url, &[("-connects", "")]).await;
    let bob = Connector::tokens(&app, &client.redeem(&client.code_at(&app, &apart)).await).access;
    client.call(&bob, "spotify_now", json!({})).await;
    expected.push(("spotify_now", Some("not_connected")));
    // Of no tool, so it is no call; and of nobody.
    client.call(&bob, words, json!({})).await;
    client.call("no token", "spotify_now", json!({})).await;

    let rows = recorded(&app, "tool.called", 4).await;
    let seen: Vec<_> = rows.iter().map(|row| (told(row).0, told(row).2)).collect();
    assert_eq!(seen, expected);
    for row in &rows {
        assert_eq!(row.outcome == "refused", row.detail.is_some(), "{row:?}");
    }
    assert_eq!((rows[3].provider.as_deref(), &rows[3].connection_id), (Some("spotify"), &None));
    assert!(!format!("{:?}", app.audit().await).contains(words));
    app.finish().await;
}

#[tokio::test]
async fn a_bot_that_names_nobody_is_recorded_as_itself() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    bot.call_with(&[], json!({"name": "spotify_now", "arguments": {}})).await;
    let row = recorded(&app, "tool.called", 1).await.remove(0);
    assert_eq!(told(&row), ("spotify_now", "refused", Some("invalid_argument")));
    assert_eq!(row.identity.as_deref(), Some("client::spo_bot"));
    assert_eq!(row.client_id.as_deref(), Some("spo_bot"));
    app.finish().await;
}

#[tokio::test]
async fn two_hundred_calls_at_once_leave_two_hundred_rows() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let ids: Vec<_> = (0..200).map(|number| format!("tg:{number}")).collect();
    let calls = ids.iter().map(|id| bot.call(id, "spotify_now", json!({})));
    for answer in join_all(calls).await {
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let mut rows = recorded(&app, "tool.called", 200).await;
    rows.sort_by_key(|row| row.identity.clone());
    rows.dedup_by_key(|row| row.identity.clone());
    assert_eq!(rows.len(), 200, "one for each");
    app.finish().await;
}

#[tokio::test]
async fn the_rows_are_in_the_order_of_the_calls() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    for number in 0..100 {
        bot.call(&format!("tg:{number}"), "spotify_now", json!({})).await;
        app.advance(Duration::from_millis(1));
    }
    let rows = recorded(&app, "tool.called", 100).await;
    let expected: Vec<_> = (0..100).map(|number| Some(bot.key(&format!("tg:{number}")))).collect();
    assert_eq!(rows.into_iter().map(|row| row.identity).collect::<Vec<_>>(), expected);
    app.finish().await;
}

#[tokio::test]
async fn old_calls_are_forgotten_with_all_else_that_is_old() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    chat.call("spotify_now", json!({})).await;
    app.stop().await;
    let db = app.db().await;
    let audit = Audit::new(db.clone(), app.clock.clone());
    for (days, left) in [(399, 1), (2, 0)] {
        app.advance(Duration::from_hours(24 * days));
        audit.sweep().await.unwrap();
        assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE event = 'tool.called'").await, left);
    }
    db.close().await;
    app.finish().await;
}
