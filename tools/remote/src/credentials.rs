//! What a remote is shown so that it serves somebody. Nothing of what a client showed us is among it.

use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue, InvalidHeaderValue};
use secrecy::{ExposeSecret, SecretString};
use stagepass_kit::{AccessToken, Caller};

use crate::link::Whose;

/// How a remote knows whom it serves.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// It doesn't ask.
    None,
    /// A header with a secret that stands for this server, whoever calls.
    Header(HeaderName, SecretString),
    /// The access token of the caller at the provider of this id.
    Provider(Arc<str>),
}

/// A secret shorter than this is taken for a word that answers may hold.
const SHORTEST_SECRET: usize = 8;

/// What one request shows.
#[derive(Debug, Default)]
pub(crate) struct Credential {
    header: Option<(HeaderName, HeaderValue)>,
    /// What mustn't come back in an answer.
    secret: Option<SecretString>,
    /// The connection that it came from.
    connection: Option<Arc<str>>,
}

impl Credential {
    /// A static header.
    pub(crate) fn fixed(
        name: &HeaderName,
        secret: &SecretString,
    ) -> Result<Self, InvalidHeaderValue> {
        let text = secret.expose_secret();
        let bare = text.split_once(' ').map_or(text, |(_, bare)| bare);
        let value = sensitive(text)?;
        let header = Some((name.clone(), value));
        Ok(Self { header, secret: Some(bare.to_owned().into()), connection: None })
    }

    /// Somebody's access token.
    pub(crate) fn bearer(token: &AccessToken) -> Result<Self, InvalidHeaderValue> {
        let value = sensitive(&format!("Bearer {}", token.expose()))?;
        Ok(Self {
            header: Some((AUTHORIZATION, value)),
            secret: Some(token.expose().to_owned().into()),
            connection: Some(token.connection().clone()),
        })
    }

    /// Whom it stands for: `caller`, with the account that it is of.
    pub(crate) fn whose(&self, caller: &Caller) -> Whose {
        Whose { identity: caller.identity().clone(), connection: self.connection.clone() }
    }

    pub(crate) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        self.header.clone()
    }

    /// `text` without what was shown: a remote that repeats it would tell it to a model.
    pub(crate) fn removed_from(&self, text: String) -> String {
        let secret = self.secret.as_ref().map(ExposeSecret::expose_secret);
        match secret.filter(|secret| secret.len() >= SHORTEST_SECRET) {
            Some(secret) if text.contains(secret) => text.replace(secret, "[removed]"),
            _ => text,
        }
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}
