//! Access tokens that the operator made. Each has a grant of its own, and ends with it.

use chrono::{DateTime, Utc};

use super::{Db, GrantRow, Result, db::on, grants::insert_grant};

/// Such a token, with its grant. The token itself isn't stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TokenRow {
    /// Its `jti`.
    pub token_id: String,
    /// What it allows, and until when.
    #[sqlx(flatten)]
    pub grant: GrantRow,
}

impl Db {
    /// Stores a token with this hash, and its grant.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_token(&self, token: &TokenRow, token_hash: &[u8]) -> Result<()> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            insert_grant!(token.grant, &mut *transaction)?;
            sqlx::query("INSERT INTO tokens (token_hash, id, grant_id) VALUES ($1, $2, $3)")
                .bind(token_hash)
                .bind(&token.token_id)
                .bind(&token.grant.id)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        })
    }

    /// The token with this hash, if it lives.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn token(&self, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<TokenRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT tokens.id AS token_id, grants.* FROM tokens
             JOIN grants ON grants.id = tokens.grant_id
             WHERE token_hash = $1 AND expires_at > $2",
        )
            .bind(token_hash)
            .bind(now)
            .fetch_optional(pool)
            .await)
    }

    /// All that live, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tokens(&self, now: DateTime<Utc>) -> Result<Vec<TokenRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT tokens.id AS token_id, grants.* FROM tokens
             JOIN grants ON grants.id = tokens.grant_id
             WHERE expires_at > $1 ORDER BY created_at, tokens.id",
        )
        .bind(now)
        .fetch_all(pool)
        .await)
    }
}
