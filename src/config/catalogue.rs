//! The catalogue of providers, and what is filled in in its entries.

use config::{Value, ValueKind};

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

/// Fills in what the values of each provider leave open. A URL whose base isn't set is taken away.
pub(super) fn fill_in(merged: &mut config::Config) {
    let Some(ValueKind::Table(providers)) = entry(&mut merged.cache, "provider") else { return };
    for provider in providers.values_mut() {
        let ValueKind::Table(fields) = &mut provider.kind else { continue };
        let text = |name: &str| fields.get(name).and_then(|value| value.clone().into_string().ok());
        let base = text("base_url").map(|base| base.trim_end_matches('/').to_owned());
        let client_id = text("client_id");
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
}

fn entry<'a>(table: &'a mut Value, name: &str) -> Option<&'a mut ValueKind> {
    let ValueKind::Table(table) = &mut table.kind else { return None };
    table.get_mut(name).map(|value| &mut value.kind)
}

fn holds(value: &Value, mark: &str) -> bool {
    matches!(&value.kind, ValueKind::String(text) if text.contains(mark))
}

fn replace(value: &mut Value, mark: &str, by: Option<&str>) {
    if let (ValueKind::String(text), Some(by)) = (&mut value.kind, by) {
        *text = text.replace(mark, by);
    }
}
