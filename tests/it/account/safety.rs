//! What strangers, other people and other websites can't do to somebody's page.

use stagepass_standin::Browser;

use super::{allowed_app, look, own_page, sign_in, token_on, value_of};
use crate::harness::TestApp;

const BUTTONS: [&str; 5] = ["sign-out", "connect", "disconnect", "take-away", "delete"];

/// Everything that a button could change.
async fn rows(app: &TestApp) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["users", "sessions", "connections", "grants", "links", "audit", "authorizations"]
    {
        counts.push(app.count(&format!("SELECT COUNT(*) FROM {table}")).await);
    }
    counts
}

#[tokio::test]
async fn looking_changes_nothing() {
    let app = TestApp::start_for("open").await;
    allowed_app(&app, "alice").await;
    let browser = Browser::new();
    sign_in(&app, &browser, "alice").await;
    let before = rows(&app).await;
    look(&app, &browser).await;
    browser.get(&format!("{}/account/delete", app.url)).await;
    look(&app, &Browser::new()).await;
    for button in ["sign-in", "sign-out", "connect", "disconnect", "take-away"] {
        assert_eq!(browser.get(&format!("{}/account/{button}", app.url)).await.status, 405);
    }
    assert_eq!(rows(&app).await, before);
    app.finish().await;
}

#[tokio::test]
async fn what_is_another_s_can_be_neither_seen_nor_ended_by_its_id() {
    let app = TestApp::start_for("open").await;
    let (client, tokens) = allowed_app(&app, "bob").await;
    let (alice, bob) = (Browser::new(), Browser::new());
    let bobs = sign_in(&app, &bob, "bob").await;
    let page = sign_in(&app, &alice, "alice").await;
    assert!(!page.has_text("Bob") && !page.has_text("Claude"), "{}", page.text());
    let before = rows(&app).await;
    let token = token_on(&page);
    let post = async |path: &str, name: &str, value: &str| {
        let url = format!("{}/account/{path}", app.url);
        alice.post_from(&own_page(&app), &url, &[("token", &token), (name, value)]).await
    };
    let theirs = value_of(&bobs, "Disconnect");
    let refused = [
        post("disconnect", "connection", &theirs).await,
        post("disconnect", "connection", "' OR 1=1 --").await,
        post("take-away", "client", &client.client_id).await,
        post("connect", "provider", "nothing").await,
    ];
    assert_eq!(refused.map(|page| page.status), [404; 4]);
    assert_eq!(rows(&app).await, before);
    assert!(client.is_let_in(&tokens.access).await);
    app.finish().await;
}

#[tokio::test]
async fn only_the_person_s_own_page_presses_its_buttons() {
    let app = TestApp::start_for("open").await;
    let (client, _) = allowed_app(&app, "alice").await;
    let (alice, bob) = (Browser::new(), Browser::new());
    let page = sign_in(&app, &alice, "alice").await;
    let (own, connection) = (token_on(&page), value_of(&page, "Disconnect"));
    let bobs = token_on(&sign_in(&app, &bob, "bob").await);
    let before = rows(&app).await;
    let rest = [
        ("connection", connection.as_str()),
        ("client", &client.client_id),
        ("provider", "spotify"),
    ];
    for button in BUTTONS {
        let url = format!("{}/account/{button}", app.url);
        let post = async |browser: &Browser, from: &str, token: &str| {
            let fields: Vec<_> = rest.into_iter().chain([("token", token)]).collect();
            browser.post_from(from, &url, &fields).await
        };
        // Browsers send the session along from pages of the same site, whatever the port.
        let neighbour = post(&alice, "http://127.0.0.1:1/", &own).await;
        assert_eq!(neighbour.status, 403, "{button}: {}", neighbour.describe());
        post(&alice, "https://evil.example/", &own).await;
        for token in ["", "guessed", &bobs] {
            assert_eq!(post(&alice, &page.url, token).await.status, 403, "{button} with {token}");
        }
        let nobody = post(&Browser::new(), &page.url, &own).await;
        assert!(nobody.has_button("Continue with Spotify"), "{button}: {}", nobody.describe());
        assert_eq!(alice.post_from(&page.url, &url, &[]).await.status, 400, "{button}");
    }
    assert_eq!(rows(&app).await, before);
    app.finish().await;
}

#[tokio::test]
async fn no_other_page_can_frame_it_and_no_cache_keeps_it() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let pages = [
        browser.get(&own_page(&app)).await,
        sign_in(&app, &browser, "alice").await,
        browser.get(&format!("{}/account/delete", app.url)).await,
        browser.get(&format!("{}/account/chat/spt_nothing", app.url)).await,
    ];
    for page in pages {
        let header = |name: &str| page.header(name).unwrap_or_default().to_owned();
        assert_eq!(header("x-frame-options"), "DENY", "{}", page.describe());
        assert_eq!(header("cache-control"), "no-store");
        let policy = header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("default-src 'none'"));
        assert!(!page.body.contains("<script"));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_planted_session_is_worth_nothing() {
    let app = TestApp::start_for("open").await;
    let planted = "sps_planted-by-an-attacker-who-knows-it-well-enough";
    let cookies = format!("stagepass-session={planted}; stagepass-chat={planted}");
    let http = stagepass::http::client().unwrap();
    let seen = http.get(own_page(&app)).header("cookie", &cookies).send().await.unwrap();
    assert!(seen.text().await.unwrap().contains("Continue with Spotify"));
    let browser = Browser::new();
    sign_in(&app, &browser, "alice").await;
    let session = browser.cookies().into_iter().find(|cookie| cookie.name == "stagepass-session");
    assert_ne!(session.unwrap().value, planted);
    let seen = http.get(own_page(&app)).header("cookie", &cookies).send().await.unwrap();
    assert!(!seen.text().await.unwrap().contains("Alice"));
    app.finish().await;
}

#[tokio::test]
async fn a_session_lasts_a_working_day() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    let page = sign_in(&app, &browser, "alice").await;
    app.advance(std::time::Duration::from_hours(12));
    assert!(!look(&app, &browser).await.has_text("Alice"));
    let end = browser.submit(&page, "Disconnect", &[]).await;
    assert!(end.has_button("Continue with Spotify"), "{}", end.describe());
    assert_eq!(app.count("SELECT COUNT(*) FROM connections").await, 1);
    app.finish().await;
}

#[tokio::test]
async fn too_many_looks_have_to_wait() {
    let variables =
        vec![("ACCESS__ALLOW", "open".to_owned()), ("LIMITS__CONNECT_PER_MINUTE", "3".to_owned())];
    let setup = crate::harness::Setup { variables, ..Default::default() };
    let app = TestApp::start_with(setup).await;
    let browser = Browser::new();
    for _ in 0..3 {
        look(&app, &browser).await;
    }
    let page = browser.get(&own_page(&app)).await;
    assert_eq!(page.status, 429, "{}", page.describe());
    app.finish().await;
}

#[tokio::test]
async fn a_name_from_the_provider_is_text_and_nothing_else() {
    let app = TestApp::start_for("open").await;
    let browser = Browser::new();
    sign_in(&app, &browser, "alice").await;
    app.sql("UPDATE connections SET account_name = '<img src=x onerror=alert(1)>'").await;
    app.sql("UPDATE users SET account_name = '\"><script>alert(1)</script>'").await;
    for path in ["", "/delete"] {
        let page = browser.get(&format!("{}{path}", own_page(&app))).await;
        assert!(!page.body.contains("<img") && !page.body.contains("<script"), "{}", page.body);
    }
    app.finish().await;
}
