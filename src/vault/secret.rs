//! Secrets that we issue: tickets, states, cookies. Only their SHA-256 is ever stored.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::clock::Clock;

/// 256 random bits behind a prefix that scanners of leaked secrets can find.
#[must_use]
pub fn mint(clock: &Clock, prefix: &str) -> SecretString {
    format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(clock.random::<32>())).into()
}

/// SHA-256: enough for what holds 256 random bits, or lives for minutes and few tries.
#[must_use]
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Compares in constant time.
#[must_use]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}
