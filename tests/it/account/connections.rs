//! The accounts that are connected, from one's own page.

use stagepass_standin::{Browser, spotify::Revocation};

use super::{allowed_app_in, done, look, own_page, recorded, sign_in, sign_in_with};
use crate::harness::TestApp;

/// From the page that says what will be linked to one's own page, as `who` at Spotify.
async fn link(
    app: &TestApp,
    browser: &Browser,
    button: &str,
    who: &str,
) -> stagepass_standin::Page {
    let page = look(app, browser).await;
    let page = browser.submit(&page, button, &[]).await;
    assert!(page.has_text("You are about to connect an account at Spotify"), "{}", page.describe());
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    app.spotify.sign_in(browser, page, who).await
}

#[tokio::test]
async fn an_account_is_connected_from_the_own_page_without_a_code() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    sign_in_with(&app, &browser, "alice", &[("-connects", "")]).await;
    let page = link(&app, &browser, "Connect Spotify", "alice").await;
    assert_eq!(page.url, own_page(&app));
    assert!(page.has_text("Spotify: Alice Example State Connected."), "{}", page.text());
    assert_eq!(recorded(&app, "link.issued").await, [done(super::ALICE)]);
    app.finish().await;
}

#[tokio::test]
async fn an_account_is_connected_again_and_stays_one() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    sign_in(&app, &browser, "alice").await;
    app.sql("UPDATE connections SET dead_reason = 'Spotify ended it.'").await;
    let page = look(&app, &browser).await;
    assert!(page.has_text("Has to be connected again. Spotify ended it."), "{}", page.text());
    let page = link(&app, &browser, "Reconnect", "alice").await;
    assert!(page.has_text("Spotify: Alice Example State Connected."), "{}", page.text());
    assert_eq!(app.count("SELECT COUNT(*) FROM connections").await, 1);
    app.finish().await;
}

#[tokio::test]
async fn whoever_declines_goes_back_to_the_own_page() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    sign_in_with(&app, &browser, "alice", &[("-connects", "")]).await;
    let page = browser.submit(&look(&app, &browser).await, "Connect Spotify", &[]).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    let page = app.spotify.deny(&browser, page, "alice").await;
    assert_eq!(page.status, 400);
    assert!(page.has_text("Access was declined"), "{}", page.describe());
    let page = browser.click(&page, "Back to your own page").await;
    assert!(page.has_text("Access was declined") && page.has_button("Connect Spotify"));
    app.finish().await;
}

#[tokio::test]
async fn of_several_accounts_each_is_ended_by_its_own_button() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let first = sign_in(&app, &browser, "alice").await;
    app.advance(std::time::Duration::from_mins(1));
    let page = link(&app, &browser, "Reconnect", "bob").await;
    assert!(page.has_text("Spotify: Alice Example") && page.has_text("Spotify: Bob Example"));
    assert_eq!(page.text().matches("the tools use this one").count(), 1, "{}", page.text());

    let page = browser.submit(&page, &super::value_of(&first, "Disconnect"), &[]).await;
    assert!(!page.has_text("Spotify: Alice") && page.has_text("Spotify: Bob Example"));
    let left = |who: &'static str| app.spotify.world(|world| world.live_refresh_tokens_of(who));
    assert_eq!((left("alice"), left("bob")), (0, 1));
    app.finish().await;
}

#[tokio::test]
async fn a_disconnected_account_is_given_back_and_gone_for_the_tools() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let (_, tokens) = allowed_app_in(&app, &browser, "alice").await;
    let chat = app.chat_with(&tokens.access).await;
    assert_eq!(chat.status().await["state"], "connected");
    let page = browser.submit(&look(&app, &browser).await, "Disconnect", &[]).await;
    assert!(page.has_text("Not connected."), "{}", page.describe());
    assert_eq!(app.spotify.world(|world| world.live_refresh_tokens_of("alice")), 0);
    assert_eq!(chat.status().await["state"], "not_connected");
    assert_eq!(recorded(&app, "connection.revoked").await, [done(super::ALICE)]);
    app.finish().await;
}

#[tokio::test]
async fn where_the_service_was_not_told_the_page_says_where_to_end_it() {
    for revocation in [Revocation::NotFound, Revocation::Fails] {
        let app = TestApp::start_for("open").await;
        let browser = Browser::new();
        let page = sign_in(&app, &browser, "alice").await;
        app.spotify.world(|world| world.revocation = revocation);
        let page = browser.submit(&page, "Disconnect", &[]).await;
        assert!(page.has_text("Spotify itself wasn't told"), "{}", page.describe());
        assert!(page.link("https://www.spotify.com/account/apps/").is_some());
        let page = browser.click(&page, "Back to your own page").await;
        assert!(page.has_text("Not connected."), "{}", page.describe());
        app.spotify.forgive();
        app.finish().await;
    }
}

#[tokio::test]
async fn a_link_from_the_own_page_needs_that_session() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    sign_in_with(&app, &browser, "alice", &[("-connects", "")]).await;
    let page = browser.submit(&look(&app, &browser).await, "Connect Spotify", &[]).await;
    // Bob gets hold of the link: he would connect his account to Alice.
    let bob = Browser::new();
    sign_in_with(&app, &bob, "bob", &[("-connects", "")]).await;
    assert_eq!(bob.get(&page.url).await.status, 403);
    let nobody = Browser::new();
    let stolen = nobody.get(&page.url).await;
    let stolen = nobody.submit(&stolen, "Continue to Spotify", &[]).await;
    let end = app.spotify.sign_in(&nobody, stolen, "bob").await;
    assert!(end.has_text("give this code to the assistant"), "{}", end.describe());
    assert_eq!(app.count("SELECT COUNT(*) FROM connections").await, 0);
    app.finish().await;
}
