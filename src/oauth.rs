//! Our own OAuth 2.1 authorization server: clients find it by its documents, people agree on its
//! pages, and its tokens open `/mcp`.
//!
//! A client's way: `well_known` → `client/register` or `client/document` → `authorize` and `consent` → `login` →
//! `arrive` → `token`. From then on `bearer` turns its token into a [`crate::identity::Principal`].

mod access;
mod access_token;
mod admit;
mod arrive;
mod authorize;
mod bearer;
mod claim;
mod client;
mod consent;
mod description;
mod error;
mod given;
mod introspect;
mod keys;
mod login;
mod made_token;
mod own_page;
mod page;
mod parameters;
mod purpose;
mod revoke;
mod speaker;
mod sweep;
mod token;
mod well_known;

use std::sync::Arc;

use axum::{
    Router,
    http::HeaderMap,
    routing::{get, post},
};

use crate::{
    audit::Audit,
    clock::Clock,
    config::{Allow, Config, allowed_origins},
    http::GuardedClient,
    store::{Db, UserRow},
    vault::Vault,
    web::{cookies::BrowserCookie, limit::Limiter, session::Sessions},
};
use client::{FetchedKeys, register};

pub use access::{is_allowed, is_listed};
pub use bearer::{Guarded, bearer};
pub use client::{
    AuthMethod, ClientIdUrl, ClientKeys, ClientMetadata, GrantType, LARGEST_DOCUMENT,
    MetadataError, RedirectUri, Unreadable, UriError, check_document, check_keys,
    check_registration, read_basic, read_subject, row as client_row,
};
pub use description::Description;
pub use given::ClientAccess;
pub use keys::{KeyError, SigningKeys};
pub use made_token::MADE;
pub use own_page::SIGN_IN;

/// The authorization server. Clones share everything.
#[derive(Clone)]
pub struct OAuth(Arc<Inner>);

struct Inner {
    db: Db,
    vault: Vault,
    clock: Clock,
    audit: Audit,
    sessions: Sessions,
    allow: Allow,
    origins: Vec<String>,
    cookie: BrowserCookie,
    description: Description,
    keys: SigningKeys,
    tokens: access_token::AccessTokens,
    checked: bearer::Checked,
    guarded: GuardedClient,
    fetched_keys: FetchedKeys,
    /// How often each client may come.
    clients: Limiter,
}

impl OAuth {
    /// The authorization server of what `description` describes; its first signing key is made now.
    ///
    /// # Errors
    /// When the database fails, or a signing key doesn't open.
    pub async fn new(
        config: &Config,
        description: Description,
        db: Db,
        vault: Vault,
        clock: Clock,
        audit: Audit,
        guarded: GuardedClient,
    ) -> Result<Self, KeyError> {
        let keys = SigningKeys::load(db.clone(), vault.clone(), clock.clone()).await?;
        let issuer = description.issuer().to_owned();
        Ok(Self(Arc::new(Inner {
            tokens: access_token::AccessTokens::new(issuer, keys.clone(), clock.clone()),
            audit,
            sessions: Sessions::new(db.clone(), clock.clone(), &config.public_url),
            allow: config.access.allow.clone(),
            origins: allowed_origins(&config.public_url),
            cookie: BrowserCookie::new("stagepass-consent", &config.public_url, 900),
            checked: bearer::Checked::new(&db),
            fetched_keys: FetchedKeys::new(guarded.clone(), clock.clone()),
            clients: Limiter::new(config.limits.client_per_minute, clock.clone()),
            description,
            keys,
            db,
            vault,
            clock,
            guarded,
        })))
    }

    /// What a client reads first.
    pub fn documents(&self) -> Router {
        well_known::routes(self).with_state(self.clone())
    }

    /// Where a client makes itself known.
    pub fn registration(&self) -> Router {
        Router::new().route("/register", post(register::answer)).with_state(self.clone())
    }

    /// Where clients get tokens, ask about them, and give them back.
    pub fn token_endpoints(&self) -> Router {
        Router::new()
            .route("/token", post(token::answer))
            .route("/revoke", post(revoke::answer))
            .route("/oauth/revoke", post(revoke::answer))
            .route("/introspect", post(introspect::answer))
            .with_state(self.clone())
    }

    /// The pages that a person's browser comes to.
    pub fn pages(&self) -> Router {
        Router::new()
            .route("/authorize", get(consent::show))
            .route("/consent", post(consent::decide))
            .route("/login", get(login::show).post(login::choose))
            .with_state(self.clone())
    }

    /// What this server is.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.0.description
    }

    /// Its signing keys.
    #[must_use]
    pub fn keys(&self) -> &SigningKeys {
        &self.0.keys
    }

    /// Whoever is signed in, in this browser, and may still come in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signed_in(&self, headers: &HeaderMap) -> sqlx::Result<Option<UserRow>> {
        match self.sessions().user(headers).await? {
            Some(user) if self.is_allowed(&user).await? => Ok(Some(user)),
            _ => Ok(None),
        }
    }

    fn db(&self) -> &Db {
        &self.0.db
    }

    fn vault(&self) -> &Vault {
        &self.0.vault
    }

    fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn audit(&self) -> &Audit {
        &self.0.audit
    }

    /// The browsers in which somebody is signed in.
    #[must_use]
    pub fn sessions(&self) -> &Sessions {
        &self.0.sessions
    }

    fn allow(&self) -> &Allow {
        &self.0.allow
    }

    fn origins(&self) -> &[String] {
        &self.0.origins
    }

    fn cookie(&self) -> &BrowserCookie {
        &self.0.cookie
    }

    fn tokens(&self) -> &access_token::AccessTokens {
        &self.0.tokens
    }

    fn checked(&self) -> &bearer::Checked {
        &self.0.checked
    }

    fn guarded(&self) -> &GuardedClient {
        &self.0.guarded
    }

    fn fetched_keys(&self) -> &FetchedKeys {
        &self.0.fetched_keys
    }

    fn clients(&self) -> &Limiter {
        &self.0.clients
    }
}
