//! The consent page's form: this person's, in this browser, for this request, once, and in time.

use std::time::Duration;

use reqwest::Response;
use serde_json::json;
use stagepass_standin::{Browser, Page};

use crate::harness::{Connector, TestApp};

/// A form's fields, as they stand, and this button.
fn filled<'a>(page: &'a Page, decision: &'a str) -> Vec<(&'a str, &'a str)> {
    let fields = page.forms[0].fields.iter();
    let fields = fields.map(|(name, value)| (name.as_str(), value.as_str()));
    fields.chain([("decision", decision)]).collect()
}

fn field<'a>(page: &'a Page, name: &str) -> &'a str {
    let found = page.forms[0].fields.iter().find(|(known, _)| known == name);
    &found.unwrap_or_else(|| panic!("no {name} on {}", page.describe())).1
}

/// Sends the form with the browser's cookies and these headers, whatever a browser would do.
async fn send(
    app: &TestApp,
    browser: &Browser,
    headers: &[(&str, &str)],
    form: &[(&str, &str)],
) -> Response {
    let cookies = browser.cookies();
    let cookies: Vec<_> =
        cookies.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
    let mut request = stagepass::http::client().unwrap().post(format!("{}/consent", app.url));
    request = request.header("cookie", cookies.join("; ")).form(form);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// Everything that a consent may leave behind.
async fn stored(app: &TestApp) -> i64 {
    app.count(
        "SELECT (SELECT COUNT(*) FROM authorizations) + (SELECT COUNT(*) FROM codes)
         + (SELECT COUNT(*) FROM grants) + (SELECT COUNT(*) FROM users)
         + (SELECT COUNT(*) FROM sessions) + (SELECT COUNT(*) FROM connections)",
    )
    .await
}

/// Fails unless nothing came of it: nothing is stored, and Spotify hasn't heard of anybody.
async fn assert_nothing_happened(app: &TestApp) {
    assert_eq!(stored(app).await, 0);
    assert!(app.spotify.requests().is_empty(), "{:?}", app.spotify.requests());
}

#[tokio::test]
async fn looking_at_the_page_stores_nothing() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let written = app.count("SELECT COUNT(*) FROM audit").await;
    for browser in [Browser::new(), Browser::new()] {
        for _ in 0..3 {
            let page = browser.get(&client.authorize_url()).await;
            assert!(page.has_button("Continue with Spotify"), "{}", page.describe());
        }
    }
    assert_nothing_happened(&app).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM audit").await, written);
    assert_eq!(app.count("SELECT COUNT(*) FROM clients WHERE used_at IS NOT NULL").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn nobody_elses_page_can_press_the_button() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new();
    let page = browser.get(&client.authorize_url()).await;
    let form = filled(&page, "agree");
    // Even with the victim's own fields, which nobody else can read.
    let consent = format!("{}/consent", app.url);
    let evil = browser.post_from("https://evil.example/", &consent, &form).await;
    assert_eq!(evil.status, 400, "the cookie isn't sent along: {}", evil.describe());
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "http://127.0.0.1:1"),
        ("origin", "null"),
        ("origin", ""),
    ] {
        for decision in ["agree", "session", "deny"] {
            let sent = send(&app, &browser, &[header], &filled(&page, decision)).await;
            assert_eq!(sent.status(), 403, "{header:?} {decision}");
        }
    }
    assert_nothing_happened(&app).await;
    // And nothing of it was used up.
    let sent = send(&app, &browser, &[("origin", &app.url)], &form).await;
    assert_eq!(sent.status(), 200);
    app.finish().await;
}

#[tokio::test]
async fn a_form_belongs_to_the_browser_that_it_was_shown_in() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    // Somebody looks at the page for his own app, and has a victim send the form.
    let page = Browser::new().get(&client.authorize_url()).await;
    let victim = Browser::new();
    for decision in ["agree", "session", "deny"] {
        let sent = send(&app, &victim, &[], &filled(&page, decision)).await;
        assert_eq!(sent.status(), 400, "without a cookie");
    }
    victim.get(&client.authorize_url()).await;
    for decision in ["agree", "session", "deny"] {
        let sent = send(&app, &victim, &[], &filled(&page, decision)).await;
        assert_eq!(sent.status(), 400, "with a cookie of their own");
        assert!(sent.text().await.unwrap().contains("the browser in which"));
    }
    assert_nothing_happened(&app).await;
    app.finish().await;
}

