//! The stand-in GitHub: sign-in for an OAuth app or a GitHub App, and the REST API.

mod admit;
mod api;
mod data;
mod files;
mod issues;
mod limits;
mod notifications;
mod oauth;
mod people;
mod pulls;
mod render;
mod search;
mod world;

#[cfg(test)]
mod tests;

use std::{collections::HashMap, time::Duration};

use crate::{
    Browser, Page,
    accounts::{Accounts, CLIENT_ID, CLIENT_SECRET, Person, Server, press},
    faults::too_many_requests,
    http::{Asked, Reply},
    pause::Pause,
};

pub use crate::faults::{Answer, Fault};
pub use data::{Comment, Commit, File, Issue, Notification, Pull, Release, Repository};
pub use world::{Kind, World};

/// A request that the API got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The method, in capitals.
    pub method: String,
    /// The path below the API's base.
    pub path: String,
    /// The query as sent, without the question mark.
    pub query: String,
    /// The body as sent.
    pub body: String,
}

/// All that it has.
#[derive(Debug)]
struct State {
    accounts: Accounts,
    world: World,
    seen: Vec<Seen>,
}

/// A running stand-in; it stops when this value is dropped.
#[derive(Debug)]
pub struct GitHub(Server<State>);

impl GitHub {
    /// Starts on a free loopback port.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        let make = |url: &str| State {
            accounts: Accounts::default(),
            world: World::new(url),
            seen: Vec::new(),
        };
        Self(Server::start(make, answer).await)
    }

    /// What an operator sets to use it as the provider `github`: variables, by name.
    #[must_use]
    pub fn variables(&self) -> HashMap<String, String> {
        let url = &self.0.url;
        [
            ("CLIENT_ID", CLIENT_ID.to_owned()),
            ("CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("AUTHORIZE_URL", format!("{url}/login/oauth/authorize")),
            ("TOKEN_URL", format!("{url}/login/oauth/access_token")),
            ("API_URL", self.api_url()),
            ("REVOKE_URL", format!("{}/applications/{{client_id}}/token", self.api_url())),
        ]
        .map(|(key, value)| (format!("STAGEPASS_PROVIDER__GITHUB__{key}"), value))
        .into()
    }

    /// The base of the REST API, without trailing slash.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api", self.0.url)
    }

    /// Allows to send people back to exactly this address.
    pub fn register(&self, redirect_uri: &str) {
        self.0.with(|state| state.accounts.redirect_uris.push(redirect_uri.to_owned()));
    }

    /// Looks at or changes a person. Do not call the stand-in from inside.
    ///
    /// # Panics
    /// When there is nobody with this id.
    pub fn person<R>(&self, id: &str, change: impl FnOnce(&mut Person) -> R) -> R {
        self.0.with(|state| change(state.accounts.person(id)))
    }

    /// Looks at or changes the world. Do not call the stand-in from inside.
    pub fn world<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        self.0.with(|state| change(&mut state.world))
    }

    /// A token without the sign-in: of a kind, for a person, with scopes.
    #[must_use]
    pub fn issue_token(&self, kind: Kind, person: &str, scopes: &[&str]) -> String {
        self.0.with(|state| {
            let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            state.new_token(kind, person, scopes)
        })
    }

    /// Kills every token that was issued so far.
    pub fn reject_tokens(&self) {
        self.0.with(|state| {
            for token in state.world.tokens() {
                state.accounts.revoke(&token);
            }
        });
    }

    /// Moves its clock on: tokens expire, allowances start anew.
    pub fn advance(&self, by: Duration) {
        self.0.with(|state| state.accounts.advance(by));
    }

    /// Every request that the API got, in order of arrival.
    #[must_use]
    pub fn requests(&self) -> Vec<Seen> {
        self.0.with(|state| state.seen.clone())
    }

    /// How many requests came for exactly this path below the API's base.
    #[must_use]
    pub fn count(&self, method: &str, path: &str) -> usize {
        self.requests().iter().filter(|seen| seen.method == method && seen.path == path).count()
    }

    /// What the real GitHub would have found malformed, or unknown; empty after a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.0.with(|state| state.accounts.violations.clone())
    }

    /// Every code, token, verifier and client secret so far, for leak checks.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.0.with(|state| state.accounts.all_secrets())
    }

    /// From the sign-in page on: signs in as `who` and goes on to where that leads.
    ///
    /// # Panics
    /// When it isn't that page.
    pub async fn sign_in(&self, browser: &Browser, page: Page, who: &str) -> Page {
        press(browser, &page, "Sign in", who).await
    }
}

fn answer(state: &mut State, asked: &Asked) -> Reply {
    state.accounts.note(asked);
    let reply = match (asked.method.as_str(), asked.path.as_str()) {
        ("GET" | "POST", "/login/oauth/authorize") => oauth::authorize(state, asked),
        ("POST", "/login/oauth/access_token") => oauth::token(state, asked),
        ("GET", "/favicon.ico") => Reply::empty(404),
        ("DELETE", path) if path.starts_with("/api/applications/") => oauth::revoke(state, asked),
        (_, path) => match path.strip_prefix("/api") {
            Some(path) if path.starts_with('/') => called(state, asked, path),
            _ => Reply::text(404, "Not Found").violating("no such page"),
        },
    };
    state.accounts.judge(asked, reply)
}

/// A call of the API, or what goes wrong instead.
fn called(state: &mut State, asked: &Asked, path: &str) -> Reply {
    state.seen.push(Seen {
        method: asked.method.to_string(),
        path: path.to_owned(),
        query: asked.query.clone(),
        body: String::from_utf8_lossy(&asked.body).into_owned(),
    });
    match state.world.take_fault(asked) {
        None => api::answer(state, asked, path),
        Some(Answer::Delay(pause)) => api::answer(state, asked, path).held_back(Pause::For(pause)),
        Some(Answer::Hold(gate)) => api::answer(state, asked, path).held_back(Pause::Until(gate)),
        Some(Answer::Hang) => Reply::empty(200).held_back(Pause::Forever),
        Some(Answer::Drop) => Reply::empty(200).cut(),
        Some(Answer::DropAfter) => api::answer(state, asked, path).cut(),
        Some(Answer::TooManyRequests { retry_after, reason }) => {
            too_many_requests(retry_after, reason)
        }
        Some(Answer::Status(status, media_type, body, headers)) => headers
            .iter()
            .fold(Reply::new(status, &media_type, body), |reply, (k, v)| reply.with(k, v)),
    }
}
