//! GitHub's tools, by an OAuth app and by a GitHub App.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::{Browser, GitHub, github::Kind};

use crate::harness::{Chat, Setup, TestApp};

const ALL: &str = "core notifications write";

/// A server whose app at GitHub is of this kind, and an assistant.
async fn start(kind: Kind, sets: &str) -> (TestApp, GitHub, Chat) {
    let github = GitHub::start().await;
    github.world(|world| world.app = kind);
    let variables = vec![("TOOLS__GITHUB__SETS", sets.to_owned())];
    let providers = github.variables();
    let app = TestApp::start_with(Setup { variables, providers, ..Setup::default() }).await;
    github.register(&format!("{}/callback/github", app.url));
    let chat = app.chat().await;
    (app, github, chat)
}

/// Alice opens `url`, reads there that `allows` will be possible, and signs in.
async fn link(github: &GitHub, url: &str, allows: &str) {
    let browser = Browser::new();
    let page = browser.get(url).await;
    assert!(page.has_text(allows), "{}", page.describe());
    let page = browser.submit(&page, "Continue to GitHub", &[]).await;
    let page = github.sign_in(&browser, page, "alice").await;
    assert!(page.has_text("The account alice is connected"), "{}", page.describe());
}

async fn finish(app: TestApp, github: &GitHub) {
    assert!(github.violations().is_empty(), "{:?}", github.violations());
    app.finish_without(github.secrets()).await;
}

#[tokio::test]
async fn an_account_is_linked_once_and_used_for_days_with_both_kinds_of_app() {
    for kind in [Kind::OAuthApp, Kind::GitHubApp] {
        let (app, github, chat) = start(kind, ALL).await;
        let comment = json!({"issue": "octo/secrets#1", "body": "I'm on it."});
        let told = chat.call("github_comment", comment.clone()).await;
        assert_eq!(told.code(), "not_connected");
        link(&github, told.data["url"].as_str().unwrap(), "read your notifications").await;
        let told = chat.call("github_comment", comment.clone()).await.ok();
        assert!(told.text.starts_with("Commented on octo/secrets#1."), "{}", told.text);
        for _ in 0..3 {
            app.advance(Duration::from_hours(9));
            github.advance(Duration::from_hours(9));
            chat.call("github_comment", comment.clone()).await.ok();
        }
        let comments =
            github.world(|world| world.repository("octo/secrets").issue(1).comments.len());
        assert_eq!(comments, 4, "{kind:?}");
        // A token that GitHub ends before its time: a GitHub App gets another one, an OAuth app can't.
        github.reject_tokens();
        let told = chat.call("github_me", json!({})).await;
        match kind {
            Kind::OAuthApp => assert_eq!(told.code(), "needs_reconnect"),
            Kind::GitHubApp => drop(told.ok()),
        }
        finish(app, &github).await;
    }
}

#[tokio::test]
async fn a_set_that_comes_later_is_asked_for_of_oauth_apps_alone() {
    for (kind, later) in [(Kind::OAuthApp, Some("missing_scope")), (Kind::GitHubApp, None)] {
        let (mut app, github, chat) = start(kind, "").await;
        let names: Vec<_> = chat.tools().await.into_iter().map(|tool| tool.name).collect();
        assert!(names.iter().any(|name| name == "github_issue"), "{names:?}");
        assert!(!names.iter().any(|name| name == "github_comment"), "{names:?}");
        let told = chat.auth(json!({"action": "get_url", "provider": "github"})).await.ok();
        let url = told.data["url"].as_str().unwrap().to_owned();
        link(&github, &url, "know which account is yours").await;
        chat.call("github_issue", json!({"issue": "octo/lanterns#13"})).await.ok();
        app.set("TOOLS__GITHUB__SETS", ALL);
        app.restart().await;
        let chat = app.chat().await;
        let comment = json!({"issue": "octo/lanterns#12", "body": "I'm on it."});
        let told = chat.call("github_comment", comment.clone()).await;
        match later {
            Some(code) => {
                assert_eq!(told.code(), code);
                let url = told.data["url"].as_str().unwrap();
                link(&github, url, "read and change all repositories").await;
                chat.call("github_comment", comment).await.ok();
            }
            None => drop(told.ok()),
        }
        finish(app, &github).await;
    }
}

#[tokio::test]
async fn a_provider_for_signing_in_alone_has_no_tools() {
    let (app, github, chat) = start(Kind::OAuthApp, "none").await;
    let names: Vec<_> = chat.tools().await.into_iter().map(|tool| tool.name).collect();
    assert!(names.iter().any(|name| name == "spotify_now"), "{names:?}");
    assert!(!names.iter().any(|name| name.starts_with("github_")), "{names:?}");
    let told = chat.auth(json!({"action": "get_url", "provider": "github"})).await.ok();
    link(&github, told.data["url"].as_str().unwrap(), "know which account is yours").await;
    finish(app, &github).await;
}
