//! What a sign-in, and then its refresh token, is bound to.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::providers::ProviderError;

/// One sign-in: whose, as which client, and for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Binding {
    pub(super) issuer: String,
    pub(super) client_id: String,
    pub(super) resource: String,
}

impl Binding {
    /// What [`Binding::write`] wrote.
    pub(super) fn read(text: &str) -> Result<Self, ProviderError> {
        serde_json::from_str(text)
            .map_err(|_| ProviderError::Untrusted("the sign-in wasn't begun at this server"))
    }

    pub(super) fn write(&self) -> String {
        serde_json::json!(self).to_string()
    }
}

/// A refresh token that knows where it belongs. The vault keeps it as the refresh token, so that one
/// can't be sealed without the other.
pub(super) struct BoundToken {
    pub(super) binding: Binding,
    pub(super) token: SecretString,
}

#[derive(Serialize, Deserialize)]
struct Written<'a> {
    binding: Binding,
    #[serde(borrow)]
    token: Cow<'a, str>,
}

impl BoundToken {
    /// What [`BoundToken::write`] wrote; none if it is a bare token.
    pub(super) fn read(text: &SecretString) -> Option<Self> {
        let written: Written<'_> = serde_json::from_str(text.expose_secret()).ok()?;
        Some(Self { binding: written.binding, token: SecretString::from(&*written.token) })
    }

    pub(super) fn write(self) -> Result<SecretString, ProviderError> {
        let written = Written { binding: self.binding, token: self.token.expose_secret().into() };
        serde_json::to_string(&written)
            .map(SecretString::from)
            .map_err(|_| ProviderError::unavailable("the token can't be kept", None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_keeps_what_it_is_bound_to() {
        let binding = Binding {
            issuer: "https://id.example".to_owned(),
            client_id: "c".to_owned(),
            resource: "https://mcp.example/mcp".to_owned(),
        };
        let token = SecretString::from("rt-\"1\"");
        let written = BoundToken { binding: binding.clone(), token }.write().unwrap();
        let read = BoundToken::read(&written).unwrap();
        assert_eq!((read.binding, read.token.expose_secret()), (binding.clone(), "rt-\"1\""));
        assert_eq!(Binding::read(&binding.write()).unwrap(), binding);
        assert!(BoundToken::read(&SecretString::from("rt-1")).is_none());
        assert!(BoundToken::read(&SecretString::from("{\"token\":\"rt-1\"}")).is_none());
    }
}
