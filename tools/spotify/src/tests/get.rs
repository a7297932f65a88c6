//! `spotify_get`.

use stagepass_standin::spotify::Answer;

use super::harness::Stage;

#[tokio::test]
async fn things_of_every_kind_are_looked_up_and_failures_told_apart() {
    let stage = Stage::of("alice", &["user-read-playback-position"]).await;
    let all = r#"{"uris": ["oQoaF1LlqsajAIxNKu8iS2",
        "https://open.spotify.com/album/fKtHF4vUCsMehGAkWvj7FA?si=x",
        "spotify:artist:u8jzPde0IgxLd6GncfBAep", "spotify:episode:H4487q7J58m1CiAhzCueQp",
        "spotify:audiobook:V8gz4FkQ1okTBGzvAmwufU", "spotify:chapter:4mQlCsrwnWXqU36rNctl4A",
        "spotify:playlist:IjHGb3CXlMaXZjljENUhJd", "spotify:track:0000000000000000000000",
        "nonsense"]}"#;
    let (text, data) = stage.answer("spotify_get", all).await;
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0],
        "- Lighthouse · Northern Harbour · Lanterns · 3:34 · spotify:track:oQoaF1LlqsajAIxNKu8iS2 \
         · by spotify:artist:u8jzPde0IgxLd6GncfBAep · of spotify:album:fKtHF4vUCsMehGAkWvj7FA"
    );
    assert!(
        lines[3].ends_with(" · of spotify:show:W56eCuNGMGmSrCGIZEG8pS · \"From the stand-in.\"")
    );
    assert!(lines[4].contains("12 chapters") && lines[4].contains("read by S. Foghorn"), "{text}");
    assert!(lines[5].starts_with("- Chapter 1 · A History of Lighthouses"), "{text}");
    assert!(lines[6].starts_with("- Lighthouse Keepers · by Bob"), "{text}");
    assert!(lines[7].starts_with("Failed: Spotify doesn't know"), "{text}");
    assert_eq!(data["things"].as_array().unwrap().len(), 7);
    // What is in a playlist isn't fetched to be thrown away.
    let requests = stage.spotify.requests();
    let playlist = requests.iter().find(|seen| seen.path.contains("/playlists/")).unwrap();
    assert!(playlist.query.contains("fields="), "{}", playlist.query);
    assert_eq!(data["failed"][0]["uri"], "spotify:track:0000000000000000000000");
    assert_eq!(data["failed"][1]["uri"], "nonsense");
}

#[tokio::test]
async fn one_thing_that_is_not_there_is_an_error() {
    let stage = Stage::alice().await;
    let unknown = r#"{"uris": ["spotify:track:0000000000000000000000"]}"#;
    assert_eq!(stage.error("spotify_get", unknown).await.0, "not_found");
    assert_eq!(stage.error("spotify_get", r#"{"uris": []}"#).await.0, "invalid_argument");
    let eleven = format!(r#"{{"uris": {:?}}}"#, ["oQoaF1LlqsajAIxNKu8iS2"; 11]);
    assert_eq!(stage.error("spotify_get", &eleven).await.0, "invalid_argument");
}

#[tokio::test]
async fn a_scope_that_one_thing_lacks_keeps_the_others() {
    let stage = Stage::of("alice", &[]).await;
    let mixed = r#"{"uris": ["oQoaF1LlqsajAIxNKu8iS2", "spotify:show:W56eCuNGMGmSrCGIZEG8pS"]}"#;
    let (text, data) = stage.answer("spotify_get", mixed).await;
    assert!(text.contains("without user-read-playback-position"), "{text}");
    assert_eq!(data["things"].as_array().unwrap().len(), 1);
    // Alone, it is an error that leads to signing in.
    let show = r#"{"uris": ["spotify:show:W56eCuNGMGmSrCGIZEG8pS"]}"#;
    assert_eq!(stage.error("spotify_get", show).await.0, "missing_scope");
}

#[tokio::test]
async fn a_used_up_quota_ends_the_rest() {
    let stage = Stage::alice().await;
    let ten = format!(r#"{{"uris": {:?}}}"#, ["oQoaF1LlqsajAIxNKu8iS2"; 10]);
    let reason = Some("QUOTA_EXCEEDED");
    stage.fail_often(10, "GET", "tracks", Answer::TooManyRequests { retry_after: 0, reason });
    assert_eq!(stage.error("spotify_get", &ten).await.0, "quota_exceeded");
    assert!(stage.count("GET", "tracks/oQoaF1LlqsajAIxNKu8iS2") <= 3);
}
