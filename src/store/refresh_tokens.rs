//! Refresh tokens, which rotate: one that was used still works until its successor is used.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Db, Epoch, Result, db::on, epoch::BUMP};

/// How far a refresh token has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "lowercase", type_name = "text")]
pub enum RefreshState {
    /// Never used.
    Live,
    /// Used, but its successor never was: the answer may have been lost.
    Rotated,
    /// Its successor was used, or took its place. Whoever has it now is somebody else.
    Dead,
}

/// A refresh token as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct RefreshRow {
    /// SHA-256 of the token.
    pub token_hash: Vec<u8>,
    /// Its grant.
    pub grant_id: String,
    /// How far it has come.
    pub state: RefreshState,
    /// Whose successor it is.
    pub parent_hash: Option<Vec<u8>>,
    /// Since when it is rotated.
    pub rotated_at: Option<DateTime<Utc>>,
    /// SHA-256 of its successor.
    pub successor_hash: Option<Vec<u8>>,
    /// Its successor, sealed.
    pub sealed_successor: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl RefreshRow {
    /// A new token.
    #[must_use]
    pub fn live(
        token_hash: Vec<u8>,
        grant_id: String,
        parent_hash: Option<Vec<u8>>,
        created_at: DateTime<Utc>,
    ) -> Self {
        Self {
            token_hash,
            grant_id,
            state: RefreshState::Live,
            parent_hash,
            rotated_at: None,
            successor_hash: None,
            sealed_successor: None,
            created_at,
        }
    }
}

/// How a rotation came out.
#[derive(Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The new token is stored, and the one that it replaces is rotated.
    Done,
    /// It was rotated a moment ago, to this one (sealed): one client asked twice.
    Same(Vec<u8>),
    /// It was dead. Two have it, so the grant was ended.
    Reused,
    /// There is no such grant any more.
    Over,
}

/// Stores a new refresh token.
macro_rules! insert_refresh {
    ($row:expr, $executor:expr) => {
        sqlx::query(
            "INSERT INTO refresh_tokens (token_hash, grant_id, state, parent_hash, created_at)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&$row.token_hash)
        .bind(&$row.grant_id)
        .bind($row.state)
        .bind(&$row.parent_hash)
        .bind($row.created_at)
        .execute($executor)
        .await
    };
}
pub(super) use insert_refresh;

const BURY: &str = "UPDATE refresh_tokens SET state = 'dead', sealed_successor = NULL
    WHERE token_hash = $1";

const ROTATE: &str = "UPDATE refresh_tokens SET state = 'rotated', rotated_at = $2,
    successor_hash = $3, sealed_successor = $4 WHERE token_hash = $1";

impl Db {
    /// The refresh token with this hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn refresh_token(&self, token_hash: &[u8]) -> Result<Option<RefreshRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM refresh_tokens WHERE token_hash = $1")
            .bind(token_hash)
            .fetch_optional(pool)
            .await)
    }

    /// Rotates the parent of `new` to it, and lets their grant live until `until`. `sealed` is the
    /// new token itself. A parent that was rotated less than `grace` ago keeps its successor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rotate(
        &self,
        new: &RefreshRow,
        sealed: &[u8],
        until: DateTime<Utc>,
        grace: TimeDelta,
    ) -> Result<Rotation> {
        let now = new.created_at;
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            // The first write: from here on nobody else rotates a token of this grant.
            let alive = sqlx::query(
                "UPDATE grants SET expires_at = $3 WHERE id = $1 AND expires_at > $2",
            )
            .bind(&new.grant_id)
            .bind(now)
            .bind(until)
            .execute(&mut *transaction)
            .await?;
            let parent: Option<RefreshRow> =
                sqlx::query_as("SELECT * FROM refresh_tokens WHERE token_hash = $1")
                    .bind(&new.parent_hash)
                    .fetch_optional(&mut *transaction)
                    .await?;
            let (1, Some(parent)) = (alive.rows_affected(), parent) else {
                return Ok(Rotation::Over);
            };
            // What dies with this: the parent's own parent at its first use, the successor that
            // nobody used at a later one.
            let other = match (parent.state, parent.sealed_successor, parent.rotated_at) {
                (RefreshState::Dead, ..) => {
                    sqlx::query("DELETE FROM grants WHERE id = $1")
                        .bind(&new.grant_id)
                        .execute(&mut *transaction)
                        .await?;
                    sqlx::query(BUMP).bind(Epoch::Grants as i64).execute(&mut *transaction).await?;
                    transaction.commit().await?;
                    return Ok(Rotation::Reused);
                }
                (RefreshState::Rotated, Some(sealed), Some(at)) if now - at < grace => {
                    return Ok(Rotation::Same(sealed));
                }
                (RefreshState::Rotated, ..) => parent.successor_hash,
                (RefreshState::Live, ..) => parent.parent_hash,
            };
            sqlx::query(BURY).bind(other).execute(&mut *transaction).await?;
            sqlx::query(ROTATE)
                .bind(&parent.token_hash)
                .bind(now)
                .bind(&new.token_hash)
                .bind(sealed)
                .execute(&mut *transaction)
                .await?;
            insert_refresh!(new, &mut *transaction)?;
            transaction.commit().await?;
            Ok(Rotation::Done)
        })
    }

    /// Forgets dead tokens made before `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_refresh_tokens(&self, before: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query(
            "DELETE FROM refresh_tokens WHERE state = 'dead' AND created_at < $1",
        )
        .bind(before)
        .execute(pool)
        .await
        .map(|_| ()))
    }
}
