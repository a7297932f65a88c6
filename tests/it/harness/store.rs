//! The tables alone: a database of a story's own, and no server on it.

use chrono::{DateTime, Utc};
use stagepass::store::Db;

use super::TestApp;

/// A database whose server has stopped.
pub(crate) struct Store {
    pub(crate) app: TestApp,
    pub(crate) db: Db,
}

impl Store {
    pub(crate) async fn open() -> Self {
        let mut app = TestApp::start().await;
        app.stop().await;
        let db = app.db().await;
        Self { app, db }
    }

    pub(crate) async fn finish(self) {
        self.db.close().await;
        self.app.finish().await;
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.app.count(sql).await
    }
}

/// A moment, in microseconds.
pub(crate) fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(1_800_000_000_000_000 + micros).unwrap()
}
