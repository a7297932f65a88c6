//! The apps that somebody allowed, and taking that back.

use stagepass_standin::Browser;

use super::{allowed_app, done, look, recorded, sign_in};
use crate::harness::{Connector, TestApp};

#[tokio::test]
async fn an_app_is_shown_by_where_it_is_and_loses_its_access_everywhere() {
    let app = TestApp::start_for("open").await;
    let (client, tokens) = allowed_app(&app, "alice").await;
    let bobs = client.tokens_of(&app, "bob").await;
    let (twin, _running) = app.twin().await;
    let mut elsewhere = client.clone();
    elsewhere.url = twin;
    assert!(client.is_let_in(&tokens.access).await && elsewhere.is_let_in(&tokens.access).await);

    let browser = Browser::new();
    let page = sign_in(&app, &browser, "alice").await;
    for text in ["Claude", "client.example", "change things for you: play, edit", "Last seen"] {
        assert!(page.has_text(text), "{text}: {}", page.text());
    }
    let page = browser.submit(&page, "Take access away", &[]).await;
    assert!(page.has_text("No app may use this server for you."), "{}", page.describe());
    assert!(!client.is_let_in(&tokens.access).await, "here at once");
    assert!(elsewhere.is_soon_out(&tokens.access).await);
    let renewed = client.refresh(tokens.refresh.as_deref().unwrap()).await;
    assert_eq!(renewed.error(), "invalid_grant");
    assert!(client.is_let_in(&bobs.access).await, "what others gave it stays");
    let rows = app.audit().await;
    let taken = rows.iter().find(|row| row.event == "access.taken").unwrap();
    assert_eq!(taken.identity.as_deref(), Some(super::ALICE));
    assert_eq!(taken.client_id.as_deref(), Some(client.client_id.as_str()));
    app.finish().await;
}

#[tokio::test]
async fn a_code_under_way_is_taken_back_too() {
    let app = TestApp::start_for("open").await;
    let (client, _) = allowed_app(&app, "alice").await;
    let code = client.code_of(&app, "alice").await;
    let browser = Browser::new();
    let page = sign_in(&app, &browser, "alice").await;
    browser.submit(&page, "Take access away", &[]).await;
    assert_eq!(client.redeem(&code).await.error(), "invalid_grant");
    app.finish().await;
}

#[tokio::test]
async fn an_app_that_was_allowed_twice_is_one_app() {
    let app = TestApp::start_for("open").await;
    let (client, tokens) = allowed_app(&app, "alice").await;
    let again = client.tokens_with(&app, "alice", &[("scope", "mcp.read")]).await;
    let other = Connector::register(&app).await.tokens_of(&app, "alice").await;
    let browser = Browser::new();
    let page = sign_in(&app, &browser, "alice").await;
    let buttons = page.forms.iter().flat_map(|form| &form.buttons);
    assert_eq!(buttons.filter(|button| button.text == "Take access away").count(), 2);
    browser.submit(&page, &client.client_id, &[]).await;
    for gone in [tokens, again] {
        assert!(client.is_soon_out(&gone.access).await);
    }
    assert!(client.is_let_in(&other.access).await);
    assert_eq!(recorded(&app, "access.taken").await, [done(super::ALICE)]);
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_the_operator_added_is_said_to_be() {
    let app = TestApp::start_for("open").await;
    let (client, _) = allowed_app(&app, "alice").await;
    app.sql(&format!("UPDATE clients SET kind = 'operator' WHERE id = '{}'", client.client_id))
        .await;
    let browser = Browser::new();
    let page = sign_in(&app, &browser, "alice").await;
    assert!(page.has_text("Added by whoever runs this server"), "{}", page.text());
    app.finish().await;
}

#[tokio::test]
async fn a_client_s_name_is_text_and_nothing_else() {
    let app = TestApp::start_for("open").await;
    let metadata = serde_json::json!({
        "client_name": "<script>alert(1)</script>\" onload=\"x",
        "redirect_uris": ["https://client.example/callback"],
        "token_endpoint_auth_method": "none",
    });
    let client = Connector::register_as(&app, metadata).await;
    client.tokens_of(&app, "alice").await;
    let browser = Browser::new();
    sign_in(&app, &browser, "alice").await;
    let page = look(&app, &browser).await;
    assert!(!page.body.contains("<script") && !page.body.contains("\" onload"), "{}", page.body);
    app.finish().await;
}
