//! `chat.<client>`: how a bot's chat users finish linking, and how the bot is told.

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{ConfigError, choice::choice, is_loopback};

/// What stands for the one-time code in a return link.
const CODE: &str = "{code}";
/// What a webhook secret begins with, as Standard Webhooks writes it.
const SECRET: &str = "whsec_";
/// Schemes that do something else than leading somewhere.
const NO_LINKS: [&str; 6] = ["javascript", "data", "file", "blob", "vbscript", "about"];

/// How one bot's chat users finish linking. The key is the bot's client id.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chat {
    /// How the person in the browser is proven to be the person in the chat.
    #[serde(default, deserialize_with = "choice")]
    pub confirm: Confirm,
    /// The link back into the chat, with `{code}` where the one-time code goes, e.g.
    /// `https://wa.me/15551234567?text={code}`.
    pub return_link: Option<String>,
    /// Where the bot is told what became of its links and connections.
    pub webhook_url: Option<Url>,
    /// What signs these messages: `whsec_` and 24 to 64 bytes in base64.
    pub webhook_secret: Option<SecretString>,
    /// After so many days without a call a chat user has to sign in again: phone numbers are handed
    /// on to other people. 0 turns this off.
    #[serde(default = "ninety")]
    pub idle_days: u32,
}

impl Default for Chat {
    fn default() -> Self {
        Self {
            confirm: Confirm::default(),
            return_link: None,
            webhook_url: None,
            webhook_secret: None,
            idle_days: ninety(),
        }
    }
}

/// `chat.<client>.confirm`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confirm {
    /// By the one-time code on the page, given back in the same chat.
    #[default]
    Code,
    /// Not at all: whoever follows the link and signs in is taken for the person in the chat. Only
    /// where the platform itself shows links to nobody else.
    Auto,
}

impl Chat {
    /// The way back into the chat with `code`, if the operator has said one.
    #[must_use]
    pub fn return_url(&self, code: &str) -> Option<Url> {
        Url::parse(&self.return_link.as_ref()?.replace(CODE, code)).ok()
    }

    pub(super) fn validate(&self, client: &str) -> Result<(), ConfigError> {
        let refused =
            |field: &str, why: &str| Err(ConfigError::at(&format!("chat.{client}.{field}"), why));
        if let Some(link) = &self.return_link {
            let url = self.return_url("K7QM-2X9D");
            let leads = url.is_some_and(|url| !NO_LINKS.contains(&url.scheme()));
            if !link.contains(CODE) || !leads {
                return refused("return_link", "must be a link with `{code}` in it");
            }
        }
        if let Some(url) = &self.webhook_url
            && url.scheme() != "https"
            && !(url.scheme() == "http" && is_loopback(url))
        {
            return refused("webhook_url", "must be https, except on loopback");
        }
        match (&self.webhook_url, &self.webhook_secret) {
            (Some(_), None) => refused("webhook_secret", "is missing; webhook_url needs it"),
            (_, Some(secret)) if webhook_key(secret).is_none() => {
                refused("webhook_secret", "must be whsec_ and 24 to 64 bytes in base64")
            }
            _ => Ok(()),
        }
    }
}

/// The key in a webhook secret; none if it isn't one.
#[must_use]
pub fn webhook_key(secret: &SecretString) -> Option<Vec<u8>> {
    let encoded = secret.expose_secret().strip_prefix(SECRET)?;
    BASE64_STANDARD.decode(encoded).ok().filter(|key| (24..=64).contains(&key.len()))
}

fn ninety() -> u32 {
    90
}
