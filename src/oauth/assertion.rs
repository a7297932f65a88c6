//! `private_key_jwt`: a client proves itself by a JWT of its own (RFC 7523 §3), once.

use chrono::{DateTime, TimeDelta};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, dangerous::insecure_decode_claims, decode, decode_header,
    jwk::JwkSet,
};
use serde::Deserialize;
use url::Url;

use super::{OAuth, error::OAuthError};
use crate::{store::ClientRow, vault::hash};

/// The longest assertion that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;
/// The largest key set, in bytes.
const MOST_KEYS: usize = 64 * 1024;
/// The longest life of an assertion, in seconds, and how far clocks may differ.
const LIFETIME: i64 = 600;
const LEEWAY: i64 = 60;
const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
    jti: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
struct Subject {
    sub: String,
}

/// Whom an assertion names, before anything about it is believed.
pub(super) fn subject(jwt: &str) -> Option<String> {
    let short = jwt.len() <= LONGEST;
    short.then(|| insecure_decode_claims::<Subject>(jwt).ok()).flatten().map(|claims| claims.sub)
}

/// Whether `jwt` is signed by `client`, for this server, now, and for the first time.
pub(super) async fn proves(
    oauth: &OAuth,
    client: &ClientRow,
    jwt: &str,
) -> Result<bool, OAuthError> {
    let Ok(header) = decode_header(jwt) else { return Ok(false) };
    if !ALGORITHMS.contains(&header.alg) {
        return Ok(false);
    }
    let Some(keys) = keys(oauth, client, header.kid.as_deref()).await else { return Ok(false) };
    let mut rules = Validation::new(header.alg);
    // The rest is held against our own clock and names.
    rules.validate_exp = false;
    rules.validate_aud = false;
    let claims = keys.iter().find_map(|key| Some(decode::<Claims>(jwt, key, &rules).ok()?.claims));
    let Some(claims) = claims.filter(|claims| is_for_us(oauth, client, claims)) else {
        return Ok(false);
    };
    // One without a number of its own is known by all of it.
    let number = claims.jti.unwrap_or_else(|| jwt.to_owned());
    let until = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
    let number = hash(&format!("{}\0{number}", client.id));
    Ok(oauth.db().use_assertion(&number, until + TimeDelta::seconds(LEEWAY)).await?)
}

fn is_for_us(oauth: &OAuth, client: &ClientRow, claims: &Claims) -> bool {
    let now = oauth.clock().now().timestamp();
    let description = oauth.description();
    let own = [description.issuer().to_owned(), description.url("/token")];
    let is_own = |audience: &String| own.contains(audience);
    let meant = match &claims.aud {
        Audience::One(audience) => is_own(audience),
        Audience::Several(audiences) => audiences.iter().any(is_own),
    };
    let in_time = (now - LEEWAY..=now + LIFETIME).contains(&claims.exp)
        && claims.nbf.is_none_or(|nbf| nbf <= now + LEEWAY);
    meant && in_time && claims.iss == client.id && claims.sub == client.id
}

/// The client's public keys with this id, or all of them where the assertion names none.
async fn keys(oauth: &OAuth, client: &ClientRow, kid: Option<&str>) -> Option<Vec<DecodingKey>> {
    let text = match (&client.jwks, &client.jwks_uri) {
        (Some(jwks), _) => jwks.clone().into_bytes(),
        (None, Some(uri)) => {
            let uri = Url::parse(uri).ok()?;
            match oauth.guarded().get_json(&uri, MOST_KEYS).await {
                Ok(fetched) => fetched.body,
                Err(error) => {
                    tracing::warn!(%error, host = uri.host_str(), "a client's keys can't be fetched");
                    return None;
                }
            }
        }
        (None, None) => return None,
    };
    let set: JwkSet = serde_json::from_slice(&text).ok()?;
    let named = set.keys.iter().filter(|key| kid.is_none() || key.common.key_id.as_deref() == kid);
    Some(named.take(10).filter_map(|key| DecodingKey::from_jwk(key).ok()).collect())
}
