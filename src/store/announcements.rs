//! Connections of chat users whose bot has yet to be told that they end.

use chrono::{DateTime, Utc};

use super::{Db, DeliveryRow, Result, db::on, deliveries::insert};

/// A connection that has ended or will soon, as far as its bot is told of it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct EndingRow {
    /// Its id.
    pub id: String,
    /// The key of the identity.
    pub identity: String,
    /// The id of the provider.
    pub provider: String,
    /// The account at the provider.
    pub account_id: String,
    /// The account's name for people.
    pub account_name: String,
    /// When the person will have to sign in again.
    pub reconnect_by: Option<DateTime<Utc>>,
    /// Why the person has to sign in again; none while the link lives.
    pub dead_reason: Option<String>,
    /// The last event that was told since the person signed in.
    pub announced: Option<String>,
    /// Of the row.
    pub version: i64,
}

impl Db {
    /// Connections of identities whose keys begin with `prefix` that are dead and weren't told as
    /// `dead`, or that end before `soon` and of which nothing was told; at most `most`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unannounced(
        &self,
        prefix: &str,
        dead: &str,
        soon: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<EndingRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT id, identity, provider, account_id, account_name, reconnect_by, dead_reason,
             announced, version FROM connections
             WHERE ((dead_reason IS NOT NULL AND COALESCE(announced, '') <> $2)
                 OR (announced IS NULL AND reconnect_by <= $3))
             AND substr(identity, 1, length($1)) = $1 LIMIT $4",
        )
        .bind(prefix)
        .bind(dead)
        .bind(soon)
        .bind(most)
        .fetch_all(pool)
        .await)
    }

    /// Notes that the bot of `ending` was told `message.event`, and stores the message, both or
    /// neither. Answers whether nobody else had, and the row was still what was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn announce(&self, ending: &EndingRow, message: &DeliveryRow) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let first = sqlx::query(
                "UPDATE connections SET announced = $4
                 WHERE id = $1 AND version = $2 AND COALESCE(announced, '') = $3",
            )
            .bind(&ending.id)
            .bind(ending.version)
            .bind(ending.announced.as_deref().unwrap_or_default())
            .bind(&message.event)
            .execute(&mut *transaction)
            .await?
            .rows_affected() == 1;
            if first {
                insert!(message, &mut *transaction)?;
                transaction.commit().await?;
            }
            Ok(first)
        })
    }
}
