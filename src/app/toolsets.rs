//! The list of the toolsets in `tools/`.

use stagepass_kit::Toolset;

use crate::config::Config;

/// Makes a toolset from the shared client and the address of the provider's API.
type Make = fn(reqwest::Client, &str) -> Toolset;

/// Every toolset, by the id of the provider whose accounts its tools use.
const TOOLSETS: &[(&str, Make)] =
    &[("github", stagepass_github::toolset), ("spotify", stagepass_spotify::toolset)];

/// The toolsets whose provider has credentials.
pub(super) fn toolsets(config: &Config, client: &reqwest::Client) -> Vec<Toolset> {
    config
        .enabled_providers()
        .filter_map(|(id, provider)| {
            let (_, make) = TOOLSETS.iter().find(|(known, _)| *known == id)?;
            let api = provider.api_url.as_ref()?.as_str().trim_end_matches('/');
            Some(make(client.clone(), api))
        })
        .collect()
}

#[cfg(test)]
mod tests;
