//! When connections were last used, and those that nobody uses.

use chrono::{DateTime, Utc};

use super::ConnectionRow;
use crate::store::{Db, Result, db::on};

impl Db {
    /// Notes that `id` is used `now`, if that wasn't noted since `before`. Answers whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_use(
        &self,
        id: &str,
        now: DateTime<Utc>,
        before: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE connections SET used_at = $2
             WHERE id = $1 AND (used_at IS NULL OR used_at <= $3)",
        )
        .bind(id)
        .bind(now)
        .bind(before)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// At most `most` living connections whose identity begins with `prefix`, which holds no `%` or
    /// `_`, and that nobody has used or signed in for since `before`; by id, those after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unused_connections(
        &self,
        prefix: &str,
        before: DateTime<Utc>,
        after: &str,
        most: i64,
    ) -> Result<Vec<ConnectionRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM connections WHERE identity LIKE $1 AND dead_reason IS NULL
             AND authorized_at <= $2 AND (used_at IS NULL OR used_at <= $2) AND id > $3
             ORDER BY id LIMIT $4",
        )
        .bind(format!("{prefix}%"))
        .bind(before)
        .bind(after)
        .bind(most)
        .fetch_all(pool)
        .await)
    }

    /// Ends `id` at `version` as [`Db::kill_connection`] does, if nobody has used it or signed in
    /// for it since `before`. Answers whether that was so.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kill_unused_connection(
        &self,
        id: &str,
        version: i64,
        before: DateTime<Utc>,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE connections SET dead_reason = $4, refreshing_until = NULL, updated_at = $5,
             account_name = '', label = NULL
             WHERE id = $1 AND version = $2 AND dead_reason IS NULL
             AND authorized_at <= $3 AND (used_at IS NULL OR used_at <= $3)",
        )
        .bind(id)
        .bind(version)
        .bind(before)
        .bind(reason)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }
}
