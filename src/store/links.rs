//! Tries to link an account, from the link shown in chat to the active connection.

mod add;
mod row;

use chrono::{DateTime, Utc};

use super::{Db, Result, db::on};

pub use add::Offered;
pub use row::{LinkRow, LinkState, Problem};

const TAKE: &str = "DELETE FROM links WHERE identity = $1 AND provider = $2 RETURNING *";

impl Db {
    /// The link with this ticket.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_by_ticket(&self, ticket_hash: &[u8]) -> Result<Option<LinkRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM links WHERE ticket_hash = $1")
            .bind(ticket_hash)
            .fetch_optional(pool)
            .await)
    }

    /// The link with this OAuth `state`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_by_state(&self, state_hash: &[u8]) -> Result<Option<LinkRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM links WHERE state_hash = $1")
            .bind(state_hash)
            .fetch_optional(pool)
            .await)
    }

    /// The link that waits for this one-time code, whosever it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_by_code(&self, code_hash: &[u8]) -> Result<Option<LinkRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM links WHERE code_hash = $1 AND state = 'pending'",
        )
        .bind(code_hash)
        .fetch_optional(pool)
        .await)
    }

    /// The link of `identity` for `provider`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn link_of(&self, identity: &str, provider: &str) -> Result<Option<LinkRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM links WHERE identity = $1 AND provider = $2",
        )
        .bind(identity)
        .bind(provider)
        .fetch_optional(pool)
        .await)
    }

    /// The button was pressed: notes browser, `state` and verifier of `link`. Answers whether it
    /// could still be started: the first time, or again in the same browser.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn start_link(&self, link: &LinkRow, now: DateTime<Utc>) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE links SET state = 'started', browser_hash = $2, state_hash = $3,
             sealed_verifier = $4
             WHERE id = $1 AND expires_at > $5
             AND (state = 'issued' OR (state = 'started' AND browser_hash = $2))",
        )
        .bind(&link.id)
        .bind(&link.browser_hash)
        .bind(&link.state_hash)
        .bind(&link.sealed_verifier)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Takes the right to exchange the provider's code for `id`. Answers whether it was to be
    /// had: once, and in time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_exchange(&self, id: &str, now: DateTime<Utc>) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE links SET state = 'exchanging'
             WHERE id = $1 AND state = 'started' AND expires_at > $2",
        )
        .bind(id)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Keeps what the provider gave for `id` until its one-time code comes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hold_grant(&self, id: &str, sealed: &[u8], code_hash: &[u8]) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE links SET state = 'pending', sealed_verifier = NULL, sealed_ticket = NULL,
             sealed_grant = $2, code_hash = $3
             WHERE id = $1 AND state = 'exchanging'",
        )
        .bind(id)
        .bind(sealed)
        .bind(code_hash)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Tries a one-time code at the pending `id`. With the right one the link is `exchanging`
    /// afterwards, for whoever came first; a wrong one is counted. Answers with the link as it is
    /// then; none if it isn't pending, or `most` wrong ones were tried before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn try_code(&self, id: &str, code_hash: &[u8], most: i64) -> Result<Option<LinkRow>> {
        on!(self, pool => sqlx::query_as(
            "UPDATE links
             SET state = CASE WHEN code_hash = $2 THEN 'exchanging' ELSE state END,
                 tries = CASE WHEN code_hash = $2 THEN tries ELSE tries + 1 END
             WHERE id = $1 AND state = 'pending' AND tries < $3 RETURNING *",
        )
        .bind(id)
        .bind(code_hash)
        .bind(most)
        .fetch_optional(pool)
        .await)
    }

    /// Ends `id` without a connection, if it is in the state `from`. Answers whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn fail_link(&self, id: &str, from: LinkState, problem: &Problem) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE links SET state = 'failed', sealed_verifier = NULL, sealed_ticket = NULL,
             sealed_grant = NULL, code_hash = NULL, problem_code = $3, problem_message = $4, problem_next_step = $5
             WHERE id = $1 AND state = $2",
        )
        .bind(id)
        .bind(from)
        .bind(&problem.code)
        .bind(&problem.message)
        .bind(&problem.next_step)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Deletes the link of `identity` for `provider` and answers with it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_link(&self, identity: &str, provider: &str) -> Result<Option<LinkRow>> {
        on!(self, pool => sqlx::query_as(TAKE)
            .bind(identity)
            .bind(provider)
            .fetch_optional(pool)
            .await)
    }

    /// Deletes the links of `identity`, or only the one for `provider`, and answers with them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_links(&self, identity: &str, provider: Option<&str>) -> Result<Vec<LinkRow>> {
        on!(self, pool => sqlx::query_as(
            "DELETE FROM links WHERE identity = $1 AND ($2 IS NULL OR provider = $2) RETURNING *",
        )
        .bind(identity)
        .bind(provider)
        .fetch_all(pool)
        .await)
    }

    /// The links whose time is over and that hold what a provider gave: it must be given back.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn overdue_links(&self, now: DateTime<Utc>) -> Result<Vec<LinkRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM links WHERE sealed_grant IS NOT NULL AND expires_at <= $1",
        )
        .bind(now)
        .fetch_all(pool)
        .await)
    }

    /// Forgets links whose time was over before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_links(&self, before: DateTime<Utc>) -> Result<u64> {
        on!(self, pool => sqlx::query("DELETE FROM links WHERE expires_at < $1")
            .bind(before)
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))
    }
}
