//! What became of a link, as it is told.

use std::time::Duration;

use serde_json::{Value, json};
use stagepass_standin::{
    Browser,
    spotify::{Answer, Fault},
};

use super::{ANNA, World};
use crate::harness::{Bot, Connector};

#[tokio::test]
async fn a_link_is_told_from_the_sign_in_to_the_connection() {
    let world = World::start().await;
    let anna = world.anna().await;
    let link = anna.get_url().await;
    let page = world.app.sign_in(&Browser::new(), &link, "alice").await;
    let code = crate::harness::code_on(&page);
    let authorized = world.hook.received(1).await.remove(0);
    assert_eq!(authorized.body["type"], "link.authorized");
    // Not who signed in: it may be somebody who was sent another's link.
    assert_eq!(authorized.body["data"], json!({"chat_id": ANNA, "provider": "spotify"}));

    anna.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    let messages = world.hook.received(2).await;
    let completed = &messages[1];
    assert_eq!(completed.body["type"], "link.completed");
    let account = anna.status().await["account"].clone();
    assert_eq!(account["name"], "Alice Example");
    assert_eq!(
        completed.body["data"],
        json!({"chat_id": ANNA, "provider": "spotify", "account": account})
    );
    assert_ne!(authorized.id, completed.id);
    let now = world.app.clock.now();
    assert_eq!(completed.timestamp, now.timestamp());
    let at = completed.body["timestamp"].as_str().unwrap();
    assert_eq!(chrono::DateTime::parse_from_rfc3339(at).unwrap().timestamp(), now.timestamp());
    let ticket = link.rsplit('/').next().unwrap();
    for message in &messages {
        assert!(!message.text.contains(&code) && !message.text.contains(ticket), "{message:?}");
    }
    world.finish().await;
}

/// The message of a link that came to nothing, and its reason's code.
async fn rejected(world: &World, before: usize) -> Value {
    let body = world.hook.received(before + 1).await.remove(before).body;
    assert_eq!(body["type"], "link.rejected", "{body}");
    assert_eq!(body["data"]["chat_id"], ANNA);
    assert_eq!(body["data"]["provider"], "spotify");
    assert!(!body["data"]["reason"]["message"].as_str().unwrap().is_empty());
    assert!(body["data"].get("account").is_none(), "{body}");
    body["data"]["reason"]["code"].clone()
}

#[tokio::test]
async fn a_person_who_declines_is_told_of() {
    let world = World::start().await;
    let link = world.anna().await.get_url().await;
    let browser = Browser::new();
    let page = browser.get(&link).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    world.app.spotify.deny(&browser, page, "alice").await;
    assert_eq!(rejected(&world, 0).await, "forbidden");
    world.finish().await;
}

#[tokio::test]
async fn a_provider_that_breaks_the_sign_in_off_is_told_of() {
    let world = World::start().await;
    let link = world.anna().await.get_url().await;
    let busy = Fault::times(9, "", "/api/token", Answer::text(503, "busy"));
    world.app.spotify.world(|spotify| spotify.fail(busy));
    world.app.sign_in(&Browser::new(), &link, "alice").await;
    assert_eq!(rejected(&world, 0).await, "provider_unavailable");
    world.app.spotify.world(|spotify| spotify.faults.clear());
    world.finish().await;
}

#[tokio::test]
async fn a_fault_of_our_own_is_told_of() {
    let world = World::start().await;
    let link = world.anna().await.get_url().await;
    let browser = Browser::new();
    let page = browser.get(&link).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    // The verifier no longer opens.
    world.app.sql("UPDATE links SET sealed_verifier = ticket_hash").await;
    let page = world.app.spotify.sign_in(&browser, page, "alice").await;
    assert_eq!(page.status, 400, "{}", page.describe());
    assert_eq!(rejected(&world, 0).await, "internal");
    world.finish().await;
}

#[tokio::test]
async fn too_many_wrong_codes_are_told_of_once() {
    let world = World::start().await;
    let anna = world.anna().await;
    world.code(&anna).await;
    for _ in 0..6 {
        anna.auth(json!({"action": "handle_callback", "code": "0000-0000"})).await;
    }
    assert_eq!(rejected(&world, 1).await, "link_expired");
    assert_eq!(world.deliveries().await.len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn a_code_from_another_chat_is_told_to_the_chat_of_the_link() {
    let world = World::start().await;
    let code = world.code(&world.anna().await).await;
    let mallory = world.bot.chat(&world.app, "whatsapp:+4915100000000").await;
    let told = mallory.auth(json!({"action": "handle_callback", "code": code})).await;
    assert_eq!(told.code(), "wrong_identity");
    assert_eq!(rejected(&world, 1).await, "wrong_identity");
    assert_eq!(world.deliveries().await.len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn a_code_that_nobody_gives_back_is_told_of_once() {
    let world = World::start().await;
    world.code(&world.anna().await).await;
    world.app.advance(Duration::from_mins(10));
    world.app.sweep().await;
    world.app.sweep().await;
    assert_eq!(rejected(&world, 1).await, "link_expired");
    assert_eq!(world.deliveries().await.len(), 2);
    world.finish().await;
}

#[tokio::test]
async fn nothing_is_written_for_bots_without_a_webhook_and_for_people_who_sign_in() {
    let world = World::start().await;
    let quiet = Bot::add(&world.app, "quiet").await;
    let chat = quiet.chat(&world.app, ANNA).await;
    let code = world.code(&chat).await;
    chat.auth(json!({"action": "handle_callback", "code": code})).await.ok();

    let client = Connector::register(&world.app).await;
    let tokens = client.tokens_of(&world.app, "bob").await;
    let bob = world.app.chat_with(&tokens.access).await;
    let browser = Browser::new();
    world.app.sign_in(&browser, &bob.get_url().await, "bob").await;

    // Nor for anybody whose key only looks like a chat user's of the bot.
    let db = world.app.db().await;
    let (webhooks, event) = (world.app.webhooks(&db), stagepass::webhooks::Event::Authorized);
    for key in ["user:spo_bot:x", "client:spo_bot:x", "chat:spo_bot", "chat:other:x", "", "::"] {
        webhooks.tell(key, "spotify", &event).await;
    }
    assert!(world.deliveries().await.is_empty());
    webhooks.tell("chat:spo_bot:x", "spotify", &event).await;
    assert_eq!(world.hook.received(1).await[0].body["data"]["chat_id"], "x");
    db.close().await;
    world.finish().await;
}
