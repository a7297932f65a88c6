//! Clients that open no links: the model shows the person what stands in the answer.

use serde_json::json;
use stagepass_standin::Browser;

use super::{Raw, told};
use crate::harness::{Era, TestApp};

#[tokio::test]
async fn every_client_gets_a_link_without_asking() {
    let app = TestApp::start().await;
    let legacy = ["2025-03-26", "2025-06-18", "2025-11-25"].map(Era::Legacy);
    let mut links = Vec::new();
    for era in [Era::Modern].into_iter().chain(legacy) {
        let chat = app.chat_in(era).await;
        let told = chat.call("spotify_now", json!({})).await;
        assert_eq!(told.code(), "not_connected", "{era:?}");
        assert_eq!(told.data["message"], "No spotify account is connected.");
        assert!(told.text.contains("Show the person this link"), "{}", told.text);
        assert!(told.text.contains("call this tool again"), "{}", told.text);
        links.push(told.data["url"].as_str().unwrap().to_owned());
        chat.end().await;
    }
    assert!(links.iter().all(|link| *link == links[0]), "{links:?}");
    app.sign_in(&Browser::new(), &links[0], "alice").await;
    app.chat().await.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

/// `elicitation: {}` is a client that shows forms (MCP 2026-07-28, elicitation, capabilities).
#[tokio::test]
async fn a_client_that_declares_no_links_is_not_asked_to_open_any() {
    let app = TestApp::start().await;
    for declared in [json!(null), json!({}), json!({"form": {}}), json!({"url": null})] {
        let answer = Raw::owner(&app).declaring(declared).call(json!({})).await;
        assert_eq!(answer.body["result"]["resultType"], "complete", "{answer:?}");
        told(&answer.body["result"]);
    }
    app.finish().await;
}

#[tokio::test]
async fn what_a_tool_may_answer_is_described_with_its_link() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    for tool in chat.tools().await {
        let schema = serde_json::to_value(tool.output_schema.unwrap()).unwrap();
        let error = schema["anyOf"]
            .as_array()
            .unwrap()
            .iter()
            .find(|kind| kind["required"] == json!(["code", "message", "next_step"]));
        let error = error.unwrap_or_else(|| panic!("{}: {schema}", tool.name));
        for name in ["url", "expires_at"] {
            assert_eq!(error["properties"][name]["type"], "string", "{}", tool.name);
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn renewal_and_missing_scopes_come_with_a_link_too() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    app.sql("UPDATE connections SET scopes = 'user-read-private'").await;
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "missing_scope");
    app.sign_in(&Browser::new(), told.data["url"].as_str().unwrap(), "alice").await;
    chat.call("spotify_now", json!({})).await.ok();
    app.spotify.world(|world| world.remove_apps_of("alice"));
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "needs_reconnect");
    app.sign_in(&Browser::new(), told.data["url"].as_str().unwrap(), "alice").await;
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

/// A call that can't be made any better than before says at least what to do.
#[tokio::test]
async fn where_no_link_can_be_made_the_error_stays_an_error() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.sql("ALTER TABLE links RENAME TO away").await;
    let told = chat.call("spotify_now", json!({})).await;
    assert_eq!(told.code(), "not_connected");
    assert!(told.data["next_step"].as_str().unwrap().contains("get_url"), "{}", told.text);
    assert_eq!(told.data.get("url"), None);
    app.sql("ALTER TABLE away RENAME TO links").await;
    app.finish().await;
}
