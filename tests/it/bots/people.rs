//! One bot, many people, nobody mixed up.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use stagepass::providers::TokenAnswer;
use stagepass_kit::{Identity, Realm};
use stagepass_standin::{
    Browser, Gate,
    spotify::{Answer, Device, Fault, Person},
};

use crate::harness::{Bot, TestApp, code_on};

/// From nothing to a connected account, in chat.
async fn connect(app: &TestApp, bot: &Bot, chat: &str, who: &str) {
    let told = bot.call(chat, "Auth", json!({"action": "get_url"})).await;
    let url = told.body["result"]["structuredContent"]["url"].as_str().unwrap().to_owned();
    let code = code_on(&app.sign_in(&Browser::new(), &url, who).await);
    let told = bot.call(chat, "Auth", json!({"action": "handle_callback", "code": code})).await;
    let said = &told.body["result"]["structuredContent"];
    assert_eq!(said["connected"], true, "{told:?}");
}

/// Whose account a chat user has; "none" if none.
async fn account(bot: &Bot, chat: &str) -> String {
    let told = bot.call(chat, "Auth", json!({"action": "status"})).await;
    let rows = &told.body["result"]["structuredContent"]["providers"];
    rows[0]["account"]["name"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn the_same_id_at_two_bots_is_two_people() {
    let app = TestApp::start_for("owner").await;
    let (one, other) = (Bot::add(&app, "one").await, Bot::add(&app, "other").await);
    connect(&app, &one, "tg:1", "alice").await;
    assert_eq!(account(&other, "tg:1").await, "none");
    connect(&app, &other, "tg:1", "bob").await;
    assert_eq!(account(&one, "tg:1").await, "Alice Example");
    assert_eq!(account(&other, "tg:1").await, "Bob Example");
    app.finish().await;
}

#[tokio::test]
async fn what_looks_alike_or_holds_the_separator_is_somebody_else() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    connect(&app, &bot, "tg:anna", "alice").await;
    let others = [
        "tg:\u{430}nna",   // a Cyrillic a
        "tg:anna\u{200b}", // and something that can't be seen
        "tg:ann\u{e1}",
        "tg:anna\u{301}",
        "tg:Anna",
        "TG:anna",
        "anna",
        "tg%3Aanna",
        "tg::anna",
        "spo_bot:tg:anna",
        "chat:spo_bot:tg%3Aanna",
    ];
    for other in others {
        assert_eq!(account(&bot, other).await, "none", "{other}");
    }
    assert_eq!(account(&bot, "tg:anna").await, "Alice Example");
    app.finish().await;
}

#[tokio::test]
async fn who_is_speaking_is_asked_with_every_request_and_kept_from_none() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    connect(&app, &bot, "tg:1", "alice").await;
    connect(&app, &bot, "tg:2", "bob").await;
    let calls = (0..60).map(|number| {
        let bot = &bot;
        async move {
            let (chat, who) =
                [("tg:1", "Alice Example"), ("tg:2", "Bob Example"), ("tg:3", "none")][number % 3];
            assert_eq!(account(bot, chat).await, who);
        }
    });
    join_all(calls).await;
    // What reaches Spotify bears the token of whoever was named.
    for (chat, who) in [("tg:1", "alice"), ("tg:2", "bob"), ("tg:1", "alice")] {
        let before = app.spotify.requests().len();
        bot.call(chat, "spotify_now", json!({})).await;
        let asked = &app.spotify.requests()[before..];
        assert!(!asked.is_empty());
        assert!(asked.iter().all(|seen| seen.subject.as_deref() == Some(who)), "{asked:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn nobody_disconnects_anybody_else() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    connect(&app, &bot, "tg:1", "alice").await;
    let told =
        bot.call("tg:2", "Auth", json!({"action": "revoke", "account": "Alice Example"})).await;
    assert_ne!(told.body["result"]["structuredContent"]["deleted"], true, "{told:?}");
    for name in ["identity", "user", "chat_id", "sub"] {
        let mut arguments = json!({"action": "status"});
        arguments[name] = json!("tg:1");
        let told = bot.call("tg:2", "Auth", arguments).await;
        assert_eq!(told.body["result"]["isError"], true, "{told:?}");
    }
    assert_eq!(account(&bot, "tg:1").await, "Alice Example");
    app.finish().await;
}

/// Waits until Spotify has been asked for `path`, and holds its answer.
async fn asked(app: &TestApp, path: &str) {
    while app.spotify.count("GET", path) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn whoever_disconnects_while_a_call_is_under_way_stays_disconnected() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    connect(&app, &bot, "tg:1", "alice").await;
    let gate = Gate::shut();
    let hold = Answer::Hold(gate.clone());
    app.spotify.world(|world| world.fail(Fault::once("GET", "/v1/me/player$", hold)));
    let (told, ()) = tokio::join!(bot.call("tg:1", "spotify_now", json!({})), async {
        asked(&app, "/v1/me/player").await;
        let ended = bot.call("tg:1", "Auth", json!({"action": "revoke"})).await;
        assert_eq!(ended.body["result"]["structuredContent"]["deleted"], true, "{ended:?}");
        gate.open();
    });
    assert_eq!(told.status, 200, "{told:?}");
    let again = bot.call("tg:1", "spotify_now", json!({})).await;
    assert_eq!(again.body["result"]["structuredContent"]["code"], "not_connected", "{again:?}");
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    app.finish().await;
}

#[tokio::test]
async fn whoever_connects_anew_while_a_refresh_is_under_way_keeps_the_new_tokens() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    connect(&app, &bot, "tg:1", "alice").await;
    app.advance(Duration::from_hours(2));
    let bot = Bot::add(&app, "bot").await;
    app.spotify.world(|world| world.rotate_refresh = true);
    let gate = Gate::shut();
    let hold = Answer::Hold(gate.clone());
    app.spotify.world(|world| world.fail(Fault::once("POST", "/api/token", hold)));
    let (told, ()) = tokio::join!(bot.call("tg:1", "spotify_now", json!({})), async {
        app.refresh_begun().await;
        connect(&app, &bot, "tg:1", "alice").await;
        gate.open();
    });
    assert_eq!(told.body["result"]["isError"], false, "{told:?}");
    app.advance(Duration::from_hours(2));
    let bot = Bot::add(&app, "bot").await;
    let told = bot.call("tg:1", "spotify_now", json!({})).await;
    assert_eq!(told.body["result"]["isError"], false, "{told:?}");
    app.finish().await;
}

/// One of many, at Spotify: with a phone by which they are known again.
fn somebody(number: usize) -> Person {
    let id = format!("person-{number}");
    let mut person = Person::new(&id, &format!("account-{number}"), &id);
    let phone = Device::new(&format!("device-{number}"), &format!("{id}'s phone"), "Smartphone");
    person.devices.push(phone);
    person
}

#[tokio::test]
async fn a_thousand_people_whose_tokens_have_ended_get_their_own_by_one_refresh_each() {
    const MANY: usize = 1000;
    const SCOPES: [&str; 4] = [
        "user-read-playback-state",
        "user-modify-playback-state",
        "user-read-currently-playing",
        "user-read-private",
    ];
    let app = TestApp::start_for("owner").await;
    let links: Vec<_> = (0..MANY)
        .map(|number| {
            let chat = Identity::new(Realm::Chat, "spo_bot", format!("tg:{number}"));
            let (access, refresh) = app.spotify.world(|world| {
                world.people.push(somebody(number));
                world.issue_tokens(&format!("person-{number}"), &SCOPES)
            });
            let answer = TokenAnswer {
                access_token: access.into(),
                refresh_token: Some(refresh.into()),
                expires_in: Some(Duration::from_hours(1)),
                scopes: Some(SCOPES.map(str::to_owned).into()),
                id_token: None,
                refresh_expires_in: None,
                account: None,
            };
            (chat, format!("account-{number}"), answer)
        })
        .collect();
    app.link_directly(links).await;
    app.advance(Duration::from_hours(1));
    let bot = Bot::add(&app, "bot").await;
    let calls = (0..MANY).map(|number| {
        let bot = &bot;
        async move {
            let chat = format!("tg:{number}");
            let told = bot.call(&chat, "spotify_devices", json!({"action": "list"})).await;
            let said = told.body["result"]["content"][0]["text"].as_str().unwrap_or_default();
            assert!(said.contains(&format!("person-{number}'s phone")), "{number}: {told:?}");
        }
    });
    join_all(calls).await;
    assert_eq!(app.spotify.refreshes(), MANY);
    app.finish().await;
}
