//! Who is speaking: named in four ways, and by none of them for anybody else.

use serde_json::{Value, json};

use crate::harness::{Answer, BOT_SECRET, Bot, Connector, TestApp, encoded};

/// For whom an answer of `Auth(status)` is.
fn label(answer: &Answer) -> &str {
    let said = &answer.body["result"]["structuredContent"]["identity"];
    assert_eq!(said["kind"], "chat", "{answer:?}");
    said["label"].as_str().unwrap()
}

fn status() -> Value {
    json!({"name": "Auth", "arguments": {"action": "status"}})
}

fn status_for(chat: &str) -> Value {
    json!({
        "name": "Auth", "arguments": {"action": "status"},
        "_meta": {"io.stagepass/chat-id": chat},
    })
}

#[tokio::test]
async fn a_header_or_the_meta_names_the_same_person() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let header = bot.call_with(&[("stagepass-chat-id", encoded("tg:1"))], status()).await;
    assert_eq!(label(&header), "tg:1");
    assert_eq!(label(&bot.call_with(&[], status_for("tg:1")).await), "tg:1");
    let both = bot.call_with(&[("stagepass-chat-id", encoded("tg:1"))], status_for("tg:1")).await;
    assert_eq!(label(&both), "tg:1");
    app.finish().await;
}

#[tokio::test]
async fn two_that_disagree_are_an_error() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let answer = bot.call_with(&[("stagepass-chat-id", encoded("tg:1"))], status_for("tg:2")).await;
    assert_eq!(answer.status, 400, "{answer:?}");
    let said = answer.body["error"]["message"].as_str().unwrap();
    assert!(said.contains("two different chat users"), "{said}");
    app.finish().await;
}

#[tokio::test]
async fn what_is_no_id_is_an_error_and_not_ignored() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    for header in ["%", "%zz", "", "%00", &"x".repeat(257)] {
        let header = header.parse().unwrap();
        let answer = bot.call_with(&[("stagepass-chat-id", header)], status()).await;
        assert_eq!(answer.status, 400, "{answer:?}");
    }
    for meta in
        [json!(1), json!({}), json!(["a"]), json!(""), json!("a\u{7}"), json!("x".repeat(257))]
    {
        let mut params = status();
        params["_meta"] = json!({"io.stagepass/chat-id": meta});
        let answer = bot.call_with(&[], params).await;
        assert_eq!(answer.status, 400, "{meta}: {answer:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn without_the_scope_each_of_them_is_refused() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let alices = client.tokens_of(&app, "alice").await.access;
    let bot = Bot { token: alices, client };
    for (headers, params) in [
        (vec![("stagepass-chat-id", encoded("tg:1"))], status()),
        (vec![("stagepass-chat-name", encoded("Anna"))], status()),
        (vec![("stagepass-chat-assertion", encoded("a.b.c"))], status()),
        (vec![], status_for("tg:1")),
    ] {
        let answer = bot.call_with(&headers, params).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        let said = answer.body["error"]["message"].as_str().unwrap();
        assert!(said.contains("mcp.act_as"), "{said}");
        assert!(answer.challenge.unwrap().contains("error=\"insufficient_scope\""));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_program_with_tokens_of_its_own_is_no_bot_without_the_scope() {
    let app = TestApp::start_for("owner").await;
    let mut row = Bot::stored(&app, "nightly", None).await;
    row.id = "spo_plain".to_owned();
    row.scopes = "mcp.read mcp.write".to_owned();
    let db = app.db().await;
    db.save_client(&row).await.unwrap();
    db.close().await;
    let client = Connector::known(&app, &row.id, Some(BOT_SECRET));
    let form = [("grant_type", "client_credentials"), ("scope", "mcp.write mcp.act_as")];
    let tokens = Connector::tokens(&app, &client.post("/token", &form).await);
    assert_eq!(tokens.scope, "mcp.write");
    let program = Bot { client, token: tokens.access };
    let named = [("stagepass-chat-id", encoded("tg:1"))];
    assert_eq!(program.call_with(&named, status()).await.status, 403);
    assert_eq!(program.call_with(&[], status_for("tg:1")).await.status, 403);
    app.finish().await;
}

#[tokio::test]
async fn where_sign_in_is_off_nobody_speaks_for_anybody() {
    let app = TestApp::start().await;
    let client = Connector::known(&app, "nobody", None);
    let bot = Bot { token: "none".to_owned(), client };
    for (headers, params) in
        [(vec![("stagepass-chat-id", encoded("tg:1"))], status()), (vec![], status_for("tg:1"))]
    {
        let answer = bot.call_with(&headers, params).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        assert!(answer.body["error"]["message"].as_str().unwrap().contains("Sign-in is off"));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_bot_that_names_nobody_may_list_tools_and_learns_what_to_send() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    assert_eq!(bot.client.list("/mcp", Some(&bot.token)).await.status, 200);
    for params in [status(), json!({"name": "spotify_now", "arguments": {}})] {
        let answer = bot.call_with(&[], params).await;
        let said = &answer.body["result"]["structuredContent"];
        assert_eq!(said["code"], "invalid_argument", "{answer:?}");
        assert!(said["next_step"].as_str().unwrap().contains("Stagepass-Chat-Id"), "{said}");
    }
    app.finish().await;
}
