//! How much is asked of GitHub, and what happens when it is too much.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::github::Answer;

use super::harness::{Stage, stages};

const ME: (&str, &str) = ("github_me", "{}");
const SEARCH: (&str, &str) = ("github_search_repositories", r#"{"query": "x"}"#);

fn secondary(status: u16, retry_after: Option<u64>) -> Answer {
    let message = "You have exceeded a secondary rate limit. Please wait a few minutes.";
    let headers = retry_after.map(|wait| ("retry-after".to_owned(), wait.to_string()));
    let body = json!({"message": message}).to_string();
    Answer::Status(status, "application/json".into(), body, headers.into_iter().collect())
}

async fn code(stage: &Stage, (tool, arguments): (&str, &str)) -> String {
    stage.error(tool, arguments).await.0
}

#[tokio::test]
async fn a_short_wait_is_waited_once() {
    let stage = Stage::alice().await;
    for status in [403, 429] {
        stage.fail("GET", "/user", secondary(status, Some(1)));
        assert!(stage.call(ME.0, ME.1).await.is_ok());
    }
    assert_eq!(stage.github.count("GET", "/user"), 4);
    stage.fail_often(2, "GET", "/user", secondary(403, Some(0)));
    assert_eq!(code(&stage, ME).await, "rate_limited");
    assert_eq!(stage.github.count("GET", "/user"), 6);
}

#[tokio::test]
async fn when_github_asks_for_quiet_that_account_asks_nothing() {
    let [alice, bob] = stages(["alice", "bob"]).await;
    for (answer, wait) in
        [(secondary(403, Some(120)), 120), (secondary(429, Some(90_000_000)), 86_400)]
    {
        let [alice, _] = stages(["alice", "bob"]).await;
        alice.fail("GET", "/user", answer);
        let (code, seen) = alice.error(ME.0, ME.1).await;
        assert_eq!(code, "rate_limited");
        assert!(seen.contains(&format!(r#""retry_after":{wait}"#)), "{seen}");
        assert_eq!(self::code(&alice, SEARCH).await, "rate_limited");
        assert_eq!(alice.github.requests().len(), 1);
    }
    // In words alone, a minute is meant.
    alice.fail("GET", "/user", secondary(403, None));
    let (code, seen) = alice.error(ME.0, ME.1).await;
    assert_eq!(code, "rate_limited");
    assert!(seen.contains(r#""retry_after":60"#), "{seen}");
    assert_eq!(self::code(&alice, SEARCH).await, "rate_limited");
    assert!(bob.call(ME.0, ME.1).await.is_ok());
    assert_eq!(alice.github.requests().len(), 2);
}

#[tokio::test]
async fn an_allowance_is_never_used_up_and_when_it_starts_anew_is_told() {
    let [alice, bob] = stages(["alice", "bob"]).await;
    alice.alter(|world| {
        world.left.insert("core", 103);
    });
    for _ in 0..3 {
        assert!(alice.call(ME.0, ME.1).await.is_ok());
    }
    let (code, seen) = alice.error(ME.0, ME.1).await;
    assert_eq!(code, "quota_exceeded");
    assert!(seen.contains("starts anew in 30 minutes"), "{seen}");
    assert_eq!(alice.github.count("GET", "/user"), 3);
    // Searches are counted for themselves, and so is everybody else.
    assert!(alice.call(SEARCH.0, SEARCH.1).await.is_ok());
    assert!(bob.call(ME.0, ME.1).await.is_ok());
}

#[tokio::test]
async fn searches_of_a_minute_are_counted_for_themselves() {
    let stage = Stage::alice().await;
    let find = ("github_search_code", r#"{"query": "trim"}"#);
    for _ in 0..10 {
        assert!(stage.call(find.0, find.1).await.is_ok());
    }
    let (code, seen) = stage.error(find.0, find.1).await;
    assert_eq!(code, "rate_limited");
    assert!(seen.contains("Wait 40 seconds"), "{seen}");
    assert_eq!(stage.github.count("GET", "/search/code"), 10);
    assert!(stage.call(SEARCH.0, SEARCH.1).await.is_ok());
}

#[tokio::test]
async fn what_others_have_used_up_is_understood_and_not_asked_again() {
    let stage = Stage::alice().await;
    stage.alter(|world| {
        world.left.insert("core", 0);
        world.left.insert("search", 0);
    });
    assert_eq!(code(&stage, ME).await, "quota_exceeded");
    assert_eq!(code(&stage, ME).await, "quota_exceeded");
    assert_eq!(code(&stage, SEARCH).await, "rate_limited");
    assert_eq!(code(&stage, SEARCH).await, "rate_limited");
    assert_eq!(stage.github.requests().len(), 2);
    // What was used up in one minute is no reason to stop everything else.
    let stage = Stage::alice().await;
    stage.alter(|world| {
        world.left.insert("search", 0);
    });
    assert_eq!(code(&stage, SEARCH).await, "rate_limited");
    assert!(stage.call(ME.0, ME.1).await.is_ok());
}

#[tokio::test]
async fn a_command_that_was_refused_for_its_hurry_is_given_again() {
    let stage = Stage::alice().await;
    stage.fail("POST", "/repos/octo/lanterns/issues/12/comments", secondary(403, Some(1)));
    let comment = r#"{"issue": "octo/lanterns#12", "body": "x"}"#;
    let began = tokio::time::Instant::now();
    stage.answer("github_comment", comment).await;
    assert!(began.elapsed() >= Duration::from_secs(1));
    stage.alter(|world| {
        assert_eq!(world.repository("octo/lanterns").issue(12).comments.len(), 3);
    });
}

#[tokio::test]
async fn limits_that_are_told_in_words_or_by_a_status_alone_are_understood() {
    let wait = ("retry-after".to_owned(), "60".to_owned());
    let said = |status, message: &str| Answer::json(status, &json!({"message": message}));
    for answer in [
        said(403, "You have triggered an abuse detection mechanism."),
        said(403, "API rate limit exceeded for user ID 1."),
        said(429, "Slow down."),
        Answer::Status(403, "text/plain".into(), "No.".into(), vec![wait]),
    ] {
        let stage = Stage::alice().await;
        stage.fail("GET", "/user", answer.clone());
        let (code, seen) = stage.error(ME.0, ME.1).await;
        assert_eq!(code, "rate_limited", "{answer:?}");
        assert!(seen.contains(r#""retry_after":60"#), "{seen}");
        assert_eq!(self::code(&stage, SEARCH).await, "rate_limited");
        assert_eq!(stage.github.requests().len(), 1);
    }
}

#[tokio::test]
async fn no_allowance_starts_anew_later_than_in_a_day() {
    let stage = Stage::alice().await;
    let headers = [
        ("date", "Fri, 20 Nov 2026 08:15:00 GMT"),
        ("x-ratelimit-limit", "5000"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "99999999999"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let body = json!({"message": "API rate limit exceeded"}).to_string();
    stage.fail("GET", "/user", Answer::Status(403, "application/json".into(), body, headers));
    let (code, seen) = stage.error(ME.0, ME.1).await;
    assert_eq!(code, "quota_exceeded");
    assert!(seen.contains(r#""retry_after":86400"#), "{seen}");
}

#[tokio::test]
async fn too_much_at_once_is_not_taken_for_a_used_up_hour() {
    let stage = Stage::alice().await;
    let headers = vec![("x-ratelimit-remaining".to_owned(), "0".to_owned())];
    let body = json!({"message": "You have exceeded a secondary rate limit."}).to_string();
    stage.fail("GET", "/user", Answer::Status(403, "application/json".into(), body, headers));
    assert_eq!(code(&stage, ME).await, "rate_limited");
}
