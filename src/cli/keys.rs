//! `stagepass keys`: the keys that sign access tokens.

use std::collections::BTreeMap;

use clap::Subcommand;
use tokio_util::task::TaskTracker;

use super::{
    desk::Desk,
    text::{minute, table},
};
use crate::{
    audit::Entry,
    oauth::SigningKeys,
    vault::{self, IdleDays, Vault},
};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lists the keys: the one that signs, and those that only check what they signed.
    List,
    /// Makes a new key that signs from now on. Nobody has to sign in again.
    RotateSigning,
}

pub(super) async fn run(command: Command, desk: &Desk) -> anyhow::Result<String> {
    match command {
        Command::List => list(desk).await,
        Command::RotateSigning => rotate_signing(desk).await,
    }
}

async fn list(desk: &Desk) -> anyhow::Result<String> {
    let rows: Vec<_> = desk
        .db
        .signing_keys()
        .await?
        .into_iter()
        .map(|key| {
            let retired = key.retired_at.map_or_else(|| "-".to_owned(), minute);
            let does = if key.retired_at.is_none() { "signs" } else { "checks" };
            [key.kid, does.to_owned(), minute(key.created_at), retired]
        })
        .collect();
    if rows.is_empty() {
        return Ok("No keys yet: the first is made when the server starts.\n".to_owned());
    }
    Ok(table(["KEY", "DOES", "MADE (UTC)", "RETIRED (UTC)"], &rows))
}

async fn rotate_signing(desk: &Desk) -> anyhow::Result<String> {
    let now = desk.clock.now();
    let sealer = vault::unlock(&desk.config, &desk.db, &desk.clock).await?;
    let (db, clock) = (desk.db.clone(), desk.clock.clone());
    let (providers, idle) = (BTreeMap::new(), IdleDays::default());
    let vault = Vault::new(db.clone(), sealer, clock.clone(), providers, idle, TaskTracker::new());
    // Where there was none, or an old one, this makes one already.
    SigningKeys::load(db, vault, clock).await?.rotate(now).await?;
    let newest = desk.db.signing_keys().await?.into_iter().next();
    let kid = newest.map(|key| key.kid).unwrap_or_default();
    desk.audit.record(Entry::done("key.rotated").detail(&kid)).await?;
    Ok(format!(
        "{kid} signs from now on; a running server takes it up within seconds.\n\
         The key before it is published for another day, longer than any token that it signed.\n"
    ))
}
