//! Whether an id token says what it says (OpenID Connect Core §3.1.3.7).

use chrono::{DateTime, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header,
    jwk::{Jwk, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The algorithms that are believed: those with a public key. HMAC isn't among them, because the
/// public key itself would do for that; nor is `none`, which isn't even parsed.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];
/// The most keys that are kept of an issuer.
const MOST_KEYS: usize = 50;
/// How far an issuer's clock may be off, in seconds.
const LEEWAY: f64 = 60.0;

/// The header of `token`, if the signature may be looked at.
pub(super) fn header(token: &str) -> Result<Header, &'static str> {
    let header = decode_header(token).map_err(|_| "the id token can't be read")?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err("the id token's algorithm isn't one with a public key");
    }
    // Whatever it demands to be understood (RFC 7515 §4.1.11) isn't.
    if header.crit.is_some() { Err("the id token demands an extension") } else { Ok(header) }
}

/// The keys that an issuer signs with (RFC 7517 §5).
pub(super) struct Keys(Vec<Jwk>);

impl Keys {
    /// Reads a key set. A key of an unknown kind is left out, as RFC 7517 §5 wishes.
    pub(super) fn read(body: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(body).ok()?;
        let keys = set.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Some(Self(keys.filter(may_sign).take(MOST_KEYS).collect()))
    }

    /// The claims of `token`, if one of these keys has signed it.
    pub(super) fn open(&self, token: &str, header: &Header) -> Option<Map<String, Value>> {
        let mut fitting = self.0.iter().filter(|key| fits(key, header));
        let key = fitting.next()?;
        // A token that doesn't say which of several keys is of none (Core §10.1).
        if fitting.next().is_some() {
            return None;
        }
        // The claims are checked below, by our own clock.
        let mut signature_alone = Validation::new(header.alg);
        signature_alone.required_spec_claims.clear();
        signature_alone.validate_exp = false;
        signature_alone.validate_aud = false;
        let decoded = decode(token, &DecodingKey::from_jwk(key).ok()?, &signature_alone);
        decoded.ok().map(|decoded| decoded.claims)
    }
}

fn may_sign(key: &Jwk) -> bool {
    let (usage, operations) = (&key.common.public_key_use, &key.common.key_operations);
    usage.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        && operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify))
}

fn fits(key: &Jwk, header: &Header) -> bool {
    let named = header.kid.is_none() || key.common.key_id == header.kid;
    let meant = key.common.key_algorithm.is_none_or(|meant| meant == header.alg.into());
    named
        && meant
        && DecodingKey::from_jwk(key).is_ok_and(|key| key.family() == header.alg.family())
}

/// What an id token has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    /// What the authorization request carried.
    pub(super) nonce: Option<&'a str>,
    pub(super) now: DateTime<Utc>,
}

/// Whether `claims` are for us, from where we asked, for this sign-in and for now. The error is
/// the first thing that is wrong.
pub(super) fn check(
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(expected.issuer) {
        return Err("the id token is another issuer's (iss)");
    }
    let audiences = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one.as_str()],
        _ => Vec::new(),
    };
    if !audiences.contains(&expected.client_id) {
        return Err("the id token is for another client (aud)");
    }
    // Of several audiences one has asked for it; that has to be us.
    let party = claims.get("azp");
    if (audiences.len() > 1 || party.is_some()) && text("azp") != Some(expected.client_id) {
        return Err("the id token was made for another client (azp)");
    }
    let now = expected.now.timestamp();
    let seconds = |name: &str| claims.get(name).and_then(Value::as_f64);
    #[expect(clippy::cast_precision_loss, reason = "exact for the next 285 million years")]
    let now = now as f64;
    if seconds("exp").is_none_or(|end| end + LEEWAY <= now) {
        return Err("the id token has expired (exp)");
    }
    if seconds("iat").is_none_or(|begin| begin - LEEWAY > now)
        || seconds("nbf").is_some_and(|begin| begin - LEEWAY > now)
    {
        return Err("the id token isn't valid yet (iat, nbf)");
    }
    if expected.nonce.is_some_and(|nonce| text("nonce") != Some(nonce)) {
        return Err("the id token is another sign-in's (nonce)");
    }
    if text("sub").is_none_or(str::is_empty) {
        return Err("the id token names nobody (sub)");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
