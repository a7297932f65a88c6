//! Links for the chat users of a bot: each for one of them, and finished by a code.

use std::collections::HashMap;

use http::HeaderName;
use rmcp::model::ElicitationAction;
use serde_json::{Value, json};
use stagepass_standin::Browser;

use super::{Raw, asked, session::initialized, told};
use crate::harness::{Bot, Era, TestApp, code_on, encoded};

const CHAT_ID: &str = "stagepass-chat-id";

/// A bot whose client opens links.
fn raw(bot: &Bot) -> Raw {
    let (client, token) = (bot.client.clone(), Some(bot.token.clone()));
    Raw { client, token, elicitation: json!({"url": {}}) }
}

/// The parameters of a call for a chat user.
fn of(chat: &str) -> Value {
    json!({"io.stagepass/chat-id": chat})
}

#[tokio::test]
async fn a_chat_user_signs_in_by_the_link_and_gives_the_code() {
    let app = TestApp::start_for("open").await;
    let bot = Bot::add(&app, "pal").await;
    let headers = HashMap::from([(HeaderName::from_static(CHAT_ID), encoded("whatsapp:+49151"))]);
    let (chat, mut window) = app.window_as(Era::Modern, Some(&bot.token), headers).await;
    let (told, code) = tokio::join!(chat.call("spotify_now", json!({})), async {
        let shown = window.next().await;
        assert!(!shown.url.contains("49151") && !shown.message.contains("49151"));
        let page = app.sign_in(&Browser::new(), &shown.url, "alice").await;
        shown.reply(ElicitationAction::Accept);
        code_on(&page)
    });
    assert_eq!(told.code(), "not_connected");
    assert!(told.text.contains("only the code on the page is missing"), "{}", told.text);
    chat.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    chat.call("spotify_now", json!({})).await.ok();
    assert!(window.is_empty());
    app.finish().await;
}

#[tokio::test]
async fn a_state_of_one_chat_user_is_nothing_for_another() {
    let app = TestApp::start_for("open").await;
    let bot = raw(&Bot::add(&app, "pal").await);
    let (alices, state) = asked(&bot.call_for(&of("alice"), json!({})).await);
    let (bobs, _) = asked(&bot.call_for(&of("bob"), json!({})).await);
    assert_ne!(alices, bobs);
    let retry = json!({
        "requestState": state,
        "inputResponses": {"connect": {"action": "accept"}},
    });
    let answer = bot.call_for(&of("bob"), retry.clone()).await;
    assert_eq!(answer.body["error"]["code"], -32602, "{answer:?}");
    assert_eq!(told(&bot.call_for(&of("alice"), retry).await.body["result"]), alices);
    app.finish().await;
}

/// A bot says `initialize` once, for all of its chat users.
#[tokio::test]
async fn what_a_bot_declared_at_first_holds_for_all_it_speaks_for() {
    let app = TestApp::start_for("open").await;
    let (pal, other) = (Bot::add(&app, "pal").await, Bot::add(&app, "other").await);
    let id = initialized(&raw(&pal), "2025-11-25", json!({"url": {}})).await.unwrap();
    for (bot, opens) in [(&pal, true), (&other, false)] {
        let alice = encoded("alice");
        let headers = [(CHAT_ID, alice.to_str().unwrap()), ("mcp-session-id", &id)];
        let answer = raw(bot).legacy("2025-11-25", &headers).await;
        assert_eq!(answer["code"] == -32042, opens, "{answer}");
    }
    told(&pal.call("alice", "spotify_now", json!({})).await.body["result"]);
    app.finish().await;
}
