//! What is particular to one provider.

use std::time::Duration;

use serde_json::json;
use stagepass_kit::code;
use stagepass_standin::Browser;

use super::{
    entry::Entry,
    probe,
    story::{Story, time},
};
use crate::harness::{Setup, TestApp, code_on};

#[tokio::test]
async fn a_scope_that_was_unticked_at_strava_is_missing() {
    let story = Story::begin(&Entry::of("strava", "strava"), &[]).await.unwrap();
    story.standin.untick("stagepass:probe");
    story.link().await.unwrap();
    let status = story.status().await;
    assert_eq!(status["missing_scopes"], json!(["stagepass:probe"]), "{status}");
    story.fails_with(code::MISSING_SCOPE).await.unwrap();
    story.finish().await;
}

#[tokio::test]
async fn how_long_a_refresh_token_lives_is_believed_when_it_is_told() {
    let story = Story::begin(&Entry::of("github", "github_app"), &[]).await.unwrap();
    story.link().await.unwrap();
    let told = async || time(&story.status().await["reconnect_by"]).unwrap();
    let first = told().await;
    story.advance(Duration::from_hours(24 * 100));
    story.is_used().await.unwrap();
    assert_eq!((told().await - first).num_days(), 100, "each refresh moves it");
    story.advance(Duration::from_hours(24 * 185));
    story.fails_with(code::NEEDS_RECONNECT).await.unwrap();
    story.finish().await;
}

#[tokio::test]
async fn what_a_refresh_cannot_move_stays() {
    let days = [("reconnect_days", "40")];
    let story = Story::begin(&Entry::of("google", "google"), &days).await.unwrap();
    story.link().await.unwrap();
    let told = async || time(&story.status().await["reconnect_by"]).unwrap();
    let first = told().await;
    story.advance(Duration::from_hours(24 * 5));
    story.is_used().await.unwrap();
    assert_eq!(told().await, first);
    story.finish().await;
}

/// Microsoft sends nobody to plain http on 127.0.0.1, where this server says that it is.
#[tokio::test]
async fn a_server_at_home_is_linked_at_microsoft_by_its_other_name() {
    let entry = Entry::of("microsoft", "microsoft");
    let standin = entry.start().await;
    let providers = entry.variables(&standin, &[]);
    let toolset = Some(probe::toolset("microsoft", true));
    let setup = Setup { providers, toolset, ..Setup::default() };
    let mut app = TestApp::start_with(setup).await;
    let back = format!("{}/callback/microsoft", app.url.replace("127.0.0.1", "localhost"));
    app.set("PROVIDER__MICROSOFT__REDIRECT_URL", &back);
    app.restart().await;
    standin.register(&back);
    let chat = app.chat().await;
    let about = |action: &str| json!({"action": action, "provider": "microsoft"});
    let told = chat.auth(about("get_url")).await.ok();
    let browser = Browser::new();
    let page = browser.get(told.data["url"].as_str().unwrap()).await;
    let page = standin.sign_in(&browser, page, "alice").await;
    app.heard(&page);
    let mut code = about("handle_callback");
    code["code"] = json!(code_on(&page));
    let told = chat.auth(code).await.ok();
    assert_eq!(told.data["account"]["name"], "Alice Example");
    assert!(standin.violations().is_empty(), "{:?}", standin.violations());
    app.finish_without(standin.secrets()).await;
}
