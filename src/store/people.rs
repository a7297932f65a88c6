//! People who signed in, the claim to this server, and invitations.

use chrono::{DateTime, Utc};

use super::{Db, Epoch, Result, db::on, epoch::BUMP};

/// A person who signed in here, as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UserRow {
    /// The key of their identity.
    pub identity: String,
    /// The id of the provider that they sign in with.
    pub provider: String,
    /// The account there.
    pub account_id: String,
    /// The account's name for people.
    pub account_name: String,
    /// The e-mail address, if the provider says that it is verified; in lower case.
    pub email: Option<String>,
    /// 1 for the owner of this server.
    pub owner: Option<i64>,
    /// When they first signed in.
    pub created_at: DateTime<Utc>,
    /// When they last signed in.
    pub signed_in_at: DateTime<Utc>,
}

const MAKE_OWNER: &str = "UPDATE users SET owner = 1
    WHERE identity = $1 AND NOT EXISTS (SELECT 1 FROM users WHERE owner = 1)";

impl Db {
    /// The person with this identity.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn user(&self, identity: &str) -> Result<Option<UserRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM users WHERE identity = $1")
            .bind(identity)
            .fetch_optional(pool)
            .await)
    }

    /// Whether `identity` has anything here: an account of theirs, a connection, a link, or what
    /// they gave to a client.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_known(&self, identity: &str) -> Result<bool> {
        let known: i64 = on!(self, pool => sqlx::query_scalar(
            "SELECT (SELECT COUNT(*) FROM users WHERE identity = $1)
             + (SELECT COUNT(*) FROM connections WHERE identity = $1)
             + (SELECT COUNT(*) FROM links WHERE identity = $1)
             + (SELECT COUNT(*) FROM grants WHERE identity = $1)
             + (SELECT COUNT(*) FROM visits WHERE identity = $1)
             + (SELECT COUNT(*) FROM chat_sessions WHERE identity = $1)",
        )
        .bind(identity)
        .fetch_one(pool)
        .await?);
        Ok(known > 0)
    }

    /// The identities whose key begins with `prefix` and who have linked something, or are at it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn identities_below(&self, prefix: &str) -> Result<Vec<String>> {
        on!(self, pool => sqlx::query_scalar(
            "SELECT identity FROM connections WHERE substr(identity, 1, length($1)) = $1
             UNION SELECT identity FROM links WHERE substr(identity, 1, length($1)) = $1",
        )
        .bind(prefix)
        .fetch_all(pool)
        .await)
    }

    /// Everybody who signed in, the first one first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn users(&self) -> Result<Vec<UserRow>> {
        on!(self, pool => sqlx::query_as("SELECT * FROM users ORDER BY created_at, identity")
            .fetch_all(pool)
            .await)
    }

    /// Stores a person who signed in. One who was here before keeps the day of the first time, and
    /// stays the owner who is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn save_user(&self, user: &UserRow) -> Result<()> {
        on!(self, pool => sqlx::query(
            "INSERT INTO users (identity, provider, account_id, account_name, email, created_at,
             signed_in_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (identity) DO UPDATE
             SET account_name = $4, email = $5, signed_in_at = $7",
        )
        .bind(&user.identity)
        .bind(&user.provider)
        .bind(&user.account_id)
        .bind(&user.account_name)
        .bind(&user.email)
        .bind(user.created_at)
        .bind(user.signed_in_at)
        .execute(pool)
        .await
        .map(|_| ()))
    }

    /// Forgets a person who signed in. Of the owner the account stays, and only that: without it
    /// somebody else could become the owner. Answers whether the row is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_user(&self, identity: &str) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            sqlx::query("UPDATE users SET email = NULL WHERE identity = $1")
                .bind(identity)
                .execute(&mut *transaction)
                .await?;
            let done = sqlx::query("DELETE FROM users WHERE identity = $1 AND owner IS NULL")
                .bind(identity)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            Ok(done.rows_affected() == 1)
        })
    }

    /// Whether this server has an owner.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_owner(&self) -> Result<bool> {
        let owners: i64 = on!(self, pool => sqlx::query_scalar(
            "SELECT COUNT(*) FROM users WHERE owner = 1",
        )
        .fetch_one(pool)
        .await?);
        Ok(owners > 0)
    }

    /// Makes a stored person the owner, and ends every claim code. Answers whether there was none
    /// before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn make_owner(&self, identity: &str) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let made = sqlx::query(MAKE_OWNER).bind(identity).execute(&mut *transaction).await;
            match made {
                Ok(done) if done.rows_affected() == 1 => {}
                Ok(_) => return Ok(false),
                // Somebody else did at the same moment.
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                    return Ok(false);
                }
                Err(error) => return Err(error),
            }
            sqlx::query("DELETE FROM claims").execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(true)
        })
    }

    /// Notes a claim code. Earlier ones still work.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_claim(&self, code_hash: &[u8], now: DateTime<Utc>) -> Result<()> {
        on!(self, pool => sqlx::query("INSERT INTO claims (code_hash, created_at) VALUES ($1, $2)")
            .bind(code_hash)
            .bind(now)
            .execute(pool)
            .await
            .map(|_| ()))
    }

    /// Whether this is a claim code that works.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_claim(&self, code_hash: &[u8]) -> Result<bool> {
        let known: i64 = on!(self, pool => sqlx::query_scalar(
            "SELECT COUNT(*) FROM claims WHERE code_hash = $1",
        )
        .bind(code_hash)
        .fetch_one(pool)
        .await?);
        Ok(known > 0)
    }

    /// Who was invited, as it was written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invitations(&self) -> Result<Vec<String>> {
        on!(self, pool => sqlx::query_scalar("SELECT entry FROM invitations ORDER BY entry")
            .fetch_all(pool)
            .await)
    }

    /// Invites. Answers whether that is news.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn invite(&self, entry: &str, now: DateTime<Utc>) -> Result<bool> {
        on!(self, pool => sqlx::query(
            "INSERT INTO invitations (entry, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(entry)
        .bind(now)
        .execute(pool)
        .await
        .map(|done| done.rows_affected() == 1))
    }

    /// Takes an invitation back; whoever came in by it alone is out. Answers whether there was one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn uninvite(&self, entry: &str) -> Result<bool> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            let done = sqlx::query("DELETE FROM invitations WHERE entry = $1")
                .bind(entry)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(BUMP).bind(Epoch::Grants as i64).execute(&mut *transaction).await?;
            transaction.commit().await?;
            Ok(done.rows_affected() == 1)
        })
    }
}
