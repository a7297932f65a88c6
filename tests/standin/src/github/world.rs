//! All that the stand-in knows: plain data, which tests read and change.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{
    Fault,
    data::{Notification, Repository},
    people,
};
use crate::{faults::Answer, http::Asked};

/// What kind of app asks, which decides what its tokens are like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Scopes, and tokens that last.
    OAuthApp,
    /// Permissions, and tokens of eight hours.
    GitHubApp,
}

/// A token's kind, and what it may do.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) scopes: Vec<String>,
    pub(super) expires_at: Option<DateTime<Utc>>,
}

#[derive(Debug)]
struct Refresh {
    person: String,
    access: String,
    expires_at: DateTime<Utc>,
}

/// The whole world.
#[derive(Debug)]
pub struct World {
    /// The kind of the app that people sign in to.
    pub app: Kind,
    /// What the GitHub App is permitted, e.g. `issues` to `write`.
    pub permissions: HashMap<&'static str, &'static str>,
    /// Every repository.
    pub repositories: Vec<Repository>,
    /// Alice's notifications.
    pub notifications: Vec<Notification>,
    /// What is left of each allowance: `core`, `search`, `code_search`.
    pub left: HashMap<&'static str, u64>,
    /// Searches run out of time.
    pub incomplete: bool,
    /// Things to go wrong, first match first.
    pub faults: Vec<Fault>,
    pub(super) url: String,
    tokens: HashMap<String, Token>,
    refreshes: HashMap<String, Refresh>,
}

impl World {
    pub(super) fn new(url: &str) -> Self {
        Self {
            app: Kind::OAuthApp,
            permissions: [
                ("issues", "write"),
                ("pull_requests", "read"),
                ("contents", "read"),
                ("checks", "read"),
                ("statuses", "read"),
            ]
            .into(),
            repositories: people::repositories(),
            notifications: people::notifications(),
            left: [("core", 5_000), ("search", 30), ("code_search", 10)].into(),
            incomplete: false,
            faults: Vec::new(),
            url: url.to_owned(),
            tokens: HashMap::new(),
            refreshes: HashMap::new(),
        }
    }

    /// The repository `owner/name`.
    ///
    /// # Panics
    /// When there is none.
    pub fn repository(&mut self, name: &str) -> &mut Repository {
        let found = self.repositories.iter_mut().find(|repository| repository.full_name() == name);
        found.unwrap_or_else(|| panic!("there is no repository {name}"))
    }

    /// Something is to go wrong.
    pub fn fail(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub(super) fn take_fault(&mut self, asked: &Asked) -> Option<Answer> {
        let fault = self.faults.iter_mut().find(|fault| fault.is_for(asked))?;
        fault.times -= 1;
        let answer = fault.answer.clone();
        self.faults.retain(|fault| fault.times > 0);
        Some(answer)
    }

    pub(super) fn token(&self, token: &str) -> Option<&Token> {
        self.tokens.get(token)
    }

    pub(super) fn tokens(&self) -> Vec<String> {
        self.tokens.keys().cloned().collect()
    }

    pub(super) fn note_token(&mut self, token: &str, kind: Kind, scopes: Vec<String>) {
        self.tokens.insert(token.to_owned(), Token { kind, scopes, expires_at: None });
    }

    pub(super) fn expire(&mut self, token: &str, at: DateTime<Utc>) {
        if let Some(token) = self.tokens.get_mut(token) {
            token.expires_at = Some(at);
        }
    }

    pub(super) fn note_refresh(
        &mut self,
        token: &str,
        person: &str,
        access: &str,
        expires_at: DateTime<Utc>,
    ) {
        let (person, access) = (person.to_owned(), access.to_owned());
        self.refreshes.insert(token.to_owned(), Refresh { person, access, expires_at });
    }

    /// Whose refresh token this was, if it worked: it is spent, and the access token before is dead.
    pub(super) fn spend_refresh(&mut self, token: &str, now: DateTime<Utc>) -> Option<String> {
        let refresh = self.refreshes.remove(token).filter(|refresh| refresh.expires_at > now)?;
        self.expire(&refresh.access, now);
        Some(refresh.person)
    }
}
