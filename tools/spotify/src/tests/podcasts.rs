//! `spotify_episodes`, `spotify_shows`.

use super::harness::Stage;

const SHOW: &str = "spotify:show:W56eCuNGMGmSrCGIZEG8pS";
const KEEPER: &str = "spotify:episode:H4487q7J58m1CiAhzCueQp";
const BOOK: &str = "spotify:audiobook:V8gz4FkQ1okTBGzvAmwufU";

#[tokio::test]
async fn episodes_tell_where_the_person_stopped() {
    let stage = Stage::of("alice", &["user-read-playback-position"]).await;
    stage.alter(|alice| {
        alice.player.resume_points.insert(KEEPER.into(), 754_000);
    });
    let (text, data) = stage.answer("spotify_episodes", &format!(r#"{{"uri": "{SHOW}"}}"#)).await;
    assert_eq!(
        text,
        "Episodes: 2 of 2\n\
         1. The Keeper's Daughter · 2026-02-01 · 30:30 · stopped at 12:34 · \
         spotify:episode:H4487q7J58m1CiAhzCueQp\n\
         2. Fog Signal · 2026-02-01 · 40:12 · spotify:episode:BenQtYh5Xj8TPQxjq4i9Do"
    );
    assert_eq!(data["rows"][0]["stopped_at_ms"], 754_000);
    assert_eq!(data["rows"][0]["finished"], false);
}

#[tokio::test]
async fn chapters_need_no_scope_and_episodes_do() {
    let stage = Stage::of("alice", &[]).await;
    let book = r#"{"uri": "V8gz4FkQ1okTBGzvAmwufU", "kind": "audiobook", "limit": 2}"#;
    let (text, data) = stage.answer("spotify_episodes", book).await;
    assert!(text.starts_with("Chapters: 2 of 12\n1. Chapter 1 · "), "{text}");
    assert_eq!(data["next_offset"], 2);
    let show = format!(r#"{{"uri": "{SHOW}"}}"#);
    assert_eq!(stage.error("spotify_episodes", &show).await.0, "missing_scope");
    for (uri, tool) in [
        ("spotify:album:fKtHF4vUCsMehGAkWvj7FA", "spotify_list_children"),
        ("spotify:playlist:IjHGb3CXlMaXZjljENUhJd", "spotify_playlist_items"),
        (KEEPER, "spotify_get"),
    ] {
        let (code, seen) = stage.error("spotify_episodes", &format!(r#"{{"uri": "{uri}"}}"#)).await;
        assert!(code == "invalid_argument" && seen.contains(tool), "{seen}");
    }
}

#[tokio::test]
async fn what_was_saved_is_listed_by_kind() {
    let stage = Stage::of("alice", &["user-library-read"]).await;
    stage.save(&[SHOW, KEEPER, BOOK]);
    let (text, data) = stage.answer("spotify_shows", "{}").await;
    let day = &data["rows"][0]["added_at"].as_str().unwrap()[..10];
    assert_eq!(
        text,
        format!("Saved shows: 1 of 1\n1. Lighthouse Stories · 2 episodes · saved {day} · {SHOW}")
    );
    let (text, _) = stage.answer("spotify_shows", r#"{"kind": "audiobooks"}"#).await;
    assert!(text.contains("A History of Lighthouses · R. Beacon · 12 chapters"), "{text}");
    let episodes = r#"{"kind": "episodes"}"#;
    assert_eq!(stage.error("spotify_shows", episodes).await.0, "missing_scope");
    let stage = Stage::of("alice", &["user-library-read", "user-read-playback-position"]).await;
    stage.save(&[KEEPER]);
    let (text, _) = stage.answer("spotify_shows", episodes).await;
    assert!(text.contains("1. The Keeper's Daughter · Lighthouse Stories"), "{text}");
}
