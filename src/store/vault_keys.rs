//! Which master keys have sealed something in this database.

use chrono::{DateTime, Utc};

use super::{Db, Result, db::on};

/// A master key that has sealed something here.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VaultKeyRow {
    /// The id in front of every value that it sealed.
    pub key_id: String,
    /// A value that opens with this key and no other.
    pub sealed_check: Vec<u8>,
}

impl Db {
    /// Every key that has sealed something here.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn vault_keys(&self) -> Result<Vec<VaultKeyRow>> {
        on!(self, pool => sqlx::query_as("SELECT key_id, sealed_check FROM vault_keys")
            .fetch_all(pool)
            .await)
    }

    /// Notes a key, as the very first one if `first`. Answers whether it was noted: not if it is
    /// known already, or if another key was first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_vault_key(
        &self,
        key: &VaultKeyRow,
        first: bool,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "INSERT INTO vault_keys (key_id, sealed_check, first, created_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind(&key.key_id)
        .bind(&key.sealed_check)
        .bind(first.then_some(1_i64))
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }
}
