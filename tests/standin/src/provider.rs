//! A stand-in for any provider of the catalogue: one engine, and for each provider a description of
//! how strict it is and what it answers. Whatever isn't as described is refused and noted.

mod authorize;
mod description;
mod grants;
mod known;
mod refusal;
mod revoke;
mod serve;
mod token;

use std::{collections::HashMap, time::Duration};

use crate::{
    Browser, Page,
    accounts::{Accounts, CLIENT_SECRET, Server, press},
    oidc::{Algorithm, Key},
};
use description::{Description, Refresh};
use grants::Grants;
use known::known;

/// A scope that every provider with scopes knows, for tools that are made up.
pub const PROBE_SCOPE: &str = "stagepass:probe";
/// Where any of its tokens may be used, below [`Provider::url`].
pub const PROBE: &str = "/probe";

/// A running stand-in; it stops when this value is dropped.
#[derive(Debug)]
pub struct Provider(Server<World>);

/// All that the stand-in knows.
#[derive(Debug)]
struct World {
    url: String,
    description: &'static Description,
    accounts: Accounts,
    grants: Grants,
    /// What was asked for with each code.
    scopes_of_code: HashMap<String, Vec<String>>,
    key: Key,
    client_secret: String,
    is_away: bool,
    /// What people don't agree to.
    unticked: Vec<String>,
}

impl World {
    /// The address of this stand-in for what is described without its `https://`.
    fn at(&self, address: &str) -> String {
        format!("{}/{address}", self.url)
    }
}

impl Provider {
    /// Starts the one that is described under `name`, on a free loopback port. An address
    /// `https://host/path` of the real one is `/host/path` here.
    ///
    /// # Panics
    /// When nothing is known of it, or no port can be had.
    pub async fn start(name: &str) -> Self {
        let description = known(name).unwrap_or_else(|| panic!("no stand-in for {name}"));
        let world = |url: &str| World {
            url: url.to_owned(),
            description,
            accounts: Accounts::default(),
            grants: Grants::default(),
            scopes_of_code: HashMap::new(),
            key: Key::new(Algorithm::Es256),
            client_secret: CLIENT_SECRET.to_owned(),
            is_away: false,
            unticked: Vec::new(),
        };
        Self(Server::start(world, serve::answer).await)
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url.clone()
    }

    /// The client id and the client secret of its one app.
    #[must_use]
    pub fn credentials(&self) -> (String, String) {
        self.0.with(|world| (world.accounts.client_id.clone(), world.client_secret.clone()))
    }

    /// The app's client id is this one.
    pub fn name_client(&self, client_id: &str) {
        self.0.with(|world| client_id.clone_into(&mut world.accounts.client_id));
    }

    /// The app's secret is replaced, and the old one no longer works.
    pub fn change_secret(&self) {
        self.0.with(|world| world.client_secret = format!("another {CLIENT_SECRET}"));
    }

    /// The app's secret is the first one again.
    pub fn restore_secret(&self) {
        self.0.with(|world| CLIENT_SECRET.clone_into(&mut world.client_secret));
    }

    /// Allows to send people back to exactly this address.
    pub fn register(&self, redirect_uri: &str) {
        self.0.with(|world| world.accounts.redirect_uris.push(redirect_uri.to_owned()));
    }

    /// Moves its clock on.
    pub fn advance(&self, by: Duration) {
        self.0.with(|world| world.accounts.advance(by));
    }

    /// From now on people agree to everything but this scope.
    pub fn untick(&self, scope: &str) {
        self.0.with(|world| world.unticked.push(scope.to_owned()));
    }

    /// Whether its token endpoint is away.
    pub fn be_away(&self, is_away: bool) {
        self.0.with(|world| world.is_away = is_away);
    }

    /// A person withdraws all that the app was granted.
    pub fn withdraw(&self) {
        self.0.with(|world| world.grants.end_all());
    }

    /// How many grants work.
    #[must_use]
    pub fn live_grants(&self) -> usize {
        self.0.with(|world| world.grants.live())
    }

    /// How many refreshes have succeeded.
    #[must_use]
    pub fn refreshes(&self) -> usize {
        self.0.with(|world| world.grants.refreshes)
    }

    /// How long its access tokens live; none if for ever.
    #[must_use]
    pub fn life(&self) -> Option<Duration> {
        self.0.with(|world| world.description.life.map(Duration::from_mins))
    }

    /// Whether tokens are refreshed.
    #[must_use]
    pub fn refreshes_tokens(&self) -> bool {
        self.0.with(|world| world.description.refresh != Refresh::None)
    }

    /// Whether it has a way to end a grant.
    #[must_use]
    pub fn can_revoke(&self) -> bool {
        self.0.with(|world| world.description.revoke.is_some())
    }

    /// Whether tools ask for scopes there.
    #[must_use]
    pub fn has_scopes(&self) -> bool {
        self.0.with(|world| world.description.scope.is_some())
    }

    /// The months after the consent, and the days without use, after which a refresh token dies.
    #[must_use]
    pub fn limits(&self) -> (Option<u32>, Option<u32>) {
        self.0.with(|world| (world.description.months, world.description.idle_days))
    }

    /// The id and the name that the account of `who` should be known by.
    #[must_use]
    pub fn account_of(&self, who: &str) -> (String, String) {
        self.0.with(|world| (world.description.account)(world.accounts.person(who)))
    }

    /// What the real one would have refused; empty after a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.0.with(|world| world.accounts.violations.clone())
    }

    /// Every code, token, verifier and client secret so far, for leak checks.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.0.with(|world| [world.accounts.all_secrets(), world.grants.secrets()].concat())
    }

    /// From the sign-in page on: signs in as `who` and goes on to where that leads.
    ///
    /// # Panics
    /// When it isn't that page.
    pub async fn sign_in(&self, browser: &Browser, page: Page, who: &str) -> Page {
        press(browser, &page, "Sign in", who).await
    }
}
