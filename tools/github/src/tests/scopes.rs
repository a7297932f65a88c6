//! What a connection may do: scopes of OAuth apps, permissions of GitHub Apps.

use stagepass_standin::github::{Answer, Kind};

use super::harness::Stage;

const COMMENT: (&str, &str) = ("github_comment", r#"{"issue": "octo/lanterns#12", "body": "x"}"#);
const PRIVATE: (&str, &str) = ("github_comment", r#"{"issue": "octo/secrets#1", "body": "x"}"#);
const NEWS: (&str, &str) = ("github_notifications", "{}");

async fn code(stage: &Stage, (tool, arguments): (&str, &str)) -> String {
    stage.error(tool, arguments).await.0
}

#[tokio::test]
async fn what_is_public_needs_no_scope() {
    let stage = Stage::of("alice", Kind::OAuthApp, &[]).await;
    for (tool, arguments) in [
        ("github_me", "{}"),
        ("github_issue", r#"{"issue": "octo/lanterns#13"}"#),
        ("github_read_file", r#"{"repo": "octo/lanterns", "path": "README.md"}"#),
        ("github_search_code", r#"{"query": "trim"}"#),
    ] {
        stage.answer(tool, arguments).await;
    }
}

#[tokio::test]
async fn a_token_without_a_scope_is_told_which() {
    let stage = Stage::of("alice", Kind::OAuthApp, &["read:user"]).await;
    for (call, scope) in [(COMMENT, "repo"), (NEWS, "notifications")] {
        let (code, seen) = stage.error(call.0, call.1).await;
        assert_eq!(code, "missing_scope");
        assert!(seen.contains(&format!("without {scope}")), "{seen}");
    }
    assert!(stage.github.requests().is_empty());
}

#[tokio::test]
async fn where_the_vault_knows_no_scopes_github_is_asked() {
    let stage = Stage::of("alice", Kind::OAuthApp, &[]).await;
    for (call, scope) in [(COMMENT, "repo"), (NEWS, "notifications")] {
        let (code, seen) = stage.error(call.0, call.1).await;
        assert_eq!(code, "missing_scope");
        assert!(seen.contains(&format!("without {scope}")), "{seen}");
    }
    assert_eq!(stage.github.requests().len(), 2);
}

#[tokio::test]
async fn scopes_that_were_taken_back_at_github_are_noticed() {
    let stage =
        Stage::mistaken(Kind::OAuthApp, &["notifications"], &["notifications", "repo"]).await;
    assert_eq!(code(&stage, COMMENT).await, "missing_scope");
    assert!(stage.call(NEWS.0, NEWS.1).await.is_ok());
}

#[tokio::test]
async fn a_smaller_scope_is_enough_for_what_is_public() {
    let stage = Stage::of("alice", Kind::OAuthApp, &["public_repo"]).await;
    stage.answer(COMMENT.0, COMMENT.1).await;
    // It may be a private one, or none at all: GitHub doesn't tell.
    assert_eq!(code(&stage, PRIVATE).await, "not_found");
}

#[tokio::test]
async fn a_github_app_is_never_said_to_lack_a_scope() {
    for believed in [&[][..], &["read:user"], &["notifications", "repo"]] {
        let stage = Stage::mistaken(Kind::GitHubApp, &[], believed).await;
        stage.answer(COMMENT.0, COMMENT.1).await;
        stage.answer(PRIVATE.0, PRIVATE.1).await;
        let none = r#"{"issue": "octo/lanterns#99", "body": "x"}"#;
        assert_eq!(code(&stage, ("github_comment", none)).await, "not_found");
    }
}

#[tokio::test]
async fn a_permission_that_a_github_app_lacks_is_named() {
    let stage = Stage::alice_by_app().await;
    stage.alter(|world| {
        world.permissions.insert("issues", "read");
    });
    let (code, seen) = stage.error(COMMENT.0, COMMENT.1).await;
    assert_eq!(code, "app_not_permitted");
    assert!(seen.contains("issues=write"), "{seen}");
    stage.alter(|world| world.repository("octo/lanterns").without_app = true);
    assert_eq!(self::code(&stage, COMMENT).await, "app_not_permitted");
    stage.answer("github_issue", r#"{"issue": "octo/lanterns#12"}"#).await;
}

#[tokio::test]
async fn a_scope_is_missing_only_where_the_headers_say_so() {
    const HIDDEN: &str = r#"{"message": "Not Found"}"#;
    const HURRY: &str = r#"{"message": "You have exceeded a secondary rate limit."}"#;
    let (has, accepted) = ("x-oauth-scopes", "x-accepted-oauth-scopes");
    for (kind, status, body, headers, wanted) in [
        (Kind::OAuthApp, 404, HIDDEN, vec![(has, ""), (accepted, "repo")], "missing_scope"),
        (Kind::OAuthApp, 404, HIDDEN, vec![(has, "repo"), (accepted, "public_repo")], "not_found"),
        (Kind::OAuthApp, 404, HIDDEN, vec![(has, ""), (accepted, "")], "not_found"),
        (Kind::OAuthApp, 404, HIDDEN, vec![(accepted, "repo")], "not_found"),
        (Kind::OAuthApp, 403, HURRY, vec![(has, ""), (accepted, "repo")], "rate_limited"),
        (Kind::GitHubApp, 404, HIDDEN, vec![(has, ""), (accepted, "repo")], "not_found"),
    ] {
        let stage = Stage::of("alice", kind, &[]).await;
        let all = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let answer = Answer::Status(status, "application/json".into(), body.into(), all);
        stage.fail("POST", "/repos/octo/lanterns/issues/12/comments", answer);
        assert_eq!(code(&stage, COMMENT).await, wanted, "{kind:?} {headers:?}");
    }
}
