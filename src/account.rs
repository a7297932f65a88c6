//! A person's own pages: what is linked, who may use it, and how to end any of it.
//!
//! Whose page it is, is said by a session in the browser: of somebody who signed in here, or of a
//! chat user who proved it through the chat; where sign-in is off there is only the owner.

mod chat;
mod connect;
mod delete;
mod disconnect;
mod overview;
mod refusal;
mod sign_in;
mod sign_out;
mod take_away;
mod visitor;

use axum::{
    Router,
    routing::{get, post},
};
use url::Url;

use crate::{
    audit::Audit,
    clock::Clock,
    config::allowed_origins,
    connect::Connect,
    oauth::{OAuth, SIGN_IN},
    store::Db,
    vault::Vault,
    web::{ACCOUNT, cookies::BrowserCookie},
};
use refusal::Refusal;
use visitor::Visitor;

const CONNECT: &str = "/account/connect";
const DISCONNECT: &str = "/account/disconnect";
const TAKE_AWAY: &str = "/account/take-away";
const DELETE: &str = "/account/delete";
const SIGN_OUT: &str = "/account/sign-out";
/// How long a browser is known that has no session yet, in seconds.
const LIFETIME: u32 = 12 * 3600;

/// People's own pages. Clones share everything.
#[derive(Clone)]
pub struct Account {
    connect: Connect,
    /// None where sign-in is off.
    oauth: Option<OAuth>,
    db: Db,
    vault: Vault,
    clock: Clock,
    audit: Audit,
    origins: Vec<String>,
    cookie: BrowserCookie,
}

impl Account {
    /// The pages below `public_url`.
    #[must_use]
    pub fn new(
        connect: Connect,
        oauth: Option<OAuth>,
        db: Db,
        vault: Vault,
        clock: Clock,
        public_url: &Url,
    ) -> Self {
        Self {
            audit: Audit::new(db.clone(), clock.clone()),
            origins: allowed_origins(public_url),
            cookie: BrowserCookie::new("stagepass-account", public_url, LIFETIME),
            connect,
            oauth,
            db,
            vault,
            clock,
        }
    }

    /// Its pages and their buttons.
    pub fn routes(&self) -> Router {
        Router::new()
            .route(ACCOUNT, get(overview::show))
            .route(SIGN_IN, post(sign_in::press))
            .route(SIGN_OUT, post(sign_out::press))
            .route(CONNECT, post(connect::press))
            .route(DISCONNECT, post(disconnect::press))
            .route(TAKE_AWAY, post(take_away::press))
            .route(DELETE, get(delete::show).post(delete::press))
            .route("/account/chat/{ticket}", get(chat::show).post(chat::bind))
            .route("/account/chat/{ticket}/enter", post(chat::enter))
            .with_state(self.clone())
    }
}
