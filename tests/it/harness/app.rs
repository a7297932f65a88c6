//! The real server around one story.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use stagepass::{
    app::{App, Door},
    audit::Audit,
    clock::Clock,
    config::Config,
    http::{GuardedClient, Rules},
    oauth::{Description, OAuth},
    providers::{Account, ProviderClient, TokenAnswer},
    store::{AuditFilter, AuditRow, Db},
    vault::{self, Grant, IdleDays, Vault},
};
use stagepass_kit::{Identity, Toolset};
use stagepass_standin::{Browser, Page, Spotify};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tokio_util::task::TaskTracker;

use super::{
    Chat, Era, Window,
    canary::{self, Heard},
    database::TestDatabase,
};

/// How a story's server differs from the usual one.
#[derive(Default)]
pub(crate) struct Setup {
    /// More variables for the configuration.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// What clients' documents are fetched from.
    pub(crate) rules: Rules,
    /// The variables of more providers, as stand-ins give them.
    pub(crate) providers: HashMap<String, String>,
    /// Without a client secret: PKCE alone.
    pub(crate) public_client: bool,
    /// How patient it is.
    pub(crate) door: Door,
    /// A toolset of the story's own.
    pub(crate) toolset: Option<fn() -> Toolset>,
}

/// A server, a stand-in Spotify and a clock for both. Must be ended with [`TestApp::finish`].
pub(crate) struct TestApp {
    pub(crate) spotify: Spotify,
    pub(crate) clock: Clock,
    pub(crate) url: String,
    /// Of the server that is started next.
    pub(crate) door: Door,
    variables: HashMap<String, String>,
    data_dir: TempDir,
    database: Option<TestDatabase>,
    server: Option<(oneshot::Sender<()>, JoinHandle<anyhow::Result<()>>)>,
    heard: Heard,
    said: Arc<Mutex<String>>,
    /// What we gave to clients: it must be in no log and not in the database.
    given: Arc<Mutex<Vec<String>>>,
    /// The claim code that the server printed at its last start.
    pub(crate) claim_code: Option<String>,
    rules: Rules,
    toolset: Option<fn() -> Toolset>,
    finished: bool,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    pub(crate) async fn start_with(setup: Setup) -> Self {
        let heard = canary::listen();
        let spotify = Spotify::start().await;
        let data_dir = tempfile::tempdir().unwrap();
        let database = TestDatabase::create().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut variables = spotify.variables();
        let mut set = |key: &str, value: String| {
            variables.insert(format!("STAGEPASS_{key}"), value);
        };
        set("ACCESS__ALLOW", "local".to_owned());
        set("PUBLIC_URL", url.clone());
        set("DATA_DIR", data_dir.path().display().to_string());
        if setup.public_client {
            spotify.world(|world| world.app().client_secret = None);
            set("PROVIDER__SPOTIFY__CLIENT_SECRET", String::new());
        }
        if let Some(url) = database.url() {
            set("DATABASE_URL", url);
        }
        for (key, value) in setup.variables {
            set(key, value);
        }
        variables.extend(setup.providers);
        let mut app = Self {
            spotify,
            clock: Clock::fixed(now(), 42),
            url,
            door: setup.door,
            variables,
            data_dir,
            database: Some(database),
            server: None,
            heard,
            said: Arc::default(),
            given: Arc::default(),
            claim_code: None,
            rules: setup.rules,
            toolset: setup.toolset,
            finished: false,
        };
        app.serve(listener).await;
        app
    }

    async fn serve(&mut self, listener: TcpListener) {
        let config = self.config();
        let app = self.build(config).await;
        let code = app.claim_code().await.unwrap();
        self.claim_code = code.map(|code| code.expose_secret().to_owned());
        self.given.lock().unwrap().extend(self.claim_code.clone());
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(app.serve(listener, async {
            stopped.await.ok();
        }));
        self.server = Some((stop, server));
    }

    async fn build(&self, config: Config) -> App {
        let builder = App::builder(config).clock(self.clock.clone()).rules(self.rules.clone());
        let builder = builder.door(self.door);
        let builder = match self.toolset {
            Some(toolset) => builder.toolset(toolset()),
            None => builder,
        };
        builder.build().await.unwrap()
    }

    /// The configuration that the server runs with, through the real loader.
    pub(crate) fn config(&self) -> Config {
        Config::load(None, self.variables.clone()).unwrap()
    }

