//! `provider.<id>`: an OAuth provider, as data.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{ConfigError, is_loopback, words::words};

/// An OAuth 2 provider: its catalogue entry with the operator's credentials and overrides.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The name for people.
    pub name: String,
    /// The client id of the operator's app; without it the provider is off.
    pub client_id: Option<String>,
    /// The client secret. Without one the app is a public client, and PKCE alone protects it.
    pub client_secret: Option<SecretString>,
    /// Scopes to ask for besides those that the tools need.
    #[serde(default, deserialize_with = "words")]
    pub scopes: Vec<String>,
    /// What a person is told that a scope allows; a scope without words is shown as it is.
    #[serde(default)]
    pub scope_words: BTreeMap<String, String>,
    /// The authorization endpoint (RFC 6749 §3.1).
    pub authorize_url: Url,
    /// The token endpoint (RFC 6749 §3.2).
    pub token_url: Url,
    /// The revocation endpoint (RFC 7009), where the provider has one.
    pub revoke_url: Option<Url>,
    /// The base of the provider's API, for its toolset.
    pub api_url: Url,
    /// Where the API tells whose token it is, below `api_url`.
    pub userinfo_path: String,
    /// The fields of that answer that identify the account; the first that is there counts.
    #[serde(deserialize_with = "words")]
    pub account_id: Vec<String>,
    /// The fields of that answer that name the account for people.
    #[serde(deserialize_with = "words")]
    pub account_name: Vec<String>,
    /// Where a person can withdraw the app's access by hand.
    pub manage_url: Url,
    /// Months after which the person has to sign in again, whatever was refreshed since.
    pub reconnect_months: Option<u32>,
    /// Parameters that make the provider ask again when somebody reconnects.
    #[serde(default)]
    pub reauthorize: BTreeMap<String, String>,
    /// What refusals mean that the provider words in prose.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

/// What a refusal means that the provider words in prose.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// A part of the provider's sentence, in lower case.
    pub contains: String,
    /// The code of the tool's error.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it, and who has to.
    pub next_step: String,
}

impl Provider {
    pub(super) fn validate(&self, id: &str) -> Result<(), ConfigError> {
        let urls = [
            ("authorize_url", Some(&self.authorize_url)),
            ("token_url", Some(&self.token_url)),
            ("revoke_url", self.revoke_url.as_ref()),
            ("api_url", Some(&self.api_url)),
        ];
        for (field, url) in urls {
            let Some(url) = url else { continue };
            let plain = url.scheme() == "http" && is_loopback(url);
            if url.scheme() != "https" && !plain {
                return Err(ConfigError::at(
                    &format!("provider.{id}.{field}"),
                    "must be https, except on loopback",
                ));
            }
        }
        let secret = self.client_secret.as_ref().map(ExposeSecret::expose_secret);
        for (field, value) in [("client_id", self.client_id.as_deref()), ("client_secret", secret)]
        {
            if value == Some("") {
                return Err(ConfigError::at(&format!("provider.{id}.{field}"), "is empty"));
            }
        }
        Ok(())
    }
}
