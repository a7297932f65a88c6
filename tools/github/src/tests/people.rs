//! `github_me`.

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
