//! Accounts linked to identities, with their sealed tokens.

mod used;

use chrono::{DateTime, Utc};

use super::{AuditRow, Db, Epoch, Result, audit::insert_audit, db::on, epoch::BUMP};

/// One account at one provider, linked to one identity, as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ConnectionRow {
    /// Its id, random.
    pub id: String,
    /// The key of the identity.
    pub identity: String,
    /// The id of the provider.
    pub provider: String,
    /// The account at the provider.
    pub account_id: String,
    /// The account's name for people.
    pub account_name: String,
    /// Granted scopes, with spaces between them.
    pub scopes: String,
    /// The access token, sealed.
    pub sealed_access: Vec<u8>,
    /// The refresh token, sealed, if the provider gave one.
    pub sealed_refresh: Option<Vec<u8>>,
    /// When the access token ends; none if it doesn't.
    pub access_expires_at: Option<DateTime<Utc>>,
    /// When the person last signed in for it.
    pub authorized_at: DateTime<Utc>,
    /// When the person will have to sign in again, as far as is known. At providers that count from
    /// the last refresh, each refresh moves it.
    pub reconnect_by: Option<DateTime<Utc>>,
    /// Why the person has to sign in again; none while the link lives.
    pub dead_reason: Option<String>,
    /// Until when somebody is refreshing.
    pub refreshing_until: Option<DateTime<Utc>>,
    /// Grows with every write of a token.
    pub version: i64,
    /// When it was first linked.
    pub created_at: DateTime<Utc>,
    /// When it was last written.
    pub updated_at: DateTime<Utc>,
    /// What the person calls it.
    pub label: Option<String>,
    /// When tools last used it, to about an hour; none if not since the person signed in. Only
    /// [`Db::note_use`] writes it.
    pub used_at: Option<DateTime<Utc>>,
}

const INSERT: &str = "INSERT INTO connections (id, identity, provider, account_id, account_name,
    scopes, sealed_access, sealed_refresh, access_expires_at, authorized_at, reconnect_by,
    dead_reason, refreshing_until, version, created_at, updated_at, label)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT DO NOTHING";

/// What the bot was told of the connection counts until the person signs in anew.
const UPDATE: &str = "UPDATE connections SET account_name = $5, scopes = $6, sealed_access = $7,
    sealed_refresh = $8, access_expires_at = $9, authorized_at = $10, reconnect_by = $11,
    dead_reason = $12, refreshing_until = $13, version = $14, created_at = $15, updated_at = $16,
    label = $17,
    announced = CASE WHEN authorized_at = $10 AND dead_reason IS NULL THEN announced END
    WHERE id = $1 AND identity = $2 AND provider = $3 AND account_id = $4 AND version = $14 - 1";

/// A write of the whole row: version 1 is a new row, any other follows its predecessor.
macro_rules! write {
    ($row:expr, $executor:expr) => {
        sqlx::query(if $row.version == 1 { INSERT } else { UPDATE })
            .bind(&$row.id)
            .bind(&$row.identity)
            .bind(&$row.provider)
            .bind(&$row.account_id)
            .bind(&$row.account_name)
            .bind(&$row.scopes)
            .bind(&$row.sealed_access)
            .bind(&$row.sealed_refresh)
            .bind($row.access_expires_at)
            .bind($row.authorized_at)
            .bind($row.reconnect_by)
            .bind(&$row.dead_reason)
            .bind($row.refreshing_until)
            .bind($row.version)
            .bind($row.created_at)
            .bind($row.updated_at)
            .bind(&$row.label)
            .execute($executor)
            .await
            .map(|done| done.rows_affected() == 1)
    };
}

