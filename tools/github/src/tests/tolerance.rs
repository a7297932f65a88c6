//! Answers of GitHub with something wrong in them: a field that is gone, null, of another type, or
//! new. What can be read is still told.

use serde_json::{Value, json};
use stagepass_standin::{github::Answer, mutations::each};

use super::harness::Stage;

fn issue(number: u64, title: &str) -> Value {
    json!({
        "url": format!("https://api.github.com/repos/o/r/issues/{number}"),
        "html_url": format!("https://github.com/o/r/issues/{number}"),
        "number": number, "title": title, "state": "open", "state_reason": null,
        "user": {"login": "bob"}, "labels": [{"name": "bug"}, "old"],
        "assignees": [{"login": "alice"}], "comments": 2, "created_at": "2026-11-01T10:00:00Z",
        "updated_at": "2026-11-20T10:00:00Z", "closed_at": null, "body": "Text", "locked": false,
        "author_association": "NONE", "draft": false,
        "pull_request": {"merged_at": null},
    })
}

fn repository(name: &str) -> Value {
    json!({
        "full_name": format!("o/{name}"), "description": name, "private": false, "fork": true,
        "archived": false, "has_issues": true, "stargazers_count": 3, "forks_count": 1,
        "open_issues_count": 2, "language": "Rust", "license": {"spdx_id": "MIT"},
        "topics": ["a"], "default_branch": "main", "pushed_at": "2026-11-20T10:00:00Z",
        "html_url": "https://github.com/o/r", "homepage": "https://x.example",
        "parent": {"full_name": "p/r"},
    })
}

/// Calls with the answer to `path` mutated in every way. Whatever is wrong, the call answers; and each
/// word is told unless what is wrong is at or around its home.
async fn survives(
    call: (&str, &str),
    path: &str,
    sample: &Value,
    words: &[(&str, &str)],
    is_no_answer: &[&str],
) {
    let stage = Stage::alice().await;
    for (at, body) in each(sample) {
        // So many calls in one hour or minute as no allowance has.
        stage.alter(|world| world.left.values_mut().for_each(|left| *left = 5_000));
        stage.fail("GET", path, Answer::json(200, &body));
        match stage.call(call.0, call.1).await {
            Ok((text, _)) => {
                for (word, home) in words {
                    let lost = at.starts_with(home) || home.starts_with(&at);
                    assert!(lost || text.contains(word), "{at}: no {word} in {text} for {body}");
                }
            }
            Err(error) => assert!(is_no_answer.contains(&at.as_str()), "{at}: {error} for {body}"),
        }
    }
}

