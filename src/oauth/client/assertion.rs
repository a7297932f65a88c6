//! `private_key_jwt`: a client proves itself by a JWT of its own (RFC 7523 §3), once.

use chrono::{DateTime, TimeDelta};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, dangerous::insecure_decode_claims, decode,
    decode_header, jwk::Jwk,
};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::{OAuth, keys::signing_keys};
use crate::{oauth::error::OAuthError, store::ClientRow, vault::hash};

/// The longest assertion that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;
/// The longest life of an assertion, in seconds, and how far clocks may differ.
const LIFETIME: i64 = 600;
const LEEWAY: i64 = 60;
/// The same for an assertion about a chat user, which is made for one request.
const CHAT_LIFETIME: i64 = 60;
const CHAT_LEEWAY: i64 = 10;
const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA];

#[derive(Clone, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    nbf: Option<i64>,
    jti: Option<String>,
}

/// What a bot says of a chat user.
#[derive(Clone, Deserialize)]
pub(in crate::oauth) struct ChatClaims {
    iss: String,
    /// The chat user's id.
    pub(in crate::oauth) sub: String,
    /// What the bot calls them.
    pub(in crate::oauth) name: Option<String>,
    aud: Audience,
    iat: i64,
    exp: i64,
    jti: String,
}

#[derive(Clone, Deserialize)]
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
#[must_use]
pub fn read_subject(jwt: &str) -> Option<String> {
    let short = jwt.len() <= LONGEST;
    short.then(|| insecure_decode_claims::<Subject>(jwt).ok()).flatten().map(|claims| claims.sub)
}

/// Whether `jwt` is signed by `client`, for this server, now, and for the first time.
pub(super) async fn proves(
    oauth: &OAuth,
    client: &ClientRow,
    jwt: &str,
) -> Result<bool, OAuthError> {
    let claims: Option<Claims> = signed(oauth, client, jwt).await?;
    let Some(claims) = claims.filter(|claims| is_for_us(oauth, client, claims)) else {
        return Ok(false);
    };
    // One without a number of its own is known by what was signed: of one signature of ECDSA
    // anybody can make a second one that is as good.
    let what = jwt.rsplit_once('.').map_or(jwt, |(what, _)| what);
    let number = claims.jti.as_deref().unwrap_or(what);
    let until = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
    let number = hash(&format!("{}\0{number}", client.id));
    Ok(oauth.db().use_assertion(&number, until + TimeDelta::seconds(LEEWAY)).await?)
}

/// What `client` says in `jwt` of a chat user, if it has signed that for `resource`, just now, and for
/// the first time. The audience keeps this apart from the proofs of the client itself.
pub(in crate::oauth) async fn chat_assertion(
    oauth: &OAuth,
    client: &ClientRow,
    jwt: &str,
    resource: &str,
) -> Result<Option<ChatClaims>, OAuthError> {
    if jwt.len() > LONGEST {
        return Ok(None);
    }
    let claims: Option<ChatClaims> = signed(oauth, client, jwt).await?;
    let now = oauth.clock().now().timestamp();
    let claims = claims.filter(|claims| {
        let life = claims.exp.saturating_sub(claims.iat);
        let lives = now < claims.exp.saturating_add(CHAT_LEEWAY)
            && claims.iat <= now.saturating_add(CHAT_LEEWAY);
        let meant = matches!(&claims.aud, Audience::One(audience) if audience == resource);
        claims.iss == client.id && meant && lives && (1..=CHAT_LIFETIME).contains(&life)
    });
    let Some(claims) = claims else { return Ok(None) };
    let number = hash(&format!("chat\0{}\0{}", client.id, claims.jti));
    let until = DateTime::from_timestamp(claims.exp, 0).unwrap_or_default();
    let first = oauth.db().use_assertion(&number, until + TimeDelta::seconds(LEEWAY)).await?;
    Ok(first.then_some(claims))
}

/// The claims, if one of the client's keys has signed them. Keys that can't be had are no reason to
/// send the client away for good.
async fn signed<C: DeserializeOwned + Clone>(
    oauth: &OAuth,
    client: &ClientRow,
    jwt: &str,
) -> Result<Option<C>, OAuthError> {
    let Ok(header) = decode_header(jwt) else { return Ok(None) };
    // Whatever it demands to be understood (RFC 7515 §4.1.11) isn't.
    if !ALGORITHMS.contains(&header.alg) || header.crit.is_some() {
        return Ok(None);
    }
    if let Some(keys) = &client.jwks {
        let keys = serde_json::from_str(keys).map(|keys| signing_keys(&keys));
        return Ok(keys.ok().and_then(|keys| opened(&keys, jwt, &header)));
    }
    let Some(uri) = client.jwks_uri.as_deref().and_then(|uri| Url::parse(uri).ok()) else {
        return Ok(None);
    };
    let keys = oauth.fetched_keys().get(&uri).await.ok_or_else(|| {
        let why = "The client's keys can't be fetched. Try again in a few seconds.";
        OAuthError::new("temporarily_unavailable", why)
    })?;
    if let Some(claims) = opened(&keys, jwt, &header) {
        return Ok(Some(claims));
    }
    // The keys may have been rotated.
    let renewed = oauth.fetched_keys().renewed(&uri).await;
    Ok(renewed.and_then(|keys| opened(&keys, jwt, &header)))
}

fn opened<C: DeserializeOwned + Clone>(keys: &[Jwk], jwt: &str, header: &Header) -> Option<C> {
    let mut rules = Validation::new(header.alg);
    // The rest is held against our own clock and names.
    rules.validate_exp = false;
    rules.validate_aud = false;
    let named = |key: &&Jwk| header.kid.is_none() || key.common.key_id == header.kid;
    keys.iter().filter(named).find_map(|key| {
        let key = DecodingKey::from_jwk(key).ok()?;
        Some(decode::<C>(jwt, &key, &rules).ok()?.claims)
    })
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

#[cfg(test)]
mod tests {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::read_subject;

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,200}", parts in any::<[Vec<u8>; 3]>()) {
            let _ = read_subject(&text);
            let _ = read_subject(&parts.map(|part| BASE64_URL_SAFE_NO_PAD.encode(part)).join("."));
        }

        #[test]
        fn whom_it_names_is_read_before_it_is_believed(name in ".{1,40}") {
            let part = |json: serde_json::Value| BASE64_URL_SAFE_NO_PAD.encode(json.to_string());
            let header = part(serde_json::json!({"alg": "ES256"}));
            let claims = part(serde_json::json!({"sub": name}));
            prop_assert_eq!(read_subject(&format!("{header}.{claims}.AAAA")), Some(name));
        }
    }
}
