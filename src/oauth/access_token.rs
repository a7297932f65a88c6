//! Access tokens: signed JWTs (RFC 9068), one hour, for one resource.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Header, Validation, decode, decode_header, encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Identity, Realm};

use super::keys::{ALGORITHM, KeyError, SigningKeys};
use crate::{clock::Clock, identity::Scopes, store::GrantRow};

/// How long an access token lives, in seconds.
pub(super) const LIFETIME: i64 = 3600;
/// The longest token that is looked at, in bytes. Ours are far shorter.
const LONGEST: usize = 4096;
/// RFC 9068 §2.1: so that no other kind of JWT passes for one.
const TYPE: &str = "at+jwt";

/// What an access token says (RFC 9068 §2.2).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    /// The key of the identity.
    pub(super) sub: String,
    /// The resource.
    pub(super) aud: String,
    pub(super) client_id: String,
    pub(super) scope: String,
    pub(super) jti: String,
    /// The grant that it came from and ends with.
    pub(super) gid: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    /// Who speaks for `sub`, where that isn't `sub` itself (RFC 8693 §4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) act: Option<Actor>,
}

/// Whoever speaks for somebody else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Actor {
    sub: String,
}

impl Actor {
    /// The bot of a chat user, as whom `grant` was given to it.
    fn of(grant: &GrantRow) -> Option<Self> {
        let identity: Identity = grant.identity.parse().ok()?;
        let bot = Identity::new(Realm::Client, "", grant.client_id.as_str());
        (identity.realm() == Realm::Chat).then(|| Self { sub: bot.to_string() })
    }
}

/// Makes and checks them.
#[derive(Clone)]
pub(super) struct AccessTokens {
    issuer: String,
    keys: SigningKeys,
    clock: Clock,
}

impl AccessTokens {
    pub(super) fn new(issuer: String, keys: SigningKeys, clock: Clock) -> Self {
        Self { issuer, keys, clock }
    }

    /// A new token under `grant`, for `scopes` of it, and what it says.
    pub(super) fn issue(
        &self,
        grant: &GrantRow,
        scopes: Scopes,
    ) -> Result<(SecretString, Claims), KeyError> {
        let now = self.clock.now().timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            sub: grant.identity.clone(),
            aud: grant.resource.clone(),
            client_id: grant.client_id.clone(),
            scope: scopes.to_string(),
            jti: BASE64_URL_SAFE_NO_PAD.encode(self.clock.random::<16>()),
            gid: grant.id.clone(),
            iat: now,
            exp: (now + LIFETIME).min(grant.expires_at.timestamp()),
            act: Actor::of(grant),
        };
        let ring = self.keys.ring();
        let (kid, key) = ring.newest.as_ref().ok_or(sqlx::Error::RowNotFound)?;
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(kid.clone());
        Ok((encode(&header, &claims, key)?.into(), claims))
    }

    /// What `token` says, if we signed it and it lives. Whether its grant does isn't asked here.
    pub(super) async fn check(&self, token: &str) -> Option<Claims> {
        let header = (token.len() <= LONGEST).then(|| decode_header(token).ok()).flatten()?;
        if !header.typ.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case(TYPE)) {
            return None;
        }
        let ring = self.keys.ring_with(header.kid.as_deref()?).await;
        // The algorithm is ours to say, whatever the header claims.
        let mut rules = Validation::new(ALGORITHM);
        rules.set_issuer(&[&self.issuer]);
        // Both are held against our own clock and resources.
        rules.validate_exp = false;
        rules.validate_aud = false;
        let claims = decode::<Claims>(token, ring.find(header.kid.as_deref()?)?, &rules).ok()?;
        let now = self.clock.now().timestamp();
        (now < claims.claims.exp).then_some(claims.claims)
    }
}
