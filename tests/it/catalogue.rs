//! One story that every provider of the catalogue goes through, against a stand-in that is as strict
//! as the provider itself and knows nothing of the catalogue: linked, used, refreshed, away, refused,
//! revoked. And that the story fails where an entry is wrong.

mod entry;
mod odd;
mod probe;
mod rules;
mod story;
mod wrong;

use stagepass::config::Config;

use entry::Entry;
use story::passes;

/// The catalogue's entries with the stand-ins that they are tried against, and a story for each.
macro_rules! entries {
    ($($story:ident: $id:literal at $standin:literal,)*) => {
        const IDS: &[&str] = &[$($id),*];
        $(
            #[tokio::test]
            async fn $story() {
                if let Err(why) = passes(&Entry::of($id, $standin), &[]).await {
                    panic!("{why}");
                }
            }
        )*
    };
}

entries! {
    atlassian: "atlassian" at "atlassian",
    auth0: "auth0" at "auth0",
    discord: "discord" at "discord",
    dropbox: "dropbox" at "dropbox",
    github_as_an_oauth_app: "github" at "github",
    github_as_a_github_app: "github" at "github_app",
    gitlab: "gitlab" at "gitlab",
    google: "google" at "google",
    home_assistant: "home_assistant" at "home_assistant",
    linear: "linear" at "linear",
    microsoft: "microsoft" at "microsoft",
    notion: "notion" at "notion",
    okta: "okta" at "okta",
    reddit: "reddit" at "reddit",
    slack: "slack" at "slack",
    spotify: "spotify" at "spotify",
    strava: "strava" at "strava",
    todoist: "todoist" at "todoist",
    twitch: "twitch" at "twitch",
}

#[test]
fn every_entry_has_a_story() {
    let catalogue = Config::load(None, std::collections::HashMap::new()).unwrap();
    for id in catalogue.provider.keys() {
        assert!(IDS.contains(&id.as_str()), "no story for {id}");
    }
}

#[test]
fn every_file_is_an_entry_of_its_name() {
    let catalogue = Config::load(None, std::collections::HashMap::new()).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/providers/catalogue");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    assert_eq!(files, catalogue.provider.keys().cloned().collect::<Vec<_>>());
}

/// The walk through adding a provider in `README.md`, taken at its word.
#[tokio::test]
async fn a_provider_that_is_added_by_hand_as_the_readme_says() {
    let readme = include_str!("../../README.md");
    let begins = readme.find("[provider.figma]").expect("an example");
    let example = readme[begins..].split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stagepass.toml");
    std::fs::write(&file, example).unwrap();
    let config = Config::load(Some(&file), std::collections::HashMap::new()).unwrap();
    let figma = &config.provider["figma"];
    assert!(figma.scopes.iter().all(|scope| figma.scope_words.contains_key(scope)), "{figma:?}");
    if let Err(why) = passes(&Entry::written("figma", example), &[]).await {
        panic!("{why}");
    }
}
