//! Signed tokens: what ours say, and such as whoever forges or proves something would make.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header, encode,
    jwk::{Jwk, PublicKeyUse},
};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use stagepass::vault::{Place, unlock};

use super::TestApp;

/// What a JWT says, whoever signed it.
pub(crate) fn claims_of(token: &str) -> Value {
    part(token, 1)
}

/// Its header.
pub(crate) fn header_of(token: &str) -> Value {
    part(token, 0)
}

fn part(token: &str, number: usize) -> Value {
    let encoded = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
}

/// The server's own signing key, as a thief would have it.
pub(crate) struct ServerKey {
    kid: String,
    key: EncodingKey,
    /// It, as it must be nowhere.
    pub(crate) private: Vec<u8>,
    /// The public half, as it is published.
    pub(crate) public: Value,
}

impl ServerKey {
    pub(crate) async fn of(app: &TestApp) -> Self {
        let db = app.db().await;
        let row = db.signing_keys().await.unwrap().remove(0);
        let sealer = unlock(&app.config(), &db, &app.clock).await.unwrap();
        let (table, field) = ("signing_keys", "sealed_private");
        let place = Place { table, row: &row.kid, field, version: 1 };
        let private = sealer.open(place, &row.sealed_private).unwrap();
        db.close().await;
        Self {
            kid: row.kid,
            key: EncodingKey::from_ed_der(&private),
            private: private.to_vec(),
            public: serde_json::from_str(&row.public_jwk).unwrap(),
        }
    }

    /// The header of its tokens.
    pub(crate) fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(self.kid.clone());
        header
    }

    pub(crate) fn sign(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.key).unwrap()
    }
}

/// A key of a client that has no secret.
pub(crate) struct ClientKey {
    algorithm: Algorithm,
    kid: String,
    key: EncodingKey,
}

impl ClientKey {
    /// A new one for `algorithm`: RS256, PS256, ES256 or `EdDSA`.
    pub(crate) fn new(algorithm: Algorithm, kid: &str) -> Self {
        let pair = |kind| KeyPair::generate_for(kind).unwrap().serialize_der();
        let key = match algorithm {
            Algorithm::ES256 => EncodingKey::from_ec_der(&pair(&PKCS_ECDSA_P256_SHA256)),
            // PKCS #8 as it was before it held public keys (RFC 8410 §7): any 32 bytes are a key.
            Algorithm::EdDSA => {
                let head = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
                EncodingKey::from_ed_der(&[head.as_slice(), &Sha256::digest(kid)].concat())
            }
            // PKCS #8 of 2048 bits begins with 26 bytes that say it is RSA (RFC 5208 §5).
            _ => EncodingKey::from_rsa_der(&pair(&PKCS_RSA_SHA256)[26..]),
        };
        Self { algorithm, kid: kid.to_owned(), key }
    }

    /// The public half.
    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
        jwk.common.key_id = Some(self.kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        serde_json::to_value(jwk).unwrap()
    }

    /// A set of this one alone.
    pub(crate) fn set(&self) -> Value {
        json!({"keys": [self.jwk()]})
    }

    pub(crate) fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid.clone());
        header
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_with(&self.header(), claims)
    }

    pub(crate) fn sign_with(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.key).unwrap()
    }
}
