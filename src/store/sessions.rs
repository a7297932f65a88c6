//! Browsers in which somebody is signed in.

use chrono::{DateTime, Utc};

use super::{Db, Result, db::on};

/// A session as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionRow {
    /// SHA-256 of the cookie.
    pub id_hash: Vec<u8>,
    /// The key of the identity.
    pub identity: String,
    /// When the person signed in.
    pub created_at: DateTime<Utc>,
    /// Until when it counts.
    pub expires_at: DateTime<Utc>,
}

impl Db {
    /// Stores a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_session(&self, session: &SessionRow) -> Result<()> {
        on!(self, pool => sqlx::query(
            "INSERT INTO sessions (id_hash, identity, created_at, expires_at)
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

    /// The session with this cookie, if it still counts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, id_hash: &[u8], now: DateTime<Utc>) -> Result<Option<SessionRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM sessions WHERE id_hash = $1 AND expires_at > $2",
        )
        .bind(id_hash)
        .bind(now)
        .fetch_optional(pool)
        .await)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_session(&self, id_hash: &[u8]) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM sessions WHERE id_hash = $1")
            .bind(id_hash)
            .execute(pool)
            .await
            .map(|_| ()))
    }

    /// Forgets the sessions that ended before `now`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_sessions(&self, now: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM sessions WHERE expires_at <= $1")
            .bind(now)
            .execute(pool)
            .await
            .map(|_| ()))
    }
}
