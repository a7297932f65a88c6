//! Who may ask for tokens.

use chrono::{DateTime, Utc};

use super::{Db, Epoch, Result, db::on, epoch::BUMP};

/// Where a client comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "lowercase", type_name = "text")]
pub enum ClientKind {
    /// Added by the operator.
    Operator,
    /// Registered itself (RFC 7591).
    Dynamic,
    /// Described by the document that its id is the URL of (Client ID Metadata Document).
    Document,
}

/// A client as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ClientRow {
    /// Its `client_id`.
    pub id: String,
    /// Where it comes from.
    pub kind: ClientKind,
    /// What it calls itself.
    pub name: String,
    /// Its `token_endpoint_auth_method`.
    pub auth_method: String,
    /// SHA-256 of its secret, if it has one.
    pub secret_hash: Option<Vec<u8>>,
    /// Its redirect URIs, with spaces between them.
    pub redirect_uris: String,
    /// Its grant types, with spaces between them.
    pub grant_types: String,
    /// The scopes that it may ask for, with spaces between them.
    pub scopes: String,
    /// Its public keys, as a JWK set.
    pub jwks: Option<String>,
    /// Where its public keys are.
    pub jwks_uri: Option<String>,
    /// When it was first seen.
    pub created_at: DateTime<Utc>,
    /// When it last had a person's consent or a token.
    pub used_at: Option<DateTime<Utc>>,
    /// Until when the copy of its document is fresh.
    pub fresh_until: Option<DateTime<Utc>>,
}

const SAVE: &str = "INSERT INTO clients (id, kind, name, auth_method, secret_hash, redirect_uris,
    grant_types, scopes, jwks, jwks_uri, created_at, fresh_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (id) DO UPDATE SET name = $3, auth_method = $4, redirect_uris = $6,
    grant_types = $7, scopes = $8, jwks = $9, jwks_uri = $10, fresh_until = $12
    WHERE clients.kind = 'document'";

const TRIM: &str = "DELETE FROM clients WHERE kind <> 'operator' AND used_at IS NULL
    AND id NOT IN (SELECT id FROM clients WHERE kind <> 'operator' AND used_at IS NULL
    ORDER BY created_at DESC LIMIT $1)";

impl Db {
    /// The client with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn client(&self, id: &str) -> Result<Option<ClientRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM clients WHERE id = $1")
            .bind(id)
            .fetch_optional(pool)
            .await)
    }

    /// All clients of this kind, the oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn clients(&self, kind: ClientKind) -> Result<Vec<ClientRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM clients WHERE kind = $1 ORDER BY created_at, id",
        )
        .bind(kind)
        .fetch_all(pool)
        .await)
    }

    /// Stores a new client, or a newer copy of a client's document.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_client(&self, client: &ClientRow) -> Result<()> {
        on!(self, pool => sqlx::query(SAVE)
            .bind(&client.id)
            .bind(client.kind)
            .bind(&client.name)
            .bind(&client.auth_method)
            .bind(&client.secret_hash)
            .bind(&client.redirect_uris)
            .bind(&client.grant_types)
            .bind(&client.scopes)
            .bind(&client.jwks)
            .bind(&client.jwks_uri)
            .bind(client.created_at)
            .bind(client.fresh_until)
            .execute(pool)
            .await
            .map(|_| ()))
    }

    /// Notes that a client was used, so that it isn't cleaned up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_client(&self, id: &str, now: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("UPDATE clients SET used_at = $2 WHERE id = $1")
            .bind(id)
            .bind(now)
            .execute(pool)
            .await
            .map(|_| ()))
    }

    /// Removes a client with everything that was granted to it. Answers whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_client(&self, id: &str) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            for sql in [
                // First, so that one that is being redeemed has its grant when those go.
                "DELETE FROM codes WHERE client_id = $1",
                "DELETE FROM grants WHERE client_id = $1",
            ] {
                sqlx::query(sql).bind(id).execute(&mut *transaction).await?;
            }
            sqlx::query("INSERT INTO removed_clients (id) VALUES ($1) ON CONFLICT DO NOTHING")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            let done = sqlx::query("DELETE FROM clients WHERE id = $1")
                .bind(id)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(BUMP).bind(Epoch::Grants as i64).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(done.rows_affected() == 1)
        })
    }

    /// The clients that were removed, as long as something of theirs may be left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn removed_clients(&self) -> Result<Vec<String>> {
        on!(self, pool => sqlx::query_scalar("SELECT id FROM removed_clients")
            .fetch_all(pool)
            .await)
    }

    /// Nothing is left of this removed client.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_removed_client(&self, id: &str) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM removed_clients WHERE id = $1")
            .bind(id)
            .execute(pool)
            .await
            .map(|_| ()))
    }

    /// Forgets clients of strangers: those never used since `unused`, those without a grant since
    /// `idle`, and of those never used all but the newest `most`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_clients(
        &self,
        unused: DateTime<Utc>,
        idle: DateTime<Utc>,
        most: i64,
    ) -> Result<()> {
        on!(self, pool => {
            sqlx::query(
                "DELETE FROM clients WHERE kind <> 'operator'
                 AND ((used_at IS NULL AND created_at < $1) OR used_at < $2)
                 AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = clients.id)",
            )
            .bind(unused)
            .bind(idle)
            .execute(pool)
            .await?;
            sqlx::query(TRIM).bind(most).execute(pool).await.map(|_| ())
        })
    }

    /// Notes that an assertion was used. Answers whether it was for the first time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_assertion(&self, id_hash: &[u8], expires_at: DateTime<Utc>) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "INSERT INTO assertions (id_hash, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(id_hash)
        .bind(expires_at)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Forgets assertions that are too old to be used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_assertions(&self, now: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM assertions WHERE expires_at < $1")
            .bind(now)
            .execute(pool)
            .await
            .map(|_| ()))
    }
}
