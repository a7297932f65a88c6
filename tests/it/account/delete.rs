//! Deleting everything about oneself.

use stagepass_standin::{Browser, Page, spotify::Revocation};

use super::{allowed_app, allowed_app_in, done, look, recorded, sign_in, sign_in_with};
use crate::harness::TestApp;

const BUTTON: &str = "Delete everything about me";

async fn delete(app: &TestApp, browser: &Browser) -> Page {
    let page = browser.click(&look(app, browser).await, BUTTON).await;
    assert_eq!(page.status, 200, "{}", page.describe());
    browser.submit(&page, BUTTON, &[]).await
}

/// How many rows of any table name this identity.
async fn rows_of(app: &TestApp, identity: &str) -> i64 {
    let mut all = 0;
    for table in ["users", "sessions", "connections", "grants", "links", "codes", "visits"] {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE identity = '{identity}'");
        all += app.count(&sql).await;
    }
    all
}

#[tokio::test]
async fn everything_about_a_person_goes_here_and_at_the_service() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let (client, tokens) = allowed_app_in(&app, &browser, "alice").await;
    let bobs = client.tokens_of(&app, "bob").await;
    let (twin, _running) = app.twin().await;
    let mut elsewhere = client.clone();
    elsewhere.url = twin;
    assert!(elsewhere.is_let_in(&tokens.access).await);
    let again = browser.clone().stop_at(client.redirect_uri.as_str());
    let page = again.get(&client.authorize_url()).await;
    let end = again.submit(&page, "Continue as Alice Example", &[]).await;
    let code = client.code_at(&app, &end);
    // A session elsewhere, and a link that nobody has followed.
    app.sql(&format!(
        "INSERT INTO sessions SELECT id_hash || id_hash, identity, created_at, expires_at
         FROM sessions WHERE identity = '{}'",
        super::ALICE
    ))
    .await;
    app.chat_with(&tokens.access).await.get_url().await;
    assert!(rows_of(&app, super::ALICE).await >= 7);
    let others = rows_of(&app, super::BOB).await;

    let page = browser.click(&look(&app, &browser).await, BUTTON).await;
    for text in ["the access of every app", "Alice Example", "400 days", "e-mail address"] {
        assert!(page.has_text(text), "{text}: {}", page.text());
    }
    let page = browser.submit(&page, BUTTON, &[]).await;
    assert!(page.has_text("Nothing is connected any more"), "{}", page.describe());

    assert_eq!(rows_of(&app, super::ALICE).await, 0);
    assert_eq!(rows_of(&app, super::BOB).await, others);
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("bob")), 1);
    assert!(
        client.is_soon_out(&tokens.access).await && elsewhere.is_soon_out(&tokens.access).await
    );
    let renewed = client.refresh(tokens.refresh.as_deref().unwrap()).await;
    assert_eq!(renewed.error(), "invalid_grant");
    assert_eq!(client.redeem(&code).await.error(), "invalid_grant");
    assert!(client.is_let_in(&bobs.access).await);
    assert!(look(&app, &browser).await.has_button("Continue with Spotify"));
    assert_eq!(recorded(&app, "account.deleted").await, [done(super::ALICE)]);
    assert!(!recorded(&app, "sign_in").await.is_empty(), "the record stays");

    // Whoever comes back is somebody new.
    let page = sign_in_with(&app, &browser, "alice", &[("-connects", "")]).await;
    assert!(page.has_text("No app may use this server for you."), "{}", page.text());
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_under_way_brings_nothing_back() {
    let app = TestApp::start_for("open").await;
    let (_, tokens) = allowed_app(&app, "alice").await;
    let chat = app.chat_with(&tokens.access).await;
    let redirect = app.lost_redirect(&chat, "alice").await;
    let browser = Browser::new();
    sign_in_with(&app, &browser, "alice", &[("-connects", "")]).await;
    delete(&app, &browser).await;
    let end = browser.get(&redirect).await;
    assert_eq!(end.status, 410, "{}", end.describe());
    assert_eq!(rows_of(&app, super::ALICE).await, 0);
    app.finish().await;
}

#[tokio::test]
async fn what_waits_for_its_code_is_given_back() {
    let mut app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let (_, tokens) = allowed_app_in(&app, &browser, "alice").await;
    let chat = app.chat_with(&tokens.access).await;
    let redirect = app.lost_redirect(&chat, "bob").await;
    assert!(Browser::new().get(&redirect).await.has_text("One step is left"));
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("bob")), 1);
    delete(&app, &browser).await;
    app.stop().await;
    for who in ["alice", "bob"] {
        assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of(who)), 0, "{who}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_owner_stays_the_owner_and_is_told_so() {
    let app = TestApp::start_for("owner").await;
    let browser = Browser::new();
    let claim = app.claim_code.clone().unwrap();
    sign_in_with(&app, &browser, "alice", &[("claim", &claim)]).await;
    app.sql("UPDATE users SET email = 'alice@example.com'").await;
    let page = browser.click(&look(&app, &browser).await, BUTTON).await;
    assert!(page.has_text("You own this server, and you stay its owner"), "{}", page.text());
    browser.submit(&page, BUTTON, &[]).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM users WHERE owner = 1").await, 1);
    assert_eq!(app.count("SELECT COUNT(*) FROM users WHERE email IS NOT NULL").await, 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM connections").await, 0);
    // Nobody else can claim it, and the owner still comes in.
    let page = browser.get(&super::own_page(&app)).await;
    assert!(!page.has_text("This server has no owner yet"), "{}", page.text());
    let page = sign_in(&app, &browser, "alice").await;
    assert!(page.has_button("Sign out"), "{}", page.describe());
    app.finish().await;
}

#[tokio::test]
async fn where_the_service_was_not_told_the_last_page_says_so() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    sign_in(&app, &browser, "alice").await;
    app.spotify.world(|world| world.revocation = Revocation::Fails);
    let page = delete(&app, &browser).await;
    assert!(page.link("https://www.spotify.com/account/apps/").is_some(), "{}", page.text());
    assert_eq!(rows_of(&app, super::ALICE).await, 0);
    app.spotify.forgive();
    app.finish().await;
}
