//! Which chat user's page this browser may see, for a short while.

use axum::http::{HeaderMap, HeaderValue};
use chrono::TimeDelta;
use secrecy::ExposeSecret;
use stagepass_kit::Identity;
use url::Url;

use super::cookies::BrowserCookie;
use crate::{
    clock::Clock,
    store::{Db, SessionRow},
    vault::{hash, mint},
};

/// How long, in seconds. A chat can always give another link.
const LIFETIME: u32 = 30 * 60;

/// The sessions of chat users. Clones share the database.
#[derive(Clone)]
pub struct ChatSessions {
    db: Db,
    clock: Clock,
    cookie: BrowserCookie,
}

impl ChatSessions {
    /// The sessions of browsers that come to `public_url`.
    #[must_use]
    pub fn new(db: Db, clock: Clock, public_url: &Url) -> Self {
        Self { db, clock, cookie: BrowserCookie::new("stagepass-chat", public_url, LIFETIME) }
    }

    /// Whose page this browser may see. Not once their bot was removed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identity(&self, headers: &HeaderMap) -> sqlx::Result<Option<Identity>> {
        let Some(cookie) = self.cookie.read(headers) else { return Ok(None) };
        let session = self.db.chat_session(&hash(&cookie), self.clock.now()).await?;
        let Some(identity) = session.and_then(|row| row.identity.parse::<Identity>().ok()) else {
            return Ok(None);
        };
        let bot = self.db.client(identity.namespace()).await?;
        Ok(bot.map(|_| identity))
    }

    /// The secret that this browser's session goes by, to bind a form to it.
    #[must_use]
    pub fn key(&self, headers: &HeaderMap) -> Option<String> {
        self.cookie.read(headers)
    }

    /// Shows `identity`'s page to this browser. The session is always a new one, as everywhere.
    /// Answers with its `Set-Cookie` line.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(
        &self,
        headers: &HeaderMap,
        identity: &str,
    ) -> sqlx::Result<Option<HeaderValue>> {
        self.end(headers).await?;
        let id = mint(&self.clock, "sps_");
        let now = self.clock.now();
        self.db
            .add_chat_session(&SessionRow {
                id_hash: hash(id.expose_secret()),
                identity: identity.to_owned(),
                created_at: now,
                expires_at: now + TimeDelta::seconds(LIFETIME.into()),
            })
            .await?;
        Ok(self.cookie.write(id.expose_secret()))
    }

    /// Ends it. Answers with the `Set-Cookie` line that makes the browser forget.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end(&self, headers: &HeaderMap) -> sqlx::Result<Option<HeaderValue>> {
        if let Some(cookie) = self.cookie.read(headers) {
            self.db.end_chat_session(&hash(&cookie)).await?;
        }
        Ok(self.cookie.clear())
    }
}
