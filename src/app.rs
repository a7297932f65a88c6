//! The whole server, put together: every outside thing is a field of the builder.

use std::{collections::BTreeMap, future::Future, net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context;
use axum::{Router, middleware, routing::get};
use rmcp::ServiceExt;
use stagepass_kit::{Connections, Identity, Toolset};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    clock::Clock,
    config::{Allow, Config, allowed_hosts},
    connect::Connect,
    http,
    identity::{self, Principal},
    mcp::{self, Host},
    providers::ProviderClient,
    store::Db,
    vault::{self, Vault},
    web::{
        self,
        limit::{Limiter, Refusal, limited},
    },
};

/// How long a shutdown waits for requests, and then for refreshes and sign-ins, under way.
const GRACE: Duration = Duration::from_secs(10);

/// Sign-in over HTTP isn't built yet, so only the setting that turns it off is served.
const NO_SIGN_IN: &str = "this version can't sign people in over HTTP yet; it serves this \
machine's owner alone, on loopback\nA correct line:\n  access.allow = \"local\"\nor the variable \
STAGEPASS_ACCESS__ALLOW=local. For a desktop client, `stagepass stdio` needs neither.";

/// Refuses every configuration that would let anybody but this machine's owner in.
///
/// # Errors
/// Unless `access.allow` is `local`.
pub fn ensure_local(config: &Config) -> anyhow::Result<()> {
    anyhow::ensure!(config.access.allow == Allow::Local, NO_SIGN_IN);
    Ok(())
}

/// What [`App`] is built from. Tests bring their own clock; everything else is the same.
pub struct AppBuilder {
    config: Config,
    clock: Clock,
}

impl AppBuilder {
    /// The same with another clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Opens the database, unlocks the vault and puts the rooms together.
    ///
    /// # Errors
    /// When the database or the keys can't be used, or no provider is configured.
    pub async fn build(self) -> anyhow::Result<App> {
        let Self { config, clock } = self;
        let db = Db::open(config.database_url.as_ref(), &config.data_dir).await?;
        let sealer = vault::unlock(&config, &db, &clock).await?;
        let client = http::client().context("can't make the HTTP client")?;
        let toolsets = toolsets(&config, &client);
        let providers = providers(&config, &toolsets, &client, &clock)?;
        anyhow::ensure!(!providers.is_empty(), NO_PROVIDER);
        let tasks = TaskTracker::new();
        let vault = Vault::new(db.clone(), sealer, clock.clone(), providers, tasks.clone());
        let public_url = config.public_url.clone();
        let connect_limit = Limiter::new(config.limits.connect_per_minute, clock.clone());
        let connect = Connect::new(db.clone(), vault.clone(), clock, public_url, tasks.clone());
        let shutdown = CancellationToken::new();
        Ok(App { config, db, vault, connect, connect_limit, toolsets, tasks, shutdown })
    }
}

const NO_PROVIDER: &str = "no provider is configured\nCorrect lines, with the values from \
https://developer.spotify.com/dashboard:\n  provider.spotify.client_id = \"…\"\n  \
provider.spotify.client_secret = \"…\"\nor the variables STAGEPASS_PROVIDER__SPOTIFY__CLIENT_ID \
and STAGEPASS_PROVIDER__SPOTIFY__CLIENT_SECRET.";

/// The whole server.
pub struct App {
    config: Config,
    db: Db,
    vault: Vault,
    connect: Connect,
    connect_limit: Limiter,
    toolsets: Vec<Toolset>,
    tasks: TaskTracker,
    shutdown: CancellationToken,
}

impl App {
    /// Begins with `config` and the system's clock.
    #[must_use]
    pub fn builder(config: Config) -> AppBuilder {
        AppBuilder { config, clock: Clock::system() }
    }

    /// Serves MCP and the pages on `listener` until `stop` is done, then ends what is under way.
    ///
    /// # Errors
    /// When the listener fails, or anybody but this machine's owner might reach it.
    pub async fn serve(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        ensure_local(&self.config)?;
        anyhow::ensure!(listener.local_addr()?.ip().is_loopback(), NO_SIGN_IN);
        self.keep_house();
        let stopped = self.shutdown.clone().cancelled_owned();
        let routes = self.router().into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(listener, routes).with_graceful_shutdown(stopped);
        let shutdown = self.shutdown.clone();
        tokio::spawn(async move {
            stop.await;
            shutdown.cancel();
        });
        self.within_grace(served.into_future()).await?;
        self.finish().await;
        Ok(())
    }

