//! `access`: who may come in.

use serde::Deserialize;

use super::{Config, ConfigError, is_loopback, words::Words};

/// Who may come in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// See [`Allow`].
    #[serde(default)]
    pub allow: Allow,
}

/// `access.allow`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Words")]
pub enum Allow {
    /// The person who claimed this server.
    #[default]
    Owner,
    /// Anybody who can sign in.
    Open,
    /// Sign-in is off, and whoever reaches the server is its owner: on loopback only.
    Local,
    /// These accounts and e-mail domains.
    Listed(Vec<String>),
}

impl From<Words> for Allow {
    fn from(Words(words): Words) -> Self {
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["owner"] => Self::Owner,
            ["open"] => Self::Open,
            ["local"] => Self::Local,
            _ => Self::Listed(words),
        }
    }
}

/// Whether `entry` names somebody: `provider:account`, an e-mail address, or `@domain`.
#[must_use]
pub fn is_entry(entry: &str) -> bool {
    let (account, email) = (entry.split_once(':'), entry.split_once('@'));
    account.is_some_and(|(provider, id)| !provider.is_empty() && !id.is_empty())
        || email.is_some_and(|(_, domain)| domain.contains('.') && !domain.contains('@'))
}

impl Access {
    /// Sign-in may be off only where nobody but this machine's people can come.
    pub(super) fn validate(&self, config: &Config) -> Result<(), ConfigError> {
        if let Allow::Listed(entries) = &self.allow
            && (entries.is_empty() || !entries.iter().all(|entry| is_entry(entry)))
        {
            return Err(ConfigError::at(
                "access.allow",
                "must be \"owner\", \"open\" or \"local\", or list accounts (provider:id), e-mail \
                 addresses and domains (@example.com)",
            ));
        }
        if self.allow != Allow::Local {
            return Ok(());
        }
        if !config.listen.ip().is_loopback() {
            return Err(ConfigError::at(
                "listen",
                "must be a loopback address while access.allow is \"local\", which turns sign-in off",
            ));
        }
        if !is_loopback(&config.public_url) {
            return Err(ConfigError::at(
                "public_url",
                "must be loopback while access.allow is \"local\", which turns sign-in off",
            ));
        }
        Ok(())
    }
}
