//! How much is asked of Spotify, and what happens when it is too much.

use std::time::Duration;

use stagepass_standin::spotify::Answer;

use super::harness::{Stage, stages};

const SEARCH: (&str, &str) = ("spotify_search", r#"{"query": "x"}"#);

fn busy(retry_after: u64) -> Answer {
    Answer::TooManyRequests { retry_after, reason: None }
}

fn used_up(retry_after: u64) -> Answer {
    Answer::TooManyRequests { retry_after, reason: Some("QUOTA_EXCEEDED") }
}

async fn code(stage: &Stage) -> String {
    stage.error(SEARCH.0, SEARCH.1).await.0
}

#[tokio::test]
async fn a_short_wait_is_waited_once() {
    let stage = Stage::alice().await;
    stage.fail("GET", "search", busy(1));
    assert!(stage.call(SEARCH.0, SEARCH.1).await.is_ok());
    assert_eq!(stage.count("GET", "search"), 2);
    stage.fail_often(2, "GET", "search", busy(0));
    assert_eq!(code(&stage).await, "rate_limited");
    assert_eq!(stage.count("GET", "search"), 4);
}

#[tokio::test]
async fn a_long_wait_is_told_to_everybody_and_nobody_calls_meanwhile() {
    let [alice, bob] = stages(["alice", "bob"]).await;
    alice.fail("GET", "search", busy(86_400));
    let (code, seen) = alice.error(SEARCH.0, SEARCH.1).await;
    assert_eq!(code, "rate_limited");
    assert!(seen.contains(r#""retry_after":86400"#), "{seen}");
    assert!(seen.contains("Wait 86400 seconds"), "{seen}");
    assert_eq!(self::code(&bob).await, "rate_limited");
    assert_eq!(self::code(&alice).await, "rate_limited");
    assert_eq!(alice.count("GET", "search"), 1);
}

#[tokio::test]
async fn a_used_up_quota_stops_calls_for_everybody_until_it_is_over() {
    let [alice, bob] = stages(["alice", "bob"]).await;
    alice.fail("GET", "search", used_up(1));
    let (code, seen) = alice.error(SEARCH.0, SEARCH.1).await;
    assert_eq!(code, "quota_exceeded");
    assert!(seen.contains(r#""retry_after":1"#) && seen.contains("tell the person"), "{seen}");
    assert_eq!(self::code(&bob).await, "quota_exceeded");
    assert_eq!(alice.count("GET", "search"), 1);
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    assert!(bob.call(SEARCH.0, SEARCH.1).await.is_ok());
    // Where Spotify names no time, it is left alone for some minutes.
    alice.fail("GET", "search", used_up(0));
    assert_eq!(self::code(&alice).await, "quota_exceeded");
    let (_, seen) = bob.error(SEARCH.0, SEARCH.1).await;
    assert!(seen.contains(r#""retry_after":600"#), "{seen}");
    assert_eq!(alice.count("GET", "search"), 3);
}

#[tokio::test]
async fn reads_under_way_are_shared_by_those_who_may_see_the_answer() {
    let [alice, bob] = stages(["alice", "bob"]).await;
    let now = ("spotify_now", r#"{"include": ["devices"]}"#);
    let (one, two, three, others) = tokio::join!(
        alice.answer(now.0, now.1),
        alice.answer(now.0, now.1),
        alice.answer(now.0, now.1),
        bob.answer(now.0, now.1),
    );
    assert_eq!(alice.count("GET", "me/player/devices"), 2);
    assert!(one == two && two == three && one != others);
}
