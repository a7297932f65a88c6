//! What a client says about itself, in its document or in the body of a registration
//! (RFC 7591 §2): strict where trust hangs on it, lenient elsewhere.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    AuthMethod, ClientIdUrl, GrantType, RedirectUri, UriError,
    keys::{ClientKeys, client_keys},
};
use crate::providers::clean;

/// The largest document, registration or key set that is worth reading, in bytes. Documents are
/// advised to stay within 5 KiB; key sets with certificates are larger.
pub const LARGEST_DOCUMENT: usize = 64 * 1024;
/// The most redirect URIs of one client.
const MOST_REDIRECT_URIS: usize = 10;
/// The longest name that is kept, in characters.
const LONGEST_NAME: usize = 100;

/// A client, as it describes itself. What it says of pages and logos is dropped: it would be
/// shown as ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientMetadata {
    /// What it calls itself, fit to be shown. Anybody may call themselves anything.
    pub name: Option<String>,
    /// Where people may be sent back to, at least one.
    pub redirect_uris: Vec<RedirectUri>,
    /// How it proves at the token endpoint who it is.
    pub auth_method: AuthMethod,
    /// What it will exchange for tokens, of what strangers may.
    pub grant_types: Vec<GrantType>,
    /// Its public keys.
    pub keys: Option<ClientKeys>,
    /// What kind of application it says it is: `native` or `web`.
    pub application_type: Option<&'static str>,
    /// The scopes that it will ask for, known to us or not; none when it doesn't say.
    pub scopes: Option<BTreeSet<String>>,
}

/// Why a client can't be as it describes itself, for its developer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MetadataError {
    /// No JSON, or none with fields.
    #[error("it must be a JSON object")]
    NotAnObject,
    /// No redirect URI, too many, or something else than a list of them.
    #[error("`redirect_uris` must list 1 to {MOST_REDIRECT_URIS} URIs")]
    RedirectUris,
    /// One that can't be accepted.
    #[error("`redirect_uris`: number {number} {why}")]
    RedirectUri {
        /// Which, beginning with 1.
        number: usize,
        /// What is wrong with it.
        why: UriError,
    },
    /// The document is somebody else's.
    #[error("`client_id` must be the URL that the document was fetched from, to the letter")]
    ClientId,
    /// A document that everybody can read can't have a secret.
    #[error(
        "a client with a document has no secret: its `token_endpoint_auth_method` must be \
         `none` or `private_key_jwt`, and it must not have a `client_secret`"
    )]
    Secret,
    /// A method that we don't know.
    #[error(
        "`token_endpoint_auth_method` must be `none`, `client_secret_basic`, \
         `client_secret_post` or `private_key_jwt`"
    )]
    AuthMethod,
    /// Nothing among them that a registered client can do here.
    #[error("`grant_types` must contain `authorization_code`")]
    GrantTypes,
    /// Nothing among them that we answer.
    #[error("`response_types` must contain `code`")]
    ResponseTypes,
    /// Two places for the keys (RFC 7591 §2).
    #[error("only one of `jwks` and `jwks_uri` may be there")]
    TwoKeySets,
    /// No place for the keys.
    #[error("`private_key_jwt` needs `jwks` or `jwks_uri`")]
    NoKeys,
    /// Something else than keys, none, or too many.
    #[error("`jwks` must be an object with 1 to 10 public keys in `keys`")]
    Keys,
    /// A private key, which is now known to others.
    #[error("`jwks` has a private or secret key in it: replace that key, and list the public one")]
    PrivateKey,
    /// A place that we don't fetch from.
    #[error("`jwks_uri` {0}")]
    JwksUri(UriError),
}

impl MetadataError {
    /// The error's name in the answer to a registration (RFC 7591 §3.2.2).
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::RedirectUris | Self::RedirectUri { .. } => "invalid_redirect_uri",
            _ => "invalid_client_metadata",
        }
    }
}

/// Reads the document that was fetched from `url`.
///
/// # Errors
/// When it isn't the client's own, has a secret, or says what [`check_registration`] refuses.
pub fn check_document(url: &ClientIdUrl, body: &[u8]) -> Result<ClientMetadata, MetadataError> {
    let fields = fields(body)?;
    if text(&fields, "client_id") != Some(url.as_str()) {
        return Err(MetadataError::ClientId);
    }
    let client = metadata(&fields, AuthMethod::None)?;
    if client.auth_method.has_secret() || fields.contains_key("client_secret") {
        return Err(MetadataError::Secret);
    }
    Ok(client)
}

