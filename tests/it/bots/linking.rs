//! A chat user links an account, and nobody else does it for them.

use serde_json::json;
use stagepass_standin::Browser;

use crate::harness::{Bot, TestApp, code_on};

#[tokio::test]
async fn a_chat_user_links_by_the_code_on_the_page_and_is_served() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, "whatsapp:+4915112345678").await;
    assert_eq!(anna.call("spotify_now", json!({})).await.code(), "not_connected");
    let link = anna.get_url().await;
    let page = app.sign_in(&Browser::new(), &link, "alice").await;
    let code = code_on(&page);
    let told = anna.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    assert_eq!(told.data["account"]["name"], "Alice Example");
    anna.call("spotify_now", json!({})).await.ok();
    anna.end().await;
    app.finish().await;
}
