//! Signing in: whose browser it is, whose answer, and whose session.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::{
    Browser, Page,
    spotify::{Answer, Fault},
};

use crate::harness::{Connector, TestApp};

/// A client that somebody made up.
async fn evil(app: &TestApp) -> Connector {
    let metadata = json!({
        "client_name": "Claude",
        "redirect_uris": ["https://evil.example/callback"],
        "token_endpoint_auth_method": "none",
    });
    Connector::register_as(app, metadata).await
}

/// Agrees, and gets to wherever the provider is.
async fn agree(client: &Connector, browser: &Browser) -> Page {
    let page = browser.get(&client.authorize_url()).await;
    browser.submit(&page, "agree", &[]).await
}

/// The `state` of the last sign-in that Spotify was sent.
fn last_state(app: &TestApp) -> String {
    let requests = app.spotify.requests();
    let mut queries = requests.iter().rev().map(|seen| seen.query.as_str());
    let state = |query: &str| {
        query.split('&').find_map(|pair| pair.strip_prefix("state=")).map(str::to_owned)
    };
    queries.find_map(state).expect("a sign-in")
}

async fn codes(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM codes").await
}

async fn who(app: &TestApp, client: &Connector, page: &Page) -> String {
    let code = client.code_at(app, page);
    let tokens = Connector::tokens(app, &client.redeem(&code).await);
    let chat = app.chat_with(&tokens.access).await;
    chat.status().await["account"]["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_is_signed_in_already_is_asked_for_every_client() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new().stop_at("https:");
    Connector::register(&app).await.agree(&app, &browser, "alice").await;
    let (seen, given) = (app.spotify.requests().len(), codes(&app).await);
    let evil = evil(&app).await;
    // First with a session here, and then with Spotify's alone, which has approved us.
    for button in ["Continue as Alice Example", "Continue with Spotify"] {
        let page = browser.get_from("https://evil.example/", &evil.authorize_url()).await;
        assert_eq!((page.status, page.hops.len()), (200, 0), "{}", page.describe());
        assert!(page.has_text("evil.example") && page.has_button(button), "{}", page.describe());
        let no = browser.submit(&page, "Cancel", &[]).await;
        assert_eq!(no.param("error").as_deref(), Some("access_denied"));
        app.advance(Duration::from_hours(13));
    }
    assert_eq!((app.spotify.requests().len(), codes(&app).await), (seen, given));
    app.finish().await;
}

#[tokio::test]
async fn a_sign_in_ends_in_the_browser_in_which_somebody_agreed() {
    let app = TestApp::start_for("open").await;
    let evil = evil(&app).await;
    // The attacker agrees for his own client, and sends a victim on to Spotify in his place.
    let attacker = Browser::new().stop_at(app.spotify.url());
    let victim = Browser::new().stop_at("https:");
    let known = Browser::new().stop_at("https:");
    Connector::register(&app).await.agree(&app, &known, "bob").await;
    let (exchanged, given) = (app.spotify.count("POST", "/api/token"), codes(&app).await);
    for browser in [&victim, &known] {
        let lure = agree(&evil, &attacker).await.url;
        let page = browser.get_from("https://evil.example/", &lure).await;
        let page = app.spotify.sign_in(browser, page, "bob").await;
        assert_eq!(page.status, 400, "{}", page.describe());
        assert!(page.has_text("This isn't the browser in which it began"), "{}", page.describe());
        assert!(page.url.starts_with(&app.url), "{}", page.url);
    }
    assert_eq!(app.spotify.count("POST", "/api/token"), exchanged, "the code went nowhere");
    assert_eq!(codes(&app).await, given);
    app.finish().await;
}

#[tokio::test]
async fn an_answer_of_the_provider_counts_once() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new();
    let end = client.agree(&app, &browser, "alice").await;
    app.gave(&end.param("code").unwrap());
    let callback = end.hops.iter().rfind(|hop| hop.contains("/callback/spotify?")).unwrap();
    let exchanged = app.spotify.count("POST", "/api/token");
    for _ in 0..2 {
        let page = browser.get(callback).await;
        assert_eq!(page.status, 403, "{}", page.describe());
        assert!(page.has_text("This page is over"), "{}", page.describe());
    }
    assert_eq!((app.spotify.count("POST", "/api/token"), codes(&app).await), (exchanged, 1));
    app.finish().await;
}

