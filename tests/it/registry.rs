//! `examples/registry/server.json`: what the MCP registry is told, by its schema of 2025-12-11.

use serde_json::{Map, Value};

fn server() -> Map<String, Value> {
    serde_json::from_str(include_str!("../../examples/registry/server.json")).unwrap()
}

#[test]
fn the_registry_is_told_what_cargo_is() {
    let server = server();
    let (namespace, name) = server["name"].as_str().unwrap().split_once('/').unwrap();
    assert_eq!((namespace, name), ("io.stagepass", env!("CARGO_PKG_NAME")));
    assert_eq!(server["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(server["description"], env!("CARGO_PKG_DESCRIPTION"));
    // As long as the registry takes it.
    assert!(env!("CARGO_PKG_DESCRIPTION").chars().count() <= 100);
}

#[test]
fn every_server_is_reached_at_its_own_host() {
    let server = server();
    let remote = &server["remotes"][0];
    assert_eq!(remote["type"], "streamable-http");
    let mut filled = remote["url"].as_str().unwrap().to_owned();
    for (name, variable) in remote["variables"].as_object().unwrap() {
        assert_eq!(variable["isRequired"], true);
        filled = filled.replace(&format!("{{{name}}}"), variable["placeholder"].as_str().unwrap());
    }
    // The registry wants the scheme spelt out, and a URL once the variables have values.
    assert_eq!(filled, "https://stagepass.example.com/mcp");
}
