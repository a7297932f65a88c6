//! What the server does every half a minute, done once, beside it; and what it is made of.

use std::sync::Arc;

use stagepass::{
    audit::Audit,
    connect::Connect,
    mcp::{House, Offers},
    store::Db,
    webhooks::Webhooks,
};
use tokio_util::task::TaskTracker;

use super::TestApp;

impl TestApp {
    /// Sweeps once, as the server does every half a minute, and waits until it is done.
    pub(crate) async fn sweep(&self) {
        let tasks = TaskTracker::new();
        let (db, vault) = self.vault(&tasks).await;
        let (config, clock, told) = (self.config(), self.clock.clone(), self.webhooks(&db));
        let audit = Audit::new(db.clone(), clock.clone());
        let connect = Connect::new(&config, db.clone(), vault, told, clock, audit, tasks.clone());
        connect.sweep().await.unwrap();
        tasks.close();
        tasks.wait().await;
        db.close().await;
    }

    /// Announces once, as the server does every half a minute.
    pub(crate) async fn announce(&self) {
        let db = self.db().await;
        self.webhooks(&db).announce().await.unwrap();
        db.close().await;
    }

    /// What tells bots, beside the server, and only when it is told to.
    pub(crate) fn webhooks(&self, db: &Db) -> Webhooks {
        let client = stagepass::http::client().unwrap();
        Webhooks::new(&self.config().chat, db.clone(), self.clock.clone(), client)
    }

    /// What a host of tools needs, and the database below it.
    pub(crate) async fn house(&self) -> (House, Db) {
        let tasks = TaskTracker::new();
        let (db, vault) = self.vault(&tasks).await;
        let (config, clock) = (self.config(), self.clock.clone());
        let audit = Audit::new(db.clone(), clock.clone());
        let (told, now) = (self.webhooks(&db), clock.clone());
        let (below, recorded, own) = (db.clone(), audit.clone(), tasks.clone());
        let connect = Connect::new(&config, below, vault.clone(), told, now, recorded, own);
        let connections = Arc::new(vault.clone());
        let offers = Offers::new(connect, vault, clock.clone());
        (House { connections, offers, audit, tasks, clock }, db)
    }
}