#[tokio::test]
async fn a_form_that_was_altered_is_no_form_of_ours() {
    let app = TestApp::start_for("open").await;
    let harmless = Connector::register(&app).await;
    let other = json!({"redirect_uris": ["https://evil.example/cb"], "client_name": "Other"});
    let other = Connector::register_as(&app, other).await;
    let browser = Browser::new();
    let shown = browser.get(&harmless.authorize_url()).await;
    let hidden = browser.get(&other.authorize_url()).await;
    let (id, request) = (field(&shown, "id"), field(&shown, "request"));
    let middle = request.len() / 2;
    let flipped = if &request[middle..=middle] == "A" { "B" } else { "A" };
    let flipped = format!("{}{flipped}{}", &request[..middle], &request[middle + 1..]);
    for (what, id, request) in [
        ("one page's number, another client's request", id, field(&hidden, "request")),
        ("one page's request, another's number", field(&hidden, "id"), request),
        ("another number", "AAAAAAAAAAAAAAAAAAAAAA", request),
        ("no number", "", request),
        ("a bit of it", id, &flipped),
        ("cut off", id, &request[..middle]),
        ("nothing", id, ""),
        ("no base64", id, "<>"),
    ] {
        let form = [("id", id), ("request", request), ("decision", "agree")];
        let page = send(&app, &browser, &[], &form).await;
        assert_eq!(page.status(), 403, "{what}");
        assert!(page.text().await.unwrap().contains("connect again"), "{what}");
    }
    for form in [
        vec![],
        vec![("id", id), ("request", request)],
        vec![("id", id), ("request", request), ("decision", "yes")],
        vec![("id", id), ("request", request), ("decision", "deny"), ("decision", "agree")],
    ] {
        let page = send(&app, &browser, &[], &form).await;
        assert_eq!(page.status(), 403, "{form:?}");
        assert!(page.text().await.unwrap().contains("connect again"), "{form:?}");
    }
    assert_nothing_happened(&app).await;
    app.finish().await;
}

#[tokio::test]
async fn a_page_is_answered_once_however_one_goes_back() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    for (first, then) in
        [("agree", "agree"), ("agree", "deny"), ("deny", "agree"), ("deny", "deny")]
    {
        let browser = Browser::new().stop_at("https:");
        let page = browser.get(&client.authorize_url()).await;
        assert_eq!(send(&app, &browser, &[], &filled(&page, first)).await.status(), 200);
        let again = browser.submit(&page, then, &[]).await;
        assert_eq!(again.status, 403, "{first}, {then}: {}", again.describe());
        assert!(again.has_text("This page is over"), "{}", again.describe());
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM authorizations").await, 4);
    app.finish().await;
}

#[tokio::test]
async fn of_many_presses_at_once_one_counts() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new();
    let page = browser.get(&client.authorize_url()).await;
    let form = filled(&page, "agree");
    let presses = (0..20).map(|_| send(&app, &browser, &[], &form));
    let answers = futures::future::join_all(presses).await;
    let taken = answers.iter().filter(|answer| answer.status() == 200).count();
    assert_eq!(taken, 1);
    assert!(answers.iter().all(|answer| [200, 403].contains(&answer.status().as_u16())));
    app.finish().await;
}