#[tokio::test]
async fn searching_survives_whatever_a_field_holds() {
    let found = |one: Value, two: Value| json!({"total_count": 2, "incomplete_results": false, "items": [one, null, two]});
    survives(
        ("github_search_issues", r#"{"query": "x", "kinds": ["pull"]}"#),
        "/search/issues",
        &found(issue(1, "First"), issue(2, "Second")),
        &[("First", "/items/0/title"), ("Second", "/items/2/title")],
        &["/items"],
    )
    .await;
    survives(
        ("github_search_repositories", r#"{"query": "x"}"#),
        "/search/repositories",
        &found(repository("First"), repository("Second")),
        &[("o/First", "/items/0/full_name"), ("o/Second", "/items/2/full_name")],
        &["/items"],
    )
    .await;
    let hit = |name: &str| {
        json!({
            "name": name, "path": name, "repository": {"full_name": "o/r"},
            "text_matches": [{"fragment": "some lines", "property": "content"}],
        })
    };
    survives(
        ("github_search_code", r#"{"query": "x"}"#),
        "/search/code",
        &found(hit("First"), hit("Second")),
        &[("Second", "/items/2")],
        &["/items"],
    )
    .await;
}

#[tokio::test]
async fn reading_an_issue_survives_whatever_a_field_holds() {
    let read = ("github_issue", r#"{"issue": "octo/lanterns#13"}"#);
    survives(
        read,
        "/repos/octo/lanterns/issues/13",
        &issue(13, "First"),
        &[("First", "/title"), ("> Text", "/body"), ("bob", "/user/login")],
        &[],
    )
    .await;
    let comment = |body: &str| {
        json!({
            "user": {"login": "bob"}, "author_association": "OWNER", "body": body,
            "created_at": "2026-11-20T10:00:00Z", "html_url": "https://github.com/x",
        })
    };
    survives(
        read,
        "/repos/octo/lanterns/issues/13/comments",
        &json!([comment("First"), comment("Second")]),
        &[("> First", "/0"), ("> Second", "/1"), ("Trim the wick", "-")],
        &[],
    )
    .await;
}

#[tokio::test]
async fn reading_a_pull_request_survives_whatever_a_field_holds() {
    let read = ("github_issue", r#"{"issue": "octo/lanterns#13"}"#);
    let commit = format!("/repos/octo/lanterns/commits/{}", "d".repeat(40));
    let pull = json!({
        "merged": false, "draft": true, "mergeable_state": "clean", "base": {"ref": "main"},
        "head": {"ref": "trim", "sha": "d".repeat(40)}, "commits": 1, "additions": 2,
        "deletions": 3, "changed_files": 4, "requested_reviewers": [{"login": "carol"}],
    });
    let review = |who: &str| json!({"user": {"login": who}, "state": "APPROVED"});
    let file = |name: &str| {
        json!({
            "filename": name, "previous_filename": "old", "status": "renamed", "additions": 1,
            "deletions": 2, "patch": "@@ -1 +1 @@",
        })
    };
    let run = |name: &str| json!({"name": name, "status": "completed", "conclusion": "failure"});
    let base = "/repos/octo/lanterns/pulls/13";
    for (path, sample, word, home) in [
        (base.to_owned(), pull, "Trim the wick", "-"),
        (format!("{base}/reviews"), json!([review("ann"), review("ben")]), "ben approved", "/1"),
        (format!("{base}/files"), json!([file("a.rs"), file("b.rs")]), "b.rs", "/1"),
        (
            format!("{commit}/check-runs"),
            json!({"total_count": 2, "check_runs": [run("one"), run("two")]}),
            "two",
            "/check_runs/1",
        ),
        (
            format!("{commit}/status"),
            json!({"statuses": [{"context": "old", "state": "error"}]}),
            "Checks:",
            "-",
        ),
    ] {
        survives(read, &path, &sample, &[(word, home)], &[]).await;
    }
    survives(
        ("github_pull_diff", r#"{"pull": "octo/lanterns#13"}"#),
        &format!("{base}/files"),
        &json!([file("a.rs"), file("b.rs")]),
        &[("b.rs", "/1")],
        &[],
    )
    .await;
}

#[tokio::test]
async fn the_other_lists_survive_whatever_a_field_holds() {
    let notification = |id: &str, title: &str| {
        json!({
            "id": id, "unread": true, "reason": "mention", "updated_at": "2026-11-20T10:00:00Z",
            "subject": {"title": title, "url": "https://api.github.com/repos/o/r/issues/1", "type": "Issue"},
            "repository": {"full_name": "o/r"},
        })
    };
    survives(
        ("github_notifications", "{}"),
        "/notifications",
        &json!([notification("1", "First"), notification("2", "Second")]),
        &[("First", "/0"), ("Second", "/1")],
        &[],
    )
    .await;
    let commit = |sha: &str| {
        json!({
            "sha": sha.repeat(40), "author": {"login": "bob"},
            "commit": {"message": "m", "author": {"name": "B", "date": "2026-11-20T10:00:00Z"}},
        })
    };
    survives(
        ("github_commits", r#"{"repo": "octo/lanterns"}"#),
        "/repos/octo/lanterns/commits",
        &json!([commit("a"), commit("b")]),
        &[("aaaaaaaaaa", "/0"), ("bbbbbbbbbb", "/1")],
        &[],
    )
    .await;
    let release = |tag: &str| {
        json!({
            "tag_name": tag, "name": "Name", "draft": false, "prerelease": true, "body": "Notes",
            "published_at": "2026-11-20T10:00:00Z", "html_url": "https://github.com/x",
        })
    };
    survives(
        ("github_releases", r#"{"repo": "octo/lanterns"}"#),
        "/repos/octo/lanterns/releases",
        &json!([release("v1"), release("v2")]),
        &[("v1", "/0"), ("v2", "/1")],
        &[],
    )
    .await;
}

#[tokio::test]
async fn single_things_survive_whatever_a_field_holds() {
    survives(
        ("github_repository", r#"{"repo": "octo/lanterns"}"#),
        "/repos/octo/lanterns",
        &repository("First"),
        &[("o/First", "/full_name"), ("MIT", "/license")],
        &["/full_name"],
    )
    .await;
    let me = json!({
        "login": "alice", "name": "A", "bio": "b", "company": null, "html_url": "https://x",
        "public_repos": 1, "followers": 2, "created_at": "2011-01-25T18:44:36Z",
    });
    survives(("github_me", "{}"), "/user", &me, &[("alice", "/login")], &["/login"]).await;
    let file = json!({
        "type": "file", "encoding": "base64", "size": 2, "name": "a", "path": "a",
        "content": "aGk=\n", "html_url": "https://x", "target": null,
    });
    let read = ("github_read_file", r#"{"repo": "octo/lanterns", "path": "a"}"#);
    let path = "/repos/octo/lanterns/contents/a";
    survives(read, path, &file, &[("octo/lanterns a", "-")], &["/content"]).await;
    let entry = |name: &str| json!({"type": "file", "name": name, "size": 1});
    let folder = json!({"type": "dir", "entries": [entry("First"), entry("Second")]});
    survives(read, path, &folder, &[("First", "/entries/0"), ("Second", "/entries/1")], &[]).await;
}

#[tokio::test]
async fn what_was_written_is_told_whatever_the_answer_holds() {
    let stage = Stage::alice().await;
    let comment = json!({"html_url": "https://github.com/x", "body": "x", "user": {"login": "a"}});
    for (_, body) in each(&comment) {
        let path = "/repos/octo/lanterns/issues/12/comments";
        stage.fail("POST", path, Answer::json(201, &body));
        let arguments = r#"{"issue": "octo/lanterns#12", "body": "x"}"#;
        let (text, _) = stage.answer("github_comment", arguments).await;
        assert!(text.starts_with("Commented on octo/lanterns#12."), "{text}");
    }
    for (at, body) in each(&issue(15, "First")) {
        stage.fail("POST", "/repos/octo/lanterns/issues", Answer::json(201, &body));
        let created =
            stage.call("github_create_issue", r#"{"repo": "octo/lanterns", "title": "x"}"#).await;
        assert!(created.is_ok() || at == "/number", "{at}: {created:?}");
        stage.fail("PATCH", "/repos/octo/lanterns/issues/12", Answer::json(200, &body));
        let (text, _) = stage.answer("github_close", r#"{"issue": "octo/lanterns#12"}"#).await;
        assert!(text.starts_with("Now: "), "{text}");
    }
}
