//! New links: in place of an earlier one, or only if there is none that may still be finished.

use chrono::{DateTime, Utc};

use super::{LinkRow, TAKE};
use crate::store::{Db, Result, db::on};

/// What became of a link that was to stand back for one under way.
#[derive(Debug)]
pub enum Offered {
    /// It is the newest now. This one was over, and made room for it.
    New(Option<LinkRow>),
    /// This one may still be finished, and stays the newest.
    Kept(LinkRow),
}

const ADD: &str = "INSERT INTO links (id, ticket_hash, identity, provider, scopes, state, tries,
    created_at, expires_at, chat_name, sealed_ticket, label)
    VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11)";

/// How often a new link is tried while others keep coming in between.
const PATIENCE: usize = 10;

/// Runs the insertion of `$link` in `$transaction`.
macro_rules! add {
    ($link:expr, $transaction:expr) => {
        sqlx::query(ADD)
            .bind(&$link.id)
            .bind(&$link.ticket_hash)
            .bind(&$link.identity)
            .bind(&$link.provider)
            .bind(&$link.scopes)
            .bind($link.state)
            .bind($link.created_at)
            .bind($link.expires_at)
            .bind(&$link.chat_name)
            .bind(&$link.sealed_ticket)
            .bind(&$link.label)
            .execute(&mut *$transaction)
            .await?
    };
}

impl Db {
    /// Stores a new link in place of the identity's earlier one for the same provider, and answers
    /// with that one: only the newest link can be finished.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_link(&self, link: &LinkRow) -> Result<Option<LinkRow>> {
        let mut tries = 0;
        loop {
            match self.replace_link(link).await {
                // Another new link came in between; this one is newer.
                Err(error) if is_race(&error) && tries < PATIENCE => tries += 1,
                done => return done,
            }
        }
    }

    /// Stores a new link unless the identity's earlier one for the same provider may still be
    /// finished `now`. Of several at the same moment, one is stored and kept for the others.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn offer_link(&self, link: &LinkRow, now: DateTime<Utc>) -> Result<Offered> {
        let mut tries = 0;
        loop {
            match self.try_offer(link, now).await {
                // Another new link came in between; it is to be kept.
                Err(error) if is_race(&error) && tries < PATIENCE => tries += 1,
                done => return done,
            }
        }
    }

    async fn replace_link(&self, link: &LinkRow) -> Result<Option<LinkRow>> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let earlier = sqlx::query_as(TAKE)
                .bind(&link.identity)
                .bind(&link.provider)
                .fetch_optional(&mut *transaction)
                .await?;
            add!(link, transaction);
            transaction.commit().await?;
            Ok(earlier)
        })
    }

    async fn try_offer(&self, link: &LinkRow, now: DateTime<Utc>) -> Result<Offered> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let over = sqlx::query_as(
                "DELETE FROM links WHERE identity = $1 AND provider = $2
                 AND (expires_at <= $3 OR state IN ('completed', 'failed')) RETURNING *",
            )
            .bind(&link.identity)
            .bind(&link.provider)
            .bind(now)
            .fetch_optional(&mut *transaction)
            .await?;
            let living = sqlx::query_as("SELECT * FROM links WHERE identity = $1 AND provider = $2")
                .bind(&link.identity)
                .bind(&link.provider)
                .fetch_optional(&mut *transaction)
                .await?;
            if let Some(living) = living {
                return Ok(Offered::Kept(living));
            }
            add!(link, transaction);
            transaction.commit().await?;
            Ok(Offered::New(over))
        })
    }
}

fn is_race(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.is_unique_violation())
}
