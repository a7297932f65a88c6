//! `requestState` in the hands of strangers.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use stagepass_standin::Browser;

use super::{Raw, asked, told};
use crate::harness::{Answer, Connector, TestApp};

/// Why a state isn't taken.
fn refusal(answer: &Answer) -> String {
    let error = &answer.body["error"];
    assert_eq!(error["code"], -32602, "{answer:?}");
    error["message"].as_str().unwrap().to_owned()
}

fn assert_foreign(answer: &Answer) {
    let why = refusal(answer);
    assert!(why.contains("altered, or belongs to another call"), "{why}");
    assert!(why.contains("Make the call again without it"), "{why}");
}

#[tokio::test]
async fn no_byte_of_it_may_be_another() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let (_, state) = asked(&owner.call(json!({})).await);
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(&state).unwrap();
    for place in 0..bytes.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        let altered = BASE64_URL_SAFE_NO_PAD.encode(altered);
        assert_foreign(&owner.again(&altered, "accept").await);
    }
    for length in [0, 1, 20, state.len() - 4] {
        assert_foreign(&owner.again(&state[..length], "accept").await);
    }
    let long = "A".repeat(100_000);
    for odd in ["x", "=", "\0", "ü", &format!("{state}="), &format!("{state}AAAA"), &long] {
        assert_foreign(&owner.again(odd, "accept").await);
    }
    // It is the state alone: with none of this wrong it is taken.
    assert_ne!(owner.again(&state, "accept").await.body["result"], Value::Null);
    app.finish().await;
}

#[tokio::test]
async fn it_is_good_for_ten_minutes() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let (_, state) = asked(&owner.call(json!({})).await);
    app.advance(Duration::from_secs(599));
    told(&owner.again(&state, "accept").await.body["result"]);
    app.advance(Duration::from_secs(1));
    let why = refusal(&owner.again(&state, "accept").await);
    assert!(why.contains("older than ten minutes"), "{why}");
    app.finish().await;
}

#[tokio::test]
async fn it_is_nothing_in_another_persons_hands() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let alice = Raw::person(&app, &client, "alice").await;
    let bob = Raw::person(&app, &client, "bob").await;
    let (alices, state) = asked(&alice.call(json!({})).await);
    let (bobs, _) = asked(&bob.call(json!({})).await);
    assert_ne!(alices, bobs);
    assert_foreign(&bob.again(&state, "accept").await);
    told(&alice.again(&state, "accept").await.body["result"]);
    app.finish().await;
}

#[tokio::test]
async fn it_is_nothing_for_another_call() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let search = json!({"name": "spotify_search", "arguments": {"query": "harbour", "limit": 3}});
    let (_, state) = asked(&owner.call(search.clone()).await);
    let with = |mut call: Value| {
        call["requestState"] = json!(state);
        owner.call(call)
    };
    // The same call, however it is written down.
    let sorted = json!({"name": "spotify_search", "arguments": {"limit": 3, "query": "harbour"}});
    asked(&with(sorted).await);
    for arguments in [
        json!({"query": "harbours", "limit": 3}),
        json!({"query": "harbour", "limit": 4}),
        json!({"query": "harbour"}),
        json!({}),
    ] {
        let call = json!({"name": "spotify_search", "arguments": arguments});
        assert_foreign(&with(call).await);
    }
    let call = json!({"name": "spotify_play", "arguments": search["arguments"]});
    assert_foreign(&with(call).await);
    assert_foreign(&with(json!({})).await);
    app.finish().await;
}

/// It allows nothing, so whoever brings it twice has called twice.
#[tokio::test]
async fn brought_again_it_is_one_more_call_and_no_more() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let (url, state) = asked(&owner.call(json!({})).await);
    for _ in 0..2 {
        assert_eq!(told(&owner.again(&state, "decline").await.body["result"]), url);
    }
    app.sign_in(&Browser::new(), &url, "alice").await;
    for _ in 0..2 {
        assert_ne!(owner.again(&state, "accept").await.body["result"]["isError"], true);
    }
    // Nor does it bring an account back.
    let chat = app.chat().await;
    chat.auth(json!({"action": "revoke"})).await.ok();
    let after = told(&owner.again(&state, "accept").await.body["result"]);
    assert_ne!(after, url);
    app.finish().await;
}

#[tokio::test]
async fn answers_that_are_missing_or_make_no_sense_are_asked_for_again() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let (url, mut state) = asked(&owner.call(json!({})).await);
    for responses in [
        json!({}),
        json!({"other": {"action": "accept"}}),
        json!({"connect": {}}),
        json!({"connect": null}),
        json!({"connect": "accept"}),
        json!({"connect": {"action": "perhaps"}}),
        json!({"connect": {"action": ["accept"]}}),
    ] {
        let retry = json!({"requestState": state, "inputResponses": responses});
        let (again, next) = asked(&owner.call(retry).await);
        assert_eq!(again, url, "{responses}");
        state = next;
    }
    let (again, _) = asked(&owner.call(json!({"requestState": state})).await);
    assert_eq!(again, url);
    // One that nobody asked for beside the one that was.
    let both = json!({"connect": {"action": "decline"}, "other": {"action": "accept"}});
    let retry = json!({"requestState": state, "inputResponses": both});
    assert_eq!(told(&owner.call(retry).await.body["result"]), url);
    app.finish().await;
}

#[tokio::test]
async fn it_holds_across_replicas_and_starts() {
    let mut app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let (url, state) = asked(&owner.call(json!({})).await);
    let (twin, stop) = app.twin().await;
    let there = Raw { client: owner.client.at(&twin), ..Raw::owner(&app) };
    assert_eq!(told(&there.again(&state, "accept").await.body["result"]), url);
    stop.send(()).unwrap();
    app.restart().await;
    assert_eq!(told(&owner.again(&state, "accept").await.body["result"]), url);
    app.finish().await;
}
