//! Authorization codes: single use, and remembered for a while after it.

use chrono::{DateTime, Utc};

use super::{
    Db, GrantRow, RefreshRow, Result, db::on, grants::insert_grant, refresh_tokens::insert_refresh,
};

/// A code as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct CodeRow {
    /// SHA-256 of the code.
    pub code_hash: Vec<u8>,
    /// The key of the identity that agreed.
    pub identity: String,
    /// The client that it is for.
    pub client_id: String,
    /// The redirect URI that it was sent to.
    pub redirect_uri: String,
    /// The PKCE challenge, of method S256 (RFC 7636).
    pub code_challenge: String,
    /// What was granted, with spaces between them.
    pub scopes: String,
    /// The audience of the tokens (RFC 8707).
    pub resource: String,
    /// Until when it may be redeemed.
    pub expires_at: DateTime<Utc>,
    /// When it was.
    pub used_at: Option<DateTime<Utc>>,
    /// What that gave.
    pub grant_id: Option<String>,
}

/// How a try to redeem a code came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redemption {
    /// The grant and its refresh token are stored.
    Done,
    /// Somebody was first, or it is too late.
    Over,
}

impl Db {
    /// Stores a code.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_code(&self, code: &CodeRow) -> Result<()> {
        on!(self, pool => sqlx::query(
            "INSERT INTO codes (code_hash, identity, client_id, redirect_uri, code_challenge,
             scopes, resource, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&code.code_hash)
        .bind(&code.identity)
        .bind(&code.client_id)
        .bind(&code.redirect_uri)
        .bind(&code.code_challenge)
        .bind(&code.scopes)
        .bind(&code.resource)
        .bind(code.expires_at)
        .execute(pool)
        .await
        .map(|_| ()))
    }

    /// The code with this hash, used or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn code(&self, code_hash: &[u8]) -> Result<Option<CodeRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM codes WHERE code_hash = $1")
            .bind(code_hash)
            .fetch_optional(pool)
            .await)
    }

    /// Redeems a code for `grant` and its first refresh token: all of it or nothing, and once,
    /// whoever tries at the same moment.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn redeem(
        &self,
        code_hash: &[u8],
        grant: &GrantRow,
        refresh: &RefreshRow,
        now: DateTime<Utc>,
    ) -> Result<Redemption> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let used = sqlx::query(
                "UPDATE codes SET used_at = $2, grant_id = $3
                 WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2",
            )
            .bind(code_hash)
            .bind(now)
            .bind(&grant.id)
            .execute(&mut *transaction)
            .await?;
            if used.rows_affected() == 0 {
                return Ok(Redemption::Over);
            }
            insert_grant!(grant, &mut *transaction)?;
            insert_refresh!(refresh, &mut *transaction)?;
            transaction.commit().await?;
            Ok(Redemption::Done)
        })
    }

    /// Forgets codes that expired before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_codes(&self, before: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM codes WHERE expires_at < $1")
            .bind(before)
            .execute(pool)
            .await
            .map(|_| ()))
    }
}
