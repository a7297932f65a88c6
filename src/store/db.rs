//! Opening the database and bringing its tables up to date.

use std::{io::ErrorKind, path::Path, str::FromStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    PgPool, SqlitePool,
    migrate::{MigrateError, Migrator},
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::timeout;

use crate::config::{make_private_file, make_private_folder};

/// How long a server that is just starting, too, is waited for.
const STARTING: Duration = Duration::from_secs(10);

static MIGRATIONS: Migrator = sqlx::migrate!();

/// The database that we were given.
#[derive(Clone, Debug)]
pub enum Db {
    /// A file of this process's own, or one shared with its siblings on this machine.
    Sqlite(SqlitePool),
    /// A server that several replicas share.
    Postgres(PgPool),
}

/// Runs the same text against whichever database we were given.
macro_rules! on {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite($pool) => $body,
            $crate::store::Db::Postgres($pool) => $body,
        }
    };
}
pub(super) use on;

/// Why the database can't be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL isn't one.
    #[error("`database_url` must begin with `sqlite:` or `postgres:`")]
    Url,
    /// A database in memory would forget everybody.
    #[error("`database_url` must name a file: a database in memory forgets everybody")]
    Memory,
    /// The folder or the file can't be made or written.
    #[error(
        "can't open the database {place}: {why}\nCheck that the folder exists and that this user may write there, or set `data_dir`."
    )]
    Sqlite {
        /// The file.
        place: String,
        /// What the system said.
        why: String,
    },
    /// The server can't be reached, or refuses.
    #[error(
        "can't open the Postgres database: {0}\nCheck `database_url` and that the server is up."
    )]
    Postgres(String),
    /// The tables can't be brought up to date.
    #[error("can't bring the database's tables up to date: {0}")]
    Migrate(String),
}

impl Db {
    /// Opens `url`, or the SQLite file in `data_dir`, and brings its tables up to date.
    ///
    /// # Errors
    /// When the database can't be reached, written, or brought up to date.
    pub async fn open(url: Option<&SecretString>, data_dir: &Path) -> Result<Self, OpenError> {
        let db = match url.map(ExposeSecret::expose_secret) {
            None => {
                let file = data_dir.join("stagepass.db");
                Self::sqlite(SqliteConnectOptions::new().filename(file)).await?
            }
            Some(url) if url.contains(":memory:") || url.contains("mode=memory") => {
                return Err(OpenError::Memory);
            }
            Some(url) if url.starts_with("sqlite:") => {
                let options = SqliteConnectOptions::from_str(url).map_err(|_| OpenError::Url)?;
                Self::sqlite(options).await?
            }
            Some(url) if url.starts_with("postgres:") || url.starts_with("postgresql:") => {
                Self::postgres(url).await?
            }
            Some(_) => return Err(OpenError::Url),
        };
        db.migrate().await.map_err(|error| OpenError::Migrate(error.to_string()))?;
        Ok(db)
    }

    /// On Postgres a lock keeps replicas apart; on SQLite those who stumble over each other try
    /// again, and find it done.
    async fn migrate(&self) -> Result<(), MigrateError> {
        match self {
            Self::Postgres(pool) => MIGRATIONS.run(pool).await,
            Self::Sqlite(pool) => again_and_again(|| MIGRATIONS.run(pool)).await,
        }
    }

    async fn sqlite(options: SqliteConnectOptions) -> Result<Self, OpenError> {
        let file = options.get_filename().to_owned();
        let failed = |why: String| OpenError::Sqlite { place: file.display().to_string(), why };
        if let Some(folder) = file.parent() {
            make_private_folder(folder).map_err(|error| failed(error.to_string()))?;
        }
        // The journal takes its mode from the file.
        match make_private_file(&file) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(failed(error.to_string()));
            }
            _ => {}
        }
        let options = options
            .journal_mode(SqliteJournalMode::Wal)
            // A token that was given once must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            // What is deleted is overwritten, not left in free pages.
            .pragma("secure_delete", "ON");
        let pool = SqlitePoolOptions::new().max_connections(4);
        // Two that switch a new file to WAL at once don't wait for each other.
        again_and_again(|| pool.clone().connect_with(options.clone()))
            .await
            .map(Self::Sqlite)
            .map_err(|error| failed(error.to_string()))
    }

    async fn postgres(url: &str) -> Result<Self, OpenError> {
        // Whoever waits in a long queue later is better served late than told that something broke.
        let connecting = PgPoolOptions::new().max_connections(8).connect(url);
        timeout(STARTING, connecting)
            .await
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))
            .map(Self::Postgres)
            // A malformed URL would be quoted, password and all.
            .map_err(|error| {
                OpenError::Postgres(match error {
                    sqlx::Error::Configuration(_) => "the URL can't be read".to_owned(),
                    other => other.to_string(),
                })
            })
    }

    /// The same database through one connection of its own, for what must not wait behind everybody
    /// else's work. It is made when it is needed.
    #[must_use]
    pub fn aside(&self) -> Self {
        match self {
            Self::Sqlite(pool) => {
                let options = pool.options().clone().max_connections(1);
                Self::Sqlite(options.connect_lazy_with((*pool.connect_options()).clone()))
            }
            Self::Postgres(pool) => {
                let options = pool.options().clone().max_connections(1);
                Self::Postgres(options.connect_lazy_with((*pool.connect_options()).clone()))
            }
        }
    }

    /// Closes every connection, after what is under way.
    pub async fn close(&self) {
        on!(self, pool => pool.close().await);
    }
}

async fn again_and_again<T, E, F>(attempt: impl Fn() -> F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>>,
{
    for _ in 0..10 {
        if let Ok(done) = attempt().await {
            return Ok(done);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    attempt().await
}
