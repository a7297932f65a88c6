//! The list of the toolsets in `tools/`.

use stagepass_kit::Toolset;

use crate::config::Config;

/// What a toolset can be made of.
struct Surroundings<'a> {
    config: &'a Config,
    /// The client that all share.
    client: &'a reqwest::Client,
}

type Make = fn(&Surroundings) -> Option<Toolset>;

/// Every toolset, by its folder. One that uses accounts of a provider is there where the provider has
/// credentials; one that uses none is simply there: `|_| Some(stagepass_hello::toolset())`.
const TOOLSETS: &[(&str, Make)] = &[
    ("github", |it| Some(stagepass_github::toolset(it.client(), it.api("github")?))),
    ("spotify", |it| Some(stagepass_spotify::toolset(it.client(), it.api("spotify")?))),
];

impl Surroundings<'_> {
    fn client(&self) -> reqwest::Client {
        self.client.clone()
    }

    /// The address of a provider's API, if the provider has credentials.
    fn api(&self, id: &str) -> Option<&str> {
        let (_, provider) = self.config.enabled_providers().find(|(known, _)| *known == id)?;
        Some(provider.api_url.as_ref()?.as_str().trim_end_matches('/'))
    }
}

/// The toolsets that can be made.
pub(super) fn toolsets(config: &Config, client: &reqwest::Client) -> Vec<Toolset> {
    let surroundings = Surroundings { config, client };
    TOOLSETS.iter().filter_map(|(_, make)| make(&surroundings)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let id = |id: &str| {
            let key = format!("STAGEPASS_PROVIDER__{}__CLIENT_ID", id.to_uppercase());
            (key, "an app".to_owned())
        };
        let config = Config::load(None, ["github", "spotify"].map(id).into()).unwrap();
        let client = crate::http::client().unwrap();
        let names: Vec<_> = toolsets(&config, &client).iter().map(Toolset::name).collect();
        let listed: Vec<_> = TOOLSETS.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, listed, "does every provider of theirs have an app here?");
        let config = Config::load(None, [id("github")].into()).unwrap();
        let names: Vec<_> = toolsets(&config, &client).iter().map(Toolset::name).collect();
        assert!(!names.contains(&"spotify"), "its provider has no credentials");
    }
}
