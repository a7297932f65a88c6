//! What happened. Rows are only ever added, and go when they are old.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Db, Result, db::on};
use crate::clock::Clock;

/// How many old rows one transaction deletes at most, so that nobody waits long for it.
const SWEPT_AT_ONCE: i64 = 1_000;

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
    /// The tool that was called.
    pub tool: Option<String>,
    /// The provider.
    pub provider: Option<String>,
    /// The connection that was made, used or ended.
    pub connection_id: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
}

/// Which events are meant: those that have all of what is set here.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// The key of the identity.
    pub identity: Option<String>,
    /// The client.
    pub client_id: Option<String>,
    /// The tool.
    pub tool: Option<String>,
    /// What happened.
    pub event: Option<String>,
}

impl AuditRow {
    /// The same event as of now.
    #[must_use]
    pub fn stamped(self, clock: &Clock) -> Self {
        let at = clock.now();
        // Ids sort by time; the dice keep two of the same microsecond apart.
        let dice = u64::from_be_bytes(clock.random());
        Self { id: format!("{:016x}{dice:016x}", at.timestamp_micros()), at, ..self }
    }
}

/// Stores an event; `$if_known` says what becomes of one that is there already.
macro_rules! insert_audit {
    ($row:expr, $executor:expr) => {
        insert_audit!($row, $executor, "")
    };
    ($row:expr, $executor:expr, $if_known:literal) => {
        sqlx::query(concat!(
            "INSERT INTO audit (id, at, event, outcome, detail, identity, client_id, token_id,
             grant_id, tool, provider, connection_id, address)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ",
            $if_known
        ))
        .bind(&$row.id)
        .bind($row.at)
        .bind(&$row.event)
        .bind(&$row.outcome)
        .bind(&$row.detail)
        .bind(&$row.identity)
        .bind(&$row.client_id)
        .bind(&$row.token_id)
        .bind(&$row.grant_id)
        .bind(&$row.tool)
        .bind(&$row.provider)
        .bind(&$row.connection_id)
        .bind(&$row.address)
        .execute($executor)
        .await
        .map(|_| ())
    };
}
pub(super) use insert_audit;

/// The newest events, where `$first` is what an index finds them by.
macro_rules! newest {
    ($first:literal) => {
        concat!(
            "SELECT * FROM audit WHERE ",
            $first,
            " AND at >= $1 AND ($3 IS NULL OR identity = $3) AND ($4 IS NULL OR client_id = $4)
             AND ($5 IS NULL OR tool = $5) AND ($6 IS NULL OR event = $6)
             ORDER BY id DESC LIMIT $2"
        )
    };
}

impl AuditFilter {
    fn sql(&self) -> &'static str {
        match self {
            Self { identity: Some(_), .. } => newest!("identity = $3"),
            Self { tool: Some(_), .. } => newest!("tool = $5"),
            Self { client_id: Some(_), .. } => newest!("client_id = $4"),
            Self { event: Some(_), .. } => newest!("event = $6"),
            _ => newest!("at >= $1"),
        }
    }
}

impl Db {
    /// Adds an event.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_audit(&self, row: &AuditRow) -> Result<()> {
        on!(self, pool => insert_audit!(row, pool))
    }

    /// Adds events, all or none. Those that are there already stay as they are, so that a try whose
    /// answer was lost may be made again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_audits(&self, rows: &[AuditRow]) -> Result<()> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            for row in rows {
                insert_audit!(row, &mut *transaction, "ON CONFLICT DO NOTHING")?;
            }
            transaction.commit().await
        })
    }

    /// Forgets some of what happened before `before`, and answers whether there may be more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_audit(&self, before: DateTime<Utc>) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 LIMIT $2)",
        )
        .bind(before)
        .bind(SWEPT_AT_ONCE)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == SWEPT_AT_ONCE.unsigned_abs()))
    }

    /// The newest `most` events since `since` that `filter` means, the oldest of them first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_since(
        &self,
        since: DateTime<Utc>,
        most: i64,
        filter: &AuditFilter,
    ) -> Result<Vec<AuditRow>> {
        let mut rows: Vec<AuditRow> = on!(self, pool => sqlx::query_as(filter.sql())
            .bind(since)
            .bind(most)
            .bind(&filter.identity)
            .bind(&filter.client_id)
            .bind(&filter.tool)
            .bind(&filter.event)
            .fetch_all(pool)
            .await?);
        rows.reverse();
        Ok(rows)
    }
}
