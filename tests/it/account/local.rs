//! The owner's page where sign-in is off.

use stagepass_standin::Browser;

use super::{done, look, own_page, recorded, token_on};
use crate::harness::TestApp;

#[tokio::test]
async fn the_owner_of_this_computer_needs_no_sign_in() {
    let app = TestApp::start().await;
    let browser = Browser::new();
    let page = look(&app, &browser).await;
    assert!(page.has_text("the owner of this computer alone"), "{}", page.text());
    assert!(!page.has_button("Sign out") && !page.has_text("Apps with access"));

    let page = browser.submit(&page, "Connect Spotify", &[]).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    let page = app.spotify.sign_in(&browser, page, "alice").await;
    assert_eq!(page.url, own_page(&app));
    let chat = app.chat().await;
    assert_eq!(chat.status().await["state"], "connected");
    browser.submit(&page, "Disconnect", &[]).await;
    assert_eq!(chat.status().await["state"], "not_connected");
    for event in ["link.issued", "connection.revoked"] {
        assert_eq!(recorded(&app, event).await, [done("local::owner")]);
    }
    app.finish().await;
}

#[tokio::test]
async fn the_owner_deletes_everything() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let browser = Browser::new();
    let page = look(&app, &browser).await;
    let page = browser.click(&page, "Delete everything about me").await;
    let page = browser.submit(&page, "Delete everything about me", &[]).await;
    assert!(page.has_text("Nothing is connected any more"), "{}", page.describe());
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    assert_eq!(chat.status().await["state"], "not_connected");
    app.finish().await;
}

#[tokio::test]
async fn a_website_presses_no_button_of_the_owner_s() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    let browser = Browser::new();
    let token = token_on(&look(&app, &browser).await);
    let url = format!("{}/account/delete", app.url);
    // The token alone isn't enough, the right page alone isn't, and no other browser's token is.
    let evil = browser.post_from("https://evil.example/", &url, &[("token", &token)]).await;
    let guessed = browser.post_from(&own_page(&app), &url, &[("token", "x")]).await;
    let other = Browser::new().post_from(&own_page(&app), &url, &[("token", &token)]).await;
    assert_eq!([evil.status, guessed.status, other.status], [403; 3]);
    assert_eq!(chat.status().await["state"], "connected");
    app.finish().await;
}

#[tokio::test]
async fn the_assistant_says_where_the_page_is() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let told = chat.auth(serde_json::json!({"action": "status"})).await.ok();
    assert_eq!(told.data["account_url"], own_page(&app));
    assert!(told.text.ends_with(&own_page(&app)), "{}", told.text);
    app.finish().await;
}
