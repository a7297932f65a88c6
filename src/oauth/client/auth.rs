//! Which client is asking, and its proof (RFC 6749 §2.3, RFC 7523 §2.2).

use axum::http::{HeaderMap, HeaderValue, header::AUTHORIZATION};
use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use url::form_urlencoded;

use super::{AuthMethod, Client, OAuth, assertion};
use crate::{
    audit::Entry,
    oauth::{error::OAuthError, parameters::Parameters},
    vault::{hash, same},
    web::address::ClientAddress,
};

/// RFC 7523 §2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// How a client proves itself in one request.
enum Proof<'a> {
    /// Not at all: a public client.
    None,
    /// By its secret, in the header or the form.
    Secret(SecretString),
    /// By a JWT that it signed.
    Assertion(&'a str),
}

impl OAuth {
    /// The client that sent `form`, proven as it was registered.
    pub(in crate::oauth) async fn authenticate(
        &self,
        headers: &HeaderMap,
        form: &Parameters,
        address: ClientAddress,
    ) -> Result<Client, OAuthError> {
        let (id, proof) = read(headers, form)?;
        let client = self.find_client(&id).await?;
        let proven = match &client {
            Some(client) => self.proves(client, &proof).await?,
            None => false,
        };
        let mut entry = Entry::refused("client.authenticated", "invalid_client");
        if let Some(client) = client {
            if proven {
                self.count("token", &client).map_err(OAuthError::too_many)?;
                return Ok(client);
            }
            entry = entry.client(client.id());
        }
        self.audit().refused(entry.address(address.0)).await;
        Err(OAuthError::invalid_client())
    }

    async fn proves(&self, client: &Client, proof: &Proof<'_>) -> Result<bool, OAuthError> {
        let row = client.row();
        let Some(method) = AuthMethod::from_name(&row.auth_method) else { return Ok(false) };
        match (method, proof) {
            (AuthMethod::None, Proof::None) => Ok(true),
            // Both carry the same secret, and clients take one for the other.
            (method, Proof::Secret(secret)) if method.has_secret() => {
                let known = row.secret_hash.as_deref().unwrap_or_default();
                Ok(same(&hash(secret.expose_secret()), known))
            }
            (AuthMethod::PrivateKeyJwt, Proof::Assertion(jwt)) => {
                assertion::proves(self, row, jwt).await
            }
            _ => Ok(false),
        }
    }
}

fn read<'a>(headers: &HeaderMap, form: &'a Parameters) -> Result<(String, Proof<'a>), OAuthError> {
    let named = form.get("client_id").map(str::to_owned);
    let in_header = match headers.get(AUTHORIZATION).map(read_basic) {
        None => None,
        Some(Ok(pair)) => pair,
        Some(Err(Unreadable)) => {
            return Err(OAuthError::invalid_request("The Authorization header can't be read."));
        }
    };
    let (secret, assertion) = (form.get("client_secret"), form.get("client_assertion"));
    let ways = [in_header.is_some(), secret.is_some(), assertion.is_some()];
    if ways.into_iter().filter(|used| *used).count() > 1 {
        return Err(OAuthError::invalid_request("Prove the client in one way, not in several."));
    }
    let (id, proof) = match (in_header, secret, assertion) {
        (Some((id, secret)), ..) => (Some(id), Proof::Secret(secret)),
        (_, Some(secret), _) => (named.clone(), Proof::Secret(secret.to_owned().into())),
        (.., Some(jwt)) => {
            if form.get("client_assertion_type") != Some(JWT_BEARER) {
                return Err(OAuthError::invalid_request(
                    "client_assertion_type is missing or unknown.",
                ));
            }
            (assertion::read_subject(jwt), Proof::Assertion(jwt))
        }
        _ => (named.clone(), Proof::None),
    };
    let id = id.ok_or_else(OAuthError::invalid_client)?;
    if named.is_some_and(|named| named != id) {
        return Err(OAuthError::invalid_request("Two different clients are named."));
    }
    Ok((id, proof))
}

/// An `Authorization` header that can't be read.
#[derive(Debug)]
pub struct Unreadable;

/// The client id and secret in an `Authorization` header of HTTP Basic, each form-encoded (RFC 6749
/// §2.3.1). None where it isn't Basic.
///
/// # Errors
/// When it is none of the two.
pub fn read_basic(header: &HeaderValue) -> Result<Option<(String, SecretString)>, Unreadable> {
    let text = header.to_str().map_err(|_| Unreadable)?;
    let (scheme, encoded) = text.split_once(' ').ok_or(Unreadable)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Ok(None);
    }
    let decoded = BASE64_STANDARD.decode(encoded.trim()).map_err(|_| Unreadable)?;
    let decoded = String::from_utf8(decoded).map_err(|_| Unreadable)?;
    let (id, secret) = decoded.split_once(':').ok_or(Unreadable)?;
    Ok(Some((plain(id), plain(secret).into())))
}

fn plain(encoded: &str) -> String {
    // A lone name without a value reads back as the name, decoded.
    form_urlencoded::parse(encoded.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(header: &[u8]) -> Result<Option<(String, SecretString)>, Unreadable> {
        HeaderValue::from_bytes(header).map_or(Ok(None), |value| read_basic(&value))
    }

    proptest! {
        #[test]
        fn no_header_makes_the_reader_panic(scheme in "(?i)basic|bearer|.{0,6}", rest in any::<Vec<u8>>()) {
            let _ = read(&[scheme.as_bytes(), b" ", &rest].concat());
            let _ = read(format!("{scheme} {}", BASE64_STANDARD.encode(&rest)).as_bytes());
        }

        #[test]
        fn what_was_encoded_is_read(id in "[a-z:&=+% é]{1,12}", secret in ".{0,12}") {
            let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = BASE64_STANDARD.encode(format!("{}:{}", encoded(&id), encoded(&secret)));
            let (read_id, read_secret) = read(format!("Basic {pair}").as_bytes()).unwrap().unwrap();
            prop_assert_eq!((read_id, read_secret.expose_secret()), (id, secret.as_str()));
        }
    }
}
