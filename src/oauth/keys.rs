//! Keys that sign our access tokens: made here, kept sealed, rotated, published as a JWK set.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{Jwk, PublicKeyUse, ThumbprintHash},
};
use serde_json::{Value, json};
use tokio::{sync::Mutex, time::Instant};
use zeroize::Zeroizing;

use crate::{
    clock::Clock,
    store::{Db, SigningKeyRow},
    vault::{Place, SealError, Vault},
};

/// Ed25519: the cheapest to check of those that every JWT library knows.
pub(super) const ALGORITHM: Algorithm = Algorithm::EdDSA;
/// The oldest key that signs.
const LIFETIME: TimeDelta = TimeDelta::days(90);
/// How long a retired key is published: longer than anything lives that it signed.
const OVERLAP: TimeDelta = TimeDelta::days(1);
/// How often strangers can make us look for a key that isn't known.
const PAUSE: Duration = Duration::from_secs(1);
/// What comes before an Ed25519 seed in PKCS#8 (RFC 8410 §7).
const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// The keys. Clones share them.
#[derive(Clone)]
pub struct SigningKeys {
    db: Db,
    vault: Vault,
    clock: Clock,
    ring: Arc<RwLock<Arc<Ring>>>,
    /// When they were last read because somebody named one that isn't known.
    looked_at: Arc<Mutex<Option<Instant>>>,
}

/// The keys as they were when they were last read.
#[derive(Default)]
pub(super) struct Ring {
    /// The one that signs, with its id.
    pub(super) newest: Option<(String, EncodingKey)>,
    checking: Vec<(String, DecodingKey)>,
    /// The public keys, as `jwks.json` gives them (RFC 7517 §5).
    pub(super) jwks: Value,
}

impl Ring {
    /// The key with this id.
    pub(super) fn find(&self, kid: &str) -> Option<&DecodingKey> {
        self.checking.iter().find(|(known, _)| known == kid).map(|(_, key)| key)
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The database failed.
    #[error("can't read or write the signing keys")]
    Db(#[from] sqlx::Error),
    /// The master key doesn't open one.
    #[error("a signing key doesn't open: {0}")]
    Seal(#[from] SealError),
    /// A key can't be made or read.
    #[error("a signing key can't be used: {0}")]
    Key(#[from] jsonwebtoken::errors::Error),
    /// A public key can't be written or read.
    #[error("a public key can't be used: {0}")]
    Json(#[from] serde_json::Error),
}

impl SigningKeys {
    /// The keys in `db`; the first one is made now if there is none.
    ///
    /// # Errors
    /// When the database fails or a key doesn't open.
    pub async fn load(db: Db, vault: Vault, clock: Clock) -> Result<Self, KeyError> {
        let keys = Self { db, vault, clock, ring: Arc::default(), looked_at: Arc::default() };
        keys.rotate_if_old().await?;
        keys.reload().await?;
        Ok(keys)
    }

    /// Makes a new key if the newest is too old, and forgets those that nothing needs.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_if_old(&self) -> Result<(), KeyError> {
        let now = self.clock.now();
        let newest = self.db.signing_keys().await?.into_iter().map(|key| key.created_at).next();
        if newest.is_none_or(|made| made + LIFETIME <= now) {
            self.rotate(now - LIFETIME).await?;
        }
        Ok(self.db.forget_signing_keys(now - OVERLAP).await?)
    }

    /// Makes a new key that signs from now on, unless somebody made one since `unless_since`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate(&self, unless_since: DateTime<Utc>) -> Result<(), KeyError> {
        let seed = Zeroizing::new(self.clock.random::<32>());
        let private = Zeroizing::new([PKCS8.as_slice(), seed.as_slice()].concat());
        let key = EncodingKey::from_ed_der(&private);
        let mut public = Jwk::from_encoding_key(&key, ALGORITHM)?;
        let kid = public.thumbprint(ThumbprintHash::SHA256)?;
        public.common.key_id = Some(kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let row = SigningKeyRow {
            sealed_private: self.vault.sealer().seal(place(&kid), &private)?,
            public_jwk: serde_json::to_string(&public)?,
            kid,
            created_at: self.clock.now(),
            retired_at: None,
        };
        if self.db.rotate_signing_key(&row, unless_since).await? {
            tracing::info!(kid = row.kid, "a new key signs access tokens");
        }
        self.reload().await
    }

    /// Reads the keys again.
    ///
    /// # Errors
    /// When the database fails or a key doesn't open.
    pub async fn reload(&self) -> Result<(), KeyError> {
        let mut ring = Ring::default();
        let mut published = Vec::new();
        for row in self.db.signing_keys().await? {
            let public: Jwk = serde_json::from_str(&row.public_jwk)?;
            ring.checking.push((row.kid.clone(), DecodingKey::from_jwk(&public)?));
            published.push(serde_json::to_value(&public)?);
            if row.retired_at.is_none() && ring.newest.is_none() {
                let private = self.vault.sealer().open(place(&row.kid), &row.sealed_private)?;
                ring.newest = Some((row.kid, EncodingKey::from_ed_der(&private)));
            }
        }
        ring.jwks = json!({ "keys": published });
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(())
    }

    /// The keys, read again if `kid` isn't among them: another replica may have made it just now.
    pub(super) async fn ring_with(&self, kid: &str) -> Arc<Ring> {
        let ring = self.ring();
        if ring.find(kid).is_some() {
            return ring;
        }
        let mut looked_at = self.looked_at.lock().await;
        if looked_at.is_none_or(|at| at.elapsed() >= PAUSE) {
            *looked_at = Some(Instant::now());
            if let Err(error) = self.reload().await {
                tracing::warn!(%error, "can't look for a newer signing key");
            }
        }
        self.ring()
    }

    /// The keys as they were last read.
    pub(super) fn ring(&self) -> Arc<Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn place(kid: &str) -> Place<'_> {
    Place { table: "signing_keys", row: kid, field: "sealed_private", version: 1 }
}
