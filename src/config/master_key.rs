//! `master_key` and `master_key_file`: the keys that seal everything at rest.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{Config, ConfigError};
use crate::clock::Clock;

/// 32 bytes that seal and open.
pub type MasterKey = Zeroizing<[u8; 32]>;

impl Config {
    /// The keys that the operator named, or those of the file in `data_dir`; newest first. None
    /// when nothing was named and there is no such file yet.
    ///
    /// # Errors
    /// A file that can't be read, or a key that isn't 32 bytes in base64.
    pub fn master_keys(&self) -> Result<Vec<MasterKey>, ConfigError> {
        if let Some(keys) = &self.master_key {
            return parse("master_key", keys.expose_secret());
        }
        let named = self.master_key_file.as_ref();
        let file = named.cloned().unwrap_or_else(|| self.default_key_file());
        match fs::read_to_string(&file).map(SecretString::from) {
            Ok(text) => parse("master_key_file", text.expose_secret()),
            Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => Ok(vec![]),
            Err(error) => Err(ConfigError::at(
                "master_key_file",
                &format!("can't be read ({}): {error}", file.display()),
            )),
        }
    }

    /// Makes the first key and keeps it in `data_dir`, readable by its owner alone: whole, or not
    /// at all.
    ///
    /// # Errors
    /// When the file can't be written, or has appeared in the meantime.
    pub fn make_master_key(&self, clock: &Clock) -> io::Result<MasterKey> {
        let key = Zeroizing::new(clock.random::<32>());
        let encoded = Zeroizing::new(BASE64_STANDARD.encode(*key));
        let place = self.default_key_file();
        let draft = place.with_extension(format!("{}.new", std::process::id()));
        let written = write_private(&draft, encoded.as_bytes());
        // A link, unlike a renaming, never replaces a key that is there.
        let kept = written.and_then(|()| fs::hard_link(&draft, &place));
        fs::remove_file(&draft).ok();
        kept.map(|()| key)
    }

    /// Where the key lives that nobody named.
    #[must_use]
    pub fn default_key_file(&self) -> PathBuf {
        self.data_dir.join("master.key")
    }
}

fn parse(key: &str, text: &str) -> Result<Vec<MasterKey>, ConfigError> {
    let keys: Vec<_> = text
        .split([',', '\n', ' '])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .map(|word| decode(word).ok_or_else(|| ConfigError::at(key, "must be 32 bytes in base64")))
        .collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(ConfigError::at(key, "holds no key"));
    }
    Ok(keys)
}

fn decode(word: &str) -> Option<MasterKey> {
    let bytes = Zeroizing::new(BASE64_STANDARD.decode(word).ok()?);
    let key: [u8; 32] = bytes.as_slice().try_into().ok()?;
    // A row of one byte is a placeholder that somebody forgot to replace.
    let placeholder = key.iter().all(|byte| Some(byte) == key.first());
    (!placeholder).then(|| Zeroizing::new(key))
}

fn write_private(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        super::make_private_folder(folder)?;
    }
    let mut file = super::make_private_file(path)?;
    file.write_all(text)?;
    file.write_all(b"\n")?;
    file.sync_all()
}
