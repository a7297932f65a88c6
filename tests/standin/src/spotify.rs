//! The stand-in Spotify: accounts service and Web API on one loopback port.

mod accounts;
mod api;
mod ask;
mod catalogue;
mod commands;
mod fields;
mod history;
mod library;
mod limits;
mod lookups;
mod pages;
mod paging;
mod people;
mod player;
mod playlists;
mod quirks;
mod redirect;
mod routes;
mod search;
mod serve;
mod token;
mod tokens;
mod visit;
mod world;

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{faults, http, pause};
use tokio::{net::TcpListener, task::JoinHandle};

pub use catalogue::{Song, songs};
pub use faults::{Answer, Fault};
pub use library::FollowArtists;
pub use people::{Device, Person, Saved};
pub use player::{Play, Player, Repeat};
pub use playlists::{Item, Playlist};
pub use quirks::{Naming, Quirks};
pub use tokens::{AccessToken, Grant, RefreshToken};
pub use world::{App, CLIENT_ID, CLIENT_SECRET, Revocation, World};

/// A running stand-in; it stops when this value is dropped.
#[derive(Debug)]
pub struct Spotify {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// A request that arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The method, in capitals.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: String,
    /// The status answered; 0 while (or when) there is no answer.
    pub status: u16,
    /// Whether there was a `Content-Length` header.
    pub content_length: bool,
    /// The id of the person whose access token came with it.
    pub subject: Option<String>,
    /// The `grant_type` of a token request.
    pub grant_type: Option<String>,
}

/// What the handle and the server task both hold.
#[derive(Debug, Default)]
struct Shared {
    world: Mutex<World>,
    log: Mutex<Log>,
    /// Nobody is home any more: connections that are still open break.
    stopped: AtomicBool,
}

/// What came in.
#[derive(Debug, Default)]
struct Log {
    seen: Vec<Seen>,
    violations: Vec<String>,
}

impl Shared {
    fn world<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn log<R>(&self, change: impl FnOnce(&mut Log) -> R) -> R {
        change(&mut self.log.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Spotify {
    /// Starts on a free loopback port.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0))).await
    }

    /// Starts on this address, for a demo whose links should stay the same.
    ///
    /// # Panics
    /// When the address is taken.
    pub async fn start_at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free loopback port");
        let address = listener.local_addr().expect("the address just bound");
        let shared = Arc::new(Shared::default());
        let server = tokio::spawn(serve::run(listener, Arc::clone(&shared)));
        Self { address, shared, server }
    }

    /// `http://127.0.0.1:PORT`; below it `/authorize`, `/api/token`, `/oauth2/revoke/v1`, `/v1`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What an operator sets to use it: variables, by name.
    #[must_use]
    pub fn variables(&self) -> HashMap<String, String> {
        let url = self.url();
        [
            ("CLIENT_ID", CLIENT_ID.to_owned()),
            ("CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("AUTHORIZE_URL", format!("{url}/authorize")),
            ("TOKEN_URL", format!("{url}/api/token")),
            ("REVOKE_URL", format!("{url}/oauth2/revoke/v1")),
            ("API_URL", format!("{url}/v1")),
        ]
        .map(|(key, value)| (format!("STAGEPASS_PROVIDER__SPOTIFY__{key}"), value))
        .into()
    }

    /// Moves its clock on: tokens expire, music plays.
    pub fn advance(&self, by: Duration) {
        self.world(|world| world.advance(by));
    }

    /// Looks at or changes the world. Do not call the stand-in from inside.
    pub fn world<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        self.shared.world(change)
    }

    /// Every request so far, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.log(|log| log.seen.clone())
    }

    /// How many requests came for exactly this path.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.shared
            .log(|log| log.seen.iter().filter(|s| s.method == method && s.path == path).count())
    }

    /// How many token requests asked for a refresh, successful or not.
    #[must_use]
    pub fn refreshes(&self) -> usize {
        let refresh = Some("refresh_token");
        self.shared
            .log(|log| log.seen.iter().filter(|s| s.grant_type.as_deref() == refresh).count())
    }

    /// What the real Spotify would have found malformed, or unknown; empty after a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.shared.log(|log| log.violations.clone())
    }

    /// Forgets the violations, for tests that provoke them.
    pub fn forgive(&self) {
        self.shared.log(|log| log.violations.clear());
    }

    /// Every code, access token, refresh token, verifier and client secret so far, for leak checks.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.world(|world| world.secrets())
    }
}

impl Drop for Spotify {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        self.server.abort();
    }
}
