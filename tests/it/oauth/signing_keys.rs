//! The keys of access tokens: made here, sealed, replaced in time, and never in anybody's way.

use std::time::Duration;

use serde_json::Value;
use stagepass::{app::App, oauth::OAuth};
use tokio::net::TcpListener;

use crate::harness::{Connector, ServerKey, TestApp, header_of};

const DAY: Duration = Duration::from_hours(24);

async fn start() -> (TestApp, Connector) {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    (app, client)
}

async fn published(client: &Connector) -> Vec<Value> {
    client.get("/.well-known/jwks.json").await.body["keys"].as_array().unwrap().clone()
}

fn kid(token: &str) -> Value {
    header_of(token)["kid"].clone()
}

fn kids(keys: &[Value]) -> Vec<Value> {
    keys.iter().map(|key| key["kid"].clone()).collect()
}

/// What `oauth` publishes, by a port of its own.
async fn published_by(oauth: &OAuth, client: &Connector) -> Vec<Value> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(axum::serve(listener, oauth.documents()).into_future());
    let keys = published(&client.at(&url)).await;
    server.abort();
    keys
}

#[tokio::test]
async fn the_first_key_is_made_at_the_first_start_and_stays() {
    let (mut app, client) = start().await;
    let keys = published(&client).await;
    assert_eq!(keys.len(), 1);
    let mut names: Vec<_> = keys[0].as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    // RFC 8037 §2: with a `d` it would be the private one.
    assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x"]);
    assert_eq!((keys[0]["alg"].as_str(), keys[0]["use"].as_str()), (Some("EdDSA"), Some("sig")));
    let token = client.tokens_of(&app, "alice").await.access;
    app.restart().await;
    assert_eq!(published(&client).await, keys);
    assert!(client.is_let_in(&token).await);
    app.finish().await;
}

#[tokio::test]
async fn a_private_key_is_sealed_for_its_row() {
    let (mut app, client) = start().await;
    let oauth = app.oauth().await;
    oauth.keys().rotate(app.clock.now()).await.unwrap();
    let private = ServerKey::of(&app).await.private;
    let db = app.db().await;
    for row in db.signing_keys().await.unwrap() {
        let holds = |part: &[u8]| row.sealed_private.windows(part.len()).any(|seen| seen == part);
        assert!(holds(&row.sealed_private[9..20]), "the search finds what is there");
        assert!(!holds(&private[16..]));
    }
    db.close().await;
    app.stop().await;

    // Moved to another row, it opens nothing, and nothing is made up in its place.
    app.sql(
        "UPDATE signing_keys SET sealed_private = (SELECT sealed_private FROM signing_keys \
             WHERE retired_at IS NOT NULL) WHERE retired_at IS NULL",
    )
    .await;
    let build = App::builder(app.config()).clock(app.clock.clone()).build();
    let error = build.await.err().unwrap().to_string();
    assert!(error.contains("a signing key doesn't open"), "{error}");
    assert_eq!(app.count("SELECT COUNT(*) FROM signing_keys").await, 2);
    drop(client);
    app.finish().await;
}

#[tokio::test]
async fn an_old_key_is_replaced_and_what_it_signed_stays_good() {
    let (mut app, client) = start().await;
    let first = published(&client).await;
    app.advance(89 * DAY + Duration::from_mins(23 * 60 + 30));
    app.restart().await;
    assert_eq!(published(&client).await, first, "not yet");
    let tokens = client.tokens_of(&app, "alice").await;
    app.advance(Duration::from_mins(30));
    app.restart().await;
    let both = published(&client).await;
    assert_eq!(both.len(), 2);
    assert!(both.contains(&first[0]));
    assert!(client.is_let_in(&tokens.access).await);
    let renewed = client.refresh(tokens.refresh.as_deref().unwrap()).await;
    let renewed = Connector::tokens(&app, &renewed);
    assert_eq!(kid(&renewed.access), both[0]["kid"]);
    assert_ne!(both[0], first[0]);
    assert!(client.is_let_in(&renewed.access).await);

    // When nothing of it can live any more, it goes; who is signed in stays so.
    app.advance(DAY + Duration::from_secs(1));
    app.restart().await;
    assert_eq!(published(&client).await, both[..1]);
    let renewed = client.refresh(renewed.refresh.as_deref().unwrap()).await;
    assert!(client.is_let_in(&Connector::tokens(&app, &renewed).access).await);
    app.finish().await;
}

