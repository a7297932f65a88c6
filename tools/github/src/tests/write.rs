//! Creating, commenting, closing.

use stagepass_standin::github::Answer;

use super::harness::Stage;

const CREATE: &str = r#"{"repo": "octo/lanterns", "title": "It smokes", "body": "A lot.",
    "labels": ["bug"], "assignees": ["alice"]}"#;
const COMMENT: &str = r#"{"issue": "octo/lanterns#12", "body": "Fixed in #13."}"#;
const CLOSE: &str = r#"{"issue": "octo/lanterns#12"}"#;

#[tokio::test]
async fn an_issue_is_created_in_the_persons_name() {
    for stage in [Stage::alice().await, Stage::alice_by_app().await] {
        let (text, data) = stage.answer("github_create_issue", CREATE).await;
        assert_eq!(text, "Created octo/lanterns#14. https://github.com/octo/lanterns/issues/14");
        assert_eq!(data["issue"], "octo/lanterns#14");
        stage.alter(|world| {
            let issue = world.repository("octo/lanterns").issue(14);
            assert_eq!((issue.title.as_str(), issue.author.as_str()), ("It smokes", "alice"));
            assert_eq!(issue.labels, ["bug"]);
        });
    }
}

#[tokio::test]
async fn what_github_leaves_out_without_a_word_is_told() {
    let stage =
        Stage::of("bob", stagepass_standin::github::Kind::OAuthApp, super::harness::ALL).await;
    let (text, data) = stage.answer("github_create_issue", CREATE).await;
    assert!(text.ends_with("\nGitHub left out: bug, alice."), "{text}");
    assert_eq!(data["left_out"], serde_json::json!(["bug", "alice"]));
}

#[tokio::test]
async fn a_comment_is_added_and_its_place_told() {
    let stage = Stage::alice().await;
    let (text, data) = stage.answer("github_comment", COMMENT).await;
    let url = "https://github.com/octo/lanterns/issues/12#issuecomment-9002";
    assert_eq!(text, format!("Commented on octo/lanterns#12. {url}"));
    assert_eq!(data["url"], url);
    stage.alter(|world| {
        let comments = &world.repository("octo/lanterns").issue(12).comments;
        assert_eq!(comments[2].body, "Fixed in #13.");
    });
}

#[tokio::test]
async fn issues_and_pull_requests_are_closed_and_reopened() {
    let stage = Stage::alice().await;
    let reason = r#"{"issue": "octo/lanterns#12", "reason": "not_planned"}"#;
    let (text, data) = stage.answer("github_close", reason).await;
    assert_eq!(
        text,
        "Now: octo/lanterns#12 · closed · The lamp flickers · bob · 2026-11-20 · 2 comments · bug"
    );
    assert_eq!(data["state"], "closed");
    stage.alter(|world| {
        let closed = world.repository("octo/lanterns").issue(12).closed.clone();
        assert_eq!(closed, Some(Some("not_planned".into())));
    });
    let reopen = r#"{"issue": "octo/lanterns#12", "action": "reopen"}"#;
    assert_eq!(stage.answer("github_close", reopen).await.1["state"], "open");
    let pull = r#"{"issue": "octo/lanterns#13", "action": "close"}"#;
    let (text, _) = stage.answer("github_close", pull).await;
    assert!(text.starts_with("Now: octo/lanterns#13 · closed"), "{text}");
    let both = r#"{"issue": "octo/lanterns#12", "action": "reopen", "reason": "completed"}"#;
    assert_eq!(stage.error("github_close", both).await.0, "invalid_argument");
}

#[tokio::test]
async fn a_lost_answer_is_told_and_nothing_is_written_twice() {
    for answer in [Answer::DropAfter, Answer::Hang, Answer::text(502, "bad gateway")] {
        let stage = Stage::impatient().await;
        stage.fail("POST", "/repos/octo/lanterns/issues/12/comments", answer.clone());
        let (code, seen) = stage.error("github_comment", COMMENT).await;
        assert_eq!(code, "provider_unavailable", "{answer:?}");
        assert!(seen.contains("may have been done or not"), "{seen}");
        assert!(seen.contains("Don't repeat it unseen."), "{seen}");
        assert_eq!(stage.github.count("POST", "/repos/octo/lanterns/issues/12/comments"), 1);
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_no_reason_to_write_again() {
    let stage = Stage::alice().await;
    for body in ["{}", "[]", "OK", "{\"number\": \"x\"}"] {
        stage.fail("POST", "/repos/octo/lanterns/issues", Answer::text(201, body));
        let (code, seen) = stage.error("github_create_issue", CREATE).await;
        assert_eq!(code, "provider_unavailable", "{body}");
        assert!(seen.contains("may have been done"), "{seen}");
    }
    assert_eq!(stage.github.count("POST", "/repos/octo/lanterns/issues"), 4);
    stage.fail("POST", "/repos/octo/lanterns/issues/12/comments", Answer::text(201, "[]"));
    let (_, seen) = stage.error("github_comment", COMMENT).await;
    assert!(seen.contains("may have been done"), "{seen}");
}

#[tokio::test]
async fn what_github_would_refuse_is_refused_before_any_call() {
    let stage = Stage::alice().await;
    let long = "x".repeat(70_000);
    let labels = serde_json::json!({
        "repo": "octo/lanterns", "title": "x", "labels": vec!["bug"; 101],
    });
    let many: Vec<_> = (0..11).map(|n| format!("\"a{n}\"")).collect();
    for (tool, arguments) in [
        ("github_create_issue", r#"{"repo": "octo/lanterns", "title": " "}"#.to_owned()),
        ("github_create_issue", format!(r#"{{"repo": "octo/lanterns", "title": "{long}"}}"#)),
        (
            "github_create_issue",
            format!(
                r#"{{"repo": "octo/lanterns", "title": "x", "assignees": [{}]}}"#,
                many.join(",")
            ),
        ),
        ("github_create_issue", labels.to_string()),
        ("github_create_issue", r#"{"repo": "lanterns", "title": "x"}"#.to_owned()),
        ("github_comment", format!(r#"{{"issue": "octo/lanterns#12", "body": "{long}"}}"#)),
        ("github_comment", r#"{"issue": "octo/lanterns#12", "body": "\n"}"#.to_owned()),
        ("github_comment", r#"{"issue": "octo/lanterns", "body": "x"}"#.to_owned()),
        ("github_close", r#"{"issue": "12"}"#.to_owned()),
    ] {
        assert_eq!(stage.error(tool, &arguments).await.0, "invalid_argument", "{tool}");
    }
    assert!(stage.github.requests().is_empty());
}

#[tokio::test]
async fn closing_what_belongs_to_others_is_refused_in_githubs_words() {
    let kind = stagepass_standin::github::Kind::OAuthApp;
    let stage = Stage::of("mallory", kind, super::harness::ALL).await;
    let (code, seen) = stage.error("github_close", CLOSE).await;
    assert_eq!(code, "forbidden");
    assert!(seen.contains("It says: Must have admin rights to Repository."), "{seen}");
}
