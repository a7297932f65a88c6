//! Chat users' ways to their own page: from the link shown in chat to a session in one browser.

use chrono::{DateTime, Utc};

use super::{Db, Result, db::on};

/// How far one has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "lowercase", type_name = "text")]
pub enum VisitState {
    /// Shown in chat, and not yet followed.
    Issued,
    /// A browser has it, and shows a code.
    Bound,
    /// The code came back through the chat.
    Proven,
    /// The browser has its session.
    Used,
    /// Ended without one.
    Failed,
}

/// A visit as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct VisitRow {
    /// Its id, random.
    pub id: String,
    /// SHA-256 of the ticket.
    pub ticket_hash: Vec<u8>,
    /// The key of the identity whose page it is.
    pub identity: String,
    /// How far it has come.
    pub state: VisitState,
    /// SHA-256 of the cookie of the browser that it is for.
    pub browser_hash: Option<Vec<u8>>,
    /// SHA-256 of the one-time code.
    pub code_hash: Option<Vec<u8>>,
    /// How many wrong codes were given.
    pub tries: i64,
    /// Once failed: what the person is told.
    pub problem: Option<String>,
    /// When the link was shown.
    pub created_at: DateTime<Utc>,
    /// Until when it may be used.
    pub expires_at: DateTime<Utc>,
}

impl Db {
    /// Stores a new visit in place of one of the same identity that still waits for its code: only
    /// the newest link counts.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_visit(&self, visit: &VisitRow) -> Result<()> {
        let mut tries = 0;
        loop {
            match self.replace_visit(visit).await {
                // Another came in between; this one is newer.
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() && tries < 10 => {
                    tries += 1;
                }
                done => return done,
            }
        }
    }

    async fn replace_visit(&self, visit: &VisitRow) -> Result<()> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query("DELETE FROM visits WHERE identity = $1 AND state = 'issued'")
            .bind(&visit.identity)
            .execute(&mut *transaction)
            .await?;
            sqlx::query(
                "INSERT INTO visits (id, ticket_hash, identity, state, tries, created_at,
                 expires_at) VALUES ($1, $2, $3, $4, 0, $5, $6)",
            )
            .bind(&visit.id)
            .bind(&visit.ticket_hash)
            .bind(&visit.identity)
            .bind(visit.state)
            .bind(visit.created_at)
            .bind(visit.expires_at)
            .execute(&mut *transaction)
            .await?;
            transaction.commit().await
        })
    }

    /// The visit with this ticket, if its time isn't over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visit(&self, ticket_hash: &[u8], now: DateTime<Utc>) -> Result<Option<VisitRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM visits WHERE ticket_hash = $1 AND expires_at > $2",
        )
        .bind(ticket_hash)
        .bind(now)
        .fetch_optional(pool)
        .await)
    }

    /// Gives `id` to the browser with this cookie, under this code, in place of another visit of the
    /// same identity that waits. Answers whether no other browser had it, and its time wasn't over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn bind_visit(
        &self,
        id: &str,
        browser_hash: &[u8],
        code_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query(
                "DELETE FROM visits WHERE state = 'bound' AND identity =
                 (SELECT identity FROM visits WHERE id = $1 AND state = 'issued')",
            )
            .bind(id)
            .execute(&mut *transaction)
            .await?;
            let done = sqlx::query(
                "UPDATE visits SET state = 'bound', browser_hash = $2, code_hash = $3
                 WHERE id = $1 AND state = 'issued' AND expires_at > $4",
            )
            .bind(id)
            .bind(browser_hash)
            .bind(code_hash)
            .bind(now)
            .execute(&mut *transaction)
            .await?;
            if done.rows_affected() == 0 {
                return Ok(false);
            }
            transaction.commit().await?;
            Ok(true)
        })
    }

    /// Notes that `identity` gave this code. Answers whether it is that of a visit of theirs that
    /// waits for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prove_visit(
        &self,
        identity: &str,
        code_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE visits SET state = 'proven', code_hash = NULL
             WHERE identity = $1 AND code_hash = $2 AND state = 'bound' AND expires_at > $3",
        )
        .bind(identity)
        .bind(code_hash)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Ends the visit that waits for this code, which somebody else than `giver` was shown.
    /// Answers with whose it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_visit_of_another(
        &self,
        giver: &str,
        code_hash: &[u8],
        problem: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<String>> {
        on!(self, pool => sqlx::query_scalar(
            "UPDATE visits SET state = 'failed', code_hash = NULL, problem = $3
             WHERE identity <> $1 AND code_hash = $2 AND state = 'bound' AND expires_at > $4
             RETURNING identity",
        )
        .bind(giver)
        .bind(code_hash)
        .bind(problem)
        .bind(now)
        .fetch_optional(pool)
        .await)
    }

    /// Counts a wrong code of `identity` at the visit that waits for one; the last of `most` ends
    /// it, with `problem`. Answers with how many there were; none if no visit waits.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn miss_visit(
        &self,
        identity: &str,
        most: i64,
        problem: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<i64>> {
        on!(self, pool => sqlx::query_scalar(
            "UPDATE visits SET tries = tries + 1,
                 state = CASE WHEN tries + 1 >= $2 THEN 'failed' ELSE state END,
                 code_hash = CASE WHEN tries + 1 >= $2 THEN NULL ELSE code_hash END,
                 problem = CASE WHEN tries + 1 >= $2 THEN $3 ELSE problem END
             WHERE identity = $1 AND state = 'bound' AND expires_at > $4 RETURNING tries",
        )
        .bind(identity)
        .bind(most)
        .bind(problem)
        .bind(now)
        .fetch_optional(pool)
        .await)
    }

    /// Takes the right to a session for `id`, in the browser that has it. Answers whether it was
    /// to be had: once, after the code, and in time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_visit(
        &self,
        id: &str,
        browser_hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE visits SET state = 'used'
             WHERE id = $1 AND browser_hash = $2 AND state = 'proven' AND expires_at > $3",
        )
        .bind(id)
        .bind(browser_hash)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Forgets those whose time was over before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_visits(&self, before: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("DELETE FROM visits WHERE expires_at <= $1")
            .bind(before)
            .execute(pool)
            .await
            .map(|_| ()))
    }
}
