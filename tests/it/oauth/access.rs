//! Who may come in: the owner, whom a list names, and whoever was invited.

use serde_json::json;
use stagepass_standin::{Browser, OpenId, Page};

use crate::harness::{Connector, Setup, TestApp};

/// Signs in at Spotify with this in the field for the claim code.
async fn claim(app: &TestApp, client: &Connector, who: &str, code: &str) -> Page {
    let fields = [("claim", code)];
    client.agree_with(app, &Browser::new(), who, &client.authorize_url(), &fields).await
}

/// All that is kept of people.
async fn stored(app: &TestApp) -> i64 {
    app.count(
        "SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM sessions)
         + (SELECT COUNT(*) FROM codes) + (SELECT COUNT(*) FROM connections)",
    )
    .await
}

async fn owners(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM users WHERE owner = 1").await
}

async fn invite(app: &TestApp, entry: &str) {
    let values = format!("('{entry}', '2026-01-01 00:00:00+00:00')");
    app.sql(&format!("INSERT INTO invitations (entry, created_at) VALUES {values}")).await;
}

/// Fails unless somebody was turned away and learnt what to tell the owner.
fn assert_not_invited(page: &Page, account: &str) {
    assert_eq!(page.status, 403, "{}", page.describe());
    assert!(page.has_text("You need an invitation"), "{}", page.describe());
    assert!(page.has_text(account), "{account}: {}", page.describe());
    let back = page.link("Back to Claude").unwrap();
    assert!(back.contains("error=access_denied") && back.contains("iss="), "{back}");
}

#[tokio::test]
async fn a_claim_code_that_is_wrong_uses_nothing_up() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let right = app.claim_code.clone().unwrap();
    let browser = Browser::new().stop_at(client.redirect_uri.as_str());
    let page = browser.get(&client.authorize_url()).await;
    assert!(page.has_text("This server has no owner yet"), "{}", page.describe());
    let long = "A".repeat(60_000);
    let other = right.replace(|c: char| c.is_ascii_digit(), "Z").replace('Z', "0");
    for wrong in ["wrong", "0000-0000-0000-0000", "' OR 1=1 --", &right[..18], &long, &other] {
        let told = browser.submit(&page, "agree", &[("claim", wrong)]).await;
        assert_eq!(told.status, 403, "{wrong}: {}", told.describe());
        assert!(told.has_text("That isn't the claim code"), "{}", told.describe());
    }
    assert!(app.spotify.requests().is_empty());
    // As somebody types it who reads it from a screen, on the same page.
    let typed = format!("  {} ", right.to_lowercase().replace('-', " ").replace('0', "o"));
    let spotify = browser.submit(&page, "agree", &[("claim", &typed)]).await;
    let end = app.spotify.sign_in(&browser, spotify, "alice").await;
    client.code_at(&app, &end);
    assert_eq!(owners(&app).await, 1);
    app.finish().await;
}

#[tokio::test]
async fn once_there_is_an_owner_the_claim_code_is_over() {
    let mut app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let code = app.claim_code.clone().unwrap();
    let old = Browser::new();
    let before = old.get(&client.authorize_url()).await;
    client.code_at(&app, &claim(&app, &client, "alice", &code).await);
    let page = Browser::new().get(&client.authorize_url()).await;
    assert!(!page.has_text("Claim code"), "{}", page.describe());
    // Not even on a page from before.
    let told = old.submit(&before, "agree", &[("claim", &code)]).await;
    assert!(told.has_text("somebody has become the owner meanwhile"), "{}", told.describe());
    app.restart().await;
    assert_eq!(app.claim_code, None, "nor is there a new one");
    app.finish().await;
}

#[tokio::test]
async fn of_two_who_bring_the_code_at_once_one_gets_the_server() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let code = app.claim_code.clone().unwrap();
    let browsers = ["alice", "bob"].map(|who| (who, Browser::new().stop_at("https:")));
    let mut pages = Vec::new();
    for (_, browser) in &browsers {
        let page = browser.get(&client.authorize_url()).await;
        pages.push(browser.submit(&page, "agree", &[("claim", &code)]).await);
    }
    let [(alice, first), (bob, second)] = &browsers;
    let late = pages.pop().unwrap();
    let end = app.spotify.sign_in(first, pages.pop().unwrap(), alice).await;
    client.code_at(&app, &end);
    let before = stored(&app).await;
    let late = app.spotify.sign_in(second, late, bob).await;
    assert_not_invited(&late, "spotify:");
    assert_eq!((owners(&app).await, stored(&app).await), (1, before), "nothing of the second");
    app.finish().await;
}

#[tokio::test]
async fn a_code_of_an_earlier_start_still_works() {
    let mut app = TestApp::start_for("owner").await;
    let first = app.claim_code.clone().unwrap();
    app.restart().await;
    assert_ne!(app.claim_code.as_ref(), Some(&first));
    let client = Connector::register(&app).await;
    client.code_at(&app, &claim(&app, &client, "alice", &first).await);
    assert_eq!(owners(&app).await, 1);
    app.finish().await;
}

