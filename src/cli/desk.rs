//! What the operator's commands work on: the database, which a running server may be using, too.

use std::{
    io::{ErrorKind, Write},
    time::Duration,
};

use crate::{
    audit::Audit,
    clock::Clock,
    config::Config,
    store::{Db, OpenError},
};

/// How long a command waits for a database that doesn't take its record.
const PATIENCE: Duration = Duration::from_secs(10);

/// The operator's desk. It needs no provider, and no key until something is opened or sealed.
pub(super) struct Desk {
    pub(super) config: Config,
    pub(super) db: Db,
    pub(super) clock: Clock,
    pub(super) audit: Audit,
}

impl Desk {
    pub(super) async fn open(config: Config) -> Result<Self, OpenError> {
        let db = Db::open(config.database_url.as_ref(), &config.data_dir).await?;
        let clock = Clock::system();
        Ok(Self { audit: Audit::new(db.clone(), clock.clone()), config, db, clock })
    }

    /// Leaves the desk, once the record is written.
    pub(super) async fn close(&self) {
        self.audit.drain(PATIENCE).await;
        self.db.close().await;
    }

    /// The URL of something of the server's.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.config.public_url)
    }
}

/// Gives the operator a command's answer, on standard output. Whoever has read enough may hang up.
pub(super) fn print(answer: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(answer.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
