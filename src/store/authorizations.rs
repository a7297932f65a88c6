//! Consents under way: from the button on the consent page to the redirect to the client.

use chrono::{DateTime, Utc};

use super::{Db, Result, db::on};

/// How far one has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
pub enum Stage {
    /// The person agreed, and hasn't signed in.
    Consented,
    /// The person is at the provider.
    SigningIn,
    /// The provider has answered.
    Done,
}

/// A consent as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct AuthorizationRow {
    /// The consent page's own number.
    pub id: String,
    /// How far it has come.
    pub stage: Stage,
    /// SHA-256 of the cookie of the browser in which it began.
    pub browser_hash: Vec<u8>,
    /// The client's request, as it was checked, sealed.
    pub sealed_request: Vec<u8>,
    /// The id of the provider that the person signs in with.
    pub provider: Option<String>,
    /// SHA-256 of the OAuth `state` at the provider.
    pub state_hash: Option<Vec<u8>>,
    /// The PKCE verifier for the provider, sealed.
    pub sealed_verifier: Option<Vec<u8>>,
    /// Whether the person agreed that the tools use the account, too.
    pub connects: bool,
    /// Whether the person gave the claim code.
    pub claims: bool,
    /// When the person agreed.
    pub created_at: DateTime<Utc>,
    /// Until when it may be finished.
    pub expires_at: DateTime<Utc>,
}

impl Db {
    /// Stores a consent. Answers whether that page's form was sent for the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_authorization(&self, row: &AuthorizationRow) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "INSERT INTO authorizations (id, stage, browser_hash, sealed_request, connects, claims,
             created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT DO NOTHING",
        )
        .bind(&row.id)
        .bind(row.stage)
        .bind(&row.browser_hash)
        .bind(&row.sealed_request)
        .bind(row.connects)
        .bind(row.claims)
        .bind(row.created_at)
        .bind(row.expires_at)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// The consent with this number.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authorization(&self, id: &str) -> Result<Option<AuthorizationRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM authorizations WHERE id = $1")
            .bind(id)
            .fetch_optional(pool)
            .await)
    }

    /// The consent with this OAuth `state` at the provider.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn authorization_by_state(
        &self,
        state_hash: &[u8],
    ) -> Result<Option<AuthorizationRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM authorizations WHERE state_hash = $1")
            .bind(state_hash)
            .fetch_optional(pool)
            .await)
    }

    /// Notes with which provider, `state` and verifier the person of `row` signs in. Answers
    /// whether they still could: in time, in the same browser, and not signed in already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_sign_in(&self, row: &AuthorizationRow, now: DateTime<Utc>) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE authorizations SET stage = 'signing_in', provider = $3, state_hash = $4,
             sealed_verifier = $5, connects = $6, claims = $7
             WHERE id = $1 AND browser_hash = $2 AND stage <> 'done' AND expires_at > $8",
        )
        .bind(&row.id)
        .bind(&row.browser_hash)
        .bind(&row.provider)
        .bind(&row.state_hash)
        .bind(&row.sealed_verifier)
        .bind(row.connects)
        .bind(row.claims)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Takes the right to go on from `stage` of `id`. Answers whether it was to be had: once, and
    /// in time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_authorization(
        &self,
        id: &str,
        stage: Stage,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE authorizations SET stage = 'done'
             WHERE id = $1 AND stage = $2 AND expires_at > $3",
        )
        .bind(id)
        .bind(stage)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Forgets those that expired before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_authorizations(&self, before: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM authorizations WHERE expires_at < $1")
            .bind(before)
            .execute(pool)
            .await
            .map(|_| ()))
    }
}
