//! Resources and prompts: what people look at and pick.

use serde_json::json;
use stagepass_standin::spotify::songs;

use super::harness::{LIGHTHOUSE, SLOW_FERRY, Stage};

const LOCAL: &str = "spotify:local:Some+Band:Demos:First+Take:187";

#[tokio::test]
async fn playlists_are_a_table_with_links_and_without_markup_of_strangers() {
    let stage = Stage::alice().await;
    stage.alter(|alice| alice.saved.clear());
    let id = stage.playlist("A|B [x](javascript:1) <b>", [LIGHTHOUSE]);
    assert_eq!(
        stage.read("spotify://playlists").await.unwrap(),
        format!(
            "# Playlists\n\n| Playlist | By | Items | Shown |\n| --- | --- | --- | --- |\n\
             | [A\\|B \\[x\\]\\(javascript\\:1\\) &lt;b&gt;](https://open.spotify.com/playlist/{id}) \
             | Alice Example | 1 | public |\n"
        )
    );
}

#[tokio::test]
async fn a_playlist_is_a_table_by_its_name() {
    let stage = Stage::alice().await;
    let id = stage.playlist("R&B slow", [LIGHTHOUSE, LOCAL]);
    let track = LIGHTHOUSE.strip_prefix("spotify:track:").unwrap();
    let text = stage.read("spotify://playlists/R%26B%20slow").await.unwrap();
    assert_eq!(
        text,
        format!(
            "# [R&amp;B slow](https://open.spotify.com/playlist/{id})\n\n\
             | # | Title | By | From | Length |\n| --- | --- | --- | --- | --- |\n\
             | 1 | [Lighthouse](https://open.spotify.com/track/{track}) | Northern Harbour | \
             Lanterns | 3:34 |\n\
             | 2 | First Take | Some Band | Demos | 3:07 |\n"
        )
    );
    assert_eq!(stage.read(&format!("spotify://playlists/{id}")).await.unwrap(), text);
    let error = stage.read("spotify://playlists/IjHGb3CXlMaXZjljENUhJd").await.unwrap_err();
    assert_eq!(error.code(), "playlist_not_readable");
}

#[tokio::test]
async fn a_long_playlist_says_that_there_is_more() {
    let stage = Stage::alice().await;
    let uris = songs().into_iter().map(|song| song.uri).cycle().take(700);
    stage.playlist("Long", uris);
    let text = stage.read("spotify://playlists/Long").await.unwrap();
    assert!(text.ends_with("\nThese are the first 500 of 700 items.\n"), "{text}");
    assert!(text.contains("\n| 500 | ") && !text.contains("\n| 501 | "));
}

#[tokio::test]
async fn what_plays_is_shown() {
    let stage = Stage::alice().await;
    assert_eq!(stage.read("spotify://playback").await.unwrap(), "Nothing plays on Spotify.\n");
    let stage = Stage::alice_listening().await;
    let text = stage.read("spotify://playback").await.unwrap();
    assert!(
        text.starts_with("**Playing:** [Lighthouse](https://open.spotify.com/track/"),
        "{text}"
    );
    assert!(text.contains("By Northern Harbour  \nFrom Lanterns  \n0:00 of 3:34"), "{text}");
}

#[tokio::test]
async fn names_of_ones_own_playlists_are_completed() {
    let stage = Stage::alice().await;
    for name in ["Evening run", "Runaway", "Sleep"] {
        stage.playlist(name, [SLOW_FERRY]);
    }
    let template = stage.tools().resources().iter();
    let template = template.clone().find(|one| one.uri().contains('{')).unwrap();
    let names = template.complete(stage.caller(), "playlist", "run").await.unwrap();
    assert_eq!(names, ["Runaway", "Evening run"]);
    let mut prompts = stage.tools().prompts().iter();
    let tidy = prompts.find(|prompt| prompt.name() == "spotify_tidy_playlist").unwrap();
    assert_eq!(tidy.complete(stage.caller(), "playlist", "sl").await.unwrap(), ["Sleep"]);
    assert!(tidy.complete(stage.caller(), "other", "sl").await.unwrap().is_empty());
}

#[tokio::test]
async fn prompts_say_what_the_person_wants_within_quotes() {
    let stage = Stage::alice().await;
    let message = |name: &str, arguments: serde_json::Value| {
        let mut prompts = stage.tools().prompts().iter();
        let prompt = prompts.find(|prompt| prompt.name() == name).unwrap();
        let result = prompt.get(arguments.as_object().unwrap().clone());
        result.map(|result| serde_json::to_value(result).unwrap().to_string())
    };
    let mood = "spotify_playlist_from_mood";
    let text = message(mood, json!({"mood": "rainy\n\"Sunday\"", "tracks": "12"})).unwrap();
    assert!(text.contains("\\\"rainy 'Sunday'\\\"") && text.contains("about 12 real"), "{text}");
    assert!(message(mood, json!({"mood": "x", "tracks": "many"})).is_err());
    assert!(message(mood, json!({})).is_err());
    let text = message("spotify_tidy_playlist", json!({"playlist": "Focus"})).unwrap();
    assert!(text.contains("my Spotify playlist \\\"Focus\\\""), "{text}");
    let text = message("spotify_what_did_i_listen_to", json!({})).unwrap();
    assert!(text.contains("in the last hours"), "{text}");
}
