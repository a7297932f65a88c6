//! Fifty rows of any list stay under 6 KB, however long names are.

use serde_json::{Value, json};
use stagepass_standin::spotify::Answer;

use super::{
    harness::Stage,
    samples::{artist, episode, page, played, saved, track},
};

const MOST: usize = 6 * 1024;

fn long(what: &str, number: usize) -> String {
    format!("{number} {what} with a näme that is longer than any screen is wide, and then some")
}

fn fifty(entry: impl Fn(usize) -> Value) -> Value {
    page(&(0..50).map(entry).collect::<Vec<_>>())
}

#[tokio::test]
async fn fifty_rows_fit_whatever_they_are_called() {
    let stage = Stage::alice().await;
    let song = |number| {
        let mut song = track(&long("Song", number));
        song["artists"] = json!([{"name": long("Artist", number)}, {"name": "Another"}]);
        song["album"]["name"] = long("Album", number).into();
        song["duration_ms"] = 45_296_000.into();
        song
    };
    let from_anywhere = |number| {
        let mut play = played(&song(number));
        play["context"]["uri"] = format!("spotify:playlist:{number:022}").into();
        play
    };
    let from_one_album = |number| played(&song(number));
    let told = |number| {
        let mut told = episode(&long("Episode", number));
        told["show"]["name"] = long("Show", number).into();
        saved("episode", &told)
    };
    for (tool, arguments, path, body) in [
        ("spotify_top", r#"{"kind": "tracks", "limit": 50}"#, "me/top/tracks", fifty(song)),
        (
            "spotify_library_list",
            r#"{"limit": 50}"#,
            "me/tracks",
            fifty(|number| saved("track", &song(number))),
        ),
        (
            "spotify_library_list",
            r#"{"limit": 50, "kind": "artists"}"#,
            "me/following",
            json!({"artists": fifty(|number| artist(&long("Artist", number)))}),
        ),
        ("spotify_shows", r#"{"limit": 50, "kind": "episodes"}"#, "me/episodes", fifty(told)),
        (
            "spotify_recently_played",
            r#"{"limit": 50}"#,
            "me/player/recently-played",
            fifty(from_anywhere),
        ),
        (
            "spotify_recently_played",
            r#"{"limit": 50}"#,
            "me/player/recently-played",
            fifty(from_one_album),
        ),
    ] {
        stage.fail("GET", path, Answer::json(200, &body));
        let (text, data) = stage.answer(tool, arguments).await;
        assert!(text.len() < MOST, "{tool}: {} bytes: {text}", text.len());
        // Every row is there, with its URI, and the data has the whole names.
        assert!(text.matches("spotify:").count() >= 50, "{text}");
        assert!(data.to_string().contains("and then some"), "{data}");
        assert!(text.lines().count() <= 52, "{text}");
    }
}

#[tokio::test]
async fn ordinary_rows_are_told_whole() {
    let stage = Stage::alice().await;
    let body = fifty(|number| saved("track", &track(&format!("Bohemian Rhapsody {number}"))));
    stage.fail("GET", "me/tracks", Answer::json(200, &body));
    let (text, _) = stage.answer("spotify_library_list", r#"{"limit": 50}"#).await;
    assert!(
        text.contains("\n50. Bohemian Rhapsody 49 · One, Two · Album · 0:01 · saved"),
        "{text}"
    );
}
