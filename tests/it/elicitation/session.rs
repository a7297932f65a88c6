//! `Mcp-Session-Id`: given to clients of 2025-11-25 that open links, and worth nothing else.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Raw, told};
use crate::harness::{Connector, TestApp};

const REVISION: &str = "2025-11-25";

/// The session id that a client gets which says `initialize` with this declaration.
pub(super) async fn initialized(raw: &Raw, version: &str, elicitation: Value) -> Option<String> {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": version,
            "capabilities": {"elicitation": elicitation},
            "clientInfo": {"name": "test", "version": "1"},
        },
    });
    let mut request = raw.client.begin("/mcp").json(&message);
    if let Some(token) = &raw.token {
        request = request.bearer_auth(token);
    }
    let answer = Connector::send(request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body["result"]["protocolVersion"].is_string(), "{answer:?}");
    let id = answer.headers.get("mcp-session-id");
    id.map(|id| id.to_str().unwrap().to_owned())
}

/// Whether a call with this session id is answered with the error that names a link.
async fn opens(raw: &Raw, id: &str) -> bool {
    let answer = raw.legacy(REVISION, &[("mcp-session-id", id)]).await;
    if answer["code"] == -32042 {
        return true;
    }
    told(&answer);
    false
}

#[tokio::test]
async fn only_who_opens_links_in_the_revision_that_has_them_gets_one() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    for declared in [json!({"url": {}}), json!({"form": {}, "url": {}})] {
        let id = initialized(&owner, REVISION, declared).await.unwrap();
        assert!(id.bytes().all(|byte| byte.is_ascii_graphic()) && id.len() < 100, "{id}");
        assert!(opens(&owner, &id).await);
    }
    for declared in [json!(null), json!({}), json!({"form": {}}), json!({"url": null})] {
        assert_eq!(initialized(&owner, REVISION, declared.clone()).await, None, "{declared}");
    }
    for version in ["2024-11-05", "2025-03-26", "2025-06-18"] {
        let id = initialized(&owner, version, json!({"url": {}})).await;
        assert!(id.is_none(), "{version}");
    }
    // Whoever says `initialize` with more than that comes to it.
    for version in [REVISION, "2026-07-28", "2099-01-01"] {
        let id = initialized(&owner, version, json!({"url": {}})).await.unwrap();
        assert!(opens(&owner, &id).await, "{version}");
    }
    app.finish().await;
}

#[tokio::test]
async fn one_that_was_made_up_or_altered_is_none() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let id = initialized(&owner, REVISION, json!({"url": {}})).await.unwrap();
    for place in 0..id.len() - 1 {
        let mut altered = id.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        assert!(!opens(&owner, &String::from_utf8(altered).unwrap()).await, "{place}");
    }
    let state = super::asked(&owner.call(json!({})).await).1;
    for odd in ["", "x", "null", "../..", &id[1..], &id.repeat(50), &state] {
        assert!(!opens(&owner, odd).await, "{odd}");
    }
    assert!(opens(&owner, &id).await);
    app.finish().await;
}

#[tokio::test]
async fn it_counts_beside_the_token_of_whom_it_was_made_for() {
    let app = TestApp::start_for("open").await;
    let (client, other) = (Connector::register(&app).await, Connector::register(&app).await);
    let alice = Raw::person(&app, &client, "alice").await;
    let id = initialized(&alice, REVISION, json!({"url": {}})).await.unwrap();
    assert!(opens(&alice, &id).await);
    assert!(!opens(&Raw::person(&app, &client, "bob").await, &id).await);
    assert!(!opens(&Raw::person(&app, &other, "alice").await, &id).await);
    // Whoever signs in once more at the same client is the same.
    assert!(opens(&Raw::person(&app, &client, "alice").await, &id).await);
    // It is no token.
    let request = client.list("/mcp", None).await;
    assert_eq!(request.status, 401);
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let request = client.begin("/mcp").json(&ping).header("mcp-session-id", &id);
    assert_eq!(Connector::send(request).await.status, 401);
    app.finish().await;
}

#[tokio::test]
async fn ending_the_session_breaks_nothing() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let id = initialized(&owner, REVISION, json!({"url": {}})).await.unwrap();
    for method in [Method::GET, Method::DELETE] {
        let request = owner.client.begin_as(method, "/mcp").header("mcp-session-id", &id);
        let request = request.header("mcp-protocol-version", REVISION);
        let answer = Connector::send(request.header("accept", "text/event-stream")).await;
        assert_eq!(answer.status, 405, "{answer:?}");
    }
    assert!(opens(&owner, &id).await);
    app.finish().await;
}
