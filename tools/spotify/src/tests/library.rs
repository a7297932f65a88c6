//! `spotify_library_check`, `spotify_library_save`, `spotify_library_remove`.

use serde_json::{Value, json};
use stagepass_standin::spotify::{Answer, FollowArtists};

use super::harness::{HARBOUR, LANTERNS, LIGHTHOUSE, SLOW_FERRY, Stage};

const WRITE: &[&str] = &["user-library-modify", "user-follow-modify", "playlist-modify-public"];
const UNKNOWN: &str = "spotify:track:0000000000000000000000";

fn uris(uris: &[&str]) -> String {
    json!({ "uris": uris }).to_string()
}

/// All tracks of the catalogue that a search for albums leads to.
async fn many_tracks(stage: &Stage) -> Vec<String> {
    let mut tracks = Vec::new();
    for offset in [0, 50] {
        let search = r#"{"query": "paper moths", "types": ["album"]}"#;
        let (_, data) = stage.answer("spotify_search", search).await;
        let album = data["results"]["album"][0]["uri"].as_str().unwrap();
        let list = format!(r#"{{"uri": "{album}", "limit": 50, "offset": {offset}}}"#);
        let (_, data) = stage.answer("spotify_list_children", &list).await;
        let rows = data["rows"].as_array().unwrap();
        tracks.extend(rows.iter().map(|row| row["uri"].as_str().unwrap().to_owned()));
    }
    tracks
}

#[tokio::test]
async fn things_of_all_kinds_are_saved_and_what_fails_is_told() {
    let stage = Stage::of("alice", WRITE).await;
    let all = uris(&[
        LIGHTHOUSE,
        LIGHTHOUSE,
        HARBOUR,
        LANTERNS,
        "spotify:show:W56eCuNGMGmSrCGIZEG8pS",
        "spotify:episode:H4487q7J58m1CiAhzCueQp",
        "spotify:audiobook:V8gz4FkQ1okTBGzvAmwufU",
        "spotify:playlist:IjHGb3CXlMaXZjljENUhJd",
        "spotify:chapter:4mQlCsrwnWXqU36rNctl4A",
    ]);
    let (text, data) = stage.answer("spotify_library_save", &all).await;
    assert_eq!(
        text,
        "Saved 7 of 8.\n\
         Failed: Spotify saves no single chapters. Pass the audiobook that it belongs to.\n\
         - spotify:chapter:4mQlCsrwnWXqU36rNctl4A"
    );
    assert_eq!(data["saved"].as_array().unwrap().len(), 7);
    stage.alter(|alice| assert!(alice.has_saved(HARBOUR) && alice.has_saved(LIGHTHOUSE)));
    // Artists go by themselves.
    assert_eq!(stage.count("PUT", "me/library"), 2);
}

#[tokio::test]
async fn two_hundred_go_in_portions_of_forty() {
    let stage = Stage::alice().await;
    let tracks = many_tracks(&stage).await;
    assert!(tracks.len() > 50, "{}", tracks.len());
    let all = json!({ "uris": tracks }).to_string();
    let (text, _) = stage.answer("spotify_library_save", &all).await;
    assert_eq!(text, format!("Saved {0} of {0}.", tracks.len()));
    assert_eq!(stage.count("PUT", "me/library"), tracks.len().div_ceil(40));
    let (_, data) = stage.answer("spotify_library_check", &all).await;
    assert_eq!(data["saved"], json!(tracks));
    // A portion that fails takes no other with it.
    stage.fail("DELETE", "me/library", Answer::text(503, "…"));
    let (text, data) = stage.answer("spotify_library_remove", &all).await;
    assert_eq!(data["failed"].as_array().unwrap().len(), 40);
    assert!(text.starts_with("Removed 16 of 56.\nFailed: spotify doesn't answer"), "{text}");
    let many = json!({ "uris": vec![LIGHTHOUSE; 201] }).to_string();
    for tool in ["spotify_library_save", "spotify_library_check", "spotify_library_remove"] {
        assert_eq!(stage.error(tool, &many).await.0, "invalid_argument");
        assert_eq!(stage.error(tool, r#"{"uris": ["x"]}"#).await.0, "invalid_argument");
    }
}

#[tokio::test]
async fn one_thing_that_spotify_does_not_know_fails_alone() {
    let stage = Stage::alice().await;
    let mut tracks = many_tracks(&stage).await;
    tracks.truncate(39);
    tracks.insert(17, UNKNOWN.into());
    let all = json!({ "uris": tracks }).to_string();
    let (_, data) = stage.answer("spotify_library_save", &all).await;
    assert_eq!(data["saved"].as_array().unwrap().len(), 39);
    let failed: Vec<&Value> = data["failed"].as_array().unwrap().iter().collect();
    assert_eq!((failed.len(), failed[0]["uri"].as_str()), (1, Some(UNKNOWN)));
    assert_eq!(stage.error("spotify_library_save", &uris(&[UNKNOWN])).await.0, "not_found");
}

#[tokio::test]
async fn an_app_that_may_not_follow_artists_is_told_so() {
    let stage = Stage::alice().await;
    stage.spotify.world(|world| world.quirks.follow_artists = FollowArtists::Never);
    let (text, data) = stage.answer("spotify_library_save", &uris(&[LIGHTHOUSE, HARBOUR])).await;
    assert_eq!(data["saved"], json!([LIGHTHOUSE]));
    assert!(text.contains("Spotify refused following artists for this app."), "{text}");
    let (code, _) = stage.error("spotify_library_save", &uris(&[HARBOUR])).await;
    assert_eq!(code, "endpoint_unavailable");
}

#[tokio::test]
async fn what_is_saved_is_told_apart_from_what_is_not() {
    let stage =
        Stage::of("alice", &["user-library-read", "user-follow-read", "playlist-read-private"])
            .await;
    stage.save(&[LIGHTHOUSE, HARBOUR]);
    let (text, data) =
        stage.answer("spotify_library_check", &uris(&[LIGHTHOUSE, SLOW_FERRY, HARBOUR])).await;
    assert_eq!(
        text,
        "Saved:\n\
         - spotify:track:oQoaF1LlqsajAIxNKu8iS2\n\
         - spotify:artist:u8jzPde0IgxLd6GncfBAep\n\
         Not saved:\n\
         - spotify:track:OzdmenCkhvMdgaKjIg8xNb"
    );
    assert_eq!(data["not_saved"], json!([SLOW_FERRY]));
    for answer in [json!([true]), json!({}), json!("yes"), json!([true, false, true])] {
        stage.fail("GET", "me/library/contains", Answer::json(200, &answer));
        let two = uris(&[LIGHTHOUSE, SLOW_FERRY]);
        assert_eq!(stage.error("spotify_library_check", &two).await.0, "provider_unavailable");
    }
}

#[tokio::test]
async fn what_is_removed_is_gone_and_a_missing_scope_is_told() {
    let stage = Stage::of("alice", WRITE).await;
    stage.save(&[LIGHTHOUSE, HARBOUR]);
    let (text, data) = stage.answer("spotify_library_remove", &uris(&[LIGHTHOUSE, HARBOUR])).await;
    assert_eq!(text, "Removed 2 of 2.");
    assert_eq!(data["removed"], json!([LIGHTHOUSE, HARBOUR]));
    stage.alter(|alice| assert!(!alice.has_saved(HARBOUR) && !alice.has_saved(LIGHTHOUSE)));
    let stage = Stage::of("alice", &["user-library-modify"]).await;
    for tool in ["spotify_library_save", "spotify_library_remove", "spotify_library_check"] {
        assert_eq!(stage.error(tool, &uris(&[LIGHTHOUSE])).await.0, "missing_scope");
    }
    assert!(stage.spotify.requests().is_empty());
}
