//! Tokens of bots, and of chat users.

use serde_json::json;

use crate::harness::{Bot, Connector, TestApp, claims_of, encoded};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const CHAT_ID: &str = "urn:stagepass:chat-id";

#[tokio::test]
async fn a_chat_users_token_names_them_and_the_bot_and_lives_ten_minutes() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let form = [
        ("grant_type", EXCHANGE),
        ("subject_token", "whatsapp:+49151"),
        ("subject_token_type", CHAT_ID),
    ];
    let answer = bot.client.post("/token", &form).await;
    let tokens = Connector::tokens(&app, &answer);
    let body = &answer.body;
    assert_eq!(body["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    assert_eq!(body["expires_in"], 600);
    assert_eq!(tokens.scope, "mcp.read mcp.write");
    let claims = claims_of(&tokens.access);
    assert_eq!(claims["sub"], bot.key("whatsapp:+49151"));
    assert_eq!(claims["act"], json!({"sub": "client::spo_bot"}));
    let own = bot.client.call(&tokens.access, "Auth", json!({"action": "status"})).await;
    let said = &own.body["result"]["structuredContent"]["identity"];
    assert_eq!(said["label"], "whatsapp:+49151", "{own:?}");
    // It speaks for nobody else.
    let thief = Bot { token: tokens.access, client: bot.client.clone() };
    let params = json!({"name": "Auth", "arguments": {"action": "status"}});
    let other = thief.call_with(&[("stagepass-chat-id", encoded("tg:1"))], params).await;
    assert_eq!(other.status, 400, "{other:?}");
    app.finish().await;
}
