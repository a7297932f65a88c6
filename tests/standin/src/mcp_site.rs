//! A stand-in MCP server that wants a token, and its authorization server beside it: resource
//! metadata, server metadata, registration, codes, rotating refresh tokens, on one loopback port.
//!
//! It is strict: `resource` in every request (RFC 8707), PKCE, exact redirect URIs, each client proves
//! itself in the one way that it was registered with, and a refresh token that comes twice ends all
//! that was given. Whatever may be wrong with it is a field of its [`World`].
#![expect(clippy::indexing_slicing, reason = "fields of JSON objects that are made right here")]

mod authorize;
mod metadata;
mod register;
mod serve;
mod token;

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::{Browser, Page, accounts::Server};

/// A running stand-in; it stops when this value is dropped.
#[derive(Debug)]
pub struct McpSite(Server<World>);

/// Something that is wrong, while it is switched on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The resource metadata are another server's.
    ForeignResource,
    /// The resource metadata name no issuer.
    NoIssuer,
    /// The server's metadata are another issuer's.
    ForeignIssuer,
    /// The token endpoint is plain http on another host.
    PlainEndpoint,
    /// No PKCE in the server's metadata.
    NoPkce,
    /// Only `plain` PKCE in them.
    PlainPkce,
    /// The server's metadata are far too long.
    EndlessDocument,
    /// The metadata are a redirect to where they would be.
    Redirected,
    /// The authorization response names another issuer.
    ForeignAnswer,
    /// The authorization response names nobody, although that was promised.
    NamelessAnswer,
    /// The id token is another issuer's.
    ForeignIdToken,
    /// The MCP server answers everything with 503.
    Away,
    /// The MCP server answers everything with 429.
    Limiting,
    /// Every document is answered with 503.
    DocumentsAway,
}

/// Where a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At the first well-known path: the RFC's, with the path inserted.
    First,
    /// At the second: at the root for a resource, OpenID Connect's with the path inserted for a server.
    Second,
    /// At the third: OpenID Connect's with the path in front.
    Third,
    /// Nowhere.
    Nowhere,
}

/// A client that is known.
#[derive(Debug, Clone)]
pub struct Known {
    /// Its id.
    pub id: String,
    /// Its secret, if it has one.
    pub secret: Option<String>,
    /// How it proves itself.
    pub method: String,
    /// Where people may be sent back to.
    pub redirect_uris: Vec<String>,
}

/// All that the stand-in knows. What is public may be changed at any time.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "switches that tests turn, each for itself")]
pub struct World {
    /// The origin.
    pub url: String,
    /// The path of its issuer, with a slash in front, or nothing.
    pub issuer_path: String,
    /// The issuer that the resource metadata name instead.
    pub names_issuer: Option<String>,
    /// What the resource metadata call the server instead.
    pub resource: Option<String>,
    /// Whether a 401 says where the resource metadata are.
    pub points_at_metadata: bool,
    /// The scopes that a 401 asks for.
    pub asks_for: Option<String>,
    /// The scope without which a call is refused with 403.
    pub wants: Option<String>,
    /// Where the resource metadata are.
    pub resource_at: Place,
    /// Where the server's metadata are.
    pub server_at: Place,
    /// The scopes that there are, in both documents; those of the server have `offline_access` too.
    pub scopes: Vec<String>,
    /// Whether clients can register.
    pub registers: bool,
    /// Whether client ids may be URLs of documents.
    pub reads_documents: bool,
    /// These documents, by URL.
    pub documents: HashMap<String, Value>,
    /// How clients may prove themselves; nothing is said where it is empty, and Basic is meant.
    pub methods: Vec<String>,
    /// Whether authorization responses name the issuer.
    pub names_itself: bool,
    /// Whether there is a revocation endpoint.
    pub revokes: bool,
    /// Whether token answers have an id token.
    pub has_id_tokens: bool,
    /// What is wrong.
    pub faults: HashSet<Fault>,
    /// The `grant_type` that no client may use.
    pub forbids: Option<String>,
    /// The clients that are known.
    pub clients: Vec<Known>,
    /// The last authorization request, by parameter.
    pub last_request: HashMap<String, String>,
    seen: Vec<(String, String)>,
    violations: Vec<String>,
    secrets: Vec<String>,
    codes: Vec<Code>,
    families: Vec<Family>,
    offset: TimeDelta,
}

#[derive(Debug, Clone)]
struct Code {
    value: String,
    person: String,
    client: String,
    redirect_uri: String,
    challenge: String,
    scopes: Vec<String>,
    used: bool,
}

