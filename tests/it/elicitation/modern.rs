//! Clients of 2026-07-28 that open links: the call is answered when the person has signed in.

use rmcp::model::ElicitationAction;
use serde_json::json;
use stagepass_standin::Browser;

use super::{Raw, asked};
use crate::harness::{Era, TestApp};

#[tokio::test]
async fn a_link_opens_by_itself_and_the_call_goes_on() {
    let app = TestApp::start().await;
    let (chat, mut window) = app.chat_with_window(Era::Modern).await;
    let call = chat.call("spotify_search", json!({"query": "harbour"}));
    let person = async {
        let shown = window.next().await;
        assert!(shown.message.contains("No spotify account is connected"), "{}", shown.message);
        assert!(shown.message.contains("sign in at Spotify"), "{}", shown.message);
        let page = app.sign_in(&Browser::new(), &shown.url, "alice").await;
        assert!(page.has_text("Spotify is connected"), "{}", page.describe());
        shown.reply(ElicitationAction::Accept);
    };
    let (told, ()) = tokio::join!(call, person);
    assert!(told.ok().data["results"]["track"].is_array());
    assert!(window.is_empty());
    // Now that there is an account, nobody is asked.
    chat.call("spotify_now", json!({})).await.ok();
    assert!(window.is_empty());
    app.finish().await;
}

#[tokio::test]
async fn what_asks_for_input_holds_a_link_a_state_and_no_more() {
    let app = TestApp::start().await;
    let answer = Raw::owner(&app).call(json!({})).await;
    let (url, state) = asked(&answer);
    let result = &answer.body["result"];
    let requests = result["inputRequests"].as_object().unwrap();
    assert_eq!(requests.keys().collect::<Vec<_>>(), ["connect"]);
    assert_eq!(requests["connect"]["method"], "elicitation/create");
    assert_eq!(requests["connect"]["params"]["mode"], "url");
    assert!(requests["connect"]["params"]["message"].is_string());
    assert!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"].is_string(), "{result}");
    let ticket = url.strip_prefix(&format!("{}/connect/", app.url)).unwrap();
    let is_opaque =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    assert!(ticket.starts_with("spt_") && is_opaque(ticket), "{ticket}");
    assert!(is_opaque(&state) && !state.contains(ticket), "{state}");
    app.gave(ticket);
    app.finish().await;
}

#[tokio::test]
async fn who_declines_is_left_alone() {
    let app = TestApp::start().await;
    let (chat, mut window) = app.chat_with_window(Era::Modern).await;
    for action in [ElicitationAction::Decline, ElicitationAction::Cancel] {
        let call = chat.call("spotify_now", json!({}));
        let (told, url) = tokio::join!(call, async {
            let shown = window.next().await;
            let url = shown.url.clone();
            shown.reply(action);
            url
        });
        assert_eq!(told.code(), "not_connected");
        assert!(told.text.contains("didn't want to sign in"), "{}", told.text);
        assert_eq!(told.data["url"], url);
        assert!(window.is_empty());
    }
    app.finish().await;
}

/// To open a link is not to have signed in, and many clients don't wait.
#[tokio::test]
async fn who_is_not_done_yet_is_not_asked_in_circles() {
    let app = TestApp::start().await;
    let (chat, mut window) = app.chat_with_window(Era::Modern).await;
    let call = chat.call("spotify_now", json!({}));
    let (told, url) = tokio::join!(call, async {
        let shown = window.next().await;
        let url = shown.url.clone();
        shown.reply(ElicitationAction::Accept);
        url
    });
    assert_eq!(told.code(), "not_connected");
    assert!(told.text.contains("was just shown this link"), "{}", told.text);
    assert_eq!(told.data["url"], url);
    assert!(window.is_empty());
    app.sign_in(&Browser::new(), &url, "alice").await;
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn who_cancels_at_the_provider_gets_the_reason_and_another_link() {
    let app = TestApp::start().await;
    let (chat, mut window) = app.chat_with_window(Era::Modern).await;
    let (told, url) = tokio::join!(chat.call("spotify_now", json!({})), async {
        let shown = window.next().await;
        let browser = Browser::new();
        let page = browser.get(&shown.url).await;
        let page = browser.submit(&page, "Continue to Spotify", &[]).await;
        app.spotify.deny(&browser, page, "alice").await;
        let url = shown.url.clone();
        shown.reply(ElicitationAction::Accept);
        url
    });
    assert_eq!(told.code(), "not_connected");
    assert!(told.text.contains("The last sign-in failed: Access was declined"), "{}", told.text);
    assert!(told.text.contains("Show the person this link"), "{}", told.text);
    assert_ne!(told.data["url"], url);
    app.sign_in(&Browser::new(), told.data["url"].as_str().unwrap(), "alice").await;
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn scopes_that_are_missing_are_asked_for_all_at_once() {
    let app = TestApp::start().await;
    let (chat, mut window) = app.chat_with_window(Era::Modern).await;
    app.connect_alice(&chat).await;
    app.sql("UPDATE connections SET scopes = 'user-read-private'").await;
    let (told, ()) = tokio::join!(chat.call("spotify_now", json!({})), async {
        let shown = window.next().await;
        assert!(shown.message.contains("user-read-playback-state"), "{}", shown.message);
        app.sign_in(&Browser::new(), &shown.url, "alice").await;
        shown.reply(ElicitationAction::Accept);
    });
    told.ok();
    let status = chat.status().await;
    assert!(status.get("missing_scopes").is_none(), "{status}");
    assert!(status["scopes"].to_string().contains("user-modify-playback-state"), "{status}");
    app.finish().await;
}

#[tokio::test]
async fn a_connection_that_ended_is_renewed_in_the_same_call() {
    let app = TestApp::start().await;
    let (chat, mut window) = app.chat_with_window(Era::Modern).await;
    app.connect_alice(&chat).await;
    app.spotify.world(|world| world.remove_apps_of("alice"));
    let (told, ()) = tokio::join!(chat.call("spotify_now", json!({})), async {
        let shown = window.next().await;
        assert!(shown.message.contains("has to be connected again"), "{}", shown.message);
        app.sign_in(&Browser::new(), &shown.url, "alice").await;
        shown.reply(ElicitationAction::Accept);
    });
    told.ok();
    assert_eq!(chat.status().await["state"], "connected");
    app.finish().await;
}
