//! What happened. Rows are only ever added, and go when they are old.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Db, Result, db::on};

/// One event as it is stored.
#[derive(Debug, Clone, Default, Serialize, sqlx::FromRow)]
pub struct AuditRow {
    /// Its id, which sorts by time.
    pub id: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub event: String,
    /// `done` or `refused`.
    pub outcome: String,
    /// Why it was refused, or what it was about.
    pub detail: Option<String>,
    /// The key of the identity.
    pub identity: Option<String>,
    /// The client.
    pub client_id: Option<String>,
    /// The access token's `jti`.
    pub token_id: Option<String>,
    /// The grant.
    pub grant_id: Option<String>,
    /// The provider.
    pub provider: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
}

impl Db {
    /// Adds an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_audit(&self, row: &AuditRow) -> Result<()> {
        on!(self, pool => sqlx::query(
            "INSERT INTO audit (id, at, event, outcome, detail, identity, client_id, token_id,
             grant_id, provider, address) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&row.id)
        .bind(row.at)
        .bind(&row.event)
        .bind(&row.outcome)
        .bind(&row.detail)
        .bind(&row.identity)
        .bind(&row.client_id)
        .bind(&row.token_id)
        .bind(&row.grant_id)
        .bind(&row.provider)
        .bind(&row.address)
        .execute(pool)
        .await
        .map(|_| ()))
    }

    /// Forgets what happened before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_audit(&self, before: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM audit WHERE at < $1")
            .bind(before)
            .execute(pool)
            .await
            .map(|_| ()))
    }

    /// The newest `most` events since `since`, the oldest of them first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_since(&self, since: DateTime<Utc>, most: i64) -> Result<Vec<AuditRow>> {
        let mut rows: Vec<AuditRow> = on!(self, pool => sqlx::query_as(
            "SELECT * FROM audit WHERE at >= $1 ORDER BY id DESC LIMIT $2",
        )
        .bind(since)
        .bind(most)
        .fetch_all(pool)
        .await?);
        rows.reverse();
        Ok(rows)
    }
}
