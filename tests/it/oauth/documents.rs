//! Clients whose id is the URL of a document about them: fetched from where it is, and believed for
//! as long as it says.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use reqwest::Certificate;
use serde_json::{Value, json};
use stagepass::http::Rules;
use stagepass_standin::{Browser, ClientSite, Page, client_site::Served};

use crate::harness::{Connector, Setup, TestApp};

const CLAUDE: &str = "https://claude.ai/oauth/mcp-oauth-client-metadata";
const CHATGPT: &str = "https://chatgpt.com/oauth/client.json";
const VS_CODE: &str = "https://vscode.dev/oauth/client-metadata.json";
const HOSTS: [&str; 3] = ["claude.ai", "chatgpt.com", "vscode.dev"];
const CALLBACK: &str = "https://claude.ai/api/mcp/auth_callback";

/// The document of Claude, with `more` over it.
fn claude(more: &Value) -> Value {
    let mut document = json!({
        "client_id": CLAUDE,
        "client_name": "Claude",
        "client_uri": "https://claude.ai",
        "logo_uri": "https://claude.ai/logo.png",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    document.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    document
}

/// JSON that may be kept for so long.
fn kept(document: &Value, cache_control: &str) -> Served {
    let headers = [("content-type", "application/json"), ("cache-control", cache_control)];
    let headers = headers.map(|(name, value)| (name, value.to_owned())).to_vec();
    Served::Answer(200, headers, document.to_string().into_bytes())
}

/// The internet, in which `HOSTS` have these addresses.
fn internet(site: &ClientSite, addresses: &[SocketAddr]) -> Rules {
    let names = HOSTS.map(|host| (host.to_owned(), addresses.to_vec()));
    Rules {
        names: Some(BTreeMap::from(names)),
        allowed: vec![site.address()],
        roots: vec![Certificate::from_der(site.root()).unwrap()],
    }
}

async fn start(rules: Rules) -> TestApp {
    let variables = vec![("ACCESS__ALLOW", "open".to_owned())];
    TestApp::start_with(Setup { variables, rules, ..Setup::default() }).await
}

/// A server, and a site with Claude's document.
async fn world() -> (TestApp, ClientSite) {
    let site = ClientSite::start(&HOSTS).await;
    site.put(CLAUDE, Served::Json(claude(&json!({}))));
    (start(internet(&site, &[site.address()])).await, site)
}

fn client(app: &TestApp, id: &str, redirect_uri: &str) -> Connector {
    let mut known = Connector::known(app, id, None);
    redirect_uri.clone_into(&mut known.redirect_uri);
    known
}

/// What somebody sees whom this client sends.
async fn ask(app: &TestApp, id: &str, redirect_uri: &str) -> Page {
    let url = client(app, id, redirect_uri).authorize_url();
    Browser::new().stop_at("https:").get(&url).await
}

fn assert_unknown(page: &Page, what: &str) {
    assert_eq!((page.status, page.hops.len()), (400, 0), "{what}: {}", page.describe());
    assert!(page.has_text("can't read what the app says about itself"), "{what}");
}

#[tokio::test]
async fn clients_in_use_are_known_by_their_documents() {
    let (app, site) = world().await;
    site.put(
        CHATGPT,
        Served::Json(json!({
            "client_id": CHATGPT,
            "client_name": "ChatGPT",
            "redirect_uris": ["https://chatgpt.com/connector_platform_oauth_redirect"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "RS256",
            "jwks_uri": "https://chatgpt.com/oauth/jwks.json",
            "grant_types": ["authorization_code", "refresh_token"],
        })),
    );
    site.put(
        VS_CODE,
        Served::Json(json!({
            "client_id": VS_CODE,
            "client_name": "Visual Studio Code",
            "redirect_uris": ["http://127.0.0.1:33418/", "http://127.0.0.1/",
                "https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect"],
            "grant_types": ["authorization_code", "refresh_token",
                "urn:ietf:params:oauth:grant-type:device_code"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "application_type": "native",
        })),
    );
    for (id, name, uri) in [
        (CLAUDE, "Claude", CALLBACK),
        (CHATGPT, "ChatGPT", "https://chatgpt.com/connector_platform_oauth_redirect"),
        (VS_CODE, "Visual Studio Code", "http://127.0.0.1:49152/"),
        (VS_CODE, "Visual Studio Code", "https://vscode.dev/redirect"),
    ] {
        let page = ask(&app, id, uri).await;
        assert_eq!(page.status, 200, "{id}: {}", page.describe());
        assert!(page.has_text(&format!("calls itself {name}")), "{}", page.describe());
        // The one thing that is proven.
        let host = id.split('/').nth(2).unwrap();
        let proven = format!("It describes itself at {host}");
        assert!(page.has_text(&proven), "{}", page.describe());
        assert!(!page.body.contains("logo.png"), "{}", page.body);
        assert_eq!(page.has_text("on your own computer"), uri.starts_with("http:"), "{uri}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_client_with_a_document_needs_nothing_else() {
    let (app, site) = world().await;
    let client = client(&app, CLAUDE, CALLBACK);
    let tokens = client.tokens_of(&app, "alice").await;
    assert_eq!(client.list("/mcp", Some(&tokens.access)).await.status, 200);
    app.advance(Duration::from_hours(2));
    let renewed = Connector::tokens(&app, &client.refresh(&tokens.refresh.unwrap()).await);
    assert_eq!(client.list("/mcp", Some(&renewed.access)).await.status, 200);
    assert_eq!(site.requests().len(), 1, "for all of it");
    app.finish().await;
}

#[tokio::test]
async fn a_document_is_fetched_again_when_it_says_so_but_not_all_the_time() {
    for (said, minutes) in [
        ("max-age=3600", 60),
        ("max-age=0", 5),
        ("no-store", 5),
        ("max-age=31536000", 24 * 60),
        ("", 24 * 60),
    ] {
        let (app, site) = world().await;
        site.put(CLAUDE, kept(&claude(&json!({})), said));
        for (wait, fetched) in [(0, 1), (0, 1), (minutes * 60 - 1, 1), (1, 2), (0, 2)] {
            app.advance(Duration::from_secs(wait));
            assert_eq!(ask(&app, CLAUDE, CALLBACK).await.status, 200);
            assert_eq!(site.requests().len(), fetched, "{said}");
        }
        app.finish().await;
    }
}

#[tokio::test]
async fn while_a_site_is_away_its_last_document_counts() {
    let (app, site) = world().await;
    assert_eq!(ask(&app, CLAUDE, CALLBACK).await.status, 200);
    for (broken, what) in [
        (Served::Answer(503, Vec::new(), Vec::new()), "away"),
        (Served::Answer(404, Vec::new(), Vec::new()), "not found"),
        (Served::Cut, "broken off"),
        (Served::Endless, "endless"),
        (Served::Redirect(CHATGPT.to_owned()), "elsewhere"),
    ] {
        site.put(CLAUDE, broken);
        app.advance(Duration::from_hours(24));
        let before = site.requests().len();
        for _ in 0..3 {
            assert_eq!(ask(&app, CLAUDE, CALLBACK).await.status, 200, "{what}");
        }
        assert_eq!(site.requests().len(), before + 1, "nobody waits for it all the time");
        app.advance(Duration::from_mins(5));
        assert_eq!(ask(&app, CLAUDE, CALLBACK).await.status, 200, "{what}");
        assert_eq!(site.requests().len(), before + 2, "it may be back");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_client_whose_document_cannot_be_had_is_unknown_until_it_can() {
    let (app, site) = world().await;
    site.put(VS_CODE, Served::Json(claude(&json!({"client_id": VS_CODE}))));
    let huge = claude(&json!({"x": "x".repeat(70_000)}));
    let html = Served::Answer(200, vec![("content-type", "text/html".to_owned())], b"{}".to_vec());
    for (served, what) in [
        (Served::Answer(404, Vec::new(), Vec::new()), "not found"),
        (Served::Answer(500, Vec::new(), Vec::new()), "broken"),
        (Served::Redirect(VS_CODE.to_owned()), "a redirect to a good one"),
        (Served::Json(huge), "huge"),
        (Served::Endless, "endless"),
        (Served::Cut, "broken off"),
        (Served::Slow, "slow"),
        (html, "no JSON"),
        (Served::Json(json!([])), "no object"),
    ] {
        site.put(CLAUDE, served);
        assert_unknown(&ask(&app, CLAUDE, CALLBACK).await, what);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM clients").await, 0);
    // A failure is not remembered.
    site.put(CLAUDE, Served::Json(claude(&json!({}))));
    assert_eq!(ask(&app, CLAUDE, CALLBACK).await.status, 200);
    assert!(!site.requests().iter().any(|request| request.contains("vscode")));
    app.finish().await;
}

#[tokio::test]
async fn a_document_that_is_not_the_clients_own_counts_for_nothing() {
    let (app, site) = world().await;
    for (more, what) in [
        (json!({"client_id": VS_CODE}), "another's"),
        (json!({"client_id": format!("{CLAUDE}/")}), "nearly its own"),
        (json!({"client_id": "https://CLAUDE.ai/oauth/mcp-oauth-client-metadata"}), "its case"),
        (json!({"client_id": null}), "nobody's"),
        (json!({"token_endpoint_auth_method": "client_secret_basic"}), "a secret"),
        (json!({"token_endpoint_auth_method": "client_secret_post"}), "a secret"),
        (json!({"client_secret": "hush"}), "a secret for everybody"),
        (json!({"token_endpoint_auth_method": "private_key_jwt"}), "no keys"),
        (json!({"redirect_uris": []}), "no redirect URI"),
        (json!({"redirect_uris": [CALLBACK, "javascript:alert(1)"]}), "a script"),
        (json!({"grant_types": ["client_credentials"]}), "another grant"),
    ] {
        site.put(CLAUDE, Served::Json(claude(&more)));
        assert_unknown(&ask(&app, CLAUDE, CALLBACK).await, what);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM clients").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn a_redirect_uri_has_to_stand_in_the_document() {
    let (app, site) = world().await;
    for uri in [
        "https://evil.example/callback",
        "https://claude.ai/api/mcp/auth_callback/x",
        "https://claude.ai/",
        "http://localhost/callback",
    ] {
        let page = ask(&app, CLAUDE, uri).await;
        assert_eq!((page.status, page.hops.len()), (400, 0), "{uri}: {}", page.describe());
        assert!(page.has_text("isn't one that the app has registered"), "{}", page.describe());
    }
    assert_eq!(site.requests().len(), 1);
    app.finish().await;
}

#[tokio::test]
async fn what_has_changed_counts_as_soon_as_the_copy_is_old() {
    let (app, site) = world().await;
    let (new, moved) = ("https://claude.com/api/mcp/auth_callback", json!({"x": 1}));
    site.put(CLAUDE, kept(&claude(&moved), "max-age=3600"));
    assert_eq!(ask(&app, CLAUDE, CALLBACK).await.status, 200);
    site.put(CLAUDE, kept(&claude(&json!({"redirect_uris": [new]})), "max-age=3600"));
    assert_eq!(ask(&app, CLAUDE, CALLBACK).await.status, 200);
    assert_eq!(ask(&app, CLAUDE, new).await.status, 400);
    app.advance(Duration::from_hours(1));
    assert_eq!(ask(&app, CLAUDE, new).await.status, 200);
    assert_eq!(ask(&app, CLAUDE, CALLBACK).await.status, 400);
    // A document that has become wrong isn't one that can't be had.
    site.put(CLAUDE, kept(&claude(&json!({"client_id": VS_CODE})), "max-age=3600"));
    app.advance(Duration::from_hours(1));
    for _ in 0..2 {
        assert_unknown(&ask(&app, CLAUDE, new).await, "wrong by now");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_address_at_home_is_never_asked() {
    let site = ClientSite::start(&HOSTS).await;
    site.put(CLAUDE, Served::Json(claude(&json!({}))));
    let allowed = Vec::new();
    let app = start(Rules { allowed, ..internet(&site, &[site.address()]) }).await;
    assert_unknown(&ask(&app, CLAUDE, CALLBACK).await, "a private address");
    assert_eq!(site.connections(), 0);
    app.finish().await;
}

#[tokio::test]
async fn only_the_url_of_a_document_is_asked_for() {
    let (app, site) = world().await;
    let port = site.address().port();
    for id in [
        "http://claude.ai/oauth/mcp-oauth-client-metadata",
        "https://claude.ai",
        "https://claude.ai/",
        "https://claude.ai/oauth/mcp-oauth-client-metadata?x=y",
        "https://claude.ai/oauth/mcp-oauth-client-metadata#x",
        "https://claude.ai/oauth/../oauth/mcp-oauth-client-metadata",
        "https://claude.ai/oauth/%2e%2e/x",
        "https://me@claude.ai/oauth/mcp-oauth-client-metadata",
        "https://claude.ai:443/oauth/mcp-oauth-client-metadata",
        &format!("https://claude.ai:{port}/oauth/mcp-oauth-client-metadata"),
        &format!("https://127.0.0.1:{port}/oauth/mcp-oauth-client-metadata"),
        "https://127.0.0.1/oauth/mcp-oauth-client-metadata",
        "https://[::1]/oauth/mcp-oauth-client-metadata",
        "https://2130706433/oauth/mcp-oauth-client-metadata",
        "https://localhost/oauth/mcp-oauth-client-metadata",
        "https://claude.ai./oauth/mcp-oauth-client-metadata",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
    ] {
        assert_unknown(&ask(&app, id, CALLBACK).await, id);
    }
    assert_eq!(site.connections(), 0);
    app.finish().await;
}

#[tokio::test]
async fn a_copy_that_nobody_agreed_to_is_forgotten() {
    let (app, _site) = world().await;
    ask(&app, CLAUDE, CALLBACK).await;
    assert_eq!(app.count("SELECT COUNT(*) FROM clients WHERE kind = 'document'").await, 1);
    app.advance(Duration::from_hours(25));
    app.oauth().await.sweep().await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM clients").await, 0);
    // And its tokens hold as long as they would.
    let tokens = client(&app, CLAUDE, CALLBACK).tokens_of(&app, "alice").await;
    app.advance(Duration::from_hours(25));
    app.oauth().await.sweep().await.unwrap();
    assert_eq!(app.count("SELECT COUNT(*) FROM clients").await, 1);
    let refreshed = client(&app, CLAUDE, CALLBACK).refresh(&tokens.refresh.unwrap()).await;
    Connector::tokens(&app, &refreshed);
    app.finish().await;
}
