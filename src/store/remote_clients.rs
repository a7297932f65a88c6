//! How this server is known to the authorization servers of other MCP servers.

use chrono::{DateTime, Utc};

use super::{Db, Result, db::on};

/// A registration at one authorization server.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RemoteClientRow {
    /// Its id here, random.
    pub id: String,
    /// The name of the remote server.
    pub remote: String,
    /// The issuer, letter by letter.
    pub issuer: String,
    /// What was registered.
    pub redirect_uri: String,
    /// The client id that was given.
    pub client_id: String,
    /// All that was given, sealed.
    pub sealed_registration: Vec<u8>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl Db {
    /// The registration for `remote` at `issuer`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remote_client(
        &self,
        remote: &str,
        issuer: &str,
    ) -> Result<Option<RemoteClientRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM remote_clients WHERE remote = $1 AND issuer = $2",
        )
        .bind(remote)
        .bind(issuer)
        .fetch_optional(pool)
        .await)
    }

    /// Stores a registration. Answers whether it is the one that counts: not if another process
    /// was faster.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_remote_client(&self, row: &RemoteClientRow) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "INSERT INTO remote_clients
             (id, remote, issuer, redirect_uri, client_id, sealed_registration, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (remote, issuer) DO NOTHING",
        )
        .bind(&row.id)
        .bind(&row.remote)
        .bind(&row.issuer)
        .bind(&row.redirect_uri)
        .bind(&row.client_id)
        .bind(&row.sealed_registration)
        .bind(row.created_at)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Forgets the registration for `remote` at `issuer`, if it still is the one with this client id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_remote_client(
        &self,
        remote: &str,
        issuer: &str,
        client_id: &str,
    ) -> Result<()> {
        on!(self, pool => sqlx::query(
            "DELETE FROM remote_clients WHERE remote = $1 AND issuer = $2 AND client_id = $3",
        )
        .bind(remote)
        .bind(issuer)
        .bind(client_id)
        .execute(pool)
        .await
        .map(|_| ()))
    }

    /// The issuer that the operator's `client_id` for `remote` belongs to, if it was used before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remote_issuer(&self, remote: &str, client_id: &str) -> Result<Option<String>> {
        on!(self, pool => sqlx::query_scalar(
            "SELECT issuer FROM remote_issuers WHERE remote = $1 AND client_id = $2",
        )
        .bind(remote)
        .bind(client_id)
        .fetch_optional(pool)
        .await)
    }

    /// The same: `issuer`, from now on, if it was used nowhere before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_remote_issuer(
        &self,
        remote: &str,
        client_id: &str,
        issuer: &str,
    ) -> Result<String> {
        // An update that changes nothing, so that the row that was there is given back.
        on!(self, pool => sqlx::query_scalar(
            "INSERT INTO remote_issuers (remote, client_id, issuer) VALUES ($1, $2, $3)
             ON CONFLICT (remote, client_id) DO UPDATE SET client_id = excluded.client_id
             RETURNING issuer",
        )
        .bind(remote)
        .bind(client_id)
        .bind(issuer)
        .fetch_one(pool)
        .await)
    }
}
