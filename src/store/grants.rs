//! What people gave to clients. A token whose grant is gone is worth nothing.

use chrono::{DateTime, Utc};

use super::{Db, Epoch, Result, db::on, epoch::BUMP};

/// A grant as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct GrantRow {
    /// Its id, random.
    pub id: String,
    /// The key of the identity that gave it; the client's own by client credentials.
    pub identity: String,
    /// To which client.
    pub client_id: String,
    /// What was granted, with spaces between them.
    pub scopes: String,
    /// The audience of its tokens (RFC 8707).
    pub resource: String,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it ends, unless it is used before.
    pub expires_at: DateTime<Utc>,
}

/// Stores a new grant.
macro_rules! insert_grant {
    ($grant:expr, $executor:expr) => {
        sqlx::query(
            "INSERT INTO grants (id, identity, client_id, scopes, resource, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&$grant.id)
        .bind(&$grant.identity)
        .bind(&$grant.client_id)
        .bind(&$grant.scopes)
        .bind(&$grant.resource)
        .bind($grant.created_at)
        .bind($grant.expires_at)
        .execute($executor)
        .await
    };
}
pub(super) use insert_grant;

impl Db {
    /// The grant `id`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grant(&self, id: &str) -> Result<Option<GrantRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM grants WHERE id = $1")
            .bind(id)
            .fetch_optional(pool)
            .await)
    }

    /// Stores a grant that has neither code nor refresh token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_grant(&self, grant: &GrantRow) -> Result<()> {
        on!(self, pool => insert_grant!(grant, pool).map(|_| ()))
    }

    /// Ends a grant, and with it its refresh tokens. Answers whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_grant(&self, id: &str) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let done = sqlx::query("DELETE FROM grants WHERE id = $1")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            sqlx::query(BUMP).bind(Epoch::Grants as i64).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(true)
        })
    }

    /// Ends everything that a person has here but their connections: grants, codes and sessions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_access(&self, identity: &str) -> Result<()> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            for sql in [
                // First, so that one that is being redeemed has its grant when those go.
                "DELETE FROM codes WHERE identity = $1",
                "DELETE FROM grants WHERE identity = $1",
                "DELETE FROM sessions WHERE identity = $1",
            ] {
                sqlx::query(sql).bind(identity).execute(&mut *transaction).await?;
            }
            sqlx::query(BUMP).bind(Epoch::Grants as i64).execute(&mut *transaction).await?;
            transaction.commit().await
        })
    }

    /// Forgets grants that ended by age.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_grants(&self, now: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM grants WHERE expires_at <= $1")
            .bind(now)
            .execute(pool)
            .await
            .map(|_| ()))
    }
}
