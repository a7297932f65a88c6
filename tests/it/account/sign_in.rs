//! Signing in for one's own page, and out of it.

use std::time::Duration;

use stagepass_standin::Browser;

use super::{done, look, own_page, recorded, sign_in, sign_in_with};
use crate::harness::{Connector, TestApp};

#[tokio::test]
async fn whoever_is_nobody_yet_signs_in_and_sees_what_is_theirs() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let page = sign_in(&app, &browser, "alice").await;
    assert_eq!((page.url.as_str(), page.status), (own_page(&app).as_str(), 200));
    for text in [
        "Signed in as Alice Example (Spotify)",
        "Spotify: Alice Example",
        "start, stop and change what plays",
        "No app may use this server for you.",
    ] {
        assert!(page.has_text(text), "{text}: {}", page.text());
    }
    assert_eq!(recorded(&app, "sign_in").await, [done(super::ALICE)]);
    assert_eq!(app.count("SELECT COUNT(*) FROM codes").await, 0, "nobody was given anything");
    app.finish().await;
}

#[tokio::test]
async fn without_the_tick_nothing_is_connected() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let page = sign_in_with(&app, &browser, "alice", &[("-connects", "")]).await;
    assert!(
        page.has_text("Not connected.") && page.has_button("Connect Spotify"),
        "{}",
        page.text()
    );
    app.finish().await;
}

#[tokio::test]
async fn signing_out_ends_this_browser_s_session_alone() {
    let app = TestApp::start_for("open").await;
    let (browser, phone) = (Browser::new(), Browser::new());
    sign_in(&app, &browser, "alice").await;
    sign_in(&app, &phone, "alice").await;
    let before = browser.cookies();
    let page = browser.submit(&look(&app, &browser).await, "Sign out", &[]).await;
    assert!(page.has_text("Nobody is signed in in this browser now"), "{}", page.describe());
    assert!(look(&app, &browser).await.has_button("Continue with Spotify"));
    assert!(browser.cookies().iter().all(|cookie| cookie.name != "stagepass-session"));
    assert!(look(&app, &phone).await.has_button("Sign out"));
    assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 1);
    // Not even a browser that kept the cookie gets in with it.
    let kept = before.iter().find(|cookie| cookie.name == "stagepass-session").unwrap();
    let request = stagepass::http::client().unwrap().get(own_page(&app));
    let answer = request.header("cookie", format!("stagepass-session={}", kept.value)).send();
    assert!(answer.await.unwrap().text().await.unwrap().contains("Continue with Spotify"));
    assert_eq!(recorded(&app, "account.signed_out").await, [done(super::ALICE)]);
    app.finish().await;
}

#[tokio::test]
async fn whoever_comes_next_to_the_same_browser_is_asked_at_the_provider() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    sign_in(&app, &browser, "alice").await;
    browser.submit(&look(&app, &browser).await, "Sign out", &[]).await;
    let page = browser.submit(&look(&app, &browser).await, "Continue with Spotify", &[]).await;
    assert!(page.url.starts_with(&app.spotify.url()), "{}", page.describe());
    let page = app.spotify.sign_in(&browser, page, "bob").await;
    assert!(page.has_text("Signed in as Bob Example (Spotify)"), "{}", page.text());
    app.finish().await;
}