#[tokio::test]
async fn an_answer_that_nobody_waits_for_is_turned_away() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at(app.spotify.url());
    agree(&client, &browser).await;
    for query in ["state=spl_guessed&code=stolen", "state=spl_&code=stolen", "state=spl_%00&code=x"]
    {
        let page = browser.get(&format!("{}/callback/spotify?{query}", app.url)).await;
        assert_eq!(page.status, 403, "{query}: {}", page.describe());
    }
    assert_eq!(app.spotify.count("POST", "/api/token"), 0);
    app.finish().await;
}

#[tokio::test]
async fn whoever_declines_at_the_provider_is_sent_back_without_its_words() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at("https:");
    let spotify = agree(&client, &browser).await;
    let declined = app.spotify.deny(&browser, spotify, "alice").await;
    let mut ends = vec![(declined, "access_denied")];
    for (error, told) in [("access_denied", "access_denied"), ("evil_words", "server_error")] {
        agree(&client, &browser).await;
        let query = format!(
            "error={error}&error_description=evil:+call+0900&error_uri=https://evil.example&state={}",
            last_state(&app)
        );
        let url = format!("{}/callback/spotify?{query}", app.url);
        ends.push((browser.get(&url).await, told));
    }
    for (page, error) in ends {
        assert!(page.url.starts_with(&client.redirect_uri), "{}", page.describe());
        assert_eq!(page.param("error").as_deref(), Some(error), "{}", page.url);
        assert_eq!(page.param("state").as_deref(), Some("the-client-s-own-state"));
        assert_eq!(page.param("iss").as_deref(), Some(app.url.as_str()));
        assert!(page.param("code").is_none() && !page.url.contains("evil"), "{}", page.url);
    }
    assert_eq!(app.spotify.count("POST", "/api/token"), 0);
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn while_the_provider_is_away_nobody_is_signed_in() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new();
    // Whose account it is, is asked twice.
    for (times, path) in [(1, "/api/token"), (2, "/v1/me$")] {
        let busy = Fault::times(times, "", path, Answer::text(503, "evil words"));
        app.spotify.world(|world| world.fail(busy));
        let page = client.agree(&app, &browser, "alice").await;
        assert_eq!(page.status, 502, "{}", page.describe());
        assert!(page.has_text("Spotify doesn't answer properly"), "{}", page.describe());
        assert!(page.has_text("connect again") && !page.has_text("evil"), "{}", page.describe());
        assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
        assert!(browser.get(&client.authorize_url()).await.has_button("Continue with Spotify"));
    }
    let page = client.agree(&app, &browser, "alice").await;
    assert_eq!(who(&app, &client, &page).await, "Alice Example");
    app.finish().await;
}

#[tokio::test]
async fn somebody_whom_the_provider_refuses_is_told_whom_to_ask() {
    let mut app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let page = client.agree(&app, &Browser::new(), "mallory").await;
    assert_eq!(page.status, 403, "{}", page.describe());
    assert!(page.has_text("User Management"), "{}", page.describe());
    assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    app.stop().await;
    let left = app.spotify.world(|world| world.live_refresh_tokens_of("mallory"));
    assert_eq!(left, 0, "what nobody can use is given back");
    app.finish().await;
}

/// What a browser gets that comes to the callback with these cookies: the cookies that it is given.
async fn arrive_with(url: &str, cookies: &str) -> Vec<String> {
    let request = stagepass::http::client().unwrap().get(url).header("cookie", cookies);
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 303);
    let lines = answer.headers().get_all("set-cookie").iter();
    lines.map(|line| line.to_str().unwrap().to_owned()).collect()
}

async fn is_signed_in(client: &Connector, session: &str) -> bool {
    let request = stagepass::http::client().unwrap().get(client.authorize_url());
    let answer = request.header("cookie", format!("stagepass-session={session}")).send();
    answer.await.unwrap().text().await.unwrap().contains("Continue as")
}