/// Reads the body of a registration.
///
/// # Errors
/// What can't be accepted; whatever else is unknown or malformed is ignored.
pub fn check_registration(body: &[u8]) -> Result<ClientMetadata, MetadataError> {
    metadata(&fields(body)?, AuthMethod::ClientSecretBasic)
}

/// The fields that hold something.
fn fields(body: &[u8]) -> Result<Map<String, Value>, MetadataError> {
    let mut fields: Map<_, _> =
        serde_json::from_slice(body).map_err(|_| MetadataError::NotAnObject)?;
    fields.retain(|_, value| !value.is_null());
    Ok(fields)
}

fn metadata(
    fields: &Map<String, Value>,
    default_method: AuthMethod,
) -> Result<ClientMetadata, MetadataError> {
    let auth_method = match fields.get("token_endpoint_auth_method") {
        Some(method) => method.as_str().and_then(AuthMethod::from_name),
        None => Some(default_method),
    };
    let auth_method = auth_method.ok_or(MetadataError::AuthMethod)?;
    if words(fields, "response_types").is_some_and(|types| !types.contains(&"code")) {
        return Err(MetadataError::ResponseTypes);
    }
    let keys = client_keys(fields)?;
    if auth_method == AuthMethod::PrivateKeyJwt && keys.is_none() {
        return Err(MetadataError::NoKeys);
    }
    Ok(ClientMetadata {
        name: text(fields, "client_name").and_then(name),
        redirect_uris: redirect_uris(fields)?,
        auth_method,
        grant_types: grant_types(fields)?,
        keys,
        application_type: match text(fields, "application_type") {
            Some("native") => Some("native"),
            Some("web") => Some("web"),
            _ => None,
        },
        scopes: text(fields, "scope").map(scopes),
    })
}

fn name(raw: &str) -> Option<String> {
    let name: String = clean(raw).chars().take(LONGEST_NAME).collect();
    let name = name.trim_end();
    (!name.is_empty()).then(|| name.to_owned())
}

/// All of them or none: a client that lost one would fail later, and at a person's.
fn redirect_uris(fields: &Map<String, Value>) -> Result<Vec<RedirectUri>, MetadataError> {
    let listed = fields.get("redirect_uris").and_then(Value::as_array);
    let listed = listed.filter(|uris| (1..=MOST_REDIRECT_URIS).contains(&uris.len()));
    let listed = listed.ok_or(MetadataError::RedirectUris)?;
    let read = |(index, uri): (usize, &Value)| {
        let uri = uri.as_str().ok_or(MetadataError::RedirectUris)?;
        RedirectUri::parse(uri).map_err(|why| MetadataError::RedirectUri { number: index + 1, why })
    };
    listed.iter().enumerate().map(read).collect()
}

/// Clients list what they can do elsewhere, too, and that is ignored.
fn grant_types(fields: &Map<String, Value>) -> Result<Vec<GrantType>, MetadataError> {
    let Some(words) = words(fields, "grant_types") else {
        return Ok(vec![GrantType::AuthorizationCode]);
    };
    if !words.contains(&GrantType::AuthorizationCode.as_str()) {
        return Err(MetadataError::GrantTypes);
    }
    let strangers = [GrantType::AuthorizationCode, GrantType::RefreshToken];
    Ok(strangers.into_iter().filter(|grant| words.contains(&grant.as_str())).collect())
}

/// Words in the characters of a scope (RFC 6749 §3.3).
fn scopes(line: &str) -> BTreeSet<String> {
    let is_scope = |word: &&str| {
        word.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
    };
    line.split(' ').filter(|word| !word.is_empty()).filter(is_scope).map(str::to_owned).collect()
}

/// The words of a list; none if it is empty or missing, so that the default holds.
fn words<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<Vec<&'a str>> {
    let words: Vec<_> = fields.get(name)?.as_array()?.iter().filter_map(Value::as_str).collect();
    (!words.is_empty()).then_some(words)
}

pub(super) fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str()
}

#[cfg(test)]
mod tests;
