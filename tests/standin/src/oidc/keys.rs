//! Signing keys.

use aws_lc_rs::{
    encoding::AsDer,
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::accounts::mint;

/// What a key signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA, PKCS #1 v1.5.
    Rs256,
    /// RSA, PSS.
    Ps256,
    /// ECDSA over P-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

/// A signing key with its id.
#[derive(Debug)]
pub struct Key {
    /// The id.
    pub kid: String,
    pair: Pair,
}

#[derive(Debug)]
enum Pair {
    Rsa(RsaKeyPair, Algorithm),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Key {
    /// A new key.
    ///
    /// # Panics
    /// When there is no randomness.
    #[must_use]
    pub fn new(algorithm: Algorithm) -> Self {
        let pair = match algorithm {
            Algorithm::Rs256 | Algorithm::Ps256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa2048).expect("a key");
                Pair::Rsa(pair, algorithm)
            }
            Algorithm::Es256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
                Pair::Ec(pair.expect("a key"))
            }
            Algorithm::EdDsa => Pair::Ed(Ed25519KeyPair::generate().expect("a key")),
        };
        Self { kid: mint("key-"), pair }
    }

    /// The name of its algorithm.
    #[must_use]
    pub fn algorithm(&self) -> &'static str {
        match &self.pair {
            Pair::Rsa(_, Algorithm::Ps256) => "PS256",
            Pair::Rsa(..) => "RS256",
            Pair::Ec(_) => "ES256",
            Pair::Ed(_) => "EdDSA",
        }
    }

    /// Its public half (RFC 7517).
    ///
    /// # Panics
    /// When the key is none.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &self.pair {
            Pair::Rsa(pair, _) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public_key());
                json!({"kty": "RSA", "n": encode(&public.n), "e": encode(&public.e)})
            }
            Pair::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref().split_at(33);
                let x = x.strip_prefix(&[4]).expect("an uncompressed point");
                json!({"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y)})
            }
            Pair::Ed(pair) => {
                let x = encode(pair.public_key().as_ref());
                json!({"kty": "OKP", "crv": "Ed25519", "x": x})
            }
        };
        let more = json!({"kid": self.kid, "use": "sig", "alg": self.algorithm()});
        let fields = jwk.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        jwk
    }

    /// The header of what it signs.
    #[must_use]
    pub fn header(&self) -> Value {
        json!({"alg": self.algorithm(), "kid": self.kid, "typ": "JWT"})
    }

    /// A token with this header and these claims, signed with this key whatever the header says.
    ///
    /// # Panics
    /// When it can't be signed.
    #[must_use]
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let message = message(header, claims);
        let bytes = message.as_bytes();
        let random = SystemRandom::new();
        let signature = match &self.pair {
            Pair::Rsa(pair, algorithm) => {
                let pss = *algorithm == Algorithm::Ps256;
                let padding = if pss { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, bytes, &mut signature).expect("a signature");
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, bytes).expect("a signature").as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(bytes).as_ref().to_vec(),
        };
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A token with a "signature" that anybody can make: HMAC with the public key.
    ///
    /// # Panics
    /// When the key is none.
    #[must_use]
    pub fn sign_with_public_half(&self, claims: &Value) -> String {
        let public = match &self.pair {
            Pair::Rsa(pair, _) => pair.public_key().as_der().expect("DER").as_ref().to_vec(),
            Pair::Ec(pair) => pair.public_key().as_ref().to_vec(),
            Pair::Ed(pair) => pair.public_key().as_ref().to_vec(),
        };
        let message = message(&json!({"alg": "HS256", "kid": self.kid}), claims);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &public), message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
    }
}

/// A token with no signature at all.
#[must_use]
pub fn unsigned(claims: &Value) -> String {
    format!("{}.", message(&json!({"alg": "none"}), claims))
}

fn message(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", encode(header), encode(claims))
}
