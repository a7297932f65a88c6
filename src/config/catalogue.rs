//! The catalogue of providers, and what is filled in in its entries.

use config::{Value, ValueKind};

use super::ConfigError;

/// The providers that need no more than credentials, one file for each.
pub(super) const CATALOGUE: [&str; 18] = [
    include_str!("../providers/catalogue/atlassian.toml"),
    include_str!("../providers/catalogue/auth0.toml"),
    include_str!("../providers/catalogue/discord.toml"),
    include_str!("../providers/catalogue/dropbox.toml"),
    include_str!("../providers/catalogue/github.toml"),
    include_str!("../providers/catalogue/gitlab.toml"),
    include_str!("../providers/catalogue/google.toml"),
    include_str!("../providers/catalogue/home_assistant.toml"),
    include_str!("../providers/catalogue/linear.toml"),
    include_str!("../providers/catalogue/microsoft.toml"),
    include_str!("../providers/catalogue/notion.toml"),
    include_str!("../providers/catalogue/okta.toml"),
    include_str!("../providers/catalogue/reddit.toml"),
    include_str!("../providers/catalogue/slack.toml"),
    include_str!("../providers/catalogue/spotify.toml"),
    include_str!("../providers/catalogue/strava.toml"),
    include_str!("../providers/catalogue/todoist.toml"),
    include_str!("../providers/catalogue/twitch.toml"),
];

const BASE_URL: &str = "{base_url}";
const CLIENT_ID: &str = "{client_id}";

/// The ids of the providers in the catalogue.
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    let heads = CATALOGUE.iter().flat_map(|entry| entry.lines());
    heads
        .filter_map(|line| line.strip_prefix("[provider.")?.strip_suffix(']'))
        .filter(|id| !id.contains('.'))
}

/// Fills in what the values of each provider leave open. A URL whose base isn't set is taken away.
///
/// # Errors
/// When what follows a base would change which server it is.
pub(super) fn fill_in(merged: &mut config::Config) -> Result<(), ConfigError> {
    let Some(ValueKind::Table(providers)) = entry(&mut merged.cache, "provider") else {
        return Ok(());
    };
    for (id, provider) in providers {
        let ValueKind::Table(fields) = &mut provider.kind else { continue };
        let text = |name: &str| fields.get(name).and_then(|value| value.clone().into_string().ok());
        let base = text("base_url").map(|base| base.trim_end_matches('/').to_owned());
        let client_id = text("client_id");
        if let Some((name, _)) = fields.iter().find(|(_, value)| !ends_base(value)) {
            let key = format!("provider.{id}.{name}");
            return Err(ConfigError::at(&key, "must have a `/` after `{base_url}`"));
        }
        if base.is_none() {
            fields.retain(|_, value| !holds(value, BASE_URL));
        }
        for (name, value) in fields.iter_mut() {
            if name.ends_with("_url") {
                replace(value, BASE_URL, base.as_deref());
                replace(value, CLIENT_ID, client_id.as_deref());
            }
        }
        if let Some(ValueKind::Table(headers)) = fields.get_mut("headers").map(|it| &mut it.kind) {
            for value in headers.values_mut() {
                replace(value, CLIENT_ID, client_id.as_deref());
            }
        }
    }
    Ok(())
}

fn entry<'a>(table: &'a mut Value, name: &str) -> Option<&'a mut ValueKind> {
    let ValueKind::Table(table) = &mut table.kind else { return None };
    table.get_mut(name).map(|value| &mut value.kind)
}

fn holds(value: &Value, mark: &str) -> bool {
    matches!(&value.kind, ValueKind::String(text) if text.contains(mark))
}

/// Whether a path, if anything, comes after the base.
fn ends_base(value: &Value) -> bool {
    let ValueKind::String(text) = &value.kind else { return true };
    text.split(BASE_URL).skip(1).all(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn replace(value: &mut Value, mark: &str, by: Option<&str>) {
    if let (ValueKind::String(text), Some(by)) = (&mut value.kind, by) {
        *text = text.replace(mark, by);
    }
}
