//! `remote.<name>`: another MCP server, whose tools are offered here under its name.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{Config, ConfigError, is_loopback, words::words};

/// The longest name: it stands before the name of every tool.
const LONGEST_NAME: usize = 24;
/// What `auth` says before the id of a provider.
const PROVIDER: &str = "provider:";
/// Headers that the transport writes itself, and those that say how it is read.
const TRANSPORT: [&str; 10] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "last-event-id",
    "te",
    "transfer-encoding",
    "upgrade",
];

/// Another MCP server.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remote {
    /// Its MCP endpoint.
    pub url: Url,
    /// Whose word it takes.
    pub auth: RemoteAuth,
    /// The name for people; without one, the name in the configuration.
    pub title: Option<String>,
    /// With `auth = "header"`: the name of the header; `Authorization` if left out.
    pub header: Option<String>,
    /// With `auth = "header"`: what stands in it, the same for everybody.
    pub header_value: Option<SecretString>,
    /// With `auth = "mcp"`: the scopes to ask for, instead of those that the server names.
    #[serde(default, deserialize_with = "words")]
    pub scopes: Vec<String>,
    /// With `auth = "mcp"`: the client id that its authorization server gave to the operator. Without
    /// one this server introduces itself.
    pub client_id: Option<String>,
    /// And the client secret, if there is one.
    pub client_secret: Option<SecretString>,
}

/// How a remote server learns who is calling.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum RemoteAuth {
    /// By a token of its own authorization server, to which people link.
    Mcp,
    /// By the token that the caller has at the provider with this id.
    Provider(String),
    /// By a header, the same for everybody.
    Header,
    /// Not at all.
    None,
}

impl TryFrom<String> for RemoteAuth {
    type Error = &'static str;

    fn try_from(written: String) -> Result<Self, Self::Error> {
        match written.as_str() {
            "mcp" => Ok(Self::Mcp),
            "header" => Ok(Self::Header),
            "none" => Ok(Self::None),
            other => match other.strip_prefix(PROVIDER) {
                Some(id) if !id.is_empty() => Ok(Self::Provider(id.to_owned())),
                _ => Err("must be \"mcp\", \"provider:<id>\", \"header\" or \"none\""),
            },
        }
    }
}

impl Remote {
    /// The name for people, with the host: the operator chose the one, and whoever answers is the
    /// other.
    #[must_use]
    pub fn label(&self, name: &str) -> String {
        let (title, host) = (self.title.as_deref().unwrap_or(name), self.url.host_str());
        format!("{title} ({})", host.unwrap_or_default())
    }

    /// Whether it is called with people's accounts at this provider.
    #[must_use]
    pub fn uses(&self, provider: &str) -> bool {
        matches!(&self.auth, RemoteAuth::Provider(id) if id == provider)
    }

    /// The name of the header that `header_value` stands in.
    #[must_use]
    pub fn header_name(&self) -> &str {
        self.header.as_deref().unwrap_or("Authorization")
    }

    pub(super) fn validate(&self, name: &str, config: &Config) -> Result<(), ConfigError> {
        let refused =
            |field: &str, why: &str| Err(ConfigError::at(&format!("remote.{name}.{field}"), why));
        if let Some(why) = bad_name(name, config) {
            return refused("url", why);
        }
        if let Some(why) = bad_url(&self.url) {
            return refused("url", why);
        }
        if let RemoteAuth::Provider(id) = &self.auth
            && !config.enabled_providers().any(|(known, _)| known == id)
        {
            return refused("auth", "names a provider that has no client_id here");
        }
        if let Some(field) = self.out_of_place() {
            return refused(field, "has no meaning with this `auth`");
        }
        if self.client_secret.is_some() && self.client_id.is_none() {
            return refused("client_id", "is missing; client_secret needs it");
        }
        if self.auth == RemoteAuth::Header && self.header_value.is_none() {
            return refused("header_value", "is missing; auth = \"header\" needs it");
        }
        if !self.header.as_deref().is_none_or(may_be_set) {
            return refused(
                "header",
                "must be the name of a header that isn't the transport's own",
            );
        }
        let secret =
            |value: &Option<SecretString>| value.as_ref().map(|it| it.expose_secret() == "");
        if self.header_value.as_ref().is_some_and(|value| !is_header_value(value)) {
            return refused("header_value", "is empty, or can't stand in a header");
        }
        for (field, empty) in [
            ("title", self.title.as_ref().map(|title| title.trim().is_empty())),
            ("client_id", self.client_id.as_ref().map(String::is_empty)),
            ("client_secret", secret(&self.client_secret)),
        ] {
            if empty == Some(true) {
                return refused(field, "is empty");
            }
        }
        Ok(())
    }

    /// The first field that is set and belongs to another `auth`.
    fn out_of_place(&self) -> Option<&'static str> {
        let fields = [
            ("header", self.header.is_some(), RemoteAuth::Header),
            ("header_value", self.header_value.is_some(), RemoteAuth::Header),
            ("scopes", !self.scopes.is_empty(), RemoteAuth::Mcp),
            ("client_id", self.client_id.is_some(), RemoteAuth::Mcp),
            ("client_secret", self.client_secret.is_some(), RemoteAuth::Mcp),
        ];
        let astray = fields.into_iter().find(|(_, is_set, auth)| *is_set && self.auth != *auth);
        astray.map(|(field, ..)| field)
    }
}

impl Config {
    /// The remote servers that have an authorization server of their own.
    pub fn linked_remotes(&self) -> impl Iterator<Item = (&str, &Remote)> {
        let linked = self.remote.iter().filter(|(_, remote)| remote.auth == RemoteAuth::Mcp);
        linked.map(|(name, remote)| (name.as_str(), remote))
    }
}

fn bad_name(name: &str, config: &Config) -> Option<&'static str> {
    let sound = name.len() <= LONGEST_NAME
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if !sound {
        return Some(
            "has a name that isn't a small letter and then at most 23 small letters, digits and `-`",
        );
    }
    // It is a provider's id to people who link, and stands before its tools.
    if name == "auth" || config.enabled_providers().any(|(id, _)| id == name) {
        return Some("has a name that a provider or a toolset has already");
    }
    None
}

fn bad_url(url: &Url) -> Option<&'static str> {
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
        return Some("must be https, except on loopback");
    }
    let bare = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    (!bare).then_some("must be a URL without credentials and without a fragment")
}

/// Whether an operator may set the header called `name`.
fn may_be_set(name: &str) -> bool {
    let own = name.to_ascii_lowercase();
    reqwest::header::HeaderName::from_bytes(name.as_bytes()).is_ok()
        && !own.starts_with("mcp-")
        && !TRANSPORT.contains(&own.as_str())
}

fn is_header_value(value: &SecretString) -> bool {
    let value = value.expose_secret();
    !value.trim().is_empty() && reqwest::header::HeaderValue::from_str(value).is_ok()
}
