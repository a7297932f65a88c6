//! What is particular to one provider.

use std::time::Duration;

use serde_json::json;
use stagepass_kit::code;

use super::{
    entry::Entry,
    story::{Story, time},
};

#[tokio::test]
async fn a_scope_that_was_unticked_at_strava_is_missing() {
    let story = Story::begin(&Entry::of("strava", "strava"), &[]).await.unwrap();
    story.standin.untick("stagepass:probe");
    story.link().await.unwrap();
    let status = story.status().await;
    assert_eq!(status["missing_scopes"], json!(["stagepass:probe"]), "{status}");
    story.fails_with(code::MISSING_SCOPE).await.unwrap();
    story.finish().await;
}

#[tokio::test]
async fn how_long_a_refresh_token_lives_is_believed_when_it_is_told() {
    let story = Story::begin(&Entry::of("github", "github_app"), &[]).await.unwrap();
    story.link().await.unwrap();
    let told = async || time(&story.status().await["reconnect_by"]).unwrap();
    let first = told().await;
    story.advance(Duration::from_hours(24 * 100));
    story.is_used().await.unwrap();
    assert_eq!((told().await - first).num_days(), 100, "each refresh moves it");
    story.advance(Duration::from_hours(24 * 185));
    story.fails_with(code::NEEDS_RECONNECT).await.unwrap();
    story.finish().await;
}

#[tokio::test]
async fn what_a_refresh_cannot_move_stays() {
    let days = [("reconnect_days", "40")];
    let story = Story::begin(&Entry::of("google", "google"), &days).await.unwrap();
    story.link().await.unwrap();
    let told = async || time(&story.status().await["reconnect_by"]).unwrap();
    let first = told().await;
    story.advance(Duration::from_hours(24 * 5));
    story.is_used().await.unwrap();
    assert_eq!(told().await, first);
    story.finish().await;
}
