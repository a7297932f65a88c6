//! Who is signed in, in this browser.

use axum::http::{HeaderMap, HeaderValue};
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use url::Url;

use super::cookies::BrowserCookie;
use crate::{
    clock::Clock,
    store::{Db, SessionRow, UserRow},
    vault::{hash, mint},
};

/// How long somebody stays signed in, in seconds: a working day.
const LIFETIME: u32 = 12 * 3600;

/// The sessions. Clones share the database.
#[derive(Clone)]
pub struct Sessions {
    db: Db,
    clock: Clock,
    cookie: BrowserCookie,
}

impl Sessions {
    /// The sessions of browsers that come to `public_url`.
    #[must_use]
    pub fn new(db: Db, clock: Clock, public_url: &Url) -> Self {
        Self { db, clock, cookie: BrowserCookie::new("stagepass-session", public_url, LIFETIME) }
    }

    /// Whoever is signed in. Whether they may still come in isn't asked here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, headers: &HeaderMap) -> sqlx::Result<Option<UserRow>> {
        let Some(cookie) = self.cookie.read(headers) else { return Ok(None) };
        match self.db.session(&hash(&cookie), self.clock.now()).await? {
            Some(session) => self.db.user(&session.identity).await,
            None => Ok(None),
        }
    }

    /// The secret that this browser's session goes by, to bind a form to it.
    #[must_use]
    pub fn key(&self, headers: &HeaderMap) -> Option<String> {
        self.cookie.read(headers)
    }

    /// Signs out. Answers with the `Set-Cookie` line that makes the browser forget.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(&self, headers: &HeaderMap) -> sqlx::Result<Option<HeaderValue>> {
        if let Some(cookie) = self.cookie.read(headers) {
            self.db.end_session(&hash(&cookie)).await?;
        }
        Ok(self.cookie.clear())
    }

    /// Signs `identity` in. The session is always a new one: a cookie that somebody planted is worth
    /// nothing (session fixation). Answers with its `Set-Cookie` line.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        &self,
        headers: &HeaderMap,
        identity: &str,
    ) -> sqlx::Result<Option<HeaderValue>> {
        if let Some(before) = self.cookie.read(headers) {
            self.db.end_session(&hash(&before)).await?;
        }
        let id = mint(&self.clock, "sps_");
        let now = self.clock.now();
        self.db
            .add_session(&SessionRow {
                id_hash: hash(id.expose_secret()),
                identity: identity.to_owned(),
                created_at: now,
                expires_at: now + TimeDelta::seconds(LIFETIME.into()),
            })
            .await?;
        Ok(self.cookie.write(id.expose_secret()))
    }
}
