//! `spotify_search`.

use super::harness::Stage;

#[tokio::test]
async fn tracks_are_found_and_told_in_one_line_each() {
    let stage = Stage::of("alice", &[]).await;
    let (text, data) = stage.answer("spotify_search", r#"{"query": "paper lanterns"}"#).await;
    assert_eq!(
        text,
        "track: 1 of 1\n1. Paper Lanterns · Northern Harbour, Marlene Okafor · Lanterns · 3:07 · \
         spotify:track:G8NPRVdD53X83RZJzzzzgE"
    );
    let row = &data["results"]["track"][0];
    assert_eq!(row["artists"][1], "Marlene Okafor");
    assert_eq!(row["duration_ms"], 187_500);
    assert_eq!(row["explicit"], false);
    assert!(data.get("next_offset").is_none());
}

#[tokio::test]
async fn every_kind_is_found_and_holes_are_skipped() {
    let stage = Stage::alice().await;
    let all = r#"{"query": "lighthouse", "limit": 10,
        "types": ["track", "album", "artist", "playlist", "show", "episode", "audiobook"]}"#;
    let (text, data) = stage.answer("spotify_search", all).await;
    assert_eq!(data["results"].as_object().unwrap().len(), 7);
    let playlist = &data["results"]["playlist"];
    assert_eq!(playlist.as_array().unwrap().len(), 1);
    assert_eq!(playlist[0]["owner"], "bob");
    assert!(
        text.contains("1. Lighthouse Keepers · by bob · 3 tracks · spotify:playlist:"),
        "{text}"
    );
    assert!(text.contains("A History of Lighthouses · R. Beacon · 12 chapters"), "{text}");
    assert_eq!(stage.count("GET", "search"), 1);
}

#[tokio::test]
async fn filters_narrow_and_offsets_go_on() {
    let stage = Stage::alice().await;
    let filtered = r#"{"query": "lighthouse", "artist": "Marlene Okafor", "year": "2020-2024"}"#;
    let (_, data) = stage.answer("spotify_search", filtered).await;
    assert_eq!(data["totals"]["track"], 1);
    let (text, data) = stage
        .answer("spotify_search", r#"{"query": "lighthouse", "limit": 1, "market": "de"}"#)
        .await;
    assert_eq!(data["next_offset"], 1);
    assert!(text.ends_with("More with offset 1."), "{text}");
    let next = r#"{"query": "lighthouse", "limit": 2, "offset": 1}"#;
    let (text, _) = stage.answer("spotify_search", next).await;
    assert!(text.contains("\n2. ") && text.contains("\n3. "), "{text}");
}

#[tokio::test]
async fn nothing_found_is_an_answer() {
    let stage = Stage::alice().await;
    let (text, data) = stage.answer("spotify_search", r#"{"query": "zzzz"}"#).await;
    assert_eq!(text, "Spotify finds nothing. Try fewer or other words.");
    assert_eq!(data["results"]["track"].as_array().unwrap().len(), 0);
    let (code, _) = stage.error("spotify_search", r#"{"query": "x", "limit": 50}"#).await;
    assert_eq!(code, "invalid_argument");
    let (code, _) = stage.error("spotify_search", r#"{"query": "x", "types": ["chapter"]}"#).await;
    assert_eq!(code, "invalid_argument");
}
