//! What a remote is shown so that it serves somebody. Nothing of what a client showed us is among it.

use std::sync::Arc;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue, InvalidHeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use stagepass_kit::{AccessToken, Caller};

use crate::{Answers, link::Whose};

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
/// What stands in its place.
const REMOVED: &str = "[removed]";

/// What one request shows.
#[derive(Debug, Default)]
pub(crate) struct Credential {
    header: Option<(HeaderName, HeaderValue)>,
    /// What mustn't come back in an answer, and what was shown before on the same line.
    secrets: Vec<SecretString>,
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
        Ok(Self { header, secrets: vec![bare.to_owned().into()], connection: None })
    }

    /// Somebody's access token.
    pub(crate) fn bearer(token: &AccessToken) -> Result<Self, InvalidHeaderValue> {
        let value = sensitive(&format!("Bearer {}", token.expose()))?;
        Ok(Self {
            header: Some((AUTHORIZATION, value)),
            secrets: vec![token.expose().to_owned().into()],
            connection: Some(token.connection().clone()),
        })
    }

    /// The same, shown on a line where `before` was shown.
    pub(crate) fn after(mut self, before: Self) -> Self {
        let is_new = |old: &SecretString| {
            self.secrets.iter().all(|own| own.expose_secret() != old.expose_secret())
        };
        let old: Vec<_> = before.secrets.into_iter().filter(is_new).collect();
        self.secrets.extend(old);
        self
    }

    /// Whom it stands for: `caller`, with the account that it is of, by a client that can answer this.
    pub(crate) fn whose(&self, caller: &Caller, answers: Answers) -> Whose {
        let (identity, connection) = (caller.identity().clone(), self.connection.clone());
        Whose { identity, connection, answers }
    }

    pub(crate) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        self.header.clone()
    }

    /// The JSON in `text` without what was shown: a remote that repeats it would tell it to a model.
    pub(crate) fn parse(&self, mut text: String) -> serde_json::Result<Value> {
        let secrets = self.secrets.iter().map(ExposeSecret::expose_secret);
        let secrets = secrets.filter(|secret| secret.len() >= SHORTEST_SECRET);
        for secret in secrets.clone() {
            if text.contains(secret) {
                text = text.replace(secret, REMOVED);
            }
        }
        let mut value = serde_json::from_str(&text)?;
        // Some write a slash as `\/`.
        if text.contains('\\') {
            secrets.for_each(|secret| remove(secret, &mut value));
        }
        Ok(value)
    }
}

fn remove(secret: &str, value: &mut Value) {
    match value {
        Value::String(text) if text.contains(secret) => *text = text.replace(secret, REMOVED),
        Value::Array(items) => items.iter_mut().for_each(|item| remove(secret, item)),
        Value::Object(fields) => fields.values_mut().for_each(|field| remove(secret, field)),
        _ => {}
    }
}

fn sensitive(text: &str) -> Result<HeaderValue, InvalidHeaderValue> {
    let mut value = HeaderValue::from_str(text)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_removed_however_json_writes_it() {
        let shown = Credential::fixed(&AUTHORIZATION, &"Bearer canary/+12345".into()).unwrap();
        for written in ["canary/+12345", r"canary\/+12345", r"c\u0061nary/\u002b12345"] {
            let said = shown.parse(format!(r#"{{"a": [{{"b": "I got {written}."}}]}}"#)).unwrap();
            assert_eq!(said, serde_json::json!({"a": [{"b": "I got [removed]."}]}), "{written}");
        }
    }
}
