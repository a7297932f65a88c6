//! What goes wrong around bots and chat users' own pages, by accident or on purpose.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::{
    Browser,
    spotify::{Answer, Fault},
};

use super::{bind, give, link_of, open};
use crate::harness::{Bot, Connector, TestApp, code_on, encoded};

const ANNA: &str = "whatsapp:+4915112345678";

/// One account is connected, the own page waits for its code, and a second account is being linked.
#[tokio::test]
async fn the_right_code_of_a_second_account_counts_beside_an_own_page() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let page = app.sign_in(&Browser::new(), &anna.get_url().await, "alice").await;
    give(&anna, &code_on(&page)).await.ok();
    let _page = bind(&Browser::new(), &link_of(&anna).await).await;
    let second = app.sign_in(&Browser::new(), &anna.get_url().await, "bob").await;
    let told = give(&anna, &code_on(&second)).await;
    assert!(!told.is_error, "the right code was refused: {told:?}");
    anna.end().await;
    app.finish().await;
}

/// Five wrong codes end a page, whatever else waits for a code.
#[tokio::test]
async fn five_wrong_codes_end_a_page_whatever_else_waits() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let browser = Browser::new();
    let page = bind(&browser, &link_of(&anna).await).await;
    // A sign-in of the attacker's own, left waiting for its code.
    let _waiting = app.sign_in(&Browser::new(), &anna.get_url().await, "alice").await;
    for guess in 0..40 {
        let told = anna
            .auth(json!({
                "action": "handle_callback", "code": format!("{guess:04}-0000"),
                "provider": "nobody",
            }))
            .await;
        assert!(told.is_error);
    }
    let told = give(&anna, &code_on(&page)).await;
    assert!(told.is_error, "guess 41 opened the page: {told:?}");
    anna.end().await;
    app.finish().await;
}

/// A model looks at the status while the person reads the code.
#[tokio::test]
async fn a_look_at_the_status_leaves_a_page_that_waits() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let browser = Browser::new();
    let page = bind(&browser, &link_of(&anna).await).await;
    anna.status().await;
    let told = give(&anna, &code_on(&page)).await;
    assert!(!told.is_error, "{told:?}");
    anna.end().await;
    app.finish().await;
}

/// Whoever has the number next doesn't learn whose it was.
#[tokio::test]
async fn an_idle_account_is_not_named_to_the_next_owner_of_the_number() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let page = app.sign_in(&Browser::new(), &anna.get_url().await, "alice").await;
    give(&anna, &code_on(&page)).await.ok();
    anna.end().await;
    app.advance(Duration::from_hours(24 * 400));
    app.sweep().await;
    let form = [("grant_type", "client_credentials"), ("scope", "mcp.write mcp.act_as")];
    let token = Connector::tokens(&app, &bot.client.post("/token", &form).await).access;
    let bot = Bot { client: bot.client, token };
    let answer = bot.call(ANNA, "Auth", json!({"action": "status"})).await;
    let told = answer.body.to_string();
    let call = bot.call(ANNA, "spotify_now", json!({})).await.body.to_string();
    assert!(!told.contains("Alice"), "{told}");
    assert!(!call.contains("Alice"), "{call}");
    app.finish().await;
}

/// Two names in a message that can be read in two ways.
#[tokio::test]
async fn a_doubled_key_does_not_hide_whom_the_meta_names() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let mut acted = Vec::new();
    for meta in [
        r#""_meta":{"io.stagepass/chat-id":"tg:2","io.stagepass/chat-id":"tg:2"}"#,
        r#""_meta":{"io.stagepass/chat-id":"tg:2"},"_meta":{"io.stagepass/chat-id":"tg:2"}"#,
        r#""_meta":{"io.stagepass/chat-id":null}"#,
        r#""_meta":{"io.stagepass/chat-id":"tg:2"},"name":"Auth""#,
    ] {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"Auth","arguments":{{"action":"status"}},{meta}}}}}"#
        );
        let request = bot.client.begin("/mcp").bearer_auth(&bot.token);
        let request = request.header("content-type", "application/json");
        let request = request.header("mcp-protocol-version", "2025-11-25");
        let request = request.header("stagepass-chat-id", encoded("tg:1")).body(body);
        let answer = Connector::send(request).await;
        if answer.status == 200
            && answer.body["result"]["structuredContent"]["identity"]["label"] == "tg:1"
        {
            acted.push(meta);
        }
    }
    assert!(acted.is_empty(), "acted for tg:1 though the meta says otherwise: {acted:?}");
    app.finish().await;
}

/// Somebody who has nothing here but a page that is open.
#[tokio::test]
async fn a_session_alone_is_something_an_operator_can_end() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    open(&anna, &Browser::new()).await;
    let db = app.db().await;
    assert!(db.is_known(&bot.key(ANNA)).await.unwrap(), "`connections revoke` refuses");
    db.close().await;
    anna.end().await;
    app.finish().await;
}

/// What is left at the provider when a bot is removed.
#[tokio::test]
async fn with_the_bot_go_the_tokens_of_its_chats() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let page = app.sign_in(&Browser::new(), &anna.get_url().await, "alice").await;
    give(&anna, &code_on(&page)).await.ok();
    // A second link is under way when the bot goes.
    let link = anna.get_url().await;
    anna.end().await;
    let db = app.db().await;
    db.remove_client(&bot.client.client_id).await.unwrap();
    db.close().await;
    app.sweep().await;
    let after = Browser::new().get(&link).await;
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    assert_ne!(after.status, 200);
    app.finish().await;
}

