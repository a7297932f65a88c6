//! `tools.<toolset>`: what of a toolset there is.

use serde::Deserialize;
use stagepass_kit::Toolset;

use super::{Config, ConfigError, words::Words};

/// In the place of sets: no tools at all.
const NONE: &str = "none";

/// What of one toolset there is. The key is the toolset's name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tools {
    /// The sets that are on: those that are on by themselves when left out. The tools of the others
    /// aren't there, and their scopes are asked of nobody. With `none` there is no toolset, and its
    /// provider is for signing in alone.
    sets: Option<Words>,
}

impl Tools {
    pub(super) fn validate(&self, toolset: &str) -> Result<(), ConfigError> {
        match &self.sets {
            Some(Words(sets)) if sets.is_empty() => Err(ConfigError::at(
                &key(toolset),
                "is empty; leave it out for the usual sets, or write \"none\" for no tools at all",
            )),
            _ => Ok(()),
        }
    }
}

impl Config {
    /// These toolsets, with the sets alone that are on.
    ///
    /// # Errors
    /// When there is no set or no toolset of a name.
    pub fn choose(&self, toolsets: Vec<Toolset>) -> Result<Vec<Toolset>, ConfigError> {
        let names: Vec<_> = toolsets.iter().map(Toolset::name).collect();
        if let Some(name) = self.tools.keys().find(|name| !names.contains(&name.as_str())) {
            let why = format!("is for a toolset that isn't there; there are: {}", names.join(", "));
            return Err(ConfigError::at(&key(name), &why));
        }
        let chosen = |toolset: Toolset| {
            let key = key(toolset.name());
            match self.tools.get(toolset.name()).and_then(|tools| tools.sets.as_ref()) {
                Some(Words(sets)) if *sets == [NONE] => Ok(None),
                Some(Words(sets)) => toolset
                    .only(sets)
                    .map(Some)
                    .map_err(|unknown| ConfigError::at(&key, &format!("is wrong: {unknown}"))),
                None => Ok(Some(toolset.usual())),
            }
        };
        toolsets.into_iter().filter_map(|toolset| chosen(toolset).transpose()).collect()
    }
}

fn key(toolset: &str) -> String {
    format!("tools.{toolset}.sets")
}
