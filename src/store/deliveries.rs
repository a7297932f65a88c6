//! What bots are told: messages to their webhooks, until they have them.

use chrono::{DateTime, Utc};

use super::{Db, Result, db::on};

/// What has become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "snake_case", type_name = "text")]
pub enum DeliveryState {
    /// It will be tried, again maybe.
    Waiting,
    /// The bot has it.
    Delivered,
    /// The bot didn't take it, and it isn't tried any more.
    GivenUp,
}

/// A message as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct DeliveryRow {
    /// Its id, random: the `webhook-id` of every try.
    pub id: String,
    /// The bot.
    pub client_id: String,
    /// What it tells, e.g. `link.completed`.
    pub event: String,
    /// What is posted, word for word.
    pub body: String,
    /// What has become of it.
    pub state: DeliveryState,
    /// How many tries were begun.
    pub attempts: i64,
    /// When it is tried next, while it waits.
    pub next_at: DateTime<Utc>,
    /// What came of the last try: a status, or why there is none.
    pub last_answer: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When the bot had it.
    pub delivered_at: Option<DateTime<Utc>>,
}

impl DeliveryRow {
    /// A message to `client_id` that is to be sent at once.
    #[must_use]
    pub fn new(
        id: String,
        client_id: String,
        event: String,
        body: String,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            client_id,
            event,
            body,
            state: DeliveryState::Waiting,
            attempts: 0,
            next_at: created_at,
            last_answer: None,
            created_at,
            delivered_at: None,
        }
    }
}

/// Inserts a new message.
macro_rules! insert {
    ($row:expr, $executor:expr) => {
        sqlx::query(
            "INSERT INTO deliveries (id, client_id, event, body, state, attempts, next_at,
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&$row.id)
        .bind(&$row.client_id)
        .bind(&$row.event)
        .bind(&$row.body)
        .bind($row.state)
        .bind($row.attempts)
        .bind($row.next_at)
        .bind($row.created_at)
        .execute($executor)
        .await
        .map(|_| ())
    };
}
pub(super) use insert;

impl Db {
    /// Stores a message that is to be sent.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_delivery(&self, row: &DeliveryRow) -> Result<()> {
        on!(self, pool => insert!(row, pool))
    }

    /// Takes the right to try the messages of `client` that are due, at most `most` of them, until
    /// `until`. Nobody else gets them before that.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_deliveries(
        &self,
        client: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
        most: i64,
    ) -> Result<Vec<DeliveryRow>> {
        // Postgres looks at the outer conditions again when another claim came first.
        on!(self, pool => sqlx::query_as(
            "UPDATE deliveries SET next_at = $3, attempts = attempts + 1
             WHERE state = 'waiting' AND next_at <= $2 AND id IN (
                 SELECT id FROM deliveries
                 WHERE client_id = $1 AND state = 'waiting' AND next_at <= $2
                 ORDER BY next_at LIMIT $4
             ) RETURNING *",
        )
        .bind(client)
        .bind(now)
        .bind(until)
        .bind(most)
        .fetch_all(pool)
        .await)
    }

    /// Writes down what came of the try `row.attempts`. Answers whether it was still the newest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settle_delivery(&self, row: &DeliveryRow) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE deliveries SET state = $3, next_at = $4, last_answer = $5, delivered_at = $6
             WHERE id = $1 AND attempts = $2 AND state = 'waiting'",
        )
        .bind(&row.id)
        .bind(row.attempts)
        .bind(row.state)
        .bind(row.next_at)
        .bind(&row.last_answer)
        .bind(row.delivered_at)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// The newest `most` messages, to `client` or to all, the oldest of them first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn deliveries(&self, client: Option<&str>, most: i64) -> Result<Vec<DeliveryRow>> {
        let mut rows: Vec<DeliveryRow> = on!(self, pool => sqlx::query_as(
            "SELECT * FROM deliveries WHERE $1 IS NULL OR client_id = $1
             ORDER BY created_at DESC, id LIMIT $2",
        )
        .bind(client)
        .bind(most)
        .fetch_all(pool)
        .await?);
        rows.reverse();
        Ok(rows)
    }

    /// Forgets the messages written before `before`, delivered or not.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_deliveries(&self, before: DateTime<Utc>) -> Result<u64> {
        on!(self, pool => sqlx::query("DELETE FROM deliveries WHERE created_at < $1")
            .bind(before)
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))
    }
}
