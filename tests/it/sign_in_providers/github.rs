//! GitHub: no OpenID Connect, errors with status 200, and accounts that are numbers.

use serde_json::json;
use stagepass_standin::{Browser, GitHub, Page};

use crate::harness::{Chat, Setup, TestApp};

async fn start(change: &[(&str, &str)]) -> (TestApp, GitHub, Chat) {
    let github = GitHub::start().await;
    let mut providers = github.variables();
    for (key, value) in change {
        providers.insert(format!("STAGEPASS_PROVIDER__GITHUB__{key}"), (*value).to_owned());
    }
    let app = TestApp::start_with(Setup { providers, ..Setup::default() }).await;
    github.register(&format!("{}/callback/github", app.url));
    let chat = app.chat().await;
    (app, github, chat)
}

async fn link(chat: &Chat, github: &GitHub, browser: &Browser, who: &str) -> Page {
    let told = chat.auth(json!({"action": "get_url", "provider": "github"})).await.ok();
    let page = browser.get(told.data["url"].as_str().unwrap()).await;
    // Who signs in with it is asked for no more than that.
    assert!(page.has_text("know which account is yours"), "{}", page.describe());
    assert!(!page.has_text("notifications"), "{}", page.describe());
    let page = browser.submit(&page, "Continue to GitHub", &[]).await;
    github.sign_in(browser, page, who).await
}

async fn finish(app: TestApp, github: &GitHub) {
    assert!(github.violations().is_empty(), "{:?}", github.violations());
    app.finish_without(github.secrets()).await;
}

#[tokio::test]
async fn an_account_at_github_is_a_number_with_a_name() {
    let (app, github, chat) = start(&[]).await;
    let page = link(&chat, &github, &Browser::new(), "alice").await;
    assert!(page.has_text("The account alice is connected"), "{}", page.describe());
    app.advance(std::time::Duration::from_mins(1));
    // The name may change hands; the number doesn't.
    github.person("alice", |alice| alice.id = "alicia".to_owned());
    github.person("bob", |bob| bob.id = "alice".to_owned());
    let page = link(&chat, &github, &Browser::new(), "alice").await;
    assert!(page.has_text("goes on using alice"), "another account: {}", page.describe());
    let told = chat.auth(json!({"action": "status", "provider": "github"})).await.ok();
    let accounts = &told.data["providers"];
    assert_eq!(accounts[0]["account"]["id"], "10045071");
    assert_eq!(accounts[1]["account"]["id"], "10045072");
    assert_eq!(accounts[0].get("missing_scopes"), None);
    let revoke = json!({"action": "revoke", "provider": "github", "account": "10045071"});
    let told = chat.auth(revoke).await.ok();
    assert_eq!(told.data["revoked_remotely"], "yes");
    assert!(told.text.contains("withdrew the access"), "{}", told.text);
    finish(app, &github).await;
}

#[tokio::test]
async fn what_github_refuses_with_status_200_is_refused() {
    let (app, github, chat) = start(&[]).await;
    let lost = Browser::new().stop_at(format!("{}/callback", app.url));
    link(&chat, &github, &lost, "alice").await;
    let made_up = json!({
        "action": "handle_callback", "provider": "github", "code": "made-up-0123456789",
    });
    assert_eq!(chat.auth(made_up).await.code(), "code_invalid");
    github.person("mallory", |mallory| mallory.email_verified = false);
    let page = link(&chat, &github, &Browser::new(), "mallory").await;
    assert!(page.has_text("settings under Emails"), "{}", page.describe());
    finish(app, &github).await;
}

#[tokio::test]
async fn a_wrong_secret_at_github_is_the_operators_to_mend() {
    let (app, github, chat) = start(&[("CLIENT_SECRET", "mistyped-secret")]).await;
    let page = link(&chat, &github, &Browser::new(), "alice").await;
    assert!(page.has_text("The operator checks the client id"), "{}", page.describe());
    finish(app, &github).await;
}
