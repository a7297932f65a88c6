//! What a token is (RFC 7662): said to the client that has it, and to nobody else.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Connector, REDIRECT_URI, TestApp, Tokens, claims_of};

async fn start() -> (TestApp, Connector, Tokens) {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let tokens = client.tokens_of(&app, "alice").await;
    (app, client, tokens)
}

async fn ask(client: &Connector, token: &str) -> Value {
    let answer = client.post("/introspect", &[("token", token)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.body
}

async fn assert_inactive(client: &Connector, token: &str) {
    // Not a word about why.
    assert_eq!(ask(client, token).await, json!({"active": false}));
}

fn refresh_of(tokens: &Tokens) -> &str {
    tokens.refresh.as_deref().unwrap()
}

#[tokio::test]
async fn an_access_token_says_what_it_says() {
    let (app, client, tokens) = start().await;
    let mut expected = claims_of(&tokens.access);
    expected.as_object_mut().unwrap().remove("gid").unwrap();
    expected["active"] = json!(true);
    expected["token_type"] = json!("Bearer");
    assert_eq!(ask(&client, &tokens.access).await, expected);
    app.advance(Duration::from_hours(1));
    assert_inactive(&client, &tokens.access).await;
    app.finish().await;
}

/// A client that can keep a secret.
async fn start_confidential() -> (TestApp, Connector, Tokens) {
    let app = TestApp::start_for("open").await;
    let metadata = json!({"redirect_uris": [REDIRECT_URI], "client_name": "Confidential"});
    let client = Connector::register_as(&app, metadata).await;
    let tokens = client.tokens_of(&app, "alice").await;
    (app, client, tokens)
}

#[tokio::test]
async fn a_refresh_token_is_active_until_it_is_used() {
    let (app, client, first) = start_confidential().await;
    let expected = json!({
        "active": true,
        "token_type": "refresh_token",
        "iss": app.url,
        "sub": claims_of(&first.access)["sub"],
        "aud": app.mcp_url(),
        "client_id": client.client_id,
        "scope": "mcp.read mcp.write",
        "iat": app.clock.now().timestamp(),
    });
    assert_eq!(ask(&client, refresh_of(&first)).await, expected);
    let second = Connector::tokens(&app, &client.refresh(refresh_of(&first)).await);
    assert_inactive(&client, refresh_of(&first)).await;
    // To ask isn't to use: nobody was logged out for it.
    assert_eq!(ask(&client, refresh_of(&second)).await["active"], true);
    app.advance(Duration::from_hours(60 * 24));
    assert_inactive(&client, refresh_of(&second)).await;
    app.finish().await;
}

/// A thief would learn when its owner has used a token, and could follow within seconds.
#[tokio::test]
async fn a_refresh_token_of_a_client_that_proves_nothing_is_nobodys_business() {
    let (app, client, tokens) = start().await;
    assert_inactive(&client, refresh_of(&tokens)).await;
    assert!(client.is_let_in(&tokens.access).await);
    app.finish().await;
}

#[tokio::test]
async fn another_clients_token_and_none_at_all_look_the_same() {
    let (app, client, tokens) = start().await;
    let other = Connector::register(&app).await;
    assert_inactive(&other, &tokens.access).await;
    assert_inactive(&other, refresh_of(&tokens)).await;
    for unknown in ["x", "a.b.c", "spr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        assert_inactive(&client, unknown).await;
    }
    assert_eq!(ask(&client, &tokens.access).await["active"], true);
    app.finish().await;
}

#[tokio::test]
async fn whatever_ended_is_inactive() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let db = app.db().await;
    let entry = "spotify:yeE6RsXcNOPmeMjvqPVStN";
    db.invite(entry, app.clock.now()).await.unwrap();
    let given_back = client.tokens_of(&app, "alice").await;
    let unwelcome = client.tokens_of(&app, "alice").await;
    assert_eq!(ask(&client, &unwelcome.access).await["active"], true);
    client.post("/revoke", &[("token", &given_back.access)]).await;
    assert!(db.uninvite(entry).await.unwrap());
    for tokens in [&given_back, &unwelcome] {
        assert_inactive(&client, &tokens.access).await;
        assert_inactive(&client, refresh_of(tokens)).await;
    }
    db.close().await;
    app.finish().await;
}

#[tokio::test]
async fn whoever_doesn_t_prove_itself_is_told_nothing() {
    let (app, _, _) = start().await;
    let metadata = json!({"redirect_uris": ["https://client.example/callback"]});
    let client = Connector::register_as(&app, metadata).await;
    let tokens = client.tokens_of(&app, "alice").await;
    let mut unproven = client.clone();
    unproven.client_secret = None;
    let refused = unproven.post("/introspect", &[("token", &tokens.access)]).await;
    assert_eq!((refused.status, refused.error()), (401, "invalid_client"));
    let bearer = unproven.begin("/introspect").form(&[("token", &tokens.access)]);
    let refused = Connector::send(bearer.bearer_auth(&tokens.access)).await;
    assert_eq!((refused.status, refused.error()), (401, "invalid_client"));
    let missing = client.post("/introspect", &[]).await;
    assert_eq!((missing.status, missing.error()), (400, "invalid_request"));
    assert_eq!(ask(&client, &tokens.access).await["active"], true);
    app.finish().await;
}
