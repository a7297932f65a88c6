//! The vault with the configuration's providers: the server's, and that of the operator's commands.

use std::{collections::BTreeMap, sync::Arc};

use stagepass_kit::Toolset;
use tokio_util::task::TaskTracker;

use crate::{
    clock::Clock,
    config::{Config, Remote},
    http::{RemoteHttp, Rules},
    providers::{McpServer, ProviderClient, Surroundings},
    store::Db,
    vault::{self, IdleDays, Vault},
};

/// Unlocks `db` for the providers that have credentials, and for the remote servers that have an
/// authorization server, which are reached by `rules`. People are asked for what `toolsets` need;
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
    rules: &Rules,
    tasks: &TaskTracker,
) -> anyhow::Result<Vault> {
    let sealer = Arc::new(vault::unlock(config, db, clock).await?);
    let mut providers = providers(config, toolsets, client, clock)?;
    for (name, remote) in config.linked_remotes() {
        let surroundings = Surroundings {
            http: RemoteHttp::new(&remote.url, rules.clone())?,
            db: db.clone(),
            sealer: sealer.clone(),
            clock: clock.clone(),
        };
        let made = remote_server(config, name, remote, client, surroundings)?;
        providers.insert(name.to_owned(), made);
    }
    let idle = IdleDays::new(&config.chat);
    Ok(Vault::new(db.clone(), sealer, clock.clone(), providers, idle, tasks.clone()))
}

/// The remote server `name`, as people link to it.
fn remote_server(
    config: &Config,
    name: &str,
    remote: &Remote,
    client: &reqwest::Client,
    surroundings: Surroundings,
) -> anyhow::Result<ProviderClient> {
    let (public_url, clock) = (&config.public_url, surroundings.clock.clone());
    let redirect_uri = public_url.join(&format!("callback/{name}"))?;
    let server = McpServer::new(name, remote, public_url, redirect_uri.clone(), surroundings);
    Ok(ProviderClient::of_server(name, remote, server, redirect_uri, client.clone(), clock))
}

fn providers(
    config: &Config,
    toolsets: &[Toolset],
    client: &reqwest::Client,
    clock: &Clock,
) -> anyhow::Result<BTreeMap<String, ProviderClient>> {
    let mut clients = BTreeMap::new();
    for (id, provider) in config.enabled_providers() {
        let using = || toolsets.iter().filter(|toolset| toolset.provider() == Some(id));
        let scopes: Vec<_> = using().flat_map(Toolset::scopes).collect();
        let has_tools = using().next().is_some() || config.remote.values().any(|it| it.uses(id));
        let own = config.public_url.join(&format!("callback/{id}"))?;
        let redirect_uri = provider.redirect_url.clone().unwrap_or(own);
        let (http, clock) = (client.clone(), clock.clone());
        let made = ProviderClient::new(
            id,
            provider,
            has_tools.then_some(scopes.as_slice()),
            redirect_uri,
            http,
            clock,
        );
        clients.insert(id.to_owned(), made);
    }
    Ok(clients)
}
