//! AES-256-GCM with the key's id in front and the value's place as associated data.

use std::fmt;

use aes_gcm::{
    Aes256Gcm, KeyInit,
    aead::{Aead, Payload},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{clock::Clock, config::MasterKey};

/// The layout: this byte, 8 bytes of key id, 12 of nonce, the ciphertext with its tag.
const FORMAT: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 12;

/// Where a sealed value lives. A value moved to any other place doesn't open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The row's id.
    pub row: &'a str,
    /// The column.
    pub field: &'static str,
    /// The row's version.
    pub version: i64,
}

impl Place<'_> {
    fn associated_data(self) -> String {
        // Ids are ours and hold no NUL, so two places never read the same.
        format!("{}\0{}\0{}\0{}", self.table, self.row, self.field, self.version)
    }
}

/// A sealed value that doesn't open.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// No key with that id is loaded.
    #[error("sealed with a master key that isn't loaded")]
    UnknownKey,
    /// Changed, cut off, or moved from another place.
    #[error("sealed value is damaged or in the wrong place")]
    Damaged,
}

/// The id of a master key: it names the key and tells nothing about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyId([u8; KEY_ID]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Seals with the newest master key and opens with all.
pub struct Sealer {
    newest: (KeyId, Aes256Gcm),
    older: Vec<(KeyId, Aes256Gcm)>,
    clock: Clock,
}

impl Sealer {
    /// A sealer with `newest` and whatever `older` keys still open something.
    #[must_use]
    pub fn new(newest: &MasterKey, older: &[MasterKey], clock: Clock) -> Self {
        Self { newest: load(newest), older: older.iter().map(load).collect(), clock }
    }

    /// The ids of its keys, newest first.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> {
        std::iter::once(&self.newest).chain(&self.older).map(|(id, _)| *id)
    }

    /// Seals `plain` for `place`.
    ///
    /// # Errors
    /// When `plain` is larger than AES-GCM can seal (64 GiB).
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let (id, cipher) = &self.newest;
        let nonce = self.clock.random::<NONCE>();
        let aad = place.associated_data();
        let payload = Payload { msg: plain, aad: aad.as_bytes() };
        let sealed = cipher.encrypt(&nonce.into(), payload).map_err(|_| SealError::Damaged)?;
        Ok([&[FORMAT], id.0.as_slice(), nonce.as_slice(), sealed.as_slice()].concat())
    }

    /// Opens what was sealed for `place`.
    ///
    /// # Errors
    /// When no loaded key opens it, or it was sealed for another place.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (format, rest) = sealed.split_first().ok_or(SealError::Damaged)?;
        let (id, rest) = rest.split_first_chunk::<KEY_ID>().ok_or(SealError::Damaged)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(SealError::Damaged)?;
        if *format != FORMAT {
            return Err(SealError::Damaged);
        }
        let (_, cipher) = std::iter::once(&self.newest)
            .chain(&self.older)
            .find(|(known, _)| known.0 == *id)
            .ok_or(SealError::UnknownKey)?;
        let aad = place.associated_data();
        cipher
            .decrypt(&(*nonce).into(), Payload { msg: body, aad: aad.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| SealError::Damaged)
    }
}

fn load(key: &MasterKey) -> (KeyId, Aes256Gcm) {
    let digest = Sha256::new().chain_update(b"stagepass key id\0").chain_update(**key).finalize();
    let mut id = [0; KEY_ID];
    id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    (KeyId(id), Aes256Gcm::new(&(**key).into()))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use zeroize::Zeroizing;

    use super::*;

    const PLACE: Place<'_> = Place { table: "t", row: "r", field: "f", version: 1 };

    fn key(byte: u8) -> MasterKey {
        Zeroizing::new([byte; 32])
    }

    fn sealer(newest: u8, older: &[u8]) -> Sealer {
        let older: Vec<_> = older.iter().map(|byte| key(*byte)).collect();
        Sealer::new(&key(newest), &older, Clock::fixed(DateTime::UNIX_EPOCH, 1))
    }

    #[test]
    fn a_value_opens_in_its_own_place_and_in_no_other() {
        let sealer = sealer(1, &[]);
        let bytes = sealer.seal(PLACE, b"token").unwrap();
        assert_eq!(sealer.open(PLACE, &bytes).unwrap().as_slice(), b"token");
        for elsewhere in [
            Place { table: "u", ..PLACE },
            Place { row: "s", ..PLACE },
            Place { field: "g", ..PLACE },
            Place { version: 2, ..PLACE },
        ] {
            assert!(matches!(sealer.open(elsewhere, &bytes), Err(SealError::Damaged)));
        }
    }

    #[test]
    fn a_changed_or_cut_value_does_not_open() {
        let sealer = sealer(1, &[]);
        let bytes = sealer.seal(PLACE, b"token").unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert!(sealer.open(PLACE, &changed).is_err(), "byte {index}");
            assert!(sealer.open(PLACE, &bytes[..index]).is_err(), "first {index} bytes");
        }
    }

    #[test]
    fn after_a_rotation_the_newest_key_seals_and_the_old_one_still_opens() {
        let before = sealer(1, &[]).seal(PLACE, b"token").unwrap();
        let rotated = sealer(2, &[1]);
        assert!(rotated.open(PLACE, &before).is_ok());
        let after = rotated.seal(PLACE, b"token").unwrap();
        assert!(matches!(sealer(1, &[]).open(PLACE, &after), Err(SealError::UnknownKey)));
    }

    #[test]
    fn the_same_value_never_seals_to_the_same_bytes() {
        let sealer = sealer(1, &[]);
        assert_ne!(sealer.seal(PLACE, b"x").unwrap(), sealer.seal(PLACE, b"x").unwrap());
    }
}
