//! Every way that GitHub says no.

use serde_json::{Value, json};
use stagepass_standin::github::{
    Answer,
    Kind::{GitHubApp, OAuthApp},
};

use super::harness::Stage;

const ME: (&str, &str) = ("github_me", "{}");
const READ: (&str, &str) = ("github_issue", r#"{"issue": "octo/lanterns#12"}"#);
const ABOUT: (&str, &str) = ("github_repository", r#"{"repo": "octo/lanterns"}"#);
const COMMENT: (&str, &str) = ("github_comment", r#"{"issue": "octo/lanterns#12", "body": "x"}"#);

fn says(status: u16, message: &str) -> Answer {
    Answer::json(status, &json!({"message": message, "documentation_url": "https://docs…"}))
}

fn with(status: u16, message: &str, headers: &[(&str, &str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    let body = json!({"message": message}).to_string();
    Answer::Status(status, "application/json".into(), body, headers)
}

async fn code(stage: &Stage, (tool, arguments): (&str, &str)) -> String {
    stage.error(tool, arguments).await.0
}

#[tokio::test]
async fn questions_are_repeated_once_and_commands_never() {
    for answer in [Answer::text(503, "<html>unicorn</html>"), Answer::Drop, Answer::Hang] {
        let stage = Stage::impatient().await;
        stage.fail("GET", "/user", answer.clone());
        assert!(stage.call(ME.0, ME.1).await.is_ok(), "{answer:?}");
        assert_eq!(stage.github.count("GET", "/user"), 2);
        stage.fail_often(2, "GET", "/user", answer.clone());
        assert_eq!(code(&stage, ME).await, "provider_unavailable");
        stage.fail("POST", "/repos/octo/lanterns/issues/12/comments", answer);
        assert_eq!(code(&stage, COMMENT).await, "provider_unavailable");
        assert_eq!(stage.github.count("POST", "/repos/octo/lanterns/issues/12/comments"), 1);
    }
}

#[tokio::test]
async fn a_rejected_token_is_renewed_once() {
    let stage = Stage::alice_by_app().await;
    stage.github.reject_tokens();
    assert!(stage.call(ME.0, ME.1).await.is_ok());
    assert_eq!(stage.github.count("GET", "/user"), 2);
    stage.fail_often(4, "GET", "/user", says(401, "Bad credentials"));
    assert_eq!(code(&stage, ME).await, "provider_unavailable");
    assert!(stage.call(COMMENT.0, COMMENT.1).await.is_ok());
}

#[tokio::test]
async fn what_may_not_be_seen_is_as_if_it_were_not_there_and_why_is_told() {
    let mallory = |kind, scopes| Stage::of("mallory", kind, scopes);
    let private = r#"{"repo": "octo/secrets"}"#;
    for (stage, why) in [
        (mallory(OAuthApp, &["repo"]).await, "only by those who have access"),
        (mallory(OAuthApp, &[]).await, "without access to private repositories"),
        (mallory(GitHubApp, &[]).await, "GitHub App is installed"),
    ] {
        let (code, seen) = stage.error("github_repository", private).await;
        assert_eq!(code, "not_found");
        assert!(seen.contains(why), "{seen}");
    }
}

#[tokio::test]
async fn an_organization_that_wants_a_single_sign_on_is_told_with_the_way_there() {
    let stage = Stage::alice().await;
    stage.alter(|world| world.repository("octo/lanterns").wants_sso = true);
    let (code, seen) = stage.error(ABOUT.0, ABOUT.1).await;
    assert_eq!(code, "sso_required");
    assert!(seen.contains("https://github.com/orgs/octo/sso?authorization_request="), "{seen}");
    for elsewhere in [
        "https://evil.example/orgs/octo/sso",
        "https://github.com.evil.example/orgs/octo/sso",
        "http://github.com/orgs/octo/sso",
        &format!("https://github.com/{}", "x".repeat(500)),
    ] {
        let sso = format!("required; url={elsewhere}");
        stage.fail("GET", "/repos/octo/lanterns", with(403, "No", &[("x-github-sso", &sso)]));
        let (code, seen) = stage.error(ABOUT.0, ABOUT.1).await;
        assert_eq!(code, "sso_required");
        assert!(!seen.contains(elsewhere) && seen.contains("Settings, Applications"), "{seen}");
    }
}

#[tokio::test]
async fn an_organization_that_has_not_approved_the_app_is_told() {
    let stage = Stage::alice().await;
    stage.alter(|world| world.repository("octo/lanterns").restricts_apps = true);
    let (code, seen) = stage.error(READ.0, READ.1).await;
    assert_eq!(code, "organization_restricted");
    assert!(seen.contains("owner of the organization approves"), "{seen}");
}

#[tokio::test]
async fn what_the_repository_does_not_allow_has_its_own_words() {
    let stage = Stage::alice().await;
    let empty = r#"{"issue": "alice/empty#1"}"#;
    assert_eq!(stage.error("github_issue", empty).await.0, "issues_disabled");
    let create = r#"{"repo": "alice/empty", "title": "x"}"#;
    assert_eq!(stage.error("github_create_issue", create).await.0, "issues_disabled");
    stage.alter(|world| world.repository("octo/lanterns").archived = true);
    let (code, seen) = stage.error(COMMENT.0, COMMENT.1).await;
    assert_eq!(code, "forbidden");
    assert!(seen.contains("Repository was archived so is read-only."), "{seen}");
    stage.alter(|world| world.repository("octo/lanterns").blocked = true);
    assert_eq!(self::code(&stage, ABOUT).await, "blocked");
    let locked = Stage::of("bob", OAuthApp, super::harness::ALL).await;
    locked.alter(|world| world.repository("octo/lanterns").issue(12).locked = true);
    let (code, seen) = locked.error(COMMENT.0, COMMENT.1).await;
    assert_eq!(code, "forbidden");
    assert!(seen.contains("issue is locked"), "{seen}");
}

#[tokio::test]
async fn complaints_about_fields_are_passed_on() {
    let stage = Stage::alice().await;
    let create = r#"{"repo": "octo/lanterns", "title": "x", "assignees": ["stranger"]}"#;
    let (code, seen) = stage.error("github_create_issue", create).await;
    assert_eq!(code, "invalid_argument");
    assert!(seen.contains("It says: Validation Failed; assignees is invalid."), "{seen}");
    for (errors, wanted) in [
        (json!(["Body is too long"]), "Validation Failed; Body is too long."),
        (json!([{"message": "No commits between"}]), "Validation Failed; No commits between."),
        (json!([null, {}, {"code": "custom"}]), "Validation Failed."),
        (json!("Nothing to see"), "Validation Failed."),
    ] {
        let body = json!({"message": "Validation Failed", "errors": errors});
        stage.fail("GET", "/user", Answer::json(422, &body));
        let (code, seen) = stage.error(ME.0, ME.1).await;
        assert_eq!(code, "invalid_argument");
        assert!(seen.contains(wanted), "{seen}");
    }
}

#[tokio::test]
async fn the_other_refusals_have_their_codes() {
    let stage = Stage::alice().await;
    for (answer, wanted) in [
        (says(400, "Problems parsing JSON"), "invalid_argument"),
        (says(403, "Something new"), "forbidden"),
        (says(403, "Resource not accessible by personal access token"), "app_not_permitted"),
        (says(404, "Not Found"), "not_found"),
        (says(405, "Not allowed"), "forbidden"),
        (says(409, "Conflict"), "forbidden"),
        (says(409, "Git Repository is empty."), "empty_repository"),
        (says(410, "This issue was deleted"), "issues_disabled"),
        (says(451, "Repository access blocked"), "blocked"),
        (says(403, "Repository access blocked"), "blocked"),
        (
            says(403, "the org has enabled third-party application restrictions"),
            "organization_restricted",
        ),
        (says(403, "Resource protected by organization SAML enforcement."), "sso_required"),
        (Answer::text(302, ""), "moved"),
        (Answer::text(403, "\u{0}\u{fffd}<html>"), "forbidden"),
        (Answer::json(403, &json!(["message"])), "forbidden"),
    ] {
        stage.fail("GET", "/user", answer.clone());
        assert_eq!(code(&stage, ME).await, wanted, "{answer:?}");
    }
}

#[tokio::test]
async fn what_github_says_is_passed_on_only_as_far_as_it_is_harmless() {
    let stage = Stage::alice().await;
    let token = "gho_".repeat(20);
    let message = format!("Bad\u{1b}[31m \u{202e}thing {token} {}", "and so on ".repeat(50));
    stage.fail("GET", "/user", says(422, &message));
    let (_, seen) = stage.error(ME.0, ME.1).await;
    assert!(seen.contains("Bad [31m thing … and so on"), "{seen}");
    assert!(!seen.contains(&token) && seen.len() < 1_200, "{seen}");
    let errors = vec![json!({"message": message}); 50];
    let body = json!({"message": "Validation Failed", "errors": errors});
    stage.fail("GET", "/user", Answer::json(422, &body));
    let (_, seen) = stage.error(ME.0, ME.1).await;
    assert!(!seen.contains(&token) && seen.len() < 2_000, "{seen}");
    let permissions = [("x-accepted-github-permissions", "issues=write; ".repeat(100))];
    let permissions = permissions.each_ref().map(|(name, value)| (*name, value.as_str()));
    stage.fail("GET", "/user", with(403, "Resource not accessible by integration", &permissions));
    let (code, seen) = stage.error(ME.0, ME.1).await;
    assert_eq!(code, "app_not_permitted");
    assert!(seen.contains("It needs: issues=write; ") && seen.len() < 2_000, "{seen}");
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    let stage = Stage::alice().await;
    let garbage: [Value; 4] = [json!([]), json!("x"), json!(null), json!({})];
    for body in garbage {
        stage.fail("GET", "/user", Answer::json(200, &body));
        assert_eq!(code(&stage, ME).await, "provider_unavailable", "{body}");
        stage.fail("GET", "/search/repositories", Answer::json(200, &body));
        let search = ("github_search_repositories", r#"{"query": "x"}"#);
        assert_eq!(code(&stage, search).await, "provider_unavailable", "{body}");
    }
    stage.fail("GET", "/notifications", Answer::json(200, &json!({})));
    assert_eq!(code(&stage, ("github_notifications", "{}")).await, "provider_unavailable");
    let endless = json!({"login": "alice", "bio": "x".repeat(5_000_000)}).to_string();
    for body in [endless, "[".repeat(1_000_000)] {
        stage.fail("GET", "/user", Answer::text(200, &body));
        assert_eq!(code(&stage, ME).await, "provider_unavailable");
    }
}

#[tokio::test]
async fn a_command_that_never_left_was_not_carried_out() {
    let stage = Stage::without_github().await;
    let error = stage.call(COMMENT.0, COMMENT.1).await.unwrap_err();
    assert_eq!(error.code(), "provider_unavailable");
    assert!(!error.message().contains("may have been done"), "{error}");
    let cause = std::error::Error::source(&error).unwrap();
    assert!(!format!("{cause:?}").contains("octo"), "{cause:?}");
}
