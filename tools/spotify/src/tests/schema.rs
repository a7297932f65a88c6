//! What `tools/list` says is in order.

use serde_json::{Map, Value};

use super::harness::Stage;

const NAMES: &[&str] = &[
    "spotify_search",
    "spotify_resolve",
    "spotify_get",
    "spotify_list_children",
    "spotify_now",
    "spotify_play",
    "spotify_control",
    "spotify_devices",
    "spotify_queue",
    "spotify_recently_played",
    "spotify_top",
    "spotify_me",
    "spotify_playlists",
    "spotify_playlist_items",
    "spotify_playlist_create",
    "spotify_playlist_update",
    "spotify_playlist_add",
    "spotify_playlist_reorder",
    "spotify_library_list",
    "spotify_library_check",
    "spotify_library_save",
    "spotify_episodes",
    "spotify_shows",
    "spotify_library_remove",
    "spotify_playlist_remove",
    "spotify_playlist_replace",
];

const SCOPES: &[&str] = &[
    "playlist-modify-private",
    "playlist-modify-public",
    "playlist-read-collaborative",
    "playlist-read-private",
    "user-follow-modify",
    "user-follow-read",
    "user-library-modify",
    "user-library-read",
    "user-modify-playback-state",
    "user-read-currently-playing",
    "user-read-playback-position",
    "user-read-playback-state",
    "user-read-private",
    "user-read-recently-played",
    "user-top-read",
];

#[test]
fn every_tool_is_named_described_and_documented() {
    let tools = crate::toolset(reqwest::Client::default(), "https://api.spotify.com/v1");
    assert_eq!((tools.name(), tools.provider()), ("spotify", Some("spotify")));
    let names: Vec<_> = tools.tools().iter().map(|tool| tool.descriptor().name.as_ref()).collect();
    assert_eq!(names, NAMES);
    assert_eq!(tools.scopes(), SCOPES);
    for tool in tools.tools() {
        let descriptor = tool.descriptor();
        let answer = descriptor.output_schema.as_ref().unwrap();
        assert!(!properties(answer).is_empty(), "{}: answers nothing", descriptor.name);
        for (name, property) in
            properties(&descriptor.input_schema).iter().chain(properties(answer))
        {
            let described = property["description"].as_str().is_some();
            assert!(described, "{}: {name} has no description", descriptor.name);
            assert!(!property.to_string().contains("$ref"), "{name}: {property}");
        }
    }
}

fn properties(schema: &Map<String, Value>) -> &Map<String, Value> {
    schema["properties"].as_object().unwrap()
}

#[tokio::test]
async fn arguments_that_do_not_exist_are_refused() {
    let stage = Stage::alice().await;
    for tool in ["spotify_search", "spotify_now", "spotify_play", "spotify_devices"] {
        assert_eq!(stage.error(tool, r#"{"volume": 11}"#).await.0, "invalid_argument", "{tool}");
    }
    assert_eq!(stage.error("spotify_control", "{}").await.0, "invalid_argument");
    assert!(stage.spotify.requests().is_empty());
}
