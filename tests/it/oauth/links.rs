//! Links from a chat whose person has signed in here: for that person alone.

use stagepass_standin::{Browser, Page};

use crate::harness::{Chat, Connector, TestApp, code_on};

/// Somebody who is signed in, without Spotify.
async fn signed_in(app: &TestApp, client: &Connector, who: &str) -> (Browser, Chat) {
    let browser = Browser::new();
    let untick = [("-connects", "")];
    let end = client.agree_with(app, &browser, who, &client.authorize_url(), &untick).await;
    let tokens = Connector::tokens(app, &client.redeem(&client.code_at(app, &end)).await);
    (browser, app.chat_with(&tokens.access).await)
}

/// Opens the link, presses the button, and signs in.
async fn link(app: &TestApp, browser: &Browser, url: &str, who: &str) -> Page {
    let page = browser.get(url).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    let page = app.spotify.sign_in(browser, page, who).await;
    app.heard(&page);
    page
}

#[tokio::test]
async fn the_person_it_is_for_needs_no_code() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let (browser, chat) = signed_in(&app, &client, "alice").await;
    let page = link(&app, &browser, &chat.get_url().await, "alice").await;
    assert!(page.has_text("Spotify is connected"), "{}", page.describe());
    assert_eq!(chat.status().await["account"]["name"], "Alice Example");
    app.finish().await;
}

#[tokio::test]
async fn somebody_else_who_is_signed_in_is_turned_away() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let (_, alice) = signed_in(&app, &client, "alice").await;
    let (bob, _) = signed_in(&app, &client, "bob").await;
    let url = alice.get_url().await;
    let page = bob.get(&url).await;
    assert_eq!(page.status, 403, "{}", page.describe());
    assert!(page.has_text("This link isn't yours"), "{}", page.describe());
    assert!(page.forms.is_empty(), "{}", page.body);
    assert_eq!(alice.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn where_nobody_is_signed_in_the_code_proves_whose_it_is() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let (_, chat) = signed_in(&app, &client, "alice").await;
    let page = link(&app, &Browser::new(), &chat.get_url().await, "alice").await;
    let code = code_on(&page);
    assert_eq!(chat.status().await["state"], "pending");
    let (_, other) = signed_in(&app, &client, "bob").await;
    let given = serde_json::json!({"action": "handle_callback", "code": code});
    assert_eq!(other.auth(given.clone()).await.code(), "wrong_identity");
    // Somebody else had it, so it is worth nothing any more; another one does it.
    assert_eq!(chat.auth(given).await.code(), "wrong_identity");
    let page = link(&app, &Browser::new(), &chat.get_url().await, "alice").await;
    let given = serde_json::json!({"action": "handle_callback", "code": code_on(&page)});
    chat.auth(given).await.ok();
    assert_eq!(chat.status().await["state"], "connected");
    app.finish().await;
}

#[tokio::test]
async fn somebody_who_signed_in_on_the_way_proves_nothing() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let (_, alice) = signed_in(&app, &client, "alice").await;
    // Bob opens Alice's link, and signs in as himself before he comes back from Spotify.
    let bob = Browser::new();
    let page = bob.get(&alice.get_url().await).await;
    let spotify = bob.submit(&page, "Continue to Spotify", &[]).await;
    client.agree(&app, &bob, "bob").await;
    let page = app.spotify.sign_in(&bob, spotify, "bob").await;
    assert!(page.has_text("One step is left"), "{}", page.describe());
    assert_eq!(alice.status().await["state"], "pending");
    app.finish().await;
}
