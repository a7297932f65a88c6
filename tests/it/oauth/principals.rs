//! Two people at one server: neither sees, uses or ends what is the other's.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::harness::{Connector, TestApp};

/// What `Auth(status)` says about this bearer's accounts.
async fn accounts(client: &Connector, token: &str) -> Value {
    let answer = client.call(token, "Auth", json!({"action": "status"})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["result"]["structuredContent"].clone()
}

async fn account(client: &Connector, token: &str) -> String {
    let said = accounts(client, token).await;
    assert_eq!(said["providers"].as_array().unwrap().len(), 1, "{said}");
    said["providers"][0]["account"]["name"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn each_token_leads_to_its_own_persons_account_whatever_goes_on_beside() {
    let app = TestApp::start_for("open").await;
    let (one, other) = (Connector::register(&app).await, Connector::register(&app).await);
    let alices = one.tokens_of(&app, "alice").await.access;
    let bobs = other.tokens_of(&app, "bob").await.access;
    let calls = (0..40).map(|number| {
        let (one, other, alices, bobs) = (&one, &other, &alices, &bobs);
        async move {
            if number % 2 == 0 {
                assert_eq!(account(one, alices).await, "Alice Example");
            } else {
                assert_eq!(account(other, bobs).await, "Bob Example");
            }
        }
    });
    join_all(calls).await;
    app.finish().await;
}

/// A client's token is for us alone (MCP 2026-07-28, authorization, token passthrough).
#[tokio::test]
async fn what_reaches_the_provider_bears_the_persons_own_token_there() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let alices = client.tokens_of(&app, "alice").await.access;
    let bobs = client.tokens_of(&app, "bob").await.access;
    for (token, who) in [(&alices, "alice"), (&bobs, "bob"), (&alices, "alice")] {
        let before = app.spotify.requests().len();
        client.call(token, "spotify_now", json!({})).await;
        let asked = &app.spotify.requests()[before..];
        assert!(!asked.is_empty());
        assert!(asked.iter().all(|seen| seen.subject.as_deref() == Some(who)), "{asked:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_person_is_the_same_through_every_client() {
    let app = TestApp::start_for("open").await;
    let (one, other) = (Connector::register(&app).await, Connector::register(&app).await);
    let first = one.tokens_of(&app, "alice").await.access;
    let second = other.tokens_of(&app, "alice").await.access;
    assert_eq!(account(&one, &first).await, "Alice Example");
    assert_eq!(account(&other, &second).await, "Alice Example");
    // To disconnect is the person's doing, whichever app they did it with.
    let revoked = one.call(&first, "Auth", json!({"action": "revoke"})).await;
    assert_eq!(revoked.body["result"]["structuredContent"]["deleted"], true, "{revoked:?}");
    assert_eq!(account(&other, &second).await, "none");
    app.finish().await;
}

#[tokio::test]
async fn nobody_ends_another_persons_connection_by_naming_it() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let alices = client.tokens_of(&app, "alice").await.access;
    let bobs = client.tokens_of(&app, "bob").await.access;
    let said = accounts(&client, &alices).await;
    let named = &said["providers"][0]["account"];
    for name in [&named["id"], &named["name"]] {
        assert!(name.is_string(), "{said}");
        let arguments = json!({"action": "revoke", "account": name});
        let answer = client.call(&bobs, "Auth", arguments).await;
        assert_eq!(answer.body["result"]["isError"], true, "{answer:?}");
    }
    // Nor does an argument say who somebody is.
    for name in ["identity", "user", "sub", "chat_id"] {
        let mut arguments = json!({"action": "status"});
        arguments[name] = said["identity"].clone();
        let answer = client.call(&bobs, "Auth", arguments).await;
        assert_eq!(answer.body["result"]["isError"], true, "{answer:?}");
    }
    let mut meta = json!({"name": "Auth", "arguments": {"action": "status"}});
    meta["_meta"] = json!({"sub": said["identity"], "openai/subject": said["identity"]});
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": meta});
    let answer = client.mcp("/mcp", Some(&bobs), message).await;
    let told = &answer.body["result"]["structuredContent"]["providers"][0]["account"]["name"];
    assert_eq!(told, "Bob Example");
    assert_eq!(account(&client, &alices).await, "Alice Example");
    app.finish().await;
}

/// A link is for whoever asked for it, and a session id is no proof of anything.
#[tokio::test]
async fn a_session_of_one_person_is_nothing_to_another() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let alices = client.tokens_of(&app, "alice").await.access;
    let bobs = client.tokens_of(&app, "bob").await.access;
    let initialize = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        },
    });
    let opened = client.mcp("/mcp", Some(&alices), initialize).await;
    assert_eq!(opened.status, 200, "{opened:?}");
    let session = opened.headers.get("mcp-session-id").cloned();
    let session = session.unwrap_or_else(|| "made-up".parse().unwrap());
    let params = json!({"name": "Auth", "arguments": {"action": "status"}});
    let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params});
    let request = client.begin("/mcp").json(&call).header("mcp-session-id", session);
    let request = request.header("mcp-protocol-version", "2025-11-25");
    assert_eq!(Connector::send(request.try_clone().unwrap()).await.status, 401);
    let answer = Connector::send(request.bearer_auth(&bobs)).await;
    let said = &answer.body["result"]["structuredContent"];
    assert_eq!(said["providers"][0]["account"]["name"], "Bob Example", "{answer:?}");
    app.finish().await;
}

#[tokio::test]
async fn what_is_listed_is_kept_by_nobody_for_somebody_else() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    for method in ["tools/list", "server/discover"] {
        let answer = client.modern(&token, method, json!({})).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.body["result"]["cacheScope"], "private", "{answer:?}");
    }
    app.finish().await;
}