#[tokio::test]
async fn a_key_that_the_operator_makes_signs_on_every_replica_within_seconds() {
    let (app, client) = start().await;
    let tokens = client.tokens_of(&app, "alice").await;
    assert!(client.is_let_in(&tokens.access).await);
    let oauth = app.oauth().await;
    app.advance(Duration::from_secs(1));
    oauth.keys().rotate(app.clock.now()).await.unwrap();
    let keys = published_by(&oauth, &client).await;
    assert_eq!(keys.len(), 2);
    let began = std::time::Instant::now();
    let mut newest = tokens;
    while kid(&newest.access) != keys[0]["kid"] {
        assert!(began.elapsed() < Duration::from_secs(5), "it goes on signing with the old one");
        assert!(client.is_let_in(&newest.access).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
        let answer = client.refresh(newest.refresh.as_deref().unwrap()).await;
        newest = Connector::tokens(&app, &answer);
    }
    assert!(client.is_let_in(&newest.access).await);
    assert_eq!(kids(&published(&client).await), kids(&keys));
    app.finish().await;
}

/// A replica that only gives tokens, and is asked for none, has no other reason to look.
#[tokio::test]
async fn a_replica_that_nobody_calls_learns_of_a_new_key_when_it_sweeps() {
    let (app, client) = start().await;
    let (quiet, busy) = (app.oauth().await, app.oauth().await);
    let before = published_by(&quiet, &client).await;
    busy.keys().rotate(app.clock.now()).await.unwrap();
    assert_eq!(published_by(&quiet, &client).await, before);
    quiet.sweep().await.unwrap();
    let after = published_by(&quiet, &client).await;
    assert_eq!(after, published_by(&busy, &client).await);
    assert_eq!(after.len(), 2);

    // And that one is over.
    app.advance(DAY + Duration::from_secs(1));
    busy.sweep().await.unwrap();
    assert_eq!(published_by(&busy, &client).await.len(), 1);
    quiet.sweep().await.unwrap();
    assert_eq!(published_by(&quiet, &client).await.len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn a_token_signed_a_moment_ago_elsewhere_is_good_here() {
    let (app, client) = start().await;
    let (url, stop) = app.twin().await;
    let twin = client.at(&url);
    let tokens = client.tokens_of(&app, "alice").await;
    for client in [&client, &twin] {
        assert!(client.is_let_in(&tokens.access).await);
    }
    app.oauth().await.keys().rotate(app.clock.now()).await.unwrap();
    // Signed by a replica that has started since.
    let (url, other_stop) = app.twin().await;
    let newest = client.at(&url);
    let answer = newest.refresh(tokens.refresh.as_deref().unwrap()).await;
    let renewed = Connector::tokens(&app, &answer).access;
    assert_ne!(kid(&renewed), kid(&tokens.access));
    assert!(client.is_let_in(&renewed).await && twin.is_let_in(&renewed).await);
    stop.send(()).unwrap();
    other_stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn of_many_first_starts_and_rotations_at_once_each_makes_one_key() {
    let (app, client) = start().await;
    app.advance(90 * DAY);
    let all = futures::future::join_all((0..6).map(|_| app.oauth())).await;
    let keys = published_by(&all[0], &client).await;
    assert_eq!(keys.len(), 2);
    app.advance(90 * DAY);
    let swept = futures::future::join_all(all.iter().map(OAuth::sweep)).await;
    assert!(swept.into_iter().all(|swept| swept.is_ok()));
    assert_eq!(app.count("SELECT COUNT(*) FROM signing_keys WHERE retired_at IS NULL").await, 1);
    app.finish().await;
}