    /// Speaks MCP on standard input and output, and serves the pages alone on `listener`, until
    /// the client hangs up or `stop` is done.
    ///
    /// # Errors
    /// When the client says nothing that is MCP.
    pub async fn stdio(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        anyhow::ensure!(
            listener.local_addr()?.ip().is_loopback(),
            "the pages are for this machine alone"
        );
        self.keep_house();
        let stopped = self.shutdown.clone().cancelled_owned();
        let pages = self.behind_the_door(self.pages());
        let pages = pages.into_make_service_with_connect_info::<SocketAddr>();
        let pages = axum::serve(listener, pages).with_graceful_shutdown(stopped);
        let pages = tokio::spawn(pages.into_future());
        let host = self.host(Some(Identity::local()));
        let conversation = async {
            let service = host.serve(rmcp::transport::stdio()).await?;
            service.waiting().await?;
            anyhow::Ok(())
        };
        let ended = tokio::select! {
            ended = conversation => ended,
            () = stop => Ok(()),
        };
        self.shutdown.cancel();
        self.within_grace(async { pages.await? }).await?;
        self.finish().await;
        ended
    }

    /// Every route there is.
    pub fn router(&self) -> Router {
        let host = self.host(None);
        let limit = self.config.limits.body_bytes;
        // For MCP clients.
        let mcp = mcp::transport::routes(
            "/mcp",
            host,
            &self.config.public_url,
            limit,
            self.shutdown.clone(),
        )
        .layer(middleware::from_fn_with_state(Principal::owner(), identity::everyone_is));
        // For people's browsers.
        self.behind_the_door(mcp.merge(self.pages()))
    }

    /// What every request goes through, whatever it is for.
    fn behind_the_door(&self, routes: Router) -> Router {
        let proxies = self.config.trusted_proxies.clone();
        routes.layer(middleware::from_fn_with_state(proxies, web::address::note))
    }

    /// The routes for people's browsers: the landing page, linking, health.
    fn pages(&self) -> Router {
        let mut mcp_url = self.config.public_url.clone();
        mcp_url.set_path("mcp");
        let hosts = allowed_hosts(&self.config.public_url);
        let limit = (self.connect_limit.clone(), Refusal::Page);
        let connect = self.connect.routes().layer(middleware::from_fn_with_state(limit, limited));
        web::routes(mcp_url)
            .merge(connect)
            .layer(middleware::from_fn_with_state(hosts, web::guard::guard))
            // Whoever asks for this one asks by whatever name it has for the machine.
            .route("/healthz", get(|| async { "ok" }))
    }

    /// What goes on beside the requests, until the shutdown.
    fn keep_house(&self) {
        self.tasks.spawn(self.connect.clone().keep_sweeping(self.shutdown.clone()));
        self.tasks.spawn(self.vault.clone().keep_watching(self.shutdown.clone()));
    }

    fn host(&self, nobody: Option<Identity>) -> Host {
        let connections: Arc<dyn Connections> = Arc::new(self.vault.clone());
        let auth = mcp::auth::toolset(self.connect.clone());
        let toolsets: Vec<_> = std::iter::once(&auth).chain(&self.toolsets).collect();
        Host::new(&toolsets, connections, nobody)
    }

    /// Runs to its end; after the shutdown only so long. A client that dawdles holds nobody.
    async fn within_grace(
        &self,
        serving: impl Future<Output = std::io::Result<()>>,
    ) -> anyhow::Result<()> {
        let over = async {
            self.shutdown.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            served = serving => Ok(served?),
            () = over => Ok(()),
        }
    }

    async fn finish(self) {
        self.tasks.close();
        if tokio::time::timeout(GRACE, self.tasks.wait()).await.is_err() {
            tracing::warn!("stopped before everything under way had ended");
        }
        self.db.close().await;
    }
}

/// The toolsets whose provider has credentials.
fn toolsets(config: &Config, client: &reqwest::Client) -> Vec<Toolset> {
    config
        .enabled_providers()
        .filter_map(|(id, provider)| match id {
            "spotify" => {
                let api = provider.api_url.as_ref()?.as_str().trim_end_matches('/');
                Some(stagepass_spotify::toolset(client.clone(), api))
            }
            _ => None,
        })
        .collect()
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
        let redirect_uri = config.public_url.join(&format!("callback/{id}"))?;
        let (http, clock) = (client.clone(), clock.clone());
        let made = ProviderClient::new(id, provider, &scopes, redirect_uri, http, clock);
        clients.insert(id.to_owned(), made);
    }
    Ok(clients)
}