#[tokio::test]
async fn whoever_is_not_invited_learns_what_to_say_and_leaves_nothing_behind() {
    let mut app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let account = app.spotify.world(|world| world.person("bob").account_id.clone());
    let browser = Browser::new();
    let page = client.agree(&app, &browser, "bob").await;
    assert_not_invited(&page, &format!("spotify:{account}"));
    assert!(page.has_text("Bob Example"), "{}", page.describe());
    assert_eq!(stored(&app).await, 0);
    assert!(browser.cookies().iter().all(|cookie| cookie.name != "stagepass-session"));
    app.stop().await;
    let left = app.spotify.world(|world| world.live_refresh_tokens_of("bob"));
    assert_eq!(left, 0, "what he gave us is given back");
    app.finish().await;
}

#[tokio::test]
async fn an_invitation_lets_somebody_in_and_makes_no_owner() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let account = app.spotify.world(|world| world.person("bob").account_id.clone());
    invite(&app, &format!("spotify:{account}")).await;
    let browser = Browser::new().stop_at(client.redirect_uri.as_str());
    let end = client.agree(&app, &browser, "bob").await;
    client.code_at(&app, &end);
    assert_eq!(owners(&app).await, 0);
    // The server can still be claimed, by him as well.
    let page = browser.get(&client.authorize_url()).await;
    let page = browser.submit(&page, "Use another account", &[]).await;
    let code = app.claim_code.clone().unwrap();
    let page = browser.submit(&page, "Continue with Spotify", &[("claim", &code)]).await;
    let end = app.spotify.sign_in(&browser, page, "bob").await;
    client.code_at(&app, &end);
    assert_eq!(owners(&app).await, 1);
    app.finish().await;
}

#[tokio::test]
async fn whoever_is_uninvited_has_no_session_any_more() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let account = app.spotify.world(|world| world.person("bob").account_id.clone());
    invite(&app, &format!("spotify:{account}")).await;
    let browser = Browser::new().stop_at(client.redirect_uri.as_str());
    let end = client.agree(&app, &browser, "bob").await;
    let unused = client.code_at(&app, &end);
    let page = browser.get(&client.authorize_url()).await;
    assert!(page.has_button("Continue as Bob Example"), "{}", page.describe());
    app.sql("DELETE FROM invitations").await;
    let again = browser.get(&client.authorize_url()).await;
    assert!(!again.has_button("session"), "{}", again.describe());
    let pressed = browser.submit(&page, "Continue as Bob Example", &[]).await;
    assert_eq!(pressed.status, 403, "{}", pressed.describe());
    assert_eq!(client.redeem(&unused).await.error(), "invalid_grant");
    app.finish().await;
}

/// A server for whom `allow` lists, with an issuer that tells addresses.
async fn listed(allow: &str) -> (TestApp, OpenId, Connector) {
    let openid = OpenId::start().await;
    let variables =
        vec![("ACCESS__ALLOW", allow.to_owned()), ("PROVIDER__SPOTIFY__LOGIN", "false".to_owned())];
    let providers = openid.variables("work");
    let app = TestApp::start_with(Setup { variables, providers, ..Setup::default() }).await;
    openid.register(&format!("{}/callback/work", app.url));
    let client = Connector::register(&app).await;
    (app, openid, client)
}

#[tokio::test]
async fn a_list_names_accounts_and_addresses_that_the_provider_has_verified() {
    for (allow, welcome) in [
        ("work:10045072", vec!["bob"]),
        ("alice@example.org", vec!["alice"]),
        ("ALICE@EXAMPLE.ORG", vec!["alice"]),
        ("@example.org", vec!["alice"]),
        ("@example.org @example.net", vec!["alice", "bob"]),
        // Mallory's address is Alice's, and nobody has verified that.
        ("@example.org work:10045073", vec!["alice", "mallory"]),
        ("spotify:10045072 github:10045072 work:1004507 @ample.org", vec![]),
    ] {
        let (app, openid, client) = listed(allow).await;
        for who in ["alice", "bob", "mallory"] {
            let browser = Browser::new().stop_at(client.redirect_uri.as_str());
            let page = browser.get(&client.authorize_url()).await;
            let page = browser.submit(&page, "Continue with Work", &[]).await;
            let end = openid.sign_in(&browser, page, who).await;
            if welcome.contains(&who) {
                client.code_at(&app, &end);
            } else {
                assert_not_invited(&end, "work:1004507");
            }
        }
        let users = app.count("SELECT COUNT(*) FROM users").await;
        assert_eq!(usize::try_from(users), Ok(welcome.len()), "{allow}");
        app.finish_without(openid.secrets()).await;
    }
}

#[tokio::test]
async fn signing_in_connects_nothing_that_was_not_ticked() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let url = client.authorize_url();
    let sign_in = async |ticked: bool| {
        let untick = [("-connects", "")];
        let fields = if ticked { &[][..] } else { &untick[..] };
        let end = client.agree_with(&app, &Browser::new(), "alice", &url, fields).await;
        let tokens = Connector::tokens(&app, &client.redeem(&client.code_at(&app, &end)).await);
        app.chat_with(&tokens.access).await
    };
    let chat = sign_in(false).await;
    assert_eq!(chat.status().await["state"], "not_connected");
    assert_eq!(chat.call("spotify_now", json!({})).await.code(), "not_connected");
    let granted = app.spotify.world(|world| world.grants[0].scopes.clone());
    assert_eq!(granted, ["user-read-private"], "no more was asked for");
    // A connection that there is stays, whatever the next sign-in says.
    sign_in(true).await.call("spotify_now", json!({})).await.ok();
    let chat = sign_in(false).await;
    assert_eq!(chat.status().await["state"], "connected");
    chat.call("spotify_now", json!({})).await.ok();
    app.finish().await;
}
