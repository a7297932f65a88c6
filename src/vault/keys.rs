//! At start: are these the keys that the database was sealed with?

use std::io;

use crate::{
    clock::Clock,
    config::{Config, ConfigError, MasterKey},
    store::{Db, VaultKeyRow},
};

use super::{Place, SealError, Sealer};

const CHECK: &[u8] = b"stagepass";

/// Why the vault stays shut. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// The configured keys can't be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The first key couldn't be kept.
    #[error(
        "can't write the master key to {place}: {why}\nCheck that this user may write there, or set `data_dir`."
    )]
    Write {
        /// The file.
        place: String,
        /// What the system said.
        why: io::Error,
    },
    /// The database was sealed with a key that isn't loaded.
    #[error(
        "this database was sealed with master key {key_id}, which isn't loaded; nothing was changed.\nSet `master_key` or `master_key_file` to that key, or put the file master.key back into {data_dir}. Without it nobody's tokens can be opened; to begin anew, move the database away."
    )]
    WrongKey {
        /// The id of the missing key.
        key_id: String,
        /// Where the key file would be.
        data_dir: String,
    },
    /// The database failed.
    #[error("can't read the vault's keys from the database")]
    Db(#[from] sqlx::Error),
    /// The check value couldn't be sealed.
    #[error("can't seal with the master key")]
    Seal(#[from] SealError),
}

/// Loads the master keys, or makes the first one, and proves that they open this database.
///
/// # Errors
/// When a key is missing, wrong, or can't be kept. Nothing is ever deleted or replaced for that.
pub async fn unlock(config: &Config, db: &Db, clock: &Clock) -> Result<Sealer, UnlockError> {
    let known = db.vault_keys().await?;
    let mut keys = config.master_keys()?;
    if let (true, Some(first)) = (keys.is_empty(), known.first()) {
        return Err(wrong_key(&first.key_id, config));
    }
    if keys.is_empty() {
        keys = make(config, clock)?;
    }
    let Some((newest, older)) = keys.split_first() else {
        return Err(wrong_key("(none)", config));
    };
    let sealer = Sealer::new(newest, older, clock.clone());
    check(&sealer, &known, config)?;
    note(&sealer, db, known.is_empty(), clock).await?;
    // Somebody else may have started on the same database meanwhile, with another key.
    check(&sealer, &db.vault_keys().await?, config)?;
    Ok(sealer)
}

fn check(sealer: &Sealer, known: &[VaultKeyRow], config: &Config) -> Result<(), UnlockError> {
    let opens = |key: &&VaultKeyRow| sealer.open(check_of(&key.key_id), &key.sealed_check).is_ok();
    match known.iter().find(|key| !opens(key)) {
        Some(key) => Err(wrong_key(&key.key_id, config)),
        None => Ok(()),
    }
}

fn make(config: &Config, clock: &Clock) -> Result<Vec<MasterKey>, UnlockError> {
    match config.make_master_key(clock) {
        Ok(key) => Ok(vec![key]),
        // Somebody else started at the same moment, and was first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(config.master_keys()?),
        Err(why) => {
            Err(UnlockError::Write { place: config.default_key_file().display().to_string(), why })
        }
    }
}

async fn note(sealer: &Sealer, db: &Db, first: bool, clock: &Clock) -> Result<(), UnlockError> {
    let Some(newest) = sealer.key_ids().next() else { return Ok(()) };
    let key_id = newest.to_string();
    let sealed_check = sealer.seal(check_of(&key_id), CHECK)?;
    db.add_vault_key(&VaultKeyRow { key_id, sealed_check }, first, clock.now()).await?;
    Ok(())
}

fn check_of(key_id: &str) -> Place<'_> {
    Place { table: "vault_keys", row: key_id, field: "sealed_check", version: 1 }
}

fn wrong_key(key_id: &str, config: &Config) -> UnlockError {
    UnlockError::WrongKey {
        key_id: key_id.to_owned(),
        data_dir: config.data_dir.display().to_string(),
    }
}
