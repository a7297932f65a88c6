//! Keys that sign access tokens, sealed.

use chrono::{DateTime, Utc};

use super::{Db, Epoch, Result, db::on, epoch::BUMP};

/// A signing key as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SigningKeyRow {
    /// Its id, in the header of what it signs.
    pub kid: String,
    /// The private key, as PKCS#8, sealed.
    pub sealed_private: Vec<u8>,
    /// The public key, as a JWK.
    pub public_jwk: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it only checks.
    pub retired_at: Option<DateTime<Utc>>,
}

impl Db {
    /// All of them, the newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn signing_keys(&self) -> Result<Vec<SigningKeyRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM signing_keys ORDER BY created_at DESC, kid",
        )
        .fetch_all(pool)
        .await)
    }

    /// Adds a key that signs from now on, and retires the others. Only if none was made since
    /// `unless_since`: of two that rotate at once, one does. Answers whether it was added.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate_signing_key(
        &self,
        key: &SigningKeyRow,
        unless_since: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            // The first write: from here on nobody else rotates.
            sqlx::query(BUMP).bind(Epoch::Grants as i64).execute(&mut *transaction).await?;
            let newer: i64 =
                sqlx::query_scalar("SELECT COUNT(*) FROM signing_keys WHERE created_at > $1")
                    .bind(unless_since)
                    .fetch_one(&mut *transaction)
                    .await?;
            if newer > 0 {
                return Ok(false);
            }
            sqlx::query("UPDATE signing_keys SET retired_at = $1 WHERE retired_at IS NULL")
                .bind(key.created_at)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(
                "INSERT INTO signing_keys (kid, sealed_private, public_jwk, created_at)
                 VALUES ($1, $2, $3, $4)",
            )
            .bind(&key.kid)
            .bind(&key.sealed_private)
            .bind(&key.public_jwk)
            .bind(key.created_at)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await?;
            Ok(true)
        })
    }

    /// Forgets keys that were retired before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_signing_keys(&self, before: DateTime<Utc>) -> Result<()> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let done = sqlx::query("DELETE FROM signing_keys WHERE retired_at < $1")
                .bind(before)
                .execute(&mut *transaction)
                .await?;
            if done.rows_affected() > 0 {
                sqlx::query(BUMP).bind(Epoch::Grants as i64).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        })
    }
}
