//! Every way that Spotify says no.

use serde_json::{Value, json};
use stagepass_standin::spotify::Answer;

use super::harness::{ALL, LAPTOP, Stage};

const SEARCH: (&str, &str) = ("spotify_search", r#"{"query": "salt"}"#);
const PAUSE: (&str, &str) = ("spotify_control", r#"{"action": "pause"}"#);
const NOW: (&str, &str) = ("spotify_now", "{}");

fn says(status: u16, message: &str, reason: Option<&str>) -> Answer {
    Answer::json(
        status,
        &json!({"error": {"status": status, "message": message, "reason": reason}}),
    )
}

async fn code(stage: &Stage, (tool, arguments): (&str, &str)) -> String {
    stage.error(tool, arguments).await.0
}

#[tokio::test]
async fn a_token_without_a_scope_is_told_which() {
    let stage = Stage::of("alice", &["user-read-playback-state"]).await;
    let (code, seen) = stage.error(PAUSE.0, PAUSE.1).await;
    assert_eq!(code, "missing_scope");
    assert!(seen.contains("user-modify-playback-state"), "{seen}");
    assert!(stage.spotify.requests().is_empty());
}

#[tokio::test]
async fn spotifys_own_word_on_scopes_counts_too() {
    let stage = Stage::alice_on(LAPTOP).await;
    for answer in
        [says(403, "Insufficient client scope", None), says(401, "Permissions missing", None)]
    {
        stage.fail("PUT", "me/player/pause", answer);
        let (code, seen) = stage.error(PAUSE.0, PAUSE.1).await;
        assert_eq!(code, "missing_scope");
        assert!(seen.contains("user-modify-playback-state"), "{seen}");
    }
    assert_eq!(stage.count("PUT", "me/player/pause"), 2);
}

#[tokio::test]
async fn premium_is_needed_and_its_absence_doubted_once() {
    let bob = Stage::of("bob", ALL).await;
    assert_eq!(code(&bob, PAUSE).await, "premium_required");
    assert_eq!(bob.count("PUT", "me/player/pause"), 2);
    assert!(bob.call(NOW.0, NOW.1).await.is_ok());
    let alice = Stage::alice_listening().await;
    alice.fail("PUT", "me/player/pause", says(403, "Premium required", None));
    assert!(alice.call(PAUSE.0, PAUSE.1).await.is_ok());
}

#[tokio::test]
async fn refusals_in_plain_text_are_understood() {
    let mallory = Stage::of("mallory", ALL).await;
    let (code, seen) = mallory.error(NOW.0, NOW.1).await;
    assert_eq!(code, "not_allowlisted");
    assert!(seen.contains("User Management"), "{seen}");
    let alice = Stage::alice().await;
    alice.spotify.world(|world| world.owner_premium = false);
    assert_eq!(self::code(&alice, SEARCH).await, "owner_premium_required");
    assert_eq!(self::code(&alice, PAUSE).await, "owner_premium_required");
    assert_eq!(alice.spotify.requests().len(), 2);
}

#[tokio::test]
async fn questions_are_repeated_once_and_commands_never() {
    for answer in [Answer::text(503, "<html>down</html>"), Answer::Drop, Answer::Hang] {
        let stage = Stage::alice_listening().await;
        let before = stage.count("GET", "me/player");
        stage.fail("GET", "me/player", answer.clone());
        assert!(stage.call(NOW.0, NOW.1).await.is_ok(), "{answer:?}");
        assert_eq!(stage.count("GET", "me/player"), before + 2);
        stage.fail_often(2, "GET", "me/player", answer.clone());
        assert_eq!(code(&stage, NOW).await, "provider_unavailable");
        stage.fail("PUT", "me/player/pause", answer);
        assert_eq!(code(&stage, PAUSE).await, "provider_unavailable");
        assert_eq!(stage.count("PUT", "me/player/pause"), 1);
    }
}

#[tokio::test]
async fn a_rejected_token_is_renewed_once() {
    let stage = Stage::alice().await;
    let expired = || says(401, "The access token expired", None);
    stage.fail("GET", "search", expired());
    assert!(stage.call(SEARCH.0, SEARCH.1).await.is_ok());
    stage.fail_often(4, "GET", "search", expired());
    assert_eq!(code(&stage, SEARCH).await, "provider_unavailable");
}

#[tokio::test]
async fn the_other_refusals_have_their_codes() {
    let stage = Stage::alice_listening().await;
    for (answer, wanted) in [
        (says(403, "Forbidden", None), "endpoint_unavailable"),
        (says(410, "Gone", None), "endpoint_unavailable"),
        (says(404, "Device not found", None), "not_found"),
        (says(400, "Invalid something", None), "invalid_argument"),
        (says(403, "No way", None), "forbidden"),
        (says(403, "", Some("REMOTE_CONTROL_DISALLOW")), "device_restricted"),
        (says(403, "", Some("VOLUME_CONTROL_DISALLOW")), "volume_unsupported"),
        (says(403, "", Some("CONTEXT_DISALLOW")), "forbidden"),
        (Answer::text(403, "\u{0}\u{fffd}<html>"), "forbidden"),
        (Answer::text(404, ""), "not_found"),
        (Answer::text(302, ""), "provider_unavailable"),
        (Answer::json(403, &json!(["error"])), "forbidden"),
        (Answer::json(403, &json!({"error": "insufficient_scope"})), "forbidden"),
    ] {
        stage.fail("PUT", "me/player/pause", answer.clone());
        assert_eq!(code(&stage, PAUSE).await, wanted, "{answer:?}");
    }
}

#[tokio::test]
async fn what_spotify_says_is_passed_on_only_as_far_as_it_is_harmless() {
    let stage = Stage::alice_listening().await;
    let token = "BQ".repeat(60);
    let (tool, arguments) = PAUSE;
    let message = format!("Bad\u{1b}[31m thing {token} {}", "and so on ".repeat(50));
    stage.fail("PUT", "me/player/pause", says(400, &message, None));
    let (_, seen) = stage.error(tool, arguments).await;
    assert!(seen.contains("Bad [31m thing … and so on"), "{seen}");
    assert!(!seen.contains(&token) && seen.len() < 1200, "{seen}");
    stage.fail("PUT", "me/player/pause", Answer::text(403, &format!("Bearer {token}")));
    assert!(!stage.error(tool, arguments).await.1.contains("BQBQ"));
}

#[tokio::test]
async fn answers_that_are_no_answers() {
    let stage = Stage::alice().await;
    let garbage: [Value; 4] = [json!([]), json!("x"), json!(null), json!({})];
    for body in garbage {
        stage.fail("GET", "me/player", Answer::json(200, &body));
        assert_eq!(code(&stage, NOW).await, "provider_unavailable", "{body}");
        stage.fail("GET", "search", Answer::json(200, &body));
        assert_eq!(code(&stage, SEARCH).await, "provider_unavailable", "{body}");
    }
    stage.fail("GET", "me/player", Answer::text(200, "OK"));
    assert_eq!(code(&stage, NOW).await, "provider_unavailable");
    stage.fail("GET", "me/player", Answer::text(200, &"[".repeat(6_000_000)));
    assert_eq!(code(&stage, NOW).await, "provider_unavailable");
    // A command's answer is of no interest.
    stage.alter(|alice| alice.player.device = Some(LAPTOP.into()));
    stage.fail("PUT", "me/player/pause", Answer::text(200, "AAAAB3 not JSON"));
    assert!(stage.call(PAUSE.0, PAUSE.1).await.is_ok());
}
