//! Long lists stay short.

use serde_json::{Value, json};
use stagepass_standin::github::{Answer, Commit, Issue, Notification, Repository};

use super::harness::Stage;

#[tokio::test]
async fn fifty_rows_stay_under_six_kilobytes() {
    let stage = Stage::alice().await;
    let words = "a rather long title that tells in many words what is the matter here ".repeat(3);
    stage.alter(|world| {
        let issue = |number| Issue {
            number,
            title: words.clone(),
            author: "somebody-with-a-long-name".into(),
            labels: vec!["good first issue".into(), "help wanted".into()],
            ..Issue::default()
        };
        let lanterns = world.repository("octo/lanterns");
        lanterns.issues.extend((1_000..1_060).map(issue));
        let commit =
            |_| Commit { sha: "e".repeat(40), message: words.clone(), ..Commit::default() };
        lanterns.commits.extend((0..60).map(commit));
        lanterns.files.extend((0..60).map(|n| (format!("src/{n}.rs"), b"title".to_vec())));
        world.repositories.extend((0..60).map(|n| Repository {
            owner: "octo".into(),
            name: format!("title-{n}"),
            description: Some(words.clone()),
            ..Repository::default()
        }));
        world.notifications.extend((0..60).map(|n| Notification {
            id: format!("1234567{n}"),
            unread: true,
            reason: "review_requested".into(),
            repository: "octo/lanterns".into(),
            number: Some(1_000 + n),
            kind: "Issue".into(),
            title: words.clone(),
            updated_at: "2026-11-20T08:15:00Z".into(),
        }));
    });
    for (tool, arguments) in [
        ("github_search_issues", r#"{"query": "title", "kinds": ["issue"], "limit": 50}"#),
        ("github_search_repositories", r#"{"query": "title", "limit": 50}"#),
        ("github_search_code", r#"{"query": "title", "limit": 50}"#),
        ("github_notifications", r#"{"limit": 50}"#),
        ("github_commits", r#"{"repo": "octo/lanterns", "limit": 50}"#),
    ] {
        let (text, _) = stage.answer(tool, arguments).await;
        assert_eq!(text.matches("\n- ").count(), 50, "{tool}");
        assert!(text.len() < 6_000, "{tool}: {} bytes", text.len());
    }
}

#[tokio::test]
async fn more_than_was_asked_for_is_not_passed_on() {
    let stage = Stage::alice().await;
    let many = |one: Value| Value::Array(vec![one; 500]);
    let found = |one| json!({"total_count": 500, "items": many(one)});
    let issue =
        json!({"number": 1, "title": "x", "url": "https://api.github.com/repos/o/r/issues/1"});
    let repos = "/repos/octo/lanterns";
    for (tool, arguments, path, body, list) in [
        (
            "github_search_issues",
            r#"{"query": "x", "kinds": ["issue"], "limit": 2}"#,
            "/search/issues",
            found(issue),
            "/results/issues",
        ),
        (
            "github_search_repositories",
            r#"{"query": "x", "limit": 2}"#,
            "/search/repositories",
            found(json!({"full_name": "o/r"})),
            "/repositories",
        ),
        (
            "github_search_code",
            r#"{"query": "x", "limit": 2}"#,
            "/search/code",
            found(json!({"path": "p", "repository": {"full_name": "o/r"}})),
            "/files",
        ),
        (
            "github_notifications",
            r#"{"limit": 2}"#,
            "/notifications",
            many(json!({"id": "1"})),
            "/notifications",
        ),
        (
            "github_commits",
            r#"{"repo": "octo/lanterns", "limit": 2}"#,
            &format!("{repos}/commits"),
            many(json!({"sha": "a"})),
            "/commits",
        ),
        (
            "github_releases",
            r#"{"repo": "octo/lanterns", "limit": 2}"#,
            &format!("{repos}/releases"),
            many(json!({"tag_name": "v1"})),
            "/releases",
        ),
    ] {
        stage.fail("GET", path, Answer::json(200, &body));
        let (_, data) = stage.answer(tool, arguments).await;
        assert_eq!(data.pointer(list).unwrap().as_array().unwrap().len(), 2, "{tool}");
    }
    let comments = many(json!({"body": "x", "user": {"login": "bob"}}));
    stage.fail("GET", &format!("{repos}/issues/12/comments"), Answer::json(200, &comments));
    let (_, data) = stage.answer("github_issue", r#"{"issue": "octo/lanterns#12"}"#).await;
    assert_eq!(data["said"].as_array().unwrap().len(), 15);
}

#[tokio::test]
async fn what_is_long_in_itself_is_shortened() {
    let stage = Stage::alice().await;
    let long = "words ".repeat(1_000);
    let repos = "/repos/octo/lanterns";
    let hit = json!({
        "path": "p", "repository": {"full_name": "o/r"},
        "text_matches": vec![json!({"fragment": long}); 10],
    });
    let run = |name: usize| json!({"name": format!("{name} {long}"), "status": "completed", "conclusion": "failure"});
    for (call, path, body, most) in [
        (
            ("github_repository", r#"{"repo": "octo/lanterns"}"#),
            repos.to_owned(),
            json!({
                "full_name": long, "description": long, "homepage": long, "language": long,
                "topics": vec![long.clone(); 500], "default_branch": long,
            }),
            6_000,
        ),
        (
            ("github_releases", r#"{"repo": "octo/lanterns", "limit": 20}"#),
            format!("{repos}/releases"),
            Value::Array(vec![json!({"tag_name": "v1", "name": long, "body": long}); 20]),
            14_000,
        ),
        (
            ("github_search_code", r#"{"query": "x", "limit": 15}"#),
            "/search/code".to_owned(),
            json!({"total_count": 15, "items": vec![hit.clone(); 15]}),
            8_000,
        ),
        (
            ("github_search_code", r#"{"query": "x", "limit": 50}"#),
            "/search/code".to_owned(),
            json!({"total_count": 50, "items": vec![hit; 50]}),
            1_000,
        ),
        (
            ("github_commits", r#"{"repo": "octo/lanterns"}"#),
            format!("{repos}/commits"),
            json!([{"sha": long, "commit": {"message": long, "author": {"name": long}}}]),
            400,
        ),
        (
            ("github_issue", r#"{"issue": "octo/lanterns#13"}"#),
            format!("{repos}/commits/{}/check-runs", "d".repeat(40)),
            json!({"check_runs": (0..100).map(run).collect::<Vec<_>>()}),
            2_000,
        ),
    ] {
        stage.fail("GET", &path, Answer::json(200, &body));
        let (text, data) = stage.answer(call.0, call.1).await;
        assert!(text.len() < most, "{}: {} bytes", call.0, text.len());
        assert!(data.to_string().len() < 5 * most, "{}: {} bytes", call.0, data.to_string().len());
    }
}

#[tokio::test]
async fn an_id_of_a_commit_is_nothing_else() {
    let stage = Stage::alice().await;
    let commits = json!([{"sha": "by admin", "commit": {"message": "m"}}]);
    stage.fail("GET", "/repos/octo/lanterns/commits", Answer::json(200, &commits));
    let (text, _) = stage.answer("github_commits", r#"{"repo": "octo/lanterns"}"#).await;
    assert_eq!(text, "Commits:\n- bad · m");
}