/// All that came of one sign-in.
#[derive(Debug)]
struct Family {
    person: String,
    client: String,
    scopes: Vec<String>,
    /// The last one works.
    refresh_tokens: Vec<String>,
    access_tokens: Vec<(String, DateTime<Utc>)>,
    ended: bool,
}

impl World {
    /// What tokens are for.
    #[must_use]
    pub fn own_resource(&self) -> String {
        self.resource.clone().unwrap_or_else(|| format!("{}/mcp", self.url))
    }

    /// The issuer.
    #[must_use]
    pub fn issuer(&self) -> String {
        format!("{}{}", self.url, self.issuer_path)
    }

    /// How many people's tokens could still be refreshed.
    #[must_use]
    pub fn living(&self) -> usize {
        self.families.iter().filter(|family| !family.ended).count()
    }

    /// Ends all that `person` was given, as somebody does who withdraws their consent.
    pub fn withdraw(&mut self, person: &str) {
        for family in self.families.iter_mut().filter(|family| family.person == person) {
            family.ended = true;
        }
    }

    /// The scopes of the newest sign-in.
    #[must_use]
    pub fn granted(&self) -> Vec<String> {
        self.families.last().map(|family| family.scopes.clone()).unwrap_or_default()
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    fn now(&self) -> DateTime<Utc> {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that tests move")]
        let real = Utc::now();
        real + self.offset
    }

    fn keep(&mut self, secret: String) -> String {
        self.secrets.push(secret.clone());
        secret
    }
}

impl McpSite {
    /// Starts on a free loopback port: discovery by the newest rules, registration, Basic, `iss`,
    /// revocation, scopes `notes.read` and `notes.write`.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        let world = |url: &str| World {
            url: url.to_owned(),
            issuer_path: String::new(),
            names_issuer: None,
            resource: None,
            points_at_metadata: true,
            asks_for: Some("notes.read".to_owned()),
            wants: None,
            resource_at: Place::First,
            server_at: Place::First,
            scopes: ["notes.read", "notes.write"].map(str::to_owned).into(),
            registers: true,
            reads_documents: false,
            documents: HashMap::new(),
            methods: vec!["client_secret_basic".to_owned()],
            names_itself: true,
            revokes: true,
            has_id_tokens: false,
            faults: HashSet::new(),
            forbids: None,
            clients: Vec::new(),
            last_request: HashMap::new(),
            seen: Vec::new(),
            violations: Vec::new(),
            secrets: Vec::new(),
            codes: Vec::new(),
            families: Vec::new(),
            offset: TimeDelta::zero(),
        };
        Self(Server::start(world, serve::answer).await)
    }

    /// The URL of the MCP server.
    #[must_use]
    pub fn mcp_url(&self) -> String {
        format!("{}/mcp", self.0.url)
    }

    /// Looks at or changes the world. Do not call the stand-in from inside.
    pub fn world<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        self.0.with(change)
    }

    /// From now on this is wrong.
    pub fn begin(&self, fault: Fault) {
        self.0.with(|world| world.faults.insert(fault));
    }

    /// From now on nothing is wrong.
    pub fn end_faults(&self) {
        self.0.with(|world| world.faults.clear());
    }

    /// Moves its clock on.
    ///
    /// # Panics
    /// When the step is absurd.
    pub fn advance(&self, by: Duration) {
        let by = TimeDelta::from_std(by).expect("a step of sensible size");
        self.0.with(|world| world.offset += by);
    }

    /// How many requests came for exactly this path.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        let is_it = |(asked, at): &&(String, String)| asked == method && at == path;
        self.0.with(|world| world.seen.iter().filter(is_it).count())
    }

    /// Every path that was asked for, in order.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        self.0.with(|world| world.seen.iter().map(|(_, path)| path.clone()).collect())
    }

    /// What a real server would have found malformed, or unknown; empty after a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.0.with(|world| world.violations.clone())
    }

    /// Every code, token, verifier and client secret so far, for leak checks.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.0.with(|world| world.secrets.clone())
    }

    /// From the sign-in page on: signs in as `who` and goes on to where that leads.
    ///
    /// # Panics
    /// When it isn't that page.
    pub async fn sign_in(&self, browser: &Browser, page: &Page, who: &str) -> Page {
        assert!(page.has_button("Allow"), "not the sign-in page: {}", page.describe());
        browser.submit(page, "Allow", &[("person", who)]).await
    }
}
