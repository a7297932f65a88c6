//! A client gives back what it was given (RFC 7009), and nobody else's.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use stagepass::store::AuditRow;

use crate::harness::{Answer, Connector, TestApp, Tokens, claims_of};

async fn start() -> (TestApp, Connector, Tokens) {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let tokens = client.tokens_of(&app, "alice").await;
    (app, client, tokens)
}

async fn revoke(client: &Connector, token: &str) {
    let answer = client.post("/revoke", &[("token", token)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn refresh_of(tokens: &Tokens) -> &str {
    tokens.refresh.as_deref().unwrap()
}

async fn assert_over(client: &Connector, tokens: &Tokens) {
    assert!(!client.is_let_in(&tokens.access).await);
    assert_eq!(client.refresh(refresh_of(tokens)).await.error(), "invalid_grant");
}

async fn assert_lives(app: &TestApp, client: &Connector, tokens: &Tokens) {
    assert!(client.is_let_in(&tokens.access).await);
    Connector::tokens(app, &client.refresh(refresh_of(tokens)).await);
}

#[tokio::test]
async fn with_either_token_both_are_over() {
    let (app, client, by_refresh) = start().await;
    let by_access = client.tokens_of(&app, "alice").await;
    let untouched = client.tokens_of(&app, "alice").await;
    for tokens in [&by_refresh, &by_access, &untouched] {
        assert!(client.is_let_in(&tokens.access).await);
    }
    revoke(&client, refresh_of(&by_refresh)).await;
    assert_over(&client, &by_refresh).await;
    revoke(&client, &by_access.access).await;
    assert_over(&client, &by_access).await;
    assert_lives(&app, &client, &untouched).await;

    let record = app.audit().await;
    for tokens in [&by_refresh, &by_access] {
        let claims = claims_of(&tokens.access);
        let of_grant = |row: &&AuditRow| row.grant_id.as_deref() == claims["gid"].as_str();
        let row = record.iter().filter(of_grant).find(|row| row.event == "token.revoked").unwrap();
        assert_eq!(row.outcome, "done");
        assert_eq!(row.identity.as_deref(), claims["sub"].as_str());
        assert_eq!(row.client_id.as_deref(), Some(client.client_id.as_str()));
        assert_eq!(row.address.as_deref(), Some("127.0.0.1"));
    }
    app.finish().await;
}

#[tokio::test]
async fn the_whole_family_goes_with_any_of_its_tokens() {
    let (app, client, first) = start().await;
    let second = Connector::tokens(&app, &client.refresh(refresh_of(&first)).await);
    let third = Connector::tokens(&app, &client.refresh(refresh_of(&second)).await);
    // A client that kept only an old one gives back all.
    revoke(&client, refresh_of(&first)).await;
    for tokens in [&third, &second, &first] {
        assert_over(&client, tokens).await;
    }
    app.finish().await;
}

/// Whichever comes first, nothing is left in the end.
#[tokio::test]
async fn refreshes_at_the_same_moment_save_nothing() {
    let (app, client, mut tokens) = start().await;
    let (url, stop) = app.twin().await;
    let twin = client.at(&url);
    for _ in 0..5 {
        let token = refresh_of(&tokens);
        let refreshes = join_all((0..10).map(|number| {
            let client = if number % 2 == 0 { &client } else { &twin };
            client.refresh(token)
        }));
        let (answers, ()) = tokio::join!(refreshes, revoke(&twin, token));
        for answer in answers {
            if answer.status == 200 {
                let late = Connector::tokens(&app, &answer);
                assert!(client.is_soon_out(&late.access).await);
                assert!(twin.is_soon_out(&late.access).await);
                assert_eq!(client.refresh(refresh_of(&late)).await.error(), "invalid_grant");
            } else {
                assert_eq!(answer.error(), "invalid_grant");
            }
        }
        assert_over(&twin, &tokens).await;
        tokens = client.tokens_of(&app, "alice").await;
    }
    stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn both_paths_lead_there_whatever_the_hint_says() {
    let (app, client, first) = start().await;
    let second = client.tokens_of(&app, "alice").await;
    let hinted = [("token", refresh_of(&first)), ("token_type_hint", "access_token")];
    assert_eq!(client.post("/oauth/revoke", &hinted).await.status, 200);
    assert_over(&client, &first).await;
    let hinted = [("token", second.access.as_str()), ("token_type_hint", "no such type")];
    assert_eq!(client.post("/oauth/revoke", &hinted).await.status, 200);
    assert_over(&client, &second).await;
    app.finish().await;
}

#[tokio::test]
async fn nobody_revokes_what_is_another_clients() {
    let (app, client, tokens) = start().await;
    let other = Connector::register(&app).await;
    for token in [refresh_of(&tokens), tokens.access.as_str()] {
        revoke(&other, token).await;
    }
    assert_lives(&app, &client, &tokens).await;
    assert!(app.audit().await.iter().all(|row| row.event != "token.revoked"));
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_doesn_t_prove_itself_revokes_nothing() {
    let (app, _, _) = start().await;
    let metadata = json!({"redirect_uris": ["https://client.example/callback"]});
    let client = Connector::register_as(&app, metadata).await;
    let tokens = client.tokens_of(&app, "alice").await;
    let mut unproven = client.clone();
    unproven.client_secret = None;
    for path in ["/revoke", "/oauth/revoke"] {
        let refused = unproven.post(path, &[("token", refresh_of(&tokens))]).await;
        assert_eq!((refused.status, refused.error()), (401, "invalid_client"));
        let bare = unproven.post_bare(path, &[("token", refresh_of(&tokens))]).await;
        assert_eq!((bare.status, bare.error()), (401, "invalid_client"));
    }
    assert_lives(&app, &client, &tokens).await;
    app.finish().await;
}

#[tokio::test]
async fn what_isn_t_a_token_is_as_good_as_revoked() {
    let (app, client, tokens) = start().await;
    let code = client.code_of(&app, "alice").await;
    for unknown in ["x", "spr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "a.b.c", &code] {
        revoke(&client, unknown).await;
    }
    revoke(&client, refresh_of(&tokens)).await;
    revoke(&client, refresh_of(&tokens)).await;
    let old = client.tokens_of(&app, "alice").await;
    app.advance(Duration::from_hours(2));
    revoke(&client, &old.access).await;
    let missing: Answer = client.post("/revoke", &[]).await;
    assert_eq!((missing.status, missing.error()), (400, "invalid_request"));
    app.finish().await;
}

/// A client is disconnected from us. What the person has connected to us is another matter.
#[tokio::test]
async fn the_persons_accounts_stay_connected() {
    let (app, client, tokens) = start().await;
    revoke(&client, refresh_of(&tokens)).await;
    let other = Connector::register(&app).await;
    let token = other.tokens_of(&app, "alice").await.access;
    let answer = other.call(&token, "spotify_now", json!({})).await;
    assert_ne!(answer.body["result"]["isError"], true, "{answer:?}");
    assert_eq!(app.count("SELECT COUNT(*) FROM connections WHERE dead_reason IS NULL").await, 1);
    app.finish().await;
}