impl Db {
    /// The connection `id`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn connection(&self, id: &str) -> Result<Option<ConnectionRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM connections WHERE id = $1")
            .bind(id)
            .fetch_optional(pool)
            .await)
    }

    /// All connections of `identity`, the first linked first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn connections_of(&self, identity: &str) -> Result<Vec<ConnectionRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM connections WHERE identity = $1 ORDER BY provider, created_at, id",
        )
        .bind(identity)
        .fetch_all(pool)
        .await)
    }

    /// Everybody's connections, or those of the identities whose key begins with `prefix`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn connections_below(&self, prefix: &str) -> Result<Vec<ConnectionRow>> {
        on!(self, pool => sqlx::query_as(
            "SELECT * FROM connections WHERE substr(identity, 1, length($1)) = $1
             ORDER BY identity, provider, created_at, id",
        )
        .bind(prefix)
        .fetch_all(pool)
        .await)
    }

    /// Writes `row` if its predecessor, version `row.version - 1`, is still what is stored.
    /// Answers whether it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn write_connection(&self, row: &ConnectionRow) -> Result<bool> {
        on!(self, pool => write!(row, pool))
    }

    /// Writes `row` as [`Db::write_connection`] does, when somebody linked the account anew.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn replace_connection(&self, row: &ConnectionRow) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let written = write!(row, &mut *transaction)?;
            if written {
                sqlx::query(BUMP)
                    .bind(Epoch::Connections as i64)
                    .execute(&mut *transaction)
                    .await?;
                transaction.commit().await?;
            }
            Ok(written)
        })
    }

    /// Writes `row` as [`Db::write_connection`] does and completes the link `link`, both or
    /// neither. Answers whether both were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn complete_link(&self, link: &str, row: &ConnectionRow) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let completed = sqlx::query(
                "UPDATE links SET state = 'completed', sealed_verifier = NULL,
                 sealed_ticket = NULL, sealed_grant = NULL, code_hash = NULL
                 WHERE id = $1 AND state IN ('exchanging', 'pending')",
            )
            .bind(link)
            .execute(&mut *transaction)
            .await?
            .rows_affected() == 1;
            let both = completed && write!(row, &mut *transaction)?;
            if both {
                sqlx::query(BUMP).bind(Epoch::Connections as i64).execute(&mut *transaction).await?;
                transaction.commit().await?;
            }
            Ok(both)
        })
    }

    /// Takes the right to refresh `id` at `version` until `until`, unless somebody has it.
    /// Answers whether it was to be had.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin_refresh(
        &self,
        id: &str,
        version: i64,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "UPDATE connections SET refreshing_until = $4
             WHERE id = $1 AND version = $2 AND dead_reason IS NULL
             AND (refreshing_until IS NULL OR refreshing_until <= $3)",
        )
        .bind(id)
        .bind(version)
        .bind(now)
        .bind(until)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Gives the right to refresh `id` back, if nothing was written since `version`. `trace` stays
    /// behind as the end of a refresh whose answer was lost.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_refresh(
        &self,
        id: &str,
        version: i64,
        trace: Option<DateTime<Utc>>,
    ) -> Result<()> {
        on!(self, pool => sqlx::query(
            "UPDATE connections SET refreshing_until = $3 WHERE id = $1 AND version = $2",
        )
        .bind(id)
        .bind(version)
        .bind(trace)
        .execute(pool)
        .await
        .map(|_| ()))
    }

    /// Notes that the provider no longer accepts `id` at `version`, and records it as `event`. The
    /// tokens stay for a while. Answers whether that version was still what is stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kill_connection(
        &self,
        id: &str,
        version: i64,
        reason: &str,
        event: &AuditRow,
    ) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let killed = sqlx::query(
                "UPDATE connections SET dead_reason = $3, refreshing_until = NULL, updated_at = $4
                 WHERE id = $1 AND version = $2 AND dead_reason IS NULL",
            )
            .bind(id)
            .bind(version)
            .bind(reason)
            .bind(event.at)
            .execute(&mut *transaction)
            .await?
            .rows_affected() == 1;
            if killed {
                insert_audit!(event, &mut *transaction)?;
                transaction.commit().await?;
            }
            Ok(killed)
        })
    }

    /// Deletes `id`, whatever its version, and answers with what it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_connection(&self, id: &str) -> Result<Option<ConnectionRow>> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let row = sqlx::query_as("DELETE FROM connections WHERE id = $1 RETURNING *")
                .bind(id)
                .fetch_optional(&mut *transaction)
                .await?;
            sqlx::query(BUMP).bind(Epoch::Connections as i64).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(row)
        })
    }

    /// Whether `account_id` of `provider` has a living link to anybody; where the account isn't
    /// known, whether `identity` has one to any.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_linked(
        &self,
        provider: &str,
        account_id: Option<&str>,
        identity: &str,
    ) -> Result<bool> {
        let linked: i64 = on!(self, pool => sqlx::query_scalar(
            "SELECT COUNT(*) FROM connections WHERE provider = $1 AND dead_reason IS NULL
             AND (account_id = $2 OR ($2 IS NULL AND identity = $3))",
        )
        .bind(provider)
        .bind(account_id)
        .bind(identity)
        .fetch_one(pool)
        .await?);
        Ok(linked > 0)
    }

    /// Empties the tokens of connections that died before `before`. The rows stay, so that the
    /// person can be told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn empty_dead_connections(&self, before: DateTime<Utc>) -> Result<u64> {
        on!(self, pool => sqlx::query(
            "UPDATE connections SET sealed_access = $2, sealed_refresh = NULL
             WHERE dead_reason IS NOT NULL AND updated_at < $1 AND length(sealed_access) > 0",
        )
        .bind(before)
        .bind(Vec::<u8>::new())
        .execute(pool)
        .await
        .map(|done| done.rows_affected()))
    }
}
