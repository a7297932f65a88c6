//! Connections that end, told once, whatever happens in between.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::{ANNA, World};
use crate::harness::Bot;

/// Connects alice's account for anna; what is told of that comes first.
async fn connect(world: &World) {
    let (anna, before) = (world.anna().await, world.hook.messages().len());
    let code = world.code(&anna).await;
    anna.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    world.hook.received(before + 2).await;
}

#[tokio::test]
async fn a_connection_that_died_is_told_once_and_again_after_it_was_made_anew() {
    let world = World::start().await;
    for before in [2, 5] {
        connect(&world).await;
        world.app.spotify.world(|spotify| spotify.remove_apps_of("alice"));
        let told = world.anna().await.call("spotify_now", json!({})).await;
        assert_eq!(told.code(), "needs_reconnect");
        // As many replicas would, at once and one after the other.
        join_all((0..4).map(|_| world.app.announce())).await;
        world.app.announce().await;
        let body = world.hook.received(before + 1).await.remove(before).body;
        assert_eq!(body["type"], "connection.needs_reconnect");
        let data = &body["data"];
        assert_eq!((&data["chat_id"], &data["provider"]), (&json!(ANNA), &json!("spotify")));
        assert_eq!(data["account"]["name"], "Alice Example");
        assert_eq!(data["reason"]["code"], "needs_reconnect");
        let why = data["reason"]["message"].as_str().unwrap();
        assert!(told.text.contains(why), "{why}: {}", told.text);
        assert_eq!(world.deliveries().await.len(), before + 1);
    }
    world.finish().await;
}

#[tokio::test]
async fn a_connection_that_ends_within_a_month_is_told_once_and_then_that_it_has_ended() {
    let world = World::start().await;
    connect(&world).await;
    let status = world.anna().await.status().await;
    world.app.advance(Duration::from_hours(24 * 150));
    world.app.announce().await;
    assert_eq!(world.app.count("SELECT COUNT(announced) FROM connections").await, 0, "too early");
    world.app.advance(Duration::from_hours(24 * 6));
    join_all((0..4).map(|_| world.app.announce())).await;
    let body = world.hook.received(3).await.remove(2).body;
    assert_eq!(body["type"], "connection.expiring");
    assert_eq!(body["data"]["reconnect_by"], status["reconnect_by"]);
    assert_eq!(body["data"]["account"], status["account"]);
    assert!(body["data"].get("reason").is_none(), "{body}");

    world.app.sql("UPDATE connections SET dead_reason = 'why'").await;
    world.app.announce().await;
    world.app.announce().await;
    let body = world.hook.received(4).await.remove(3).body;
    assert_eq!(body["type"], "connection.needs_reconnect");
    assert_eq!(body["data"]["reason"]["message"], "why");
    world.finish().await;
}

#[tokio::test]
async fn connections_of_a_bot_without_a_webhook_end_in_silence() {
    let world = World::start().await;
    let quiet = Bot::add(&world.app, "quiet").await;
    let chat = quiet.chat(&world.app, ANNA).await;
    let code = world.code(&chat).await;
    chat.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    world.app.sql("UPDATE connections SET dead_reason = 'why'").await;
    world.app.announce().await;
    assert!(world.deliveries().await.is_empty());
    world.finish().await;
}
