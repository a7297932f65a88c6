//! `stagepass audit`: what happened, for people and for programs.

use std::time::Duration;

use serde_json::{Value, json};
use stagepass_standin::Browser;

use super::{answer, within_seconds};
use crate::harness::{Connector, TestApp, claims_of};

/// Puts an event into the record behind the server's back.
async fn event(app: &TestApp, id: &str, at: &str, detail: &str) {
    app.sql(&format!(
        "INSERT INTO audit (id, at, event, outcome, detail) \
         VALUES ('{id}', '{at}T00:00:00+00:00', 'odd', 'refused', '{detail}')"
    ))
    .await;
}

#[tokio::test]
async fn what_happened_is_told_in_order_and_as_far_back_as_asked() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    app.advance(Duration::from_secs(1));
    let page = client.agree(&app, &Browser::new(), "bob").await;
    app.advance(Duration::from_secs(1));
    let tokens = client.redeem(&client.code_at(&app, &page)).await;
    let tokens = Connector::tokens(&app, &tokens);
    event(&app, "0", "2020-02-02", "long ago").await;

    let said = answer(&app, &["audit"]).await;
    let place = |event: &str| {
        let at = said.lines().position(|line| line.contains(&format!(" {event} ")));
        at.unwrap_or_else(|| panic!("no {event}: {said}"))
    };
    let (registered, signed_in) = (place("client.registered"), place("sign_in"));
    assert!(registered < signed_in && signed_in < place("token.issued"), "{said}");
    assert!(said.contains(&format!("client={}", client.client_id)), "{said}");
    assert!(said.contains("identity=user:spotify:"), "{said}");
    assert!(!said.contains("long ago"), "{said}");
    assert!(!said.contains(&tokens.access), "{said}");

    let newest = answer(&app, &["audit", "--limit", "1"]).await;
    assert_eq!(Some(newest.as_str()), said.lines().last());
    let all = answer(&app, &["audit", "--days", "60000"]).await;
    assert!(all.lines().next().is_some_and(|line| line.ends_with("detail=long ago")), "{all}");
    app.finish().await;
}

#[tokio::test]
async fn one_person_one_client_one_tool_or_one_event_is_asked_for() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let tokens = client.tokens_of(&app, "alice").await;
    for tool in ["spotify_now", "spotify_devices"] {
        client.call(&tokens.access, tool, json!({})).await;
        app.advance(Duration::from_secs(1));
    }
    let lines = async |arguments: &[&str]| {
        let said = answer(&app, &[&["audit"], arguments].concat()).await;
        said.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    within_seconds("calls are recorded", async || {
        lines(&["--event", "tool.called"]).await.len() == 2
    })
    .await;
    let [line] = lines(&["--tool", "spotify_devices"]).await.try_into().unwrap();
    let claims = claims_of(&tokens.access);
    let (who, token) = (claims["sub"].as_str().unwrap(), claims["jti"].as_str().unwrap());
    let connection = answer(&app, &["audit", "--event", "connection.made", "--json"]).await;
    let connection: Value = serde_json::from_str(&connection).unwrap();
    let id = connection["connection_id"].as_str().unwrap();
    assert!(line.contains(" done    tool.called "), "{line}");
    for fact in [
        format!("identity={who}"),
        format!("client={}", client.client_id),
        format!("token={token}"),
        "tool=spotify_devices provider=spotify".to_owned(),
        format!("connection={id}"),
    ] {
        assert!(line.contains(&fact), "no {fact}: {line}");
    }
    let alices = lines(&["--identity", who, "--event", "tool.called"]).await;
    assert_eq!(alices.len(), 2, "{alices:?}");
    let registered = lines(&["--client", &client.client_id, "--event", "client.registered"]).await;
    assert_eq!(registered.len(), 1, "{registered:?}");
    let none = lines(&["--identity", "user:spotify:nobody"]).await;
    assert!(none.len() == 1 && none[0].contains("Nothing like that"), "{none:?}");
    let json = answer(&app, &["audit", "--tool", "spotify_now", "--json"]).await;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["tool"], &json["connection_id"]), (&"spotify_now".into(), &id.into()));
    app.finish().await;
}

#[tokio::test]
async fn control_characters_reach_no_terminal() {
    let app = TestApp::start_for("open").await;
    let odd = "a\u{1b}[2J\nb \u{9b}31m \u{202e}c";
    event(&app, "1", "2026-02-02", odd).await;
    let said = answer(&app, &["audit", "--days", "60000"]).await;
    assert_eq!(said.lines().count(), 1, "{said:?}");
    assert!(said.ends_with("detail=a\\u{1b}[2J\\nb \\u{9b}31m \\u{202e}c"), "{said:?}");

    let said = answer(&app, &["audit", "--days", "60000", "--json"]).await;
    assert!(said.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{said:?}");
    let read: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((&read["event"], &read["detail"]), (&"odd".into(), &odd.into()));
    app.finish().await;
}
