//! `github_me`.

use serde_json::json;
use stagepass_standin::github::Answer;

use super::harness::Stage;

#[tokio::test]
async fn a_person_is_told_whose_account_it_is_and_what_it_may_do() {
    let stage = Stage::alice().await;
    let (text, data) = stage.answer("github_me", "{}").await;
    assert_eq!(
        text,
        "alice · Alice Example · Lights lamps · 2 public repositories · 20 followers · since \
         2011-01-25 · https://github.com/alice\nConnected with: notifications, repo."
    );
    assert_eq!(data["scopes"], serde_json::json!(["notifications", "repo"]));
}

#[tokio::test]
async fn a_github_app_has_no_scopes_to_tell_of() {
    let stage = Stage::alice_by_app().await;
    let (text, data) = stage.answer("github_me", "{}").await;
    assert!(text.ends_with("or what a GitHub App was permitted."), "{text}");
    assert!(data.get("scopes").is_none());
}

#[tokio::test]
async fn a_header_without_end_is_not_passed_on() {
    let stage = Stage::alice().await;
    let headers = vec![("x-oauth-scopes".to_owned(), "x, ".repeat(1_000))];
    let body = json!({"login": "alice"}).to_string();
    stage.fail("GET", "/user", Answer::Status(200, "application/json".into(), body, headers));
    let (_, data) = stage.answer("github_me", "{}").await;
    assert_eq!(data, json!({"login": "alice"}));
}
