//! What a client is told of the tools, as a text that can be read: `tools.txt`.
//!
//! When it was meant to change: `UPDATE_TOOLS_TXT=1 cargo test -p stagepass-spotify listed`.

use std::fmt::Write;

use serde_json::Value;

const KNOWN: &str = include_str!("tools.txt");

/// All that `tools/list` says, one line for each argument but `account`, which all have.
fn told() -> String {
    let tools = crate::toolset(reqwest::Client::default(), "https://api.spotify.com/v1");
    let mut text = String::new();
    for tool in tools.tools() {
        let descriptor = tool.descriptor();
        let hints = descriptor.annotations.as_ref().unwrap();
        let hints = [
            (hints.read_only_hint, "reads"),
            (hints.destructive_hint, "destroys"),
            (hints.idempotent_hint, "twice is once"),
        ];
        let hints: Vec<_> =
            hints.iter().filter(|(on, _)| *on == Some(true)).map(|(_, word)| *word).collect();
        let title = descriptor.title.as_deref().unwrap();
        writeln!(text, "{}: {title} [{}]", descriptor.name, hints.join(", ")).unwrap();
        writeln!(text, "  {}", descriptor.description.as_deref().unwrap()).unwrap();
        arguments(&mut text, &Value::Object((*descriptor.input_schema).clone()));
        text.push('\n');
    }
    text
}

fn arguments(text: &mut String, schema: &Value) {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let properties = schema["properties"].as_object().into_iter().flatten();
    for (name, property) in properties.filter(|(name, _)| *name != "account") {
        let mark = if required.contains(&name.as_str().into()) { "" } else { "?" };
        let description = property["description"].as_str().unwrap_or_default();
        writeln!(text, "  - {name}{mark}: {}", description.replace('\n', " ")).unwrap();
    }
}

#[test]
fn what_clients_are_told_changes_only_on_purpose() {
    let told = told();
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, and no configuration")]
    if std::env::var("UPDATE_TOOLS_TXT").is_ok() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/tools.txt");
        std::fs::write(path, told).unwrap();
        return;
    }
    for (number, (told, known)) in (1..).zip(told.lines().zip(KNOWN.lines())) {
        assert_eq!(told, known, "line {number}; the head of this file says how to renew it");
    }
    assert_eq!(told.len(), KNOWN.len());
}
