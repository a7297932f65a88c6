//! `tools.<toolset>`: what of a toolset there is.

use serde::Deserialize;
use stagepass_kit::Toolset;

use super::{Config, ConfigError, keys, words::Words};

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
            return Err(self.not_there(name, &names));
        }
        let chosen = |toolset: Toolset| {
            let key = key(toolset.name());
            match self.tools.get(toolset.name()).and_then(|tools| tools.sets.as_ref()) {
                Some(Words(sets)) if *sets == [NONE] => Ok(None),
                Some(Words(sets)) => toolset.only(sets).map(Some).map_err(|unknown| {
                    let error = ConfigError::at(&key, &format!("is wrong: {unknown}"));
                    error.with_lines([format!("{key} = {:?}", unknown.known)])
                }),
                None => Ok(Some(toolset.usual())),
            }
        };
        toolsets.into_iter().filter_map(|toolset| chosen(toolset).transpose()).collect()
    }

    /// There is no toolset `name`, but there are these.
    fn not_there(&self, name: &str, names: &[&str]) -> ConfigError {
        let (key, client_id) = (key(name), format!("provider.{name}.client_id"));
        if self.provider.get(name).is_some_and(|provider| provider.client_id.is_none()) {
            let why = format!("is for a toolset that isn't there: `{client_id}` isn't set");
            return ConfigError::at(&key, &why).with_lines(keys::line(&client_id));
        }
        let likeness = |known: &str| strsim::jaro_winkler(name, known);
        let nearest = names.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let others = match nearest {
            Some(_) => format!("there are: {}", names.join(", ")),
            None => "there is none, as no provider with tools has a client_id".to_owned(),
        };
        let error = ConfigError::at(&key, &format!("is for a toolset that isn't there; {others}"));
        error.with_lines(nearest.and_then(|nearest| keys::line(&self::key(nearest))))
    }
}

fn key(toolset: &str) -> String {
    format!("tools.{toolset}.sets")
}
