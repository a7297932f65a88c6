//! What other MCP servers say of their things, and whether an operator has accepted it.

use chrono::{DateTime, Utc};

use super::{Db, Epoch, Result, db::on, epoch::BUMP};

/// What a server says of one thing. The same thing may be described in several ways, to several people.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DescriptionRow {
    /// The server's name in the configuration.
    pub remote: String,
    /// `tool`, `prompt` or `template`.
    pub kind: String,
    /// What it is called here.
    pub name: String,
    /// The SHA-256 of what is said, in hexadecimal.
    pub hash: String,
    /// Canonical JSON.
    pub said: String,
    /// Whether models may see it.
    pub accepted: bool,
    /// Whether an operator has been shown it.
    pub shown: bool,
    /// When it was first said.
    pub seen_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
}

impl Db {
    /// Stores what isn't known yet of `rows`, which are of one remote and one kind: accepted, if these are
    /// the first of that kind that are seen, and otherwise not. Answers those that are new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_descriptions(
        &self,
        rows: &[DescriptionRow],
        now: DateTime<Utc>,
    ) -> Result<Vec<DescriptionRow>> {
        let Some(DescriptionRow { remote, kind, .. }) = rows.first() else { return Ok(Vec::new()) };
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let first = sqlx::query(
                "INSERT INTO remote_lists (remote, kind, seen_at) VALUES ($1, $2, $3)
                 ON CONFLICT DO NOTHING",
            )
            .bind(remote)
            .bind(kind)
            .bind(now)
            .execute(&mut *transaction)
            .await?
            .rows_affected() == 1;
            let mut new = Vec::new();
            for row in rows {
                let added: Option<DescriptionRow> = sqlx::query_as(
                    "INSERT INTO remote_descriptions
                     (remote, kind, name, hash, said, accepted, shown, seen_at, accepted_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8)
                     ON CONFLICT DO NOTHING RETURNING *",
                )
                .bind(remote)
                .bind(kind)
                .bind(&row.name)
                .bind(&row.hash)
                .bind(&row.said)
                .bind(first)
                .bind(now)
                .bind(first.then_some(now))
                .fetch_optional(&mut *transaction)
                .await?;
                new.extend(added);
            }
            sqlx::query(BUMP).bind(Epoch::Remotes as i64).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(new)
        })
    }

    /// What is known, of all remotes, but not what is said.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn all_descriptions(&self) -> Result<Vec<DescriptionRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT remote, kind, name, hash, '' AS said, accepted, shown, seen_at, accepted_at
             FROM remote_descriptions",
        )
        .fetch_all(pool)
        .await)
    }

    /// All that one remote says, by kind and name, the first said first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn descriptions_of(&self, remote: &str) -> Result<Vec<DescriptionRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM remote_descriptions WHERE remote = $1
             ORDER BY kind DESC, name, seen_at, hash",
        )
        .bind(remote)
        .fetch_all(pool)
        .await)
    }

    /// Notes that an operator has been shown this.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn note_shown(&self, row: &DescriptionRow) -> Result<()> {
        on!(self, pool => sqlx::query(
            "UPDATE remote_descriptions SET shown = TRUE
             WHERE remote = $1 AND kind = $2 AND hash = $3",
        )
        .bind(&row.remote)
        .bind(&row.kind)
        .bind(&row.hash)
        .execute(pool)
        .await
        .map(|_| ()))
    }

    /// Accepts this, if it was shown. Answers whether that changed anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn accept_description(
        &self,
        row: &DescriptionRow,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let done = sqlx::query(
                "UPDATE remote_descriptions SET accepted = TRUE, accepted_at = $4
                 WHERE remote = $1 AND kind = $2 AND hash = $3 AND shown AND NOT accepted",
            )
            .bind(&row.remote)
            .bind(&row.kind)
            .bind(&row.hash)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
            sqlx::query(BUMP).bind(Epoch::Remotes as i64).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(done.rows_affected() == 1)
        })
    }

    /// Forgets what was first said before `before` and never accepted, so that there is room for more. That
    /// there was a first list stays known: what is said still is held back anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_held_back(&self, before: DateTime<Utc>) -> Result<u64> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let forgotten = sqlx::query(
                "DELETE FROM remote_descriptions WHERE NOT accepted AND seen_at < $1",
            )
            .bind(before)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
            if forgotten > 0 {
                sqlx::query(BUMP).bind(Epoch::Remotes as i64).execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            Ok(forgotten)
        })
    }
}