    /// The variables that the server was configured by.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        self.variables.clone().into_iter().collect()
    }

    /// Sets a variable, which counts from the next start on.
    pub(crate) fn set(&mut self, key: &str, value: &str) {
        self.variables.insert(format!("STAGEPASS_{key}"), value.to_owned());
    }

    /// Another server on the same database, with a clock that tells the same time.
    pub(crate) async fn replica(&self) -> (String, oneshot::Sender<()>) {
        self.another(true).await
    }

    /// The same behind the same public URL, as a load balancer has them.
    pub(crate) async fn twin(&self) -> (String, oneshot::Sender<()>) {
        self.another(false).await
    }

    async fn another(&self, has_own_name: bool) -> (String, oneshot::Sender<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut variables = self.variables.clone();
        if has_own_name {
            variables.insert("STAGEPASS_PUBLIC_URL".to_owned(), url.clone());
        }
        let config = Config::load(None, variables).unwrap();
        let app = self.build(config).await;
        let (stop, stopped) = oneshot::channel();
        tokio::spawn(app.serve(listener, async {
            stopped.await.ok();
        }));
        (url, stop)
    }

    /// Stops the server and starts it again on the same data and the same port.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.restart_stopped().await;
    }

    /// Starts the server again that was stopped.
    pub(crate) async fn restart_stopped(&mut self) {
        let address = self.url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(address).await.unwrap();
        self.serve(listener).await;
    }

    pub(crate) async fn stop(&mut self) {
        let (stop, server) = self.server.take().unwrap();
        stop.send(()).ok();
        server.await.unwrap().unwrap();
    }

    /// The whole world's clock moves on.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(TimeDelta::from_std(by).unwrap());
        self.spotify.advance(by);
    }

    pub(crate) fn mcp_url(&self) -> String {
        format!("{}/mcp", self.url)
    }

    pub(crate) fn data_dir(&self) -> &std::path::Path {
        self.data_dir.path()
    }

    /// Runs one statement behind the server's back.
    pub(crate) async fn sql(&self, sql: &str) {
        self.database.as_ref().unwrap().execute(self.data_dir.path(), sql).await;
    }

    /// The one number that a query behind the server's back gives.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.database.as_ref().unwrap().count(self.data_dir.path(), sql).await
    }

    /// The database, beside the server.
    pub(crate) async fn db(&self) -> Db {
        let config = self.config();
        Db::open(config.database_url.as_ref(), &config.data_dir).await.unwrap()
    }

    /// Everything that was recorded, the oldest first.
    pub(crate) async fn audit(&self) -> Vec<AuditRow> {
        let db = self.db().await;
        let rows =
            db.audit_since(DateTime::UNIX_EPOCH, 100_000, &AuditFilter::default()).await.unwrap();
        db.close().await;
        rows
    }

    /// An assistant of today.
    pub(crate) async fn chat(&self) -> Chat {
        self.chat_in(Era::Modern).await
    }

    pub(crate) async fn chat_in(&self, era: Era) -> Chat {
        Chat::begin(&self.mcp_url(), era, self.said.clone()).await
    }

    pub(crate) async fn chat_at(&self, url: &str) -> Chat {
        Chat::begin(&format!("{url}/mcp"), Era::Modern, self.said.clone()).await
    }

    /// Like [`TestApp::start`], with people signing in: `allow` is `access.allow`.
    pub(crate) async fn start_for(allow: &str) -> Self {
        let variables = vec![("ACCESS__ALLOW", allow.to_owned())];
        Self::start_with(Setup { variables, ..Setup::default() }).await
    }

    /// An assistant that has a token.
    pub(crate) async fn chat_with(&self, token: &str) -> Chat {
        Chat::begin_with(&self.mcp_url(), Era::Modern, self.said.clone(), Some(token)).await
    }

    /// The assistant of a bot, which sends these headers with everything.
    pub(crate) async fn chat_as(
        &self,
        token: &str,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Chat {
        Chat::begin_as(&self.mcp_url(), Era::Modern, self.said.clone(), Some(token), headers).await
    }

    /// An assistant whose client opens links, and the window that it shows them in.
    pub(crate) async fn chat_with_window(&self, era: Era) -> (Chat, Window) {
        self.window_as(era, None, HashMap::new()).await
    }

    /// The same with a token, and with these headers in every request.
    pub(crate) async fn window_as(
        &self,
        era: Era,
        token: Option<&str>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> (Chat, Window) {
        Chat::begin_with_window(&self.mcp_url(), era, self.said.clone(), token, headers).await
    }

    /// Counts a secret among what was given to clients.
    pub(crate) fn gave(&self, secret: &str) {
        self.given.lock().unwrap().push(secret.to_owned());
    }

    /// Follows a link to the button, presses it, and signs in at Spotify as `who`.
    pub(crate) async fn sign_in(&self, browser: &Browser, link: &str, who: &str) -> Page {
        let page = browser.get(link).await;
        assert_eq!(page.status, 200, "{}", page.describe());
        let spotify = browser.submit(&page, "Continue to Spotify", &[]).await;
        let page = self.spotify.sign_in(browser, spotify, who).await;
        self.heard(&page);
        page
    }

    /// The address that Spotify sends `who` back to, who doesn't get there.
    pub(crate) async fn lost_redirect(&self, chat: &Chat, who: &str) -> String {
        let lost = Browser::new().stop_at(format!("{}/callback", self.url));
        self.sign_in(&lost, &chat.get_url().await, who).await.url
    }

    /// Waits until Spotify has been asked for a refresh.
    pub(crate) async fn refresh_begun(&self) {
        while self.spotify.refreshes() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Counts a page among what was said.
    pub(crate) fn heard(&self, page: &Page) {
        self.overheard(&page.body);
    }

    /// Counts a text among what was said.
    pub(crate) fn overheard(&self, text: &str) {
        self.said.lock().unwrap().push_str(text);
    }

    /// From nothing to a connected account of alice's.
    pub(crate) async fn connect_alice(&self, chat: &Chat) {
        let link = chat.get_url().await;
        let page = self.sign_in(&Browser::new(), &link, "alice").await;
        assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    }

    /// Links accounts behind the server's back: the key of an identity, an account's id, and what
    /// Spotify gave for it.
    pub(crate) async fn link_directly(&self, links: Vec<(Identity, String, TokenAnswer)>) {
        let (db, vault) = self.vault(&TaskTracker::new()).await;
        for (identity, id, answer) in links {
            let account = Account { name: id.clone(), id, email: None };
            let grant = Grant::new(answer, account, &[], &self.clock);
            vault.adopt(&identity, "spotify", &grant).await.unwrap();
        }
        db.close().await;
    }

    /// An authorization server beside the server, that does only what it is told.
    pub(crate) async fn oauth(&self) -> OAuth {
        let (db, vault) = self.vault(&TaskTracker::new()).await;
        let (config, guarded) = (self.config(), GuardedClient::new(Rules::default()).unwrap());
        let described = Description::new(&config.public_url, Vec::new(), std::iter::empty());
        let audit = Audit::new(db.clone(), self.clock.clone());
        OAuth::new(&config, described, db, vault, self.clock.clone(), audit, guarded).await.unwrap()
    }

    /// A vault beside the server, on the same database.
    pub(crate) async fn vault(&self, tasks: &TaskTracker) -> (Db, Vault) {
        let (config, db) = (self.config(), self.db().await);
        let sealer = vault::unlock(&config, &db, &self.clock).await.unwrap();
        let client = stagepass::http::client().unwrap();
        let redirect = config.public_url.join("callback/spotify").unwrap();
        let (id, provider) = config.enabled_providers().next().unwrap();
        let provider =
            ProviderClient::new(id, provider, None, redirect, client, self.clock.clone());
        let providers = [(id.to_owned(), provider)].into();
        let (idle, clock) = (IdleDays::new(&config.chat), self.clock.clone());
        let vault = Vault::new(db.clone(), sealer, clock, providers, idle, tasks.clone());
        (db, vault)
    }

    /// Ends the story: stops the server, and looks for what must not have happened.
    pub(crate) async fn finish(self) {
        self.finish_without(Vec::new()).await;
    }

    /// The same, and these secrets of other stand-ins must be nowhere either.
    pub(crate) async fn finish_without(mut self, others: Vec<String>) {
        self.finished = true;
        if self.server.is_some() {
            self.stop().await;
        }
        let violations = self.spotify.violations();
        assert!(violations.is_empty(), "the real Spotify would object: {violations:?}");
        canary::assert_no_panic();
        let database = self.database.take().unwrap();
        let stored = database.bytes(self.data_dir.path()).await;
        assert!(!stored.is_empty());
        let mut secrets = self.spotify.secrets();
        secrets.extend(self.master_key());
        secrets.extend(others);
        let said = self.said.lock().unwrap().clone();
        canary::assert_unheard(&secrets, &self.heard, &said, &stored);
        let own = canary::our_own(&said, &self.spotify);
        canary::assert_unheard(&own, &self.heard, "", &stored);
        let given = self.given.lock().unwrap().clone();
        canary::assert_unheard(&given, &self.heard, "", &stored);
        database.remove().await;
    }

    fn master_key(&self) -> Option<String> {
        let file = std::fs::read_to_string(self.data_dir.path().join("master.key")).ok();
        let configured = self.config().master_key.map(|key| key.expose_secret().to_owned());
        file.or(configured).map(|key| key.trim().to_owned())
    }
}

/// The one-time code on a page.
pub(crate) fn code_on(page: &Page) -> String {
    let is_code = |word: &&str| word.len() == 9 && word.as_bytes()[4] == b'-';
    let code = page.text().split_whitespace().find(is_code).map(str::to_owned);
    code.unwrap_or_else(|| panic!("no code: {}", page.describe()))
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(self.finished || std::thread::panicking(), "a story must end with `finish`");
    }
}

fn now() -> DateTime<Utc> {
    #[expect(clippy::disallowed_methods, reason = "the stand-in's clock starts at the real time")]
    Utc::now()
}
