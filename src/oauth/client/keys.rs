//! A client's public keys, with which it signs instead of having a secret (RFC 7517).

use jsonwebtoken::jwk::{Jwk, PublicKeyUse};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;

use super::{ClientIdUrl, MetadataError, metadata::text};

/// The most keys of one client.
const MOST: usize = 10;
/// What only a private or a symmetric key has (RFC 7518 §6).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// A client's public keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientKeys {
    /// The JWK set itself.
    Set(Value),
    /// Where the JWK set is, a URL for the guarded client.
    At(Url),
}

/// Reads a JWK set that was fetched from a client's `jwks_uri`.
///
/// # Errors
/// When it isn't a set of 1 to 10 keys, or one of them is no public key.
pub fn check_keys(body: &[u8]) -> Result<Value, MetadataError> {
    let set = serde_json::from_slice(body).map_err(|_| MetadataError::Keys)?;
    ensure_public(&set)?;
    Ok(set)
}

pub(super) fn client_keys(
    fields: &Map<String, Value>,
) -> Result<Option<ClientKeys>, MetadataError> {
    match (fields.get("jwks"), fields.get("jwks_uri")) {
        (Some(_), Some(_)) => Err(MetadataError::TwoKeySets),
        (Some(set), None) => {
            ensure_public(set)?;
            Ok(Some(ClientKeys::Set(set.clone())))
        }
        (None, Some(_)) => {
            let url = ClientIdUrl::parse(text(fields, "jwks_uri").unwrap_or_default());
            let url = url.map_err(MetadataError::JwksUri)?;
            Ok(Some(ClientKeys::At(url.url().clone())))
        }
        (None, None) => Ok(None),
    }
}

/// Those that a signature can be checked with. One of an unknown kind is left out, as RFC 7517 §5
/// wishes.
pub(super) fn signing_keys(set: &Value) -> Vec<Jwk> {
    let keys = set.get("keys").and_then(Value::as_array).into_iter().flatten();
    let keys = keys.filter_map(|key| Jwk::deserialize(key).ok());
    keys.filter(|key| {
        key.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
    })
    .collect()
}

fn ensure_public(set: &Value) -> Result<(), MetadataError> {
    let keys = set.get("keys").and_then(Value::as_array);
    let keys = keys.filter(|keys| (1..=MOST).contains(&keys.len())).ok_or(MetadataError::Keys)?;
    for key in keys {
        let key = key.as_object().ok_or(MetadataError::Keys)?;
        if PRIVATE.iter().any(|part| key.contains_key(*part)) {
            return Err(MetadataError::PrivateKey);
        }
    }
    Ok(())
}
