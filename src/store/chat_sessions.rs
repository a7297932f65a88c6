//! Browsers in which a chat user looks at their own page.

use chrono::{DateTime, Utc};

use super::{Db, Result, SessionRow, db::on};

impl Db {
    /// Stores a chat user's session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_chat_session(&self, session: &SessionRow) -> Result<()> {
        on!(self, pool => sqlx::query(
            "INSERT INTO chat_sessions (id_hash, identity, created_at, expires_at)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(&session.id_hash)
        .bind(&session.identity)
        .bind(session.created_at)
        .bind(session.expires_at)
        .execute(pool)
        .await
        .map(|_| ()))
    }

    /// The chat user's session with this cookie, if it still counts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat_session(
        &self,
        id_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<SessionRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM chat_sessions WHERE id_hash = $1 AND expires_at > $2",
        )
        .bind(id_hash)
        .bind(now)
        .fetch_optional(pool)
        .await)
    }

    /// Ends a chat user's session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_chat_session(&self, id_hash: &[u8]) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM chat_sessions WHERE id_hash = $1")
            .bind(id_hash)
            .execute(pool)
            .await
            .map(|_| ()))
    }

    /// Forgets chat users' sessions that ended before `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_chat_sessions(&self, now: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM chat_sessions WHERE expires_at <= $1")
            .bind(now)
            .execute(pool)
            .await
            .map(|_| ()))
    }
}
