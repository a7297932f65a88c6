//! A sign-in that is under way: calls made meanwhile leave it alone.

use std::time::Duration;

use futures::future::join_all;
use rmcp::model::ElicitationAction;
use serde_json::json;
use stagepass_kit::{Attempt, Caller, Effect, Tool, ToolError, Toolset};
use stagepass_standin::{Browser, OpenId};

use super::{Raw, asked, told};
use crate::harness::{Era, Setup, TestApp, code_on};

#[tokio::test]
async fn calls_made_meanwhile_give_the_link_that_the_person_has() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let (url, _) = asked(&owner.call(json!({})).await);
    let browser = Browser::new();
    let page = browser.get(&url).await;
    assert_eq!(asked(&owner.call(json!({})).await).0, url);
    let spotify = browser.submit(&page, "Continue to Spotify", &[]).await;
    assert_eq!(asked(&owner.call(json!({})).await).0, url, "the person is at Spotify");
    let page = app.spotify.sign_in(&browser, spotify, "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    assert_ne!(owner.call(json!({})).await.body["result"]["isError"], true);
    app.finish().await;
}

#[tokio::test]
async fn many_calls_at_once_at_two_replicas_give_one_link() {
    let app = TestApp::start().await;
    let (twin, stop) = app.twin().await;
    let here = Raw::owner(&app);
    let there = Raw { client: here.client.at(&twin), ..Raw::owner(&app) };
    let calls = (0..12).map(|number| if number % 2 == 0 { &here } else { &there });
    let answers = join_all(calls.map(|raw| raw.call(json!({})))).await;
    let links: Vec<_> = answers.iter().map(|answer| asked(answer).0).collect();
    assert!(links.iter().all(|link| *link == links[0]), "{links:?}");
    let page = app.sign_in(&Browser::new(), &links[0], "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn a_link_asked_for_by_name_is_new_and_then_the_one() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let owner = Raw::owner(&app);
    let (first, _) = asked(&owner.call(json!({})).await);
    let second = chat.get_url().await;
    assert_ne!(first, second);
    assert_eq!(Browser::new().get(&first).await.status, 410);
    assert_eq!(asked(&owner.call(json!({})).await).0, second);
    app.finish().await;
}

#[tokio::test]
async fn a_link_that_is_too_old_is_followed_by_another() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let (first, _) = asked(&owner.call(json!({})).await);
    app.advance(Duration::from_mins(9));
    assert_eq!(asked(&owner.call(json!({})).await).0, first);
    app.advance(Duration::from_mins(1));
    let (second, _) = asked(&owner.call(json!({})).await);
    assert_ne!(first, second);
    app.sign_in(&Browser::new(), &second, "alice").await;
    assert_ne!(owner.call(json!({})).await.body["result"]["isError"], true);
    app.finish().await;
}

/// As for links from before they were sealed, and after their key is gone.
#[tokio::test]
async fn a_link_that_cannot_be_shown_again_is_replaced() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    let mut links = vec![asked(&owner.call(json!({})).await).0];
    for ticket in ["NULL", "ticket_hash", "sealed_verifier"] {
        app.sql(&format!("UPDATE links SET sealed_ticket = {ticket}")).await;
        links.push(asked(&owner.call(json!({})).await).0);
    }
    links.sort();
    links.dedup();
    assert_eq!(links.len(), 4, "{links:?}");
    app.finish().await;
}

/// As chat users finish: in a browser that nobody is signed in with.
#[tokio::test]
async fn who_has_signed_in_and_has_a_code_is_asked_for_it() {
    let app = TestApp::start().await;
    let (chat, mut window) = app.chat_with_window(Era::Modern).await;
    let (told, code) = tokio::join!(chat.call("spotify_now", json!({})), async {
        let shown = window.next().await;
        let lost = Browser::new().stop_at(format!("{}/callback", app.url));
        let redirect = app.sign_in(&lost, &shown.url, "alice").await.url;
        let page = Browser::new().get(&redirect).await;
        app.heard(&page);
        shown.reply(ElicitationAction::Accept);
        code_on(&page)
    });
    assert_eq!(told.code(), "not_connected");
    assert!(told.text.contains("only the code on the page is missing"), "{}", told.text);
    assert!(told.text.contains("handle_callback"), "{}", told.text);
    assert_eq!(told.data.get("url"), None);
    // Whoever asks anew doesn't get a link either: it would end the sign-in.
    let told = chat.call("spotify_now", json!({})).await;
    assert!(told.text.contains("only the code"), "{}", told.text);
    assert!(window.is_empty());
    chat.auth(json!({"action": "handle_callback", "code": code})).await.ok();
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_that_is_being_finished_is_waited_for() {
    let app = TestApp::start().await;
    let owner = Raw::owner(&app);
    asked(&owner.call(json!({})).await);
    app.sql("UPDATE links SET state = 'exchanging'").await;
    let result = owner.call(json!({})).await.body["result"].clone();
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("just being finished"), "{text}");
    assert_eq!(result["structuredContent"].get("url"), None);
    app.finish().await;
}

/// A tool that uses another provider's account.
struct Desk;

impl Tool for Desk {
    const NAME: &'static str = "desk_look";
    const TITLE: &'static str = "Look at the desk";
    const DESCRIPTION: &'static str = "Looks at the desk.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = serde_json::Map<String, serde_json::Value>;
    type Answer = String;

    async fn call(&self, caller: &Caller, _args: Self::Args) -> Result<String, ToolError> {
        let looked = async |_| Ok(Attempt::Done("tidy".to_owned()));
        caller.call("work", looked).await
    }
}

#[tokio::test]
async fn two_providers_have_two_links_that_live_side_by_side() {
    let openid = OpenId::start().await;
    let toolset: fn() -> Toolset = || Toolset::new("desk", Some("work")).with(Desk);
    let (providers, toolset) = (openid.variables("work"), Some(toolset));
    let app = TestApp::start_with(Setup { providers, toolset, ..Setup::default() }).await;
    openid.register(&format!("{}/callback/work", app.url));
    let owner = Raw::owner(&app);
    let desk = json!({"name": "desk_look"});
    let (work, _) = asked(&owner.call(desk.clone()).await);
    let (spotify, _) = asked(&owner.call(json!({})).await);
    assert!(Browser::new().get(&work).await.has_text("Connect Work"));
    assert!(Browser::new().get(&spotify).await.has_text("Connect Spotify"));
    app.sign_in(&Browser::new(), &spotify, "alice").await;
    assert_ne!(owner.call(json!({})).await.body["result"]["isError"], true);
    // The other one is as it was.
    assert_eq!(asked(&owner.call(desk.clone()).await).0, work);
    let in_words = Raw::owner(&app).declaring(json!(null)).call(desk).await;
    assert_eq!(told(&in_words.body["result"]), work);
    let text = in_words.body["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("provider \"work\""), "{text}");
    app.finish_without(openid.secrets()).await;
}
