//! `spotify_recently_played`.

use stagepass_standin::spotify::Play;

use super::harness::{LANTERNS, LIGHTHOUSE, SLOW_FERRY, Stage};

async fn listener() -> Stage {
    let stage = Stage::of("alice", &["user-read-recently-played"]).await;
    let play = |uri: &str, time: &str, context: Option<&str>| Play {
        uri: uri.into(),
        played_at: time.parse().unwrap(),
        context_uri: context.map(str::to_owned),
    };
    stage.alter(|alice| {
        alice.player.plays = [
            play(LIGHTHOUSE, "2026-11-20T17:30:00.250Z", None),
            play(LIGHTHOUSE, "2026-11-20T18:00:00.500Z", Some(LANTERNS)),
            play(SLOW_FERRY, "2026-11-20T18:05:01Z", Some(LANTERNS)),
        ]
        .into();
    });
    stage
}

#[tokio::test]
async fn plays_are_told_with_their_time_and_where_they_came_from() {
    let stage = listener().await;
    let (text, data) = stage.answer("spotify_recently_played", "{}").await;
    assert_eq!(
        text,
        "Played, last first (UTC; \"from\" holds until the next one):\n\
         1. 2026-11-20T18:05 · Slow Ferry · Northern Harbour · Lanterns · \
         spotify:track:OzdmenCkhvMdgaKjIg8xNb · from spotify:album:fKtHF4vUCsMehGAkWvj7FA\n\
         2. 2026-11-20T18:00 · Lighthouse · Northern Harbour · Lanterns · \
         spotify:track:oQoaF1LlqsajAIxNKu8iS2\n\
         3. 2026-11-20T17:30 · Lighthouse · Northern Harbour · Lanterns · \
         spotify:track:oQoaF1LlqsajAIxNKu8iS2 · from elsewhere"
    );
    assert_eq!(data["plays"][0]["played_at"], "2026-11-20T18:05:01Z");
    assert_eq!(data["plays"][1]["context"], LANTERNS);
    assert!(data["plays"][2].get("context").is_none() && data.get("next_before").is_none());
}

#[tokio::test]
async fn the_past_is_paged_by_time() {
    let stage = listener().await;
    let (text, data) = stage.answer("spotify_recently_played", r#"{"limit": 2}"#).await;
    assert_eq!(data["next_before"], "2026-11-20T18:00:00.500Z");
    assert!(text.ends_with("Older ones with before 2026-11-20T18:00:00.500Z."), "{text}");
    let (_, data) =
        stage.answer("spotify_recently_played", r#"{"before": "2026-11-20T18:00:00.500Z"}"#).await;
    assert_eq!(data["plays"].as_array().unwrap().len(), 1);
    let after = r#"{"after": 1795197600000}"#;
    let (text, data) = stage.answer("spotify_recently_played", after).await;
    assert_eq!(data["plays"].as_array().unwrap().len(), 2, "{text}");
    let (text, _) = stage.answer("spotify_recently_played", r#"{"before": "2026-01-01"}"#).await;
    assert_eq!(text, "Spotify shows no plays there.");
    for bad in [
        r#"{"before": "yesterday"}"#,
        r#"{"after": -1}"#,
        r#"{"before": "2026-11-20", "after": "2026-11-19"}"#,
        r#"{"limit": 51}"#,
    ] {
        assert_eq!(stage.error("spotify_recently_played", bad).await.0, "invalid_argument");
    }
}
