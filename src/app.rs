//! The whole server, put together: every outside thing is a field of the builder.

mod limiters;
mod listen;
mod routes;
mod toolsets;
mod vault;

use std::{future::Future, time::Duration};

use anyhow::Context;
use rmcp::ServiceExt;
use secrecy::SecretString;
use stagepass_kit::{Identity, Toolset};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    account::Account,
    audit::Audit,
    clock::Clock,
    config::{Allow, Config},
    connect::Connect,
    http::{self, GuardedClient, Rules},
    mcp::{self, remotes::Remotes},
    oauth::{Description, OAuth},
    store::Db,
    vault::Vault,
    web,
    webhooks::Webhooks,
};
use limiters::Limiters;
use toolsets::toolsets;

pub use listen::Door;
pub(crate) use vault::open_vault;

/// How long a shutdown waits for requests, then for refreshes and sign-ins under way, and then for
/// the record of them.
const GRACE: Duration = Duration::from_secs(10);

/// What [`App`] is built from. Tests bring their own clock and names, and may be less patient at the
/// door; everything else is the same.
pub struct AppBuilder {
    config: Config,
    clock: Clock,
    rules: Rules,
    door: Door,
    toolsets: Vec<Toolset>,
}

impl AppBuilder {
    /// The same with another clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The same with other names and addresses for what clients' documents are fetched from.
    #[must_use]
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// The same with another door.
    #[must_use]
    pub fn door(mut self, door: Door) -> Self {
        self.door = door;
        self
    }

    /// The same with one more toolset besides those of the configuration: for programs that bring
    /// their own tools, as the benchmark does. Toolsets and tools go by their names, so no two may
    /// share one.
    #[must_use]
    pub fn toolset(mut self, toolset: Toolset) -> Self {
        self.toolsets.push(toolset);
        self
    }

    /// Opens the database, unlocks the vault and puts the rooms together.
    ///
    /// # Errors
    /// When the database or the keys can't be used, there is nothing to offer, no provider that people
    /// need to sign in, or a set of tools that doesn't exist.
    pub async fn build(self) -> anyhow::Result<App> {
        let Self { config, clock, rules, door, toolsets: own } = self;
        let db = Db::open(config.database_url.as_ref(), &config.data_dir).await?;
        let client = http::client().context("can't make the HTTP client")?;
        let mut toolsets = toolsets(&config, &client);
        toolsets.extend(own);
        let toolsets = config.choose(toolsets)?;
        let taken = toolsets.iter().find(|toolset| config.remote.contains_key(toolset.name()));
        if let Some(taken) = taken.map(Toolset::name) {
            anyhow::bail!("`remote.{taken}` has the name of a toolset\nGive it another name.");
        }
        let tasks = TaskTracker::new();
        let vault = open_vault(&config, &db, &clock, &client, &toolsets, &rules, &tasks).await?;
        anyhow::ensure!(is_of_use(&config, &toolsets, &vault), NO_PROVIDER);
        let audit = Audit::new(db.clone(), clock.clone());
        let oauth = if config.access.allow == Allow::Local {
            None
        } else {
            let described = describe(&config, &toolsets);
            let guarded = GuardedClient::new(rules).context("can't make the HTTP client")?;
            let (db, vault, audit) = (db.clone(), vault.clone(), audit.clone());
            Some(OAuth::new(&config, described, db, vault, clock.clone(), audit, guarded).await?)
        };
        for bot in config.chat.keys() {
            if db.client(bot).await?.is_none() {
                tracing::warn!(bot, "there are settings for a bot that isn't known: chat.{bot}");
            }
        }
        let (known, now) = (db.clone(), clock.clone());
        let remotes = Remotes::open(&config, known, now, audit.clone()).await?;
        let limiters = Limiters::new(&config.limits, &clock);
        let webhooks = Webhooks::new(&config.chat, db.clone(), clock.clone(), client);
        let (told, now) = (webhooks.clone(), clock.clone());
        let recorded = audit.clone();
        let connect =
            Connect::new(&config, db.clone(), vault.clone(), told, now, recorded, tasks.clone());
        let account = {
            let (connect, oauth, db, now) =
                (connect.clone(), oauth.clone(), db.clone(), clock.clone());
            Account::new(connect, oauth, db, vault.clone(), now, &config.public_url)
        };
        let shutdown = CancellationToken::new();
        Ok(App {
            config,
            door,
            clock,
            db,
            audit,
            vault,
            webhooks,
            connect,
            oauth,
            account,
            limiters,
            toolsets,
            remotes,
            tasks,
            shutdown,
        })
    }
}

const WITHOUT_SIGN_IN: &str = "access.allow = \"local\" turns sign-in off, so only a loopback \
address is served\nA correct line:\n  listen = \"127.0.0.1:8080\"";

