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

/// What one client may do for a person, as their own page tells it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AccessRow {
    /// To which client.
    pub client_id: String,
    /// What was granted, with spaces between them.
    pub scopes: String,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When its tokens were last renewed, if they ever were.
    pub renewed_at: Option<DateTime<Utc>>,
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

    /// What `identity` gave to clients and still counts, the first given first. A client may have
    /// been given access several times.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn access_given(&self, identity: &str, now: DateTime<Utc>) -> Result<Vec<AccessRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT client_id, scopes, created_at,
             (SELECT MAX(created_at) FROM refresh_tokens WHERE grant_id = grants.id) AS renewed_at
             FROM grants WHERE identity = $1 AND expires_at > $2 ORDER BY created_at, id",
        )
        .bind(identity)
        .bind(now)
        .fetch_all(pool)
        .await)
    }

    /// Ends what `identity` gave to one client: grants, and codes that would become some. Answers
    /// whether there was a grant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_access(&self, identity: &str, client_id: &str) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            // First, so that one that is being redeemed has its grant when those go.
            sqlx::query("DELETE FROM codes WHERE identity = $1 AND client_id = $2")
                .bind(identity)
                .bind(client_id)
                .execute(&mut *transaction)
                .await?;
            let done = sqlx::query("DELETE FROM grants WHERE identity = $1 AND client_id = $2")
                .bind(identity)
                .bind(client_id)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(BUMP).bind(Epoch::Grants as i64).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(done.rows_affected() > 0)
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
                "DELETE FROM chat_sessions WHERE identity = $1",
                "DELETE FROM visits WHERE identity = $1",
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
