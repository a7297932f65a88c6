//! The vault with the configuration's providers: the server's, and that of the operator's commands.

use std::collections::BTreeMap;

use stagepass_kit::Toolset;
use tokio_util::task::TaskTracker;

use crate::{
    clock::Clock,
    config::Config,
    providers::ProviderClient,
    store::Db,
    vault::{self, IdleDays, Vault},
};

/// Unlocks `db` for the providers that have credentials. People are asked for what `toolsets` need;
/// what outlives its caller runs on `tasks`.
///
/// # Errors
/// When the keys can't be used.
pub(crate) async fn open_vault(
    config: &Config,
    db: &Db,
    clock: &Clock,
    client: &reqwest::Client,
    toolsets: &[Toolset],
    tasks: &TaskTracker,
) -> anyhow::Result<Vault> {
    let sealer = vault::unlock(config, db, clock).await?;
    let providers = providers(config, toolsets, client, clock)?;
    let idle = IdleDays::new(&config.chat);
    Ok(Vault::new(db.clone(), sealer, clock.clone(), providers, idle, tasks.clone()))
}

fn providers(
    config: &Config,
    toolsets: &[Toolset],
    client: &reqwest::Client,
    clock: &Clock,
) -> anyhow::Result<BTreeMap<String, ProviderClient>> {
    let mut clients = BTreeMap::new();
    for (id, provider) in config.enabled_providers() {
        let scopes: Vec<_> = toolsets
            .iter()
            .filter(|toolset| toolset.provider() == Some(id))
            .flat_map(Toolset::scopes)
            .collect();
        let own = config.public_url.join(&format!("callback/{id}"))?;
        let redirect_uri = provider.redirect_url.clone().unwrap_or(own);
        let (http, clock) = (client.clone(), clock.clone());
        let made = ProviderClient::new(id, provider, &scopes, redirect_uri, http, clock);
        clients.insert(id.to_owned(), made);
    }
    Ok(clients)
}
