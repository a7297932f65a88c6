//! Rows wait while the database is away; calls wait rather than rows be lost; a shutdown writes all.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use rmcp::{
    ServiceExt,
    model::{CallToolRequestParams, ClientConfig},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass::{
    audit::{Audit, Entry, Place},
    mcp::{Host, House},
    store::Db,
};
use stagepass_kit::{Caller, Effect, Identity, Tool, ToolError, Toolset, testing::NoAccounts};

use super::recorded;
use crate::harness::TestApp;

async fn take_away(app: &TestApp) {
    app.sql("ALTER TABLE audit RENAME TO away").await;
}

async fn bring_back(app: &TestApp) {
    app.sql("ALTER TABLE away RENAME TO audit").await;
}

#[tokio::test]
async fn while_the_database_is_away_calls_go_on_and_their_rows_come_later() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    chat.call("spotify_now", json!({})).await.ok();
    recorded(&app, "tool.called", 2).await;
    take_away(&app).await;
    for _ in 0..100 {
        chat.call("spotify_now", json!({})).await.ok();
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    bring_back(&app).await;
    recorded(&app, "tool.called", 102).await;
    app.finish().await;
}

#[tokio::test]
async fn a_shutdown_writes_what_waits() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    for _ in 0..5 {
        chat.call("spotify_now", json!({})).await;
    }
    app.stop().await;
    assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE event = 'tool.called'").await, 5);
    app.finish().await;
}

#[tokio::test]
async fn a_shutdown_waits_for_a_database_that_is_away_for_a_moment() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    take_away(&app).await;
    chat.call("spotify_now", json!({})).await;
    let db = app.db().await;
    let back = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let sql = "ALTER TABLE away RENAME TO audit";
        match &db {
            Db::Sqlite(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
            Db::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.unwrap()),
        }
        db.close().await;
    });
    app.stop().await;
    back.await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM audit WHERE event = 'tool.called'").await, 1);
    app.finish().await;
}

/// Takes every place that there is.
async fn fill(audit: &Audit) -> Vec<Place> {
    let mut places = Vec::new();
    for _ in 0..4_096 {
        places.push(audit.place().await.unwrap());
    }
    places
}

#[tokio::test]
async fn who_finds_no_place_waits_until_a_row_is_written() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let db = app.db().await;
    let audit = Audit::new(db.clone(), app.clock.clone());
    let mut places = fill(&audit).await;
    let waiting = tokio::spawn({
        let audit = audit.clone();
        async move { audit.place().await.unwrap().put(Entry::done("late")) }
    });
    tokio::task::yield_now().await;
    assert!(!waiting.is_finished());
    places.pop().unwrap().put(Entry::done("early"));
    waiting.await.unwrap();
    drop(places);
    audit.drain(Duration::from_secs(30)).await;
    let events: Vec<_> = app.audit().await.into_iter().map(|row| row.event).collect();
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(audit.place().await.is_err(), "nothing begins after the end");
    db.close().await;
    app.finish().await;
}

/// Counts its calls.
struct Counted(Arc<AtomicUsize>);

#[derive(Deserialize, JsonSchema)]
struct Nothing {}

#[derive(Serialize, JsonSchema)]
struct Done {}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("done")
    }
}

impl Tool for Counted {
    const NAME: &'static str = "counted";
    const TITLE: &'static str = "Counted";
    const DESCRIPTION: &'static str = "Counts its calls.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Nothing;
    type Answer = Done;

    async fn call(&self, _: &Caller, _: Nothing) -> Result<Done, ToolError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(Done {})
    }
}

#[tokio::test]
async fn a_call_that_can_t_be_recorded_isn_t_made() {
    let mut app = TestApp::start().await;
    app.stop().await;
    let (house, db) = app.house().await;
    let audit = house.audit.clone();
    let calls = Arc::new(AtomicUsize::new(0));
    let toolset = Toolset::new("counting", None).with(Counted(calls.clone()));
    let nobody = Some(Identity::local());
    let house = House { connections: Arc::new(NoAccounts), ..house };
    let host = Host::new(&[&toolset], house, false, nobody);
    let (here, there) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(async move { host.serve(there).await.unwrap().waiting().await });
    let client = ClientConfig::default().serve(here).await.unwrap();
    let call = async || {
        let request = CallToolRequestParams::new("counted").with_arguments(serde_json::Map::new());
        client.call_tool(request).await.unwrap()
    };

    let places = fill(&audit).await;
    let refused = call().await;
    let said = refused.structured_content.unwrap();
    assert_eq!((&said["code"], &said["retry_after"]), (&"internal".into(), &5.into()), "{said}");
    assert_eq!(calls.load(Ordering::SeqCst), 0);
    drop(places);
    assert_eq!(call().await.is_error, Some(false));
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    client.cancel().await.unwrap();
    server.await.unwrap().unwrap();
    audit.drain(Duration::from_secs(30)).await;
    assert_eq!(app.audit().await.len(), 1);
    db.close().await;
    app.finish().await;
}
