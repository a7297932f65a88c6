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
mod tests;
