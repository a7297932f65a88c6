//! Answers keep what their schemas promise, and what `tools/list` says is in order.

use serde_json::Value;

use super::harness::Stage;

/// Checks `value` against the parts of JSON Schema that our schemas use.
pub(super) fn check(schema: &Value, value: &Value, at: &str) {
    if let Some(any) = schema.get("anyOf").and_then(Value::as_array) {
        assert!(any.iter().any(|one| has_type(one, value)), "{at}: {value} fits none of {any:?}");
        return;
    }
    assert!(has_type(schema, value), "{at}: {value} doesn't fit {schema}");
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        assert!(value.get(name.as_str().unwrap()).is_some(), "{at}: no {name} in {value}");
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        let known = schema.get("properties").and_then(|all| all.get(name));
        let known = known.or_else(|| schema.get("additionalProperties"));
        check(known.unwrap_or_else(|| panic!("{at}: {name} is in no schema")), value, name);
    }
    for value in value.as_array().into_iter().flatten() {
        check(schema.get("items").unwrap(), value, at);
    }
}

fn has_type(schema: &Value, value: &Value) -> bool {
    let is = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("no such type here: {other}"),
    };
    match schema.get("type") {
        Some(Value::String(name)) => is(name),
        Some(Value::Array(names)) => names.iter().any(|name| is(name.as_str().unwrap())),
        _ => panic!("a schema without type: {schema}"),
    }
}

const NAMES: [&str; 26] = [
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

const SCOPES: [&str; 15] = [
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
        let schemas = [Some(&descriptor.input_schema), descriptor.output_schema.as_ref()];
        for schema in schemas.into_iter().flatten() {
            let properties = schema["properties"].as_object().unwrap();
            let takes_nothing = descriptor.name == "spotify_me";
            assert!(takes_nothing || !properties.is_empty());
            for (name, property) in properties {
                let described = property["description"].as_str().is_some();
                assert!(described, "{}: {name} has no description", descriptor.name);
                assert!(!property.to_string().contains("$ref"), "{name}: {property}");
            }
        }
    }
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