#[tokio::test]
async fn a_page_is_over_after_ten_minutes() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at("https:");
    let open = async || browser.get(&client.authorize_url()).await;
    let (young, old) = (open().await, [open().await, open().await]);
    app.advance(Duration::from_secs(9 * 60 + 59));
    let spotify = browser.submit(&young, "Continue with Spotify", &[]).await;
    assert!(spotify.url.starts_with(&app.spotify.url()), "{}", spotify.describe());
    let before = stored(&app).await;
    app.advance(Duration::from_secs(1));
    for (page, button) in old.iter().zip(["Cancel", "Continue with Spotify"]) {
        let page = browser.submit(page, button, &[]).await;
        assert_eq!(page.status, 403, "{}", page.describe());
        assert!(page.has_text("too old"), "{}", page.describe());
    }
    assert_eq!(stored(&app).await, before);
    // Nor is there more time at the provider.
    let page = app.spotify.sign_in(&browser, spotify, "alice").await;
    assert_eq!(page.status, 403, "{}", page.describe());
    assert_eq!(app.count("SELECT COUNT(*) FROM codes").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn two_tabs_at_once_both_come_to_their_end() {
    let app = TestApp::start_for("open").await;
    let one = Connector::register(&app).await;
    let other = json!({"redirect_uris": ["https://other.example/cb"], "client_name": "Other"});
    let other = Connector::register_as(&app, other).await;
    let browser = Browser::new().stop_at("https:");
    let first = browser.get(&one.authorize_url()).await;
    let second = browser.get(&other.authorize_url()).await;
    let first = browser.submit(&first, "Continue with Spotify", &[]).await;
    let second = browser.submit(&second, "Continue with Spotify", &[]).await;
    let second = app.spotify.sign_in(&browser, second, "alice").await;
    let first = app.spotify.sign_in(&browser, first, "alice").await;
    Connector::tokens(&app, &one.redeem(&one.code_at(&app, &first)).await);
    Connector::tokens(&app, &other.redeem(&other.code_at(&app, &second)).await);
    app.finish().await;
}

#[tokio::test]
async fn whoever_says_no_gives_nothing() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let browser = Browser::new().stop_at(client.redirect_uri.as_str());
    let page = browser.get(&client.authorize_url()).await;
    let end = browser.submit(&page, "Cancel", &[]).await;
    assert!(end.url.starts_with(&client.redirect_uri), "{}", end.describe());
    assert_eq!(end.param("error").as_deref(), Some("access_denied"));
    assert_eq!(end.param("state").as_deref(), Some("the-client-s-own-state"));
    assert_eq!(end.param("iss").as_deref(), Some(app.url.as_str()));
    assert_eq!(end.param("code"), None);
    assert!(app.spotify.requests().is_empty());
    assert_eq!(stored(&app).await, 1, "that the page is over, and nothing more");
    let refused =
        "SELECT COUNT(*) FROM audit WHERE event = 'consent.given' AND outcome = 'refused'";
    assert_eq!(app.count(refused).await, 1);
    app.finish().await;
}

#[tokio::test]
async fn a_form_of_ours_never_redirects_to_somebody_else() {
    // Chromium holds each hop against the page's `form-action`, and says nothing.
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    for decision in ["agree", "deny"] {
        let browser = Browser::new();
        let page = browser.get(&client.authorize_url()).await;
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("form-action 'self'"), "{policy}");
        let sent = send(&app, &browser, &[], &filled(&page, decision)).await;
        assert_eq!((sent.status().as_u16(), sent.headers().get("location")), (200, None));
    }
    app.finish().await;
}

#[tokio::test]
async fn behind_https_nobody_can_plant_the_cookie() {
    let https = ("PUBLIC_URL", "https://stagepass.example".to_owned());
    let variables = vec![("ACCESS__ALLOW", "open".to_owned()), https];
    let app = TestApp::start_with(crate::harness::Setup { variables, ..Default::default() }).await;
    let http = stagepass::http::client().unwrap();
    let asked = |url: &str| http.get(url).header("host", "stagepass.example");
    let body = json!({"redirect_uris": ["https://client.example/callback"]});
    let register = http.post(format!("{}/register", app.url)).header("host", "stagepass.example");
    let client: serde_json::Value =
        register.json(&body).send().await.unwrap().json().await.unwrap();
    let id = client["client_id"].as_str().unwrap();
    app.gave(client["client_secret"].as_str().unwrap());
    let client = Connector::known(&app, id, None);
    let url = client.authorize_url_with(&[("resource", "")]);
    let page = asked(&url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let cookie = page.headers()["set-cookie"].to_str().unwrap().to_owned();
    let parts: Vec<_> = cookie.split("; ").collect();
    assert!(parts[0].starts_with("__Host-stagepass-consent=spb_"), "{cookie}");
    for part in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(parts.contains(&part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    // One without the prefix, which a sibling domain could have set, counts for nothing.
    let planted = "spb_planted-by-somebody-on-a-sibling-domain";
    let again = asked(&url).header("cookie", format!("stagepass-consent={planted}"));
    let again = again.send().await.unwrap();
    assert!(!again.headers()["set-cookie"].to_str().unwrap().contains(planted));
    app.finish().await;
}
