//! An entry as an operator uses it, with every address of it moved to a stand-in.

use std::{collections::HashMap, path::Path};

use stagepass::config::{Config, Provider as Data, RedirectRule};
use stagepass_standin::Provider;
use url::Url;

/// Where a browser is sent that can't come back to a server on plain http.
pub(super) const RELAY: &str = "https://relay.example.org/back";

/// One entry, and the name of its stand-in.
pub(super) struct Entry {
    pub(super) id: &'static str,
    standin: &'static str,
    /// What the operator has written of it besides credentials.
    lines: Vec<(String, String)>,
}

impl Entry {
    /// The catalogue's entry `id`.
    pub(super) fn of(id: &'static str, standin: &'static str) -> Self {
        Self { id, standin, lines: Vec::new() }
    }

    /// An entry that is written by hand, as TOML with one value in each line.
    pub(super) fn written(id: &'static str, toml: &str) -> Self {
        let lines = toml.lines().filter(|line| !line.trim_start().starts_with('#'));
        let lines = lines.filter_map(|line| line.split_once(" = ")).map(|(field, value)| {
            let value = value.split("   #").next().unwrap().replace(['"', '[', ']'], "");
            (field.trim().to_owned(), value.replace(", ", ","))
        });
        // The words are for people; a variable can't have a scope in its name.
        let others = ["client_id", "client_secret", "scope_words"];
        let lines = lines.filter(|(field, _)| !others.contains(&field.as_str()));
        Self { id, standin: id, lines: lines.collect() }
    }

    pub(super) async fn start(&self) -> Provider {
        Provider::start(self.standin).await
    }

    /// What it says by itself, with what an operator has to add.
    fn data(&self) -> Data {
        let lines = self.lines.iter().map(|(field, value)| (self.key(field), value.clone()));
        let mut config = Config::load(None, lines.collect()).unwrap();
        config.provider.remove(self.id).unwrap()
    }

    fn key(&self, field: &str) -> String {
        format!("STAGEPASS_PROVIDER__{}__{}", self.id.to_uppercase(), field.to_uppercase())
    }

    /// Whether browsers can't come back to a server on plain http.
    pub(super) fn needs_relay(&self) -> bool {
        let rule = self.data().redirect;
        matches!(rule, RedirectRule::Https | RedirectRule::Localhost | RedirectRule::ClientId)
    }

    /// The variables that an operator would set to use `standin`, and then `changes`.
    pub(super) fn variables(
        &self,
        standin: &Provider,
        changes: &[(&str, &str)],
    ) -> HashMap<String, String> {
        let data = self.data();
        if data.redirect == RedirectRule::ClientId {
            standin.name_client("https://relay.example.org/");
        }
        let (client_id, client_secret) = standin.credentials();
        let moved = |address: &str| {
            // What the operator has to fill in.
            let address =
                address.replace("<tenant id>", "tenant").replace("<your domain>", "tenant");
            let address = address.replace("<your tenant>", "tenant").replace("%7B", "{");
            format!("{}/{}", standin.url(), address.replace("%7D", "}").replace("https://", ""))
        };
        let mut set: Vec<(String, String)> = self.lines.clone();
        set.extend(data.own.iter().map(|(field, example)| (field.clone(), moved(example))));
        set.extend(data.issuer.iter().map(|it| ("issuer".to_owned(), moved(it))));
        let without_slash = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
        let base = data.base_url.as_ref().map(without_slash);
        set.extend(base.iter().map(|it| ("base_url".to_owned(), moved(it))));
        for (field, url) in [
            ("authorize_url", &data.authorize_url),
            ("token_url", &data.token_url),
            ("refresh_url", &data.refresh_url),
            ("revoke_url", &data.revoke_url),
            ("api_url", &data.api_url),
        ] {
            let url = url.as_ref().map(without_slash);
            let own = url.filter(|url| base.as_ref().is_none_or(|base| !url.starts_with(base)));
            set.extend(own.map(|url| (field.to_owned(), moved(&url))));
        }
        set.push(("client_id".to_owned(), client_id));
        if data.client_auth != stagepass::config::ClientAuth::None {
            set.push(("client_secret".to_owned(), client_secret));
        }
        if self.needs_relay() {
            set.push(("redirect_url".to_owned(), RELAY.to_owned()));
        }
        let changes =
            changes.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned()));
        set.into_iter().chain(changes).map(|(field, value)| (self.key(&field), value)).collect()
    }

    /// Whether the server would start with these.
    pub(super) fn loads(variables: &HashMap<String, String>) -> Result<(), String> {
        Config::load(None::<&Path>, variables.clone()).map(|_| ()).map_err(|why| why.to_string())
    }
}
