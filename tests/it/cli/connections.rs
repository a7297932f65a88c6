//! `stagepass connections`: who is connected, and the end of all that one person has.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::{
    Browser,
    spotify::{Answer, Fault},
};

use super::{answer, operate, refusal, within_seconds};
use crate::harness::{Bot, Chat, Connector, TestApp, code_on};

/// Links the account of `who` to a chat user.
async fn link(app: &TestApp, chat: &Chat, who: &str) {
    let page = app.sign_in(&Browser::new(), &chat.get_url().await, who).await;
    chat.auth(json!({"action": "handle_callback", "code": code_on(&page)})).await.ok();
}

/// The cells of the only row in which `word` is.
fn row<'a>(said: &'a str, word: &str) -> Vec<&'a str> {
    let mut rows = said.lines().filter(|line| line.contains(word));
    let row = rows.next().unwrap_or_else(|| panic!("no {word}: {said}"));
    assert!(rows.next().is_none(), "{said}");
    row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

#[tokio::test]
async fn the_list_says_whose_what_since_when_and_until_when() {
    let app = TestApp::start_for("owner").await;
    assert_eq!(answer(&app, &["connections", "list"]).await, "No accounts are connected.");
    let (bot, other) = (Bot::add(&app, "bot").await, Bot::add(&app, "bot2").await);
    let (anna, ben) = (bot.chat(&app, "tg:anna").await, other.chat(&app, "tg:ben").await);
    link(&app, &anna, "alice").await;
    link(&app, &ben, "bob").await;

    let said = answer(&app, &["connections", "list"]).await;
    let day = app.clock.now().format("%Y-%m-%d %H:%M").to_string();
    let annas = row(&said, "chat:spo_bot:tg%3Aanna");
    assert_eq!(&annas[1..5], ["spotify", "Alice Example", "connected", day.as_str()], "{said}");
    assert_eq!(annas[6], "-", "nothing was refreshed yet: {said}");
    assert_ne!(annas[5], "-", "Spotify asks people to sign in again: {said}");
    app.advance(Duration::from_mins(57));
    anna.call("spotify_now", json!({})).await.ok();
    app.spotify.world(|world| world.remove_apps_of("bob"));
    assert_eq!(ben.call("spotify_now", json!({})).await.code(), "needs_reconnect");
    let said = answer(&app, &["connections", "list"]).await;
    let now = app.clock.now().format("%Y-%m-%d %H:%M").to_string();
    assert_eq!(row(&said, "tg%3Aanna")[6], now, "{said}");
    let bens = row(&said, "tg%3Aben");
    assert_eq!((bens[3], bens[6]), ("needs_reconnect", "-"), "{said}");

    // Of one bot, and of one person; a bot whose id only begins alike is another one.
    let said = answer(&app, &["connections", "list", "--client", "spo_bot"]).await;
    assert!(said.contains("tg%3Aanna") && !said.contains("tg%3Aben"), "{said}");
    let key = bot.key("tg:anna");
    let said = answer(&app, &["connections", "list", "--identity", &key]).await;
    assert_eq!(said.lines().count(), 2, "{said}");
    app.finish().await;
}

