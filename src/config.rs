//! The configuration: `stagepass.toml`, then the environment, which wins.
//!
//! A variable is the key in capitals with `STAGEPASS_` before it and `__` between levels. Below
//! both lies the catalogue of providers, so that every field of an entry can be overridden.

mod access;
mod catalogue;
mod chat;
mod choice;
mod error;
mod keys;
mod limits;
mod master_key;
mod origin;
mod private;
mod provider;
mod proxies;
mod remote;
mod tools;
mod words;

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use config::{Environment, File, FileFormat};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

pub use access::{Access, Allow, is_entry};
pub use chat::{Chat, Confirm, webhook_key};
pub use error::ConfigError;
pub use limits::Limits;
pub use master_key::MasterKey;
pub use origin::{allowed_hosts, allowed_origins, is_loopback};
pub use private::{make_private_file, make_private_folder};
pub use provider::{
    AccountFrom, Advice, Body, ClientAuth, Method, Provider, RedirectRule, RevokeAuth, RevokeToken,
    Separator,
};
pub use proxies::TrustedProxies;
pub use remote::{Remote, RemoteAuth};
pub use tools::Tools;

/// Everything that an operator can set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The one origin that clients use. Links, the redirect URI and the allowed values of `Host`
    /// and `Origin` come from it alone.
    pub public_url: Url,
    /// The address that the server listens on.
    pub listen: SocketAddr,
    /// IP addresses and networks of the proxies in front, whose `X-Forwarded-For` is believed.
    #[serde(default)]
    pub trusted_proxies: TrustedProxies,
    /// Where the database and the master key live.
    #[serde(default = "default_data_dir")]
    pub data_dir: PathBuf,
    /// `sqlite:` or `postgres:`; a SQLite file in `data_dir` when left out.
    pub database_url: Option<SecretString>,
    /// 32 bytes in base64; several, newest first, separated by commas, while rotating.
    pub master_key: Option<SecretString>,
    /// A file with the same, one key a line.
    pub master_key_file: Option<PathBuf>,
    /// What to log, as `tracing` writes filters.
    pub log: String,
    /// Who may come in.
    #[serde(default)]
    pub access: Access,
    /// Sizes and waits.
    #[serde(default)]
    pub limits: Limits,
    /// What of the toolsets there is, by name.
    #[serde(default)]
    pub tools: BTreeMap<String, Tools>,
    /// The providers, by id.
    pub provider: BTreeMap<String, Provider>,
    /// The bots whose chat users link accounts, by client id.
    #[serde(default)]
    pub chat: BTreeMap<String, Chat>,
    /// Other MCP servers, by name.
    #[serde(default)]
    pub remote: BTreeMap<String, Remote>,
}

const DEFAULTS: &str = r#"
listen = "127.0.0.1:8080"
log = "info"
"#;

impl Config {
    /// Reads the file, if there is one, and the variables in `environment`; checks all of it.
    ///
    /// # Errors
    /// The first key that is unknown or has a value of a wrong kind; or else all that are missing or
    /// contradict each other. With lines that would be right.
    pub fn load(
        file: Option<&Path>,
        environment: HashMap<String, String>,
    ) -> Result<Self, ConfigError> {
        let mut layers =
            config::Config::builder().add_source(File::from_str(DEFAULTS, FileFormat::Toml));
        for entry in catalogue::CATALOGUE {
            layers = layers.add_source(File::from_str(entry, FileFormat::Toml));
        }
        if let Some(file) = file {
            layers = layers.add_source(File::from(file).format(FileFormat::Toml));
        }
        let variables = Environment::with_prefix("STAGEPASS")
            .prefix_separator("_")
            .separator("__")
            .ignore_empty(true)
            .source(Some(environment.into_iter().collect()));
        let merged = layers.add_source(variables).build().and_then(with_public_url);
        let mut merged = merged.map_err(|error| ConfigError::unreadable(&error))?;
        keys::check(&merged)?;
        catalogue::fill_in(&mut merged)?;
        let mut config: Self = serde_path_to_error::deserialize(merged)
            .map_err(|error| ConfigError::wrong_value(&error))?;
        config.provider.values_mut().for_each(Provider::complete);
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let mut checked = vec![
            origin::validate(&self.public_url),
            self.access.validate(self),
            self.limits.validate(),
        ];
        checked.extend(self.chat.iter().map(|(client, chat)| chat.validate(client)));
        checked.extend(self.tools.iter().map(|(toolset, tools)| tools.validate(toolset)));
        let providers = self.provider.iter();
        checked.extend(providers.map(|(id, provider)| provider.validate(id, &self.public_url)));
        checked.extend(self.remote.iter().map(|(name, remote)| remote.validate(name, self)));
        ConfigError::none_of(checked.into_iter().filter_map(Result::err))
    }

    /// The providers that the operator has credentials for.
    pub fn enabled_providers(&self) -> impl Iterator<Item = (&str, &Provider)> {
        self.provider
            .iter()
            .filter(|(_, provider)| provider.client_id.is_some())
            .map(|(id, provider)| (id.as_str(), provider))
    }
}

/// Where only `listen` is set, clients use that port on this machine.
fn with_public_url(merged: config::Config) -> Result<config::Config, config::ConfigError> {
    let listen = merged.get_string("listen")?;
    // An address that can't be read is refused by its own name.
    let port = listen.parse().map_or(8080, |address: SocketAddr| address.port());
    let public_url = format!("http://127.0.0.1:{port}");
    config::Config::builder().set_default("public_url", public_url)?.add_source(merged).build()
}

fn default_data_dir() -> PathBuf {
    dirs::data_dir().unwrap_or_else(|| PathBuf::from(".")).join("stagepass")
}
