//! `spotify_resolve`.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::Value;
use stagepass_kit::{Progress, Watch};
use stagepass_standin::spotify::Answer;
use tokio_util::sync::CancellationToken;

use super::harness::Stage;

/// The name, the first artist and the confidence of each line.
fn found(data: &Value) -> Vec<(&str, &str, &str)> {
    let rows = data["found"].as_array().unwrap().iter();
    rows.map(|row| {
        (
            row["best"]["name"].as_str().unwrap_or("-"),
            row["best"]["artists"][0].as_str().unwrap_or("-"),
            row["confidence"].as_str().unwrap_or("-"),
        )
    })
    .collect()
}

#[tokio::test]
async fn lines_are_told_with_their_confidence_and_alternatives() {
    let stage = Stage::of("alice", &[]).await;
    let lines = r#"{"items": ["Lighthouse – Marlene Okafor", "salt by northern harbor", "lighthouse",
        "zzz – yyy"]}"#;
    let (text, data) = stage.answer("spotify_resolve", lines).await;
    assert_eq!(
        text,
        "1. Lighthouse – Marlene Okafor: high · Lighthouse · Marlene Okafor · Night Bus Home · 2:58 \
         · spotify:track:oNZYW2mZp0zVZomHFwUbbY\n\
         2. salt by northern harbor: high · Salt · Northern Harbour · Salt and Copper · 3:19 · \
         spotify:track:e3nNyjOq9wMxEhh2FDEEtf\n\
         3. lighthouse: medium · Lighthouse · Northern Harbour · Lanterns · 3:34 · \
         spotify:track:oQoaF1LlqsajAIxNKu8iS2\n   \
            or: Lighthouse · Marlene Okafor · Night Bus Home · 2:58 · \
         spotify:track:oNZYW2mZp0zVZomHFwUbbY\n   \
            or: Winter Lighthouse · Quartet Nine · Strings for Winter · 5:34 · \
         spotify:track:UPgHV7iB3m03nbqnsGpWLu\n\
         4. zzz – yyy: Spotify finds nothing."
    );
    assert_eq!(data["found"][2]["alternatives"].as_array().unwrap().len(), 2);
    assert!(data["found"][0].get("alternatives").is_none());
    assert!(data["found"][3].get("best").is_none());
}

#[tokio::test]
async fn versions_are_found_when_asked_for_and_only_then() {
    let stage = Stage::alice().await;
    let lines = r#"{"items": ["Undertow – Juniper Vale", "Undertow (Live) – Juniper Vale",
        "Undertow - Live - Juniper Vale", "Hollow Year – Velvet Ditch",
        "Hollow Year (Acoustic) by Odessa Quill", "Undertow – Hana Brightwater"]}"#;
    let (text, data) = stage.answer("spotify_resolve", lines).await;
    assert_eq!(
        found(&data),
        [
            ("Undertow", "Juniper Vale", "high"),
            ("Undertow - Live", "Juniper Vale", "high"),
            ("Undertow - Live", "Juniper Vale", "high"),
            ("Hollow Year", "Velvet Ditch", "high"),
            ("Hollow Year - Acoustic", "Odessa Quill", "high"),
            // There is only another version, and that is said.
            ("Undertow - Radio Edit", "Hana Brightwater", "medium"),
        ],
        "{text}"
    );
}

#[tokio::test]
async fn lines_are_read_as_people_write_them() {
    let stage = Stage::alice().await;
    let lines = r#"{"items": ["Marlene Okafor - Night Bus", "NIGHT BUS - marlene okafor",
        "Night Bus — Marlene Okafor", {"title": "Night Bus", "artist": "Marlene Okafor"},
        {"title": "fjordur", "artist": "Asgerdur and the Tides"},
        "Runaway Tram ft. Hana Brightwater – Tomas and the Kites", "Salt (Reprise) – Quartet Nine"]}"#;
    let (text, data) = stage.answer("spotify_resolve", lines).await;
    let night = ("Night Bus", "Marlene Okafor", "high");
    let found = found(&data);
    assert_eq!(found[..4], [night; 4], "{text}");
    assert_eq!(found[4], ("Fjörður", "Ásgerður & The Tides", "high"));
    assert!(found[5].0.starts_with("Runaway Tram") && found[5].2 == "high", "{text}");
    assert_eq!(found[6], ("Salt (Reprise)", "Quartet Nine", "high"));
    let albums = r#"{"items": ["Lanterns – Northern Harbour"], "kind": "album"}"#;
    let (text, _) = stage.answer("spotify_resolve", albums).await;
    assert!(text.contains("high · Lanterns") && text.contains("spotify:album:"), "{text}");
    let artist = r#"{"items": ["northern harbour"], "kind": "artist"}"#;
    let (text, _) = stage.answer("spotify_resolve", artist).await;
    assert!(text.contains("high · Northern Harbour · spotify:artist:"), "{text}");
}

#[tokio::test]
async fn a_line_that_fails_leaves_the_others_alone() {
    let stage = Stage::alice().await;
    stage.fail_often(4, "GET", "search", Answer::text(503, "…"));
    let lines = r#"{"items": ["Salt – Northern Harbour", " ", "Night Bus – Marlene Okafor",
        "Last Stop – Marlene Okafor"]}"#;
    let (text, data) = stage.answer("spotify_resolve", lines).await;
    let rows = data["found"].as_array().unwrap();
    assert!(rows[1]["problem"].as_str().unwrap().contains("nothing to look for"), "{text}");
    let failed = rows.iter().filter(|row| row.get("problem").is_some()).count();
    let found = rows.iter().filter(|row| row.get("best").is_some()).count();
    assert!(failed >= 2 && found >= 1 && failed + found == 4, "{text}");
    let many = format!(r#"{{"items": {:?}}}"#, ["x"; 21]);
    assert_eq!(stage.error("spotify_resolve", &many).await.0, "invalid_argument");
}

/// Ends the call after some reports.
struct Impatient(CancellationToken, Mutex<Vec<(u64, Option<u64>)>>);

#[async_trait]
impl Progress for Impatient {
    async fn report(&self, done: u64, total: Option<u64>, _: &str) {
        self.1.lock().unwrap().push((done, total));
        if done == 2 {
            self.0.cancel();
        }
    }
}

#[tokio::test]
async fn whoever_watches_hears_how_far_it_is_and_can_end_it() {
    let mut stage = Stage::alice().await;
    let cancelled = CancellationToken::new();
    let watcher = Arc::new(Impatient(cancelled.clone(), Mutex::default()));
    stage.watch(Watch::new(Some(watcher.clone()), cancelled));
    let lines = r#"{"items": ["Salt – Northern Harbour", "Lighthouse – Northern Harbour",
        "Slow Ferry – Northern Harbour", "Copper Wire – Northern Harbour",
        "Paper Lanterns – Northern Harbour", "Night Bus – Marlene Okafor",
        "Last Stop – Marlene Okafor", "Window Seat – Marlene Okafor"]}"#;
    let (text, data) = stage.answer("spotify_resolve", lines).await;
    assert_eq!(found(&data)[0], ("Salt", "Northern Harbour", "high"));
    assert!(
        text.contains("\n8. Window Seat – Marlene Okafor: failed: Not tried any more"),
        "{text}"
    );
    assert!((2..=5).contains(&stage.count("GET", "search")), "{}", stage.count("GET", "search"));
    let told = watcher.1.lock().unwrap().clone();
    assert_eq!(told, (1..=8).map(|done| (done, Some(8))).collect::<Vec<_>>());
}
