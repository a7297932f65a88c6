use std::collections::HashSet;

use serde_json::{Value, json};
use stagepass_kit::Described;

use super::*;

/// A configuration with credentials at these providers.
fn with_apps_at(ids: &[&str]) -> Config {
    let key = |id: &&str| format!("STAGEPASS_PROVIDER__{}__CLIENT_ID", id.to_uppercase());
    let apps = ids.iter().map(|id| (key(id), "an app".to_owned()));
    Config::load(None, apps.collect()).unwrap()
}

fn all() -> Vec<Toolset> {
    toolsets(&with_apps_at(&["github", "spotify"]), &crate::http::client().unwrap())
}

#[test]
fn every_crate_in_tools_is_in_the_list() {
    let crates = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tools")).unwrap();
    let names = crates.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    // Other servers are listed in the configuration.
    for name in names.filter(|name| !["kit", "remote"].contains(&name.as_str())) {
        let is_listed = TOOLSETS.iter().any(|(listed, _)| *listed == name);
        assert!(is_listed, "tools/{name} has no line in src/app/toolsets.rs");
    }
}

#[test]
fn every_toolset_in_the_list_is_there_and_has_the_name_of_its_folder() {
    let names: Vec<_> = all().iter().map(Toolset::name).collect();
    let listed: Vec<_> = TOOLSETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, listed, "does every provider of theirs have an app here?");
    let client = crate::http::client().unwrap();
    let names: Vec<_> =
        toolsets(&with_apps_at(&["github"]), &client).iter().map(Toolset::name).collect();
    assert!(!names.contains(&"spotify"), "its provider has no credentials");
}

#[test]
fn people_are_told_in_words_what_every_scope_allows() {
    let config = with_apps_at(&[]);
    for toolset in all() {
        let provider = toolset.provider().and_then(|id| config.provider.get(id));
        for scope in toolset.scopes() {
            let words = provider.and_then(|provider| provider.scope_words.get(scope));
            assert!(words.is_some(), "{}: no scope_words for {scope}", toolset.name());
        }
    }
}

/// Every choice of sets but none at all.
fn choices(sets: &[&str]) -> Vec<Vec<String>> {
    let one = |bits: u32| {
        let is_on = |(index, _): &(usize, &&str)| bits >> index & 1 == 1;
        sets.iter().enumerate().filter(is_on).map(|(_, set)| (*set).to_owned()).collect()
    };
    (1..1 << sets.len()).map(one).collect()
}

/// All that a client is told before it calls anything, piece by piece.
fn told(toolset: &Toolset) -> Vec<String> {
    let mut told: Vec<_> = toolset.instructions().map(str::to_owned).into_iter().collect();
    for tool in toolset.tools() {
        let descriptor = tool.descriptor();
        told.extend(descriptor.description.as_deref().map(str::to_owned));
        descriptions(&Value::Object((*descriptor.input_schema).clone()), &mut told);
        let answer = descriptor.output_schema.as_deref().cloned();
        descriptions(&Value::Object(answer.unwrap()), &mut told);
    }
    for prompt in toolset.prompts() {
        let arguments: Vec<_> =
            prompt.arguments().map(|name| (name.to_owned(), json!("5"))).collect();
        let message = prompt.get(arguments.into_iter().collect()).unwrap();
        told.push(serde_json::to_string(&message).unwrap());
        descriptions(&serde_json::to_value(prompt.descriptor()).unwrap(), &mut told);
    }
    for resource in toolset.resources() {
        let described = match resource.described() {
            Described::One(one) => serde_json::to_value(one),
            Described::Many(many) => serde_json::to_value(many),
        };
        descriptions(&described.unwrap(), &mut told);
    }
    told
}

fn descriptions(value: &Value, told: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            told.extend(object.get("description").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|value| descriptions(value, told));
        }
        Value::Array(values) => values.iter().for_each(|value| descriptions(value, told)),
        _ => {}
    }
}

#[test]
fn whatever_sets_are_on_no_text_names_a_tool_that_is_not_offered() {
    for index in 0..TOOLSETS.len() {
        let made = || all().swap_remove(index);
        let unknown = made().only(&["?".to_owned()]).err().unwrap();
        let mut texts = 0;
        for sets in choices(&unknown.known) {
            let toolset = made().only(&sets).unwrap();
            let offered: HashSet<_> = toolset.tools().iter().map(|tool| tool.name()).collect();
            let prefix = format!("{}_", toolset.name());
            for text in told(&toolset) {
                assert!(!text.trim().is_empty(), "{sets:?}: nothing is left of a description");
                let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                let mut named =
                    words.filter(|word| word.len() > prefix.len() && word.starts_with(&prefix));
                let absent = named.find(|name| !offered.contains(name));
                assert_eq!(absent, None, "{sets:?}: {text}");
                texts += 1;
            }
        }
        assert!(texts > 100, "{texts}");
    }
}