const NO_PROVIDER: &str = "no provider is configured\nCorrect lines, with the values from \
https://developer.spotify.com/dashboard:\n  provider.spotify.client_id = \"…\"\n  \
provider.spotify.client_secret = \"…\"\nor the variables STAGEPASS_PROVIDER__SPOTIFY__CLIENT_ID \
and STAGEPASS_PROVIDER__SPOTIFY__CLIENT_SECRET.\nOther MCP servers can be had without one, by \
`remote.<name>.url`, while access.allow is \"local\".";

/// The whole server.
pub struct App {
    config: Config,
    door: Door,
    clock: Clock,
    db: Db,
    audit: Audit,
    vault: Vault,
    webhooks: Webhooks,
    connect: Connect,
    /// None where sign-in is off.
    oauth: Option<OAuth>,
    account: Account,
    limiters: Limiters,
    toolsets: Vec<Toolset>,
    remotes: Remotes,
    tasks: TaskTracker,
    shutdown: CancellationToken,
}

impl App {
    /// Begins with `config` and the system's clock.
    #[must_use]
    pub fn builder(config: Config) -> AppBuilder {
        let (clock, rules, door) = (Clock::system(), Rules::default(), Door::default());
        AppBuilder { config, clock, rules, door, toolsets: Vec::new() }
    }

    /// A code that makes somebody the owner, while there is none. For the operator's eyes alone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_code(&self) -> anyhow::Result<Option<SecretString>> {
        match &self.oauth {
            Some(oauth) => Ok(oauth.claim_code().await?),
            None => Ok(None),
        }
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
        let local = listener.local_addr()?.ip().is_loopback();
        anyhow::ensure!(self.oauth.is_some() || local, WITHOUT_SIGN_IN);
        self.keep_house();
        let (proxies, stop_serving) = (self.config.trusted_proxies.clone(), self.shutdown.clone());
        let served = listen::serve(listener, self.router(), self.door, proxies, stop_serving);
        let shutdown = self.shutdown.clone();
        tokio::spawn(async move {
            stop.await;
            shutdown.cancel();
        });
        self.within_grace(served).await;
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
        let pages = self.behind_the_door(self.pages(web::landing::of_a_pipe()));
        let (proxies, stop_serving) = (self.config.trusted_proxies.clone(), self.shutdown.clone());
        let pages = listen::serve(listener, pages, self.door, proxies, stop_serving);
        let pages = tokio::spawn(pages);
        let host = self.host(None, Some(Identity::local()));
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
        self.within_grace(pages).await.transpose()?;
        self.finish().await;
        ended
    }

    /// What goes on beside the requests, until the shutdown.
    fn keep_house(&self) {
        self.tasks.spawn(self.audit.clone().keep_sweeping(self.shutdown.clone()));
        self.tasks.spawn(self.connect.clone().keep_sweeping(self.shutdown.clone()));
        self.tasks.spawn(self.vault.clone().keep_watching(self.shutdown.clone()));
        self.tasks.spawn(self.remotes.clone().keep_watching(self.shutdown.clone()));
        self.tasks.spawn(self.remotes.clone().keep_sweeping(self.shutdown.clone()));
        self.tasks.spawn(self.webhooks.clone().keep_telling(self.shutdown.clone()));
        if let Some(oauth) = &self.oauth {
            self.tasks.spawn(oauth.clone().keep_sweeping(self.shutdown.clone()));
        }
    }

    /// Runs to its end; after the shutdown only so long. A client that dawdles holds nobody.
    async fn within_grace<T>(&self, serving: impl Future<Output = T>) -> Option<T> {
        let over = async {
            self.shutdown.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            served = serving => Some(served),
            () = over => None,
        }
    }

    async fn finish(self) {
        self.tasks.close();
        if tokio::time::timeout(GRACE, self.tasks.wait()).await.is_err() {
            tracing::warn!("stopped before everything under way had ended");
        }
        self.audit.drain(GRACE).await;
        self.db.close().await;
    }
}

/// Whether there is something to offer, and a way in: where people sign in, that is a provider.
fn is_of_use(config: &Config, toolsets: &[Toolset], vault: &Vault) -> bool {
    let has_things = !toolsets.is_empty() || !config.remote.is_empty();
    !vault.providers().is_empty() || (config.access.allow == Allow::Local && has_things)
}

/// What this server is, for its documents.
fn describe(config: &Config, toolsets: &[Toolset]) -> Description {
    let own = toolsets.iter().map(|toolset| toolset.name().to_owned());
    let names = own.chain(config.remote.keys().cloned()).collect();
    let tools = toolsets.iter().flat_map(Toolset::tools);
    let tools =
        tools.map(|tool| (tool.name(), tool.descriptor().title.as_deref().unwrap_or_default()));
    let auth = [(mcp::auth::NAME, mcp::auth::TITLE)];
    Description::new(&config.public_url, names, auth.into_iter().chain(tools))
}