#[tokio::test]
async fn who_was_not_invited_is_told_whom_to_ask() {
    let app = TestApp::start_for("spotify:bob").await;
    let browser = Browser::new();
    let page = sign_in(&app, &browser, "alice").await;
    assert_eq!(page.status, 403, "{}", page.describe());
    assert!(
        page.has_text("spotify:yeE6RsXcNOPmeMjvqPVStN")
            && page.link("Back to the sign-in").is_some()
    );
    assert!(look(&app, &browser).await.has_button("Continue with Spotify"));
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn a_session_of_somebody_who_may_no_longer_come_in_is_none() {
    let mut app = TestApp::start_for("spotify:yeE6RsXcNOPmeMjvqPVStN").await;
    let browser = Browser::new();
    let page = sign_in(&app, &browser, "alice").await;
    assert!(page.has_button("Sign out"), "{}", page.describe());
    app.set("ACCESS__ALLOW", "spotify:bob");
    app.restart().await;
    let late = look(&app, &browser).await;
    assert!(!late.has_text("Alice") && late.has_button("Continue with Spotify"), "{}", late.text());
    let end = browser.submit(&page, "Disconnect", &[]).await;
    assert!(end.has_button("Continue with Spotify"), "{}", end.describe());
    assert_eq!(app.count("SELECT COUNT(*) FROM connections").await, 1);
    app.finish().await;
}

#[tokio::test]
async fn the_owner_claims_the_server_on_the_own_page() {
    let app = TestApp::start_for("owner").await;
    let browser = Browser::new();
    let page = browser.get(&own_page(&app)).await;
    let wrong = [("claim", "K7QM-2X9D-0RTV-4HNC")];
    let page = browser.submit(&page, "Continue with Spotify", &wrong).await;
    assert_eq!(page.status, 403);
    assert!(page.has_text("That isn't the claim code"), "{}", page.describe());
    let claim = app.claim_code.clone().unwrap();
    let page = browser.submit(&page, "Continue with Spotify", &[("claim", &claim)]).await;
    let page = app.spotify.sign_in(&browser, page, "alice").await;
    assert!(page.has_text("Signed in as Alice Example"), "{}", page.describe());
    assert_eq!(recorded(&app, "owner.claimed").await, [done(super::ALICE)]);
    app.finish().await;
}

#[tokio::test]
async fn whoever_declines_at_the_provider_stays_here() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let page = browser.submit(&look(&app, &browser).await, "Continue with Spotify", &[]).await;
    let page = app.spotify.deny(&browser, page, "alice").await;
    assert_eq!(page.status, 403);
    assert!(page.has_text("open your page here again"), "{}", page.describe());
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_ends_in_the_browser_in_which_it_began() {
    let app = TestApp::start_for("open").await;
    let attacker = Browser::new().stop_at(app.spotify.url());
    let page = attacker.get(&own_page(&app)).await;
    let lure = attacker.submit(&page, "Continue with Spotify", &[]).await.url;
    let victim = Browser::new();
    let page = victim.get_from("https://evil.example/", &lure).await;
    let page = app.spotify.sign_in(&victim, page, "bob").await;
    assert_eq!(page.status, 400, "{}", page.describe());
    assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn a_form_of_the_sign_in_works_once_in_time_and_for_nothing_else() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at(app.spotify.url());
    let (own, consent) =
        (browser.get(&own_page(&app)).await, browser.get(&client.authorize_url()).await);
    let fields = |page: &stagepass_standin::Page, more: [(&str, &str); 2]| {
        let more = more.map(|(name, value)| (name.to_owned(), value.to_owned()));
        page.forms[0].fields.iter().cloned().chain(more).collect::<Vec<_>>()
    };
    let post = async |path: &str, form: Vec<(String, String)>| {
        let form: Vec<_> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
        browser.post_from(&own.url, &format!("{}{path}", app.url), &form).await
    };
    // What was shown for one's own page is no consent to a client, and the other way round.
    let asked = [("decision", "agree"), ("provider", "spotify")];
    assert_eq!(post("/consent", fields(&own, asked)).await.status, 403);
    assert_eq!(post("/account/sign-in", fields(&consent, asked)).await.status, 403);
    assert_eq!(app.count("SELECT COUNT(*) FROM authorizations").await, 0);

    let gone = browser.submit(&own, "Continue with Spotify", &[]).await;
    assert!(gone.url.starts_with(&app.spotify.url()), "{}", gone.describe());
    assert_eq!(browser.submit(&own, "Continue with Spotify", &[]).await.status, 403);
    let other = Browser::new();
    let stolen: Vec<_> = own.forms[0].fields.clone();
    let mut stolen: Vec<_> = stolen.iter().map(|(name, value)| (&**name, &**value)).collect();
    stolen.push(("provider", "spotify"));
    let end = other.post_from(&own.url, &format!("{}/account/sign-in", app.url), &stolen).await;
    assert_eq!(end.status, 400, "{}", end.describe());
    let late = browser.get(&own_page(&app)).await;
    app.advance(Duration::from_mins(10));
    assert_eq!(browser.submit(&late, "Continue with Spotify", &[]).await.status, 403);
    let fresh = browser.get(&own_page(&app)).await;
    let mut form: Vec<_> = fresh.forms[0].fields.clone();
    form.push(("provider".to_owned(), "spotify".to_owned()));
    let form: Vec<_> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    let url = format!("{}/account/sign-in", app.url);
    assert_eq!(browser.post_from("http://127.0.0.1:1/", &url, &form).await.status, 403);
    app.finish().await;
}
