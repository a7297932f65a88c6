//! Numbers that grow when something ends, so that every process drops what it remembers.

use super::{Db, Result, db::on};

/// What a process may remember, and has to forget when the number grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Epoch {
    /// Opened provider tokens: a connection ended or was linked anew.
    Connections = 1,
    /// Checked access tokens and signing keys: a grant, a person's access or a key ended.
    Grants = 2,
    /// Which descriptions of other MCP servers were accepted.
    Remotes = 3,
}

/// Grows by one. To run in the transaction that ends something.
pub(super) const BUMP: &str = "UPDATE epoch SET value = value + 1 WHERE id = $1";

impl Db {
    /// The number now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn epoch(&self, epoch: Epoch) -> Result<i64> {
        on!(self, pool => sqlx::query_scalar("SELECT value FROM epoch WHERE id = $1")
            .bind(epoch as i64)
            .fetch_one(pool)
            .await)
    }

    /// Makes it grow.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bump(&self, epoch: Epoch) -> Result<()> {
        on!(self, pool => sqlx::query(BUMP).bind(epoch as i64).execute(pool).await.map(|_| ()))
    }
}
