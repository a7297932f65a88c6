//! The database is away: a wait for everybody, and a logout for nobody.

use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use stagepass::store::Db;

use crate::harness::{Answer, Connector, TestApp, Tokens};

/// How long a revocation may take to reach everybody.
const BOUND: Duration = Duration::from_secs(5);

async fn start() -> (TestApp, Connector, Tokens) {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let tokens = client.tokens_of(&app, "alice").await;
    (app, client, tokens)
}

async fn take_away(app: &TestApp, table: &str) {
    app.sql(&format!("ALTER TABLE {table} RENAME TO away")).await;
}

async fn bring_back(app: &TestApp, table: &str) {
    app.sql(&format!("ALTER TABLE away RENAME TO {table}")).await;
}

fn assert_wait(answer: &Answer) {
    assert_eq!((answer.status, answer.error()), (503, "temporarily_unavailable"), "{answer:?}");
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(answer.challenge, None);
}

/// An answer of `/mcp` that makes no client forget its token.
fn assert_waits(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(answer.header("retry-after"), "5");
    assert_eq!(answer.challenge, None, "a client that reads it signs its person out");
}

#[tokio::test]
async fn a_refresh_waits_and_its_token_stays_good() {
    let (app, client, tokens) = start().await;
    let mut token = tokens.refresh.unwrap();
    for table in ["clients", "refresh_tokens", "grants", "users", "audit"] {
        take_away(&app, table).await;
        assert_wait(&client.refresh(&token).await);
        bring_back(&app, table).await;
        token = Connector::tokens(&app, &client.refresh(&token).await).refresh.unwrap();
        app.advance(Duration::from_mins(1));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_code_waits_and_stays_good() {
    let (app, client, _) = start().await;
    for table in ["clients", "codes", "users", "grants", "refresh_tokens"] {
        let code = client.code_of(&app, "alice").await;
        take_away(&app, table).await;
        assert_wait(&client.redeem(&code).await);
        bring_back(&app, table).await;
        Connector::tokens(&app, &client.redeem(&code).await);
    }
    app.finish().await;
}

#[tokio::test]
async fn what_is_asked_or_given_back_waits() {
    let (app, client, tokens) = start().await;
    let form = [("token", tokens.refresh.as_deref().unwrap())];
    let access = [("token", tokens.access.as_str())];
    for (path, form, table) in
        [("/introspect", &access, "grants"), ("/revoke", &form, "refresh_tokens")]
    {
        take_away(&app, table).await;
        assert_wait(&client.post(path, form).await);
        bring_back(&app, table).await;
    }
    assert!(client.is_let_in(&tokens.access).await);
    app.finish().await;
}

#[tokio::test]
async fn a_token_that_was_never_seen_waits() {
    let (app, client, tokens) = start().await;
    for table in ["grants", "users"] {
        take_away(&app, table).await;
        assert_waits(&client.list("/mcp", Some(&tokens.access)).await);
        bring_back(&app, table).await;
    }
    assert!(client.is_let_in(&tokens.access).await);
    app.finish().await;
}

#[tokio::test]
async fn a_warm_token_works_for_seconds_and_then_waits() {
    let (app, client, tokens) = start().await;
    assert!(client.is_let_in(&tokens.access).await);
    let began = Instant::now();
    take_away(&app, "epoch").await;
    let list = || client.list("/mcp", Some(&tokens.access));
    assert_eq!(list().await.status, 200, "a hiccup is nothing that anybody notices");
    let refused = loop {
        let answer = list().await;
        if answer.status != 200 {
            break answer;
        }
        assert!(began.elapsed() < BOUND, "it is believed for longer than a revocation may take");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_waits(&refused);
    bring_back(&app, "epoch").await;
    assert!(client.is_let_in(&tokens.access).await);
    app.finish().await;
}

/// A database that answers nothing is worse than one that is gone: everybody who asks hangs on it.
#[tokio::test]
async fn a_database_that_hangs_holds_nobody() {
    let (app, client, tokens) = start().await;
    assert!(client.is_let_in(&tokens.access).await);
    // SQLite answers readers whatever happens; there the table is gone instead.
    let db = app.db().await;
    let lock = match &db {
        Db::Postgres(pool) => {
            let mut lock = pool.begin().await.unwrap();
            let sql = "LOCK TABLE epoch IN ACCESS EXCLUSIVE MODE";
            sqlx::query(sql).execute(&mut *lock).await.unwrap();
            Some(lock)
        }
        Db::Sqlite(_) => {
            take_away(&app, "epoch").await;
            None
        }
    };
    tokio::time::sleep(BOUND).await;
    let asked = join_all((0..10).map(|_| client.list("/mcp", Some(&tokens.access))));
    let answers = tokio::time::timeout(Duration::from_secs(10), asked).await.unwrap();
    answers.iter().for_each(assert_waits);
    match lock {
        Some(lock) => lock.rollback().await.unwrap(),
        None => bring_back(&app, "epoch").await,
    }
    assert!(client.is_let_in(&tokens.access).await);
    db.close().await;
    app.finish().await;
}

#[tokio::test]
async fn nothing_is_done_that_can_t_be_recorded() {
    let (app, client, tokens) = start().await;
    let token = tokens.refresh.unwrap();
    take_away(&app, "audit").await;
    assert_wait(&client.refresh(&token).await);
    assert_wait(&client.post("/revoke", &[("token", &token)]).await);
    let metadata = json!({"redirect_uris": ["https://client.example/callback"]});
    assert_wait(&Connector::send(client.begin("/register").json(&metadata)).await);
    bring_back(&app, "audit").await;
    assert!(client.is_let_in(&tokens.access).await);
    Connector::tokens(&app, &client.refresh(&token).await);
    app.finish().await;
}