/// Where no code is asked for, a link of a bot that was removed still takes an account.
#[tokio::test]
async fn a_link_of_a_removed_bot_connects_nothing() {
    let app = TestApp::start_with(crate::harness::Setup {
        variables: vec![
            ("ACCESS__ALLOW", "owner".to_owned()),
            ("CHAT__SPO_WEATHER__CONFIRM", "auto".to_owned()),
        ],
        ..crate::harness::Setup::default()
    })
    .await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let link = anna.get_url().await;
    anna.end().await;
    let db = app.db().await;
    db.remove_client(&bot.client.client_id).await.unwrap();
    let browser = Browser::new();
    let page = browser.get(&link).await;
    if page.status == 200 {
        let page = browser.submit(&page, "Continue to Spotify", &[]).await;
        app.spotify.sign_in(&browser, page, "alice").await;
    }
    let left = db.connections_of(&bot.key(ANNA)).await.unwrap();
    db.close().await;
    assert!(left.is_empty(), "tokens of nobody: {}", left.len());
    app.finish().await;
}

/// The page that anybody sees who has the link shows little of whose chat it is for.
#[test]
fn no_kind_of_id_is_shown_whole() {
    for (id, secret) in [
        // A device of a WhatsApp number, and a Matrix user, as their libraries name them.
        ("whatsapp:4915112345678:3@s.whatsapp.net", "15112345"),
        ("matrix:@anna.smith:example.org", "anna.smith"),
    ] {
        let shown = stagepass::connect::masked(id);
        assert!(!shown.contains(secret), "{id} is shown as {shown}");
    }
}

/// One chat user's calls wait for a provider that hangs. Nobody else's should.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_persons_slow_calls_leave_room_for_others() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let page = app.sign_in(&Browser::new(), &anna.get_url().await, "alice").await;
    give(&anna, &code_on(&page)).await.ok();
    anna.end().await;
    let hang = Fault::times(100_000, "GET", "/v1/me/player", Answer::Hang);
    app.spotify.world(|world| world.fail(hang));
    let call = |id: usize| {
        json!({
            "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": {"name": "spotify_now", "arguments": {}},
        })
    };
    let batch: Vec<_> = (0..50).map(call).collect();
    let mut running = Vec::new();
    for _ in 0..84 {
        let request = bot.client.begin("/mcp").bearer_auth(&bot.token);
        let request = request.header("mcp-protocol-version", "2025-03-26");
        let request = request.header("stagepass-chat-id", encoded(ANNA)).json(&batch);
        running.push(tokio::spawn(request.send()));
    }
    tokio::time::sleep(Duration::from_secs(6)).await;
    let answer = bot.call("tg:somebody-else", "Auth", json!({"action": "status"})).await;
    running.iter().for_each(tokio::task::JoinHandle::abort);
    assert_ne!(answer.body["result"]["isError"], true, "{}", answer.body);
    app.finish().await;
}

/// The person closes the page while the provider is slow.
#[tokio::test]
async fn deleting_everything_goes_on_when_the_browser_has_gone() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    for who in ["alice", "bob"] {
        let page = app.sign_in(&Browser::new(), &anna.get_url().await, who).await;
        give(&anna, &code_on(&page)).await.ok();
    }
    let browser = Browser::new();
    open(&anna, &browser).await;
    anna.end().await;
    let page = browser.get(&format!("{}/account/delete", app.url)).await;
    let slow = Fault::times(9, "POST", "/oauth2/revoke/v1", Answer::Delay(Duration::from_secs(2)));
    app.spotify.world(|world| world.fail(slow));
    let pressed = browser.submit(&page, "Delete everything about me", &[]);
    assert!(tokio::time::timeout(Duration::from_secs(1), pressed).await.is_err());
    tokio::time::sleep(Duration::from_secs(6)).await;
    let db = app.db().await;
    let left = db.connections_of(&bot.key(ANNA)).await.unwrap();
    db.close().await;
    let recorded = super::recorded(&app, "connection.revoked").await;
    let living =
        ["alice", "bob"].map(|who| app.spotify.world(|world| world.live_refresh_tokens_of(who)));
    assert!(left.is_empty(), "{} account(s) are still connected", left.len());
    assert_eq!((recorded.len(), living), (2, [0, 0]));
    app.finish().await;
}

/// The same in the chat: the assistant's client hangs up while the provider is slow.
#[tokio::test]
async fn a_revocation_goes_on_and_is_recorded_when_the_client_has_gone() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "weather").await;
    let anna = bot.chat(&app, ANNA).await;
    let page = app.sign_in(&Browser::new(), &anna.get_url().await, "alice").await;
    give(&anna, &code_on(&page)).await.ok();
    anna.end().await;
    let slow = Fault::times(9, "POST", "/oauth2/revoke/v1", Answer::Delay(Duration::from_secs(2)));
    app.spotify.world(|world| world.fail(slow));
    let revoked = bot.call(ANNA, "Auth", json!({"action": "revoke"}));
    assert!(tokio::time::timeout(Duration::from_secs(1), revoked).await.is_err());
    tokio::time::sleep(Duration::from_secs(4)).await;
    let recorded = super::recorded(&app, "connection.revoked").await;
    let living = app.spotify.world(|world| world.live_refresh_tokens_of("alice"));
    assert_eq!((recorded.len(), living), (1, 0));
    app.finish().await;
}
