//! Clients of 2025-11-25 that open links: an error names the link.

use serde_json::{Value, json};
use stagepass_standin::Browser;

use super::{Raw, session::initialized, told};
use crate::harness::{Answer, Connector, Era, TestApp};

const REVISION: &str = "2025-11-25";

/// The link that an error names.
fn named(error: &Value, app: &TestApp) -> String {
    assert_eq!(error["code"], -32042, "{error}");
    let elicitations = error["data"]["elicitations"].as_array().unwrap();
    assert_eq!(elicitations.len(), 1, "{error}");
    let elicitation = &elicitations[0];
    assert_eq!(elicitation["mode"], "url");
    assert!(elicitation["message"].as_str().unwrap().contains("sign in at Spotify"), "{error}");
    assert!(!elicitation["elicitationId"].as_str().unwrap().is_empty(), "{error}");
    let url = elicitation["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/connect/spt_", app.url)), "{error}");
    url.to_owned()
}

#[tokio::test]
async fn an_error_names_the_link_and_the_next_call_works() {
    let app = TestApp::start().await;
    let (chat, window) = app.chat_with_window(Era::Legacy(REVISION)).await;
    let error = chat.attempt("spotify_now", json!({})).await.unwrap_err();
    let error = serde_json::to_value(error).unwrap();
    let url = named(&error, &app);
    // Asked again, it is the same link, under the same name.
    let again = chat.attempt("spotify_now", json!({})).await.unwrap_err();
    assert_eq!(serde_json::to_value(again).unwrap(), error);
    app.sign_in(&Browser::new(), &url, "alice").await;
    chat.call("spotify_now", json!({})).await.ok();
    assert!(window.is_empty(), "the server asks nothing by itself");
    // Its last word is a DELETE with the session id.
    chat.end().await;
    app.finish().await;
}

#[tokio::test]
async fn without_the_session_id_the_same_client_is_told_in_words() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let id = initialized(&owner, REVISION, json!({"url": {}})).await.unwrap();
    let url = named(&owner.legacy(REVISION, &[("mcp-session-id", &id)]).await, &app);
    assert_eq!(told(&owner.legacy(REVISION, &[]).await), url);
    app.finish().await;
}

#[tokio::test]
async fn older_revisions_know_no_such_error() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let id = initialized(&owner, REVISION, json!({"url": {}})).await.unwrap();
    for version in ["2025-03-26", "2025-06-18"] {
        told(&owner.legacy(version, &[("mcp-session-id", &id)]).await);
    }
    for version in ["2025-03-26", "2025-06-18"] {
        let (chat, window) = app.chat_with_window(Era::Legacy(version)).await;
        assert_eq!(chat.call("spotify_now", json!({})).await.code(), "not_connected");
        assert!(window.is_empty());
        chat.end().await;
    }
    app.finish().await;
}

#[tokio::test]
async fn each_call_of_a_batch_is_told_in_words() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let id = initialized(&owner, REVISION, json!({"url": {}})).await.unwrap();
    let call = |id: u8| {
        let params = json!({"name": "spotify_now", "arguments": {}});
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
    };
    for version in [None, Some("2025-03-26")] {
        let mut request = owner.client.begin("/mcp").json(&json!([call(1), call(2)]));
        request = request.header("mcp-session-id", &id);
        if let Some(version) = version {
            request = request.header("mcp-protocol-version", version);
        }
        let answer: Answer = Connector::send(request).await;
        let answers = answer.body.as_array().unwrap();
        assert_eq!(answers.len(), 2);
        assert_eq!(told(&answers[0]["result"]), told(&answers[1]["result"]));
    }
    app.finish().await;
}

#[tokio::test]
async fn what_the_newer_revision_brings_back_is_nothing_here() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let params = json!({
        "name": "spotify_now", "arguments": {},
        "requestState": "made up", "inputResponses": {},
    });
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let answer = owner.client.mcp("/mcp", None, message).await;
    told(&answer.body["result"]);
    app.finish().await;
}
