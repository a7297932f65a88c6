//! The tables of the authorization server, one function after the other.

mod clients;
mod own;
mod people;
mod record;
mod tokens;
mod visits;

use chrono::{DateTime, Utc};
use stagepass::store::Db;

use crate::harness::TestApp;

/// A database of a story's own. The server that made it has stopped.
struct Store {
    app: TestApp,
    db: Db,
}

impl Store {
    async fn open() -> Self {
        let mut app = TestApp::start().await;
        app.stop().await;
        let db = app.db().await;
        Self { app, db }
    }

    async fn finish(self) {
        self.db.close().await;
        self.app.finish().await;
    }

    async fn count(&self, sql: &str) -> i64 {
        self.app.count(sql).await
    }
}

/// A moment, in microseconds.
fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_800_000_000_000_000 + micros).unwrap()
}

/// What a row looks like, to be compared.
fn seen(row: impl std::fmt::Debug) -> String {
    format!("{row:?}")
}
