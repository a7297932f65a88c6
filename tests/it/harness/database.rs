//! A database of its own for each test, and every byte that is in it.

use std::{
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
};

use sqlx::{Connection, Executor, PgConnection, Row, SqliteConnection};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// SQLite in the data directory, or a database on the Postgres that the environment names.
pub(crate) enum TestDatabase {
    Sqlite,
    Postgres { server: String, name: String },
}

impl TestDatabase {
    pub(crate) async fn create() -> Self {
        let Some(server) = server() else { return Self::Sqlite };
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("stagepass_{}_{number}", std::process::id());
        run(&server, format!("CREATE DATABASE {name}")).await;
        Self::Postgres { server, name }
    }

    /// What `database_url` is set to; none leaves the default.
    pub(crate) fn url(&self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres { server, name } => {
                let mut url = url::Url::parse(server).unwrap();
                url.set_path(name);
                Some(url.into())
            }
        }
    }

    /// Every byte at rest: the files, journal included, but for the key; or every row as text.
    pub(crate) async fn bytes(&self, data_dir: &Path) -> Vec<u8> {
        match self.url() {
            None => std::fs::read_dir(data_dir)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| !path.ends_with("master.key"))
                // The journal goes when the last connection does.
                .filter_map(|path| std::fs::read(path).ok())
                .flatten()
                .collect(),
            Some(url) => dump(&url).await,
        }
    }

    /// Runs one statement behind the server's back.
    pub(crate) async fn execute(&self, data_dir: &Path, sql: &str) {
        if let Some(url) = self.url() {
            return run(&url, sql.to_owned()).await;
        }
        let mut connection = sqlite(data_dir).await;
        connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await.unwrap();
    }

    /// The one number that a query gives.
    pub(crate) async fn count(&self, data_dir: &Path, sql: &str) -> i64 {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        if let Some(url) = self.url() {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            return connection.fetch_one(sql).await.unwrap().get(0);
        }
        sqlite(data_dir).await.fetch_one(sql).await.unwrap().get(0)
    }

    pub(crate) async fn remove(self) {
        if let Self::Postgres { server, name } = self {
            run(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        }
    }
}

fn server() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the tests' own setting, not the product's")]
    std::env::var("STAGEPASS_TEST_DATABASE_URL").ok()
}

async fn sqlite(data_dir: &Path) -> SqliteConnection {
    let url = format!("sqlite:{}", data_dir.join("stagepass.db").display());
    SqliteConnection::connect(&url).await.unwrap()
}

async fn run(url: &str, sql: String) {
    let mut connection = PgConnection::connect(url).await.expect("the test's Postgres");
    connection.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
}

async fn dump(url: &str) -> Vec<u8> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let mut bytes = Vec::new();
    // `bytea` in the escape format shows printable bytes as they are.
    connection.execute("SET bytea_output = 'escape'").await.unwrap();
    let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    for table in connection.fetch_all(tables).await.unwrap() {
        let table: String = table.get(0);
        let sql = format!("SELECT row_to_json(t)::text FROM {table} t");
        for row in connection.fetch_all(sqlx::AssertSqlSafe(sql)).await.unwrap() {
            bytes.extend(row.get::<String, _>(0).into_bytes());
        }
    }
    bytes
}
