//! Whose a token is, where nobody can be asked.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::{Binding, McpServer};
use crate::providers::{Account, ProviderError, TokenAnswer, clean};

/// The longest account id that is kept, in bytes.
const LONGEST_ID: usize = 256;
/// The claims that name a person, the best first.
const NAMES: [&str; 3] = ["name", "preferred_username", "email"];

type Claims = Map<String, Value>;

impl McpServer {
    /// The account that `answer` is for: the subject of the id token, if there is one, else the one
    /// account that `identity` has there.
    pub(in crate::providers) fn account(
        &self,
        answer: &TokenAnswer,
        begun: &str,
        identity: &str,
    ) -> Result<Account, ProviderError> {
        let label = self.0.remote.label(&self.0.name);
        let Some(token) = &answer.id_token else {
            let id = Sha256::new().chain_update("remote account\0").chain_update(identity);
            let id = BASE64_URL_SAFE_NO_PAD.encode(id.finalize());
            return Ok(Account { id, name: format!("your account at {label}"), email: None });
        };
        let claims = claims(token.expose_secret());
        let claims = claims.ok_or(ProviderError::Untrusted("the id token can't be read"))?;
        check(&claims, &Binding::read(begun)?).map_err(ProviderError::Untrusted)?;
        let id = claims.get("sub").and_then(Value::as_str).filter(|id| is_id(id));
        let id = id.ok_or(ProviderError::Untrusted("the id token names nobody (sub)"))?;
        let names = NAMES.iter().filter_map(|name| claims.get(*name)?.as_str()).map(clean);
        let name = names.into_iter().find(|name| !name.is_empty());
        Ok(Account { id: id.to_owned(), name: name.unwrap_or_else(|| clean(id)), email: None })
    }
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && !id.chars().any(char::is_control)
}

/// What an id token says. It came by TLS from the issuer itself, which stands for the signature
/// (OpenID Connect Core §3.1.3.7); and it decides nothing but what the person calls the account.
fn claims(token: &str) -> Option<Claims> {
    let payload = token.split('.').nth(1)?;
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
}

fn check(claims: &Claims, binding: &Binding) -> Result<(), &'static str> {
    if claims.get("iss").and_then(Value::as_str) != Some(binding.issuer.as_str()) {
        return Err("the id token is another issuer's");
    }
    let is_for_us = match claims.get("aud") {
        Some(Value::String(one)) => *one == binding.client_id,
        Some(Value::Array(all)) => all.iter().any(|one| *one == binding.client_id.as_str()),
        _ => false,
    };
    if is_for_us { Ok(()) } else { Err("the id token is for another client") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(claims: &Value) -> Result<(), &'static str> {
        let binding = Binding {
            issuer: "https://id.example".to_owned(),
            client_id: "us".to_owned(),
            resource: "https://mcp.example".to_owned(),
        };
        let token = format!("e30.{}.x", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()));
        check(&super::claims(&token).unwrap(), &binding)
    }

    #[test]
    fn an_id_token_is_the_issuers_and_for_us() {
        assert!(checked(&json!({"iss": "https://id.example", "aud": "us"})).is_ok());
        assert!(checked(&json!({"iss": "https://id.example", "aud": ["them", "us"]})).is_ok());
        for other in [
            json!({"iss": "https://other.example", "aud": "us"}),
            json!({"iss": "https://id.example", "aud": "them"}),
            json!({"iss": "https://id.example"}),
            json!({"aud": "us"}),
        ] {
            assert!(checked(&other).is_err(), "{other}");
        }
        for nothing in ["", ".", "a.b.c", "a.e30"] {
            assert!(super::claims(nothing).is_none_or(|claims| claims.is_empty()), "{nothing}");
        }
    }
}