#[tokio::test]
async fn a_session_is_always_a_new_one() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let mut before = "sps_planted-by-an-attacker-who-knows-it-well-enough".to_owned();
    // Neither a session that somebody planted is taken over, nor one's own of before.
    for _ in 0..2 {
        let browser = Browser::new().stop_at(format!("{}/callback", app.url));
        let spotify = agree(&client, &browser).await;
        let callback = app.spotify.sign_in(&browser, spotify, "alice").await.url;
        let cookies = browser.cookies();
        let own = cookies.iter().find(|cookie| cookie.name == "stagepass-consent").unwrap();
        let sent = format!("stagepass-consent={}; stagepass-session={before}", own.value);
        let lines = arrive_with(&callback, &sent).await;
        let line = lines.iter().find(|line| line.starts_with("stagepass-session=")).unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/"] {
            assert!(line.split("; ").any(|known| known == part), "{line}");
        }
        let session = line.split(['=', ';']).nth(1).unwrap().to_owned();
        assert!(session.starts_with("sps_") && session != before, "{session}");
        assert!(is_signed_in(&client, &session).await);
        assert!(!is_signed_in(&client, &before).await);
        app.gave(&session);
        before = session;
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM sessions").await, 1);
    app.finish().await;
}

#[tokio::test]
async fn whoever_is_signed_in_goes_on_with_one_press() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at(client.redirect_uri.as_str());
    client.agree(&app, &browser, "alice").await;
    let seen = app.spotify.requests().len();
    let page = browser.get(&client.authorize_url()).await;
    let end = browser.submit(&page, "Continue as Alice Example", &[]).await;
    assert_eq!(app.spotify.requests().len(), seen, "Spotify wasn't asked");
    assert_eq!(who(&app, &client, &end).await, "Alice Example");
    // For a working day.
    app.advance(Duration::from_hours(12));
    let page = browser.get(&client.authorize_url()).await;
    assert!(!page.has_button("session"), "{}", page.describe());
    app.finish().await;
}

#[tokio::test]
async fn another_account_is_asked_for_where_the_provider_has_one_already() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at(client.redirect_uri.as_str());
    client.agree(&app, &browser, "alice").await;
    let page = browser.get(&client.authorize_url()).await;
    let page = browser.submit(&page, "Use another account", &[]).await;
    // With what somebody new is asked, and then by a provider that doesn't send Alice back at once.
    assert!(page.has_text("Let the tools use this Spotify account"), "{}", page.describe());
    let page = browser.submit(&page, "Continue with Spotify", &[]).await;
    assert!(page.url.starts_with(&app.spotify.url()), "{}", page.describe());
    let end = app.spotify.sign_in(&browser, page, "bob").await;
    assert_eq!(who(&app, &client, &end).await, "Bob Example");
    let page = browser.get(&client.authorize_url()).await;
    assert!(page.has_button("Continue as Bob Example"), "{}", page.describe());
    app.finish().await;
}

#[tokio::test]
async fn a_button_is_for_the_person_it_names() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at(client.redirect_uri.as_str());
    let nobody = browser.get(&client.authorize_url()).await;
    client.agree(&app, &browser, "alice").await;
    let alice = browser.get(&client.authorize_url()).await;
    let other = browser.submit(&alice, "Use another account", &[]).await;
    let spotify = browser.submit(&other, "Continue with Spotify", &[]).await;
    app.spotify.sign_in(&browser, spotify, "bob").await;
    // Meanwhile, in tabs that are still open.
    let given = codes(&app).await;
    let again = browser.get(&client.authorize_url()).await;
    for (page, status) in [(&nobody, 403), (&alice, 403), (&again, 0)] {
        let fields = page.forms[0].fields.iter();
        let mut form: Vec<_> =
            fields.map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form.push(("decision", "session"));
        let consent = format!("{}/consent", app.url);
        let end = browser.post_from(&page.url, &consent, &form).await;
        assert_eq!(end.status, status, "{}", end.describe());
    }
    assert_eq!(codes(&app).await, given + 1);
    app.finish().await;
}