#[tokio::test]
async fn what_one_chat_user_has_ends_here_and_at_the_provider() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let anna = bot.chat(&app, "whatsapp:+49").await;
    link(&app, &anna, "alice").await;
    // A token of her own, warm; and another account that she has signed in to, without the code.
    let exchange = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", "whatsapp:+49"),
        ("subject_token_type", "urn:stagepass:chat-id"),
    ];
    let token = Connector::tokens(&app, &bot.client.post("/token", &exchange).await).access;
    assert!(bot.client.is_let_in(&token).await);
    anna.call("spotify_now", json!({})).await.ok();
    let page = app.sign_in(&Browser::new(), &anna.get_url().await, "bob").await;
    let code = code_on(&page);

    let whose = ["--client", "spo_bot", "--chat-id", "whatsapp:+49"];
    let said = answer(&app, &[&["connections", "revoke"], &whose[..]].concat()).await;
    assert!(said.contains("Disconnected Alice Example; revoked at spotify, too."), "{said}");
    assert!(said.contains("Ended a link"), "{said}");
    for who in ["alice", "bob"] {
        assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of(who)), 0, "{who}");
    }
    // The running server had her token and her access in its caches.
    within_seconds("the account is gone", async || {
        anna.call("spotify_now", json!({})).await.is_error
    })
    .await;
    assert!(bot.client.is_soon_out(&token).await);
    let told = anna.auth(json!({"action": "handle_callback", "code": code})).await;
    // The call above was answered with a new link; the code of the one that was ended is worth nothing.
    assert_eq!(told.code(), "code_invalid", "{told:?}");

    let said = answer(&app, &["audit", "--identity", &bot.key("whatsapp:+49")]).await;
    for event in ["connection.revoked", "link.rejected", "access.ended"] {
        assert!(said.contains(&format!(" {event} ")), "no {event}: {said}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_signed_in_person_loses_connections_tokens_and_sessions() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let bob = client.tokens_of(&app, "bob").await;
    let alice = client.tokens_of(&app, "alice").await;
    let said = answer(&app, &["connections", "list"]).await;
    let key = row(&said, "Bob")[0].to_owned();
    let said = answer(&app, &["connections", "revoke", "--identity", &key]).await;
    assert!(said.contains("revoked at spotify") && said.contains("Ended their access"), "{said}");
    for table in ["grants", "sessions", "connections"] {
        let left = app.count(&format!("SELECT COUNT(*) FROM {table}")).await;
        assert_eq!(left, 1, "{table} of alice alone");
    }
    assert!(client.is_soon_out(&bob.access).await);
    assert!(client.is_let_in(&alice.access).await);
    // Still known, and nothing is left to end.
    let said = answer(&app, &["connections", "revoke", "--identity", &key]).await;
    assert!(!said.contains("Disconnected"), "{said}");
    app.finish().await;
}

#[tokio::test]
async fn only_one_provider_is_ended_and_the_access_stays() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let bob = client.tokens_of(&app, "bob").await;
    let said = answer(&app, &["connections", "list"]).await;
    let key = row(&said, "Bob")[0].to_owned();
    let revoke = ["connections", "revoke", "--identity", key.as_str(), "--provider"];
    let said = refusal(&app, &[&revoke[..], &["github"]].concat()).await;
    assert!(said.contains("has nothing at github"), "{said}");
    let said = answer(&app, &[&revoke[..], &["spotify"]].concat()).await;
    assert_eq!(said, "Disconnected Bob Example; revoked at spotify, too.");
    assert_eq!(app.count("SELECT COUNT(*) FROM connections").await, 0);
    assert!(client.is_let_in(&bob.access).await);
    app.finish().await;
}

#[tokio::test]
async fn where_the_provider_is_away_the_operator_learns_what_is_left_to_do() {
    let app = TestApp::start().await;
    app.connect_alice(&app.chat().await).await;
    let away = Fault::times(9, "POST", "/oauth2/revoke/v1", Answer::text(503, "away"));
    app.spotify.world(|world| world.fail(away));
    let said = answer(&app, &["connections", "revoke", "--identity", "local::owner"]).await;
    assert!(said.contains("spotify didn't revoke"), "{said}");
    assert!(said.contains("withdraw it at https://www.spotify.com/"), "{said}");
    assert_eq!(app.count("SELECT COUNT(*) FROM connections").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn who_isn_t_known_is_an_error_that_says_where_keys_are() {
    let app = TestApp::start_for("owner").await;
    let said = refusal(&app, &["connections", "revoke", "--identity", "user:spotify:nobody"]).await;
    assert!(said.contains("user:spotify:nobody"), "{said}");
    assert!(said.contains("stagepass connections list"), "{said}");
    let whose = ["--client", "spo_bot", "--chat-id", "tg:nobody"];
    let said = refusal(&app, &[&["connections", "revoke"], &whose[..]].concat()).await;
    assert!(said.contains("chat:spo_bot:tg%3Anobody"), "{said}");
    for arguments in [
        &["--identity", "nobody"][..],
        &["--identity", "chat:spo_bot:whatsapp:+49"],
        &["--client", "spo_bot"],
        &["--chat-id", "tg:anna"],
        &["--client", "spo_bot", "--chat-id", ""],
        &["--client", "spo_bot", "--chat-id", "a\u{1b}b"],
        &["--identity", "local::owner", "--client", "spo_bot", "--chat-id", "tg:anna"],
        &[],
    ] {
        let ended = operate(&app, &[&["connections", "revoke"], arguments].concat()).await;
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(!ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
    }
    app.finish().await;
}
