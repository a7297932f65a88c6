//! `GET /authorize`: nothing is redirected before the whole request is known to be sound.

use serde_json::json;
use stagepass_standin::{Browser, Page};

use crate::harness::{Connector, TestApp};

const OWN: &str = "https://client.example/callback";

/// The page at `url`, wherever it leads a person who follows the way back to the client.
async fn open(url: &str) -> Page {
    let browser = Browser::new().stop_at("https:");
    let page = browser.get(url).await;
    match page.link("Back to Claude") {
        Some(_) => browser.click(&page, "Back to Claude").await,
        None => page,
    }
}

/// Fails unless the person stays on a page of ours that says what is wrong and links nowhere.
fn assert_stays(page: &Page, what: &str) {
    assert_eq!((page.status, page.hops.len()), (400, 0), "{what}: {}", page.describe());
    assert_eq!(page.header("location"), None, "{what}");
    assert!(page.has_text("This request can't be used"), "{what}: {}", page.describe());
    assert!(page.forms.is_empty() && !page.body.contains("href=\"http"), "{what}: {}", page.body);
    assert!(!page.body.contains("refresh") && !page.body.contains("evil"), "{what}: {}", page.body);
}

/// Fails unless the client was told of `error`, with whatever it needs to know whose answer it is.
fn assert_told(app: &TestApp, page: &Page, error: &str, what: &str) {
    assert!(page.url.starts_with(&format!("{OWN}?")), "{what}: {}", page.describe());
    assert_eq!(page.param("error").as_deref(), Some(error), "{what}: {}", page.url);
    assert!(page.param("error_description").is_some_and(|why| why.ends_with('.')), "{what}");
    assert_eq!(page.param("state").as_deref(), Some("the-client-s-own-state"), "{what}");
    assert_eq!(page.param("iss").as_deref(), Some(app.url.as_str()), "{what}");
    assert_eq!(page.param("code"), None, "{what}");
    assert!(!page.url.contains("evil"), "what was sent isn't repeated: {}", page.url);
}

#[tokio::test]
async fn an_unknown_client_is_told_on_a_page() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let long = "evil".repeat(2_000);
    for id in [
        "",
        "spd_evil",
        "<script>evil()</script>",
        "evil\u{0}",
        "\u{202e}evil",
        " ",
        "https://",
        "https://evil.example",
        "https://127.0.0.1/evil",
        "http://evil.example/client.json",
        long.as_str(),
    ] {
        let page = open(&client.authorize_url_with(&[("client_id", id)])).await;
        assert_stays(&page, id);
        // Not even a request that would be told to the client.
        let worse = [("client_id", id), ("response_type", "token")];
        assert_stays(&open(&client.authorize_url_with(&worse)).await, id);
    }
    app.finish().await;
}

#[tokio::test]
async fn an_unregistered_redirect_uri_is_never_gone_to() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    for uri in [
        "https://evil.example/callback",
        "//evil.example/callback",
        "/callback",
        "https://client.example/callbackevil",
        "https://client.example/callback/evil",
        "https://client.example/callback/",
        "https://client.example/callback?",
        "https://client.example/callback?evil=1",
        "https://client.example/callback#",
        "https://client.example/callback#evil",
        "https://client.example/call",
        "https://client.example/",
        "https://client.example",
        "https://client.example/CALLBACK",
        "https://CLIENT.example/callback",
        "HTTPS://client.example/callback",
        "https://client.example:443/callback",
        "https://client.example:8443/callback",
        "https://client.example./callback",
        "https://www.client.example/callback",
        "https://client.example.evil.example/callback",
        "https://evilclient.example/callback",
        "https://client.example@evil.example/callback",
        "https://evil@client.example/callback",
        "https://client.example\\@evil.example/callback",
        "https://client.example/x/../callback",
        "https://client.example//callback",
        "https://client.example/%63allback",
        "https://client.example/callback%00",
        "https://client.example/callback\r\nLocation: https://evil.example",
        " https://client.example/callback",
        "https://client.example/callback ",
        "http://client.example/callback",
        "http://127.0.0.1/callback",
        "javascript:evil()//https://client.example/callback",
        "data:text/html,https://client.example/callback",
        "https://evil.example/https://client.example/callback",
        "*",
    ] {
        let page = open(&client.authorize_url_with(&[("redirect_uri", uri)])).await;
        assert_stays(&page, uri);
        let worse = [("redirect_uri", uri), ("code_challenge", "")];
        assert_stays(&open(&client.authorize_url_with(&worse)).await, uri);
    }
    assert_eq!(app.count("SELECT COUNT(*) FROM authorizations").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn on_loopback_the_port_may_differ_and_nothing_else() {
    let app = TestApp::start_for("owner").await;
    let uris = json!({"redirect_uris": ["http://127.0.0.1:33418/cb?a=b"]});
    let client = Connector::register_as(&app, uris).await;
    for uri in ["http://127.0.0.1/cb?a=b", "http://127.0.0.1:49152/cb?a=b"] {
        let page = open(&client.authorize_url_with(&[("redirect_uri", uri)])).await;
        assert_eq!(page.status, 200, "{uri}: {}", page.describe());
    }
    for uri in [
        "http://localhost:33418/cb?a=b",
        "http://[::1]:33418/cb?a=b",
        "http://127.0.0.2:33418/cb?a=b",
        "http://0.0.0.0:33418/cb?a=b",
        "http://127.1:33418/cb?a=b",
        "https://127.0.0.1:33418/cb?a=b",
        "http://127.0.0.1:33418/cb",
        "http://127.0.0.1:33418/cb?a=b&evil=1",
        "http://127.0.0.1:33418/CB?a=b",
        "http://127.0.0.1:33418@evil.example/cb?a=b",
        "http://127.0.0.1.evil.example:33418/cb?a=b",
    ] {
        assert_stays(&open(&client.authorize_url_with(&[("redirect_uri", uri)])).await, uri);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_redirect_uri_is_left_out_only_where_there_is_no_choice() {
    let app = TestApp::start_for("open").await;
    let one = Connector::register(&app).await;
    let url = one.authorize_url_with(&[("redirect_uri", "")]);
    let page = one.agree_with(&app, &Browser::new(), "alice", &url, &[]).await;
    let code = one.code_at(&app, &page);
    // Nor is it sent to the token endpoint then (RFC 6749 §4.1.3).
    let form =
        [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", &one.verifier)];
    Connector::tokens(&app, &one.post("/token", &form).await);

    let both = json!({"redirect_uris": [OWN, "https://client.example/other"]});
    let both = Connector::register_as(&app, both).await;
    assert_stays(&open(&both.authorize_url_with(&[("redirect_uri", "")])).await, "two of them");
    app.finish().await;
}

#[tokio::test]
async fn nobody_gets_far_without_pkce() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    for (challenge, method) in [
        ("", ""),
        ("", "S256"),
        (challenge, ""),
        (challenge, "plain"),
        (challenge, "s256"),
        (challenge, "S512"),
        (challenge, "S256 plain"),
        (&challenge[1..], "S256"),
        (&format!("{challenge}A"), "S256"),
        (&format!("{challenge}="), "S256"),
        (&challenge.replace('-', "+"), "S256"),
        ("a-verifier-sent-in-the-place-of-its-hash-is-longer", "S256"),
    ] {
        let changes = [("code_challenge", challenge), ("code_challenge_method", method)];
        let page = open(&client.authorize_url_with(&changes)).await;
        assert_told(&app, &page, "invalid_request", &format!("{changes:?}"));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_client_hears_what_is_wrong_with_its_request() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let fragment = format!("{}/mcp#evil", app.url);
    let path = format!("{}/mcp/evil", app.url);
    for (name, value, error) in [
        ("response_type", "", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("response_type", "code token", "unsupported_response_type"),
        ("response_type", "CODE", "unsupported_response_type"),
        ("response_mode", "fragment", "invalid_request"),
        ("response_mode", "form_post", "invalid_request"),
        ("request", "eyJhbGciOiJub25lIn0.e30.", "request_not_supported"),
        ("request_uri", "https://evil.example/request", "request_uri_not_supported"),
        ("prompt", "none", "interaction_required"),
        ("resource", "https://evil.example/mcp", "invalid_target"),
        ("resource", "mcp", "invalid_target"),
        ("resource", app.url.as_str(), "invalid_target"),
        ("resource", fragment.as_str(), "invalid_target"),
        ("resource", path.as_str(), "invalid_target"),
        ("scope", "mcp.admin", "invalid_scope"),
        ("scope", "mcp.act_as offline_access", "invalid_scope"),
    ] {
        let page = open(&client.authorize_url_with(&[(name, value)])).await;
        assert_told(&app, &page, error, &format!("{name}={value}"));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_state_beyond_reason_is_not_sent_back() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let longest = "x".repeat(4096);
    assert_eq!(open(&client.authorize_url_with(&[("state", &longest)])).await.status, 200);
    let page = open(&client.authorize_url_with(&[("state", &format!("{longest}x"))])).await;
    assert_eq!(page.param("error").as_deref(), Some("invalid_request"), "{}", page.describe());
    assert_eq!(page.param("state"), None);
    assert_eq!(page.param("iss").as_deref(), Some(app.url.as_str()));
    app.finish().await;
}

#[tokio::test]
async fn nothing_is_said_twice() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    for (name, value) in client.request() {
        for value in [value.as_str(), "https://evil.example/"] {
            let twice = [(name, value)];
            let query =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(twice).finish();
            let page = open(&format!("{}&{query}", client.authorize_url())).await;
            assert_stays(&page, &query);
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_only_the_operator_could_allow_is_told_so() {
    let app = TestApp::start_for("owner").await;
    app.sql(
        "INSERT INTO clients (id, kind, name, auth_method, redirect_uris, grant_types, scopes, created_at)
         VALUES ('robot', 'operator', 'A robot', 'none', 'https://client.example/callback',
         'client_credentials', 'mcp.read', '2026-01-01 00:00:00+00:00')",
    )
    .await;
    let robot = Connector::known(&app, "robot", None);
    let page = open(&robot.authorize_url()).await;
    assert_told(&app, &page, "unauthorized_client", "client credentials alone");
    app.finish().await;
}

#[tokio::test]
async fn a_client_gets_no_more_than_the_tools_need() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let (look, change) = ("look things up for you", "change things for you");
    for (asked, granted) in [
        ("", "mcp.read mcp.write"),
        ("mcp.write mcp.read", "mcp.read mcp.write"),
        ("mcp.read", "mcp.read"),
        ("mcp.read mcp.admin mcp.act_as", "mcp.read"),
        ("mcp.write offline_access", "mcp.write"),
        // Of their own liking, without knowing us.
        ("openid email profile", "mcp.read mcp.write"),
        ("openid email profile offline_access", "mcp.read mcp.write"),
        ("offline_access", "mcp.read mcp.write"),
    ] {
        let url = client.authorize_url_with(&[("scope", asked)]);
        let page = open(&url).await;
        assert_eq!(page.has_text(look), granted.contains("read"), "{asked}: {}", page.describe());
        assert_eq!(page.has_text(change), granted.contains("write"), "{asked}");
        let page = client.agree_with(&app, &Browser::new(), "alice", &url, &[]).await;
        let answer = client.redeem(&client.code_at(&app, &page)).await;
        let tokens = Connector::tokens(&app, &answer);
        assert_eq!(tokens.scope, granted, "{asked}");
        assert!(tokens.refresh.is_some(), "whether it asked for that or not");
    }
    app.finish().await;
}

#[tokio::test]
async fn nobody_is_led_away_by_an_address_that_anybody_may_have_registered() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let url = client.authorize_url_with(&[("prompt", "none")]);
    let page = Browser::new().stop_at("https:").get(&url).await;
    assert_eq!((page.status, page.hops.len()), (400, 0), "{}", page.describe());
    assert!(!page.body.contains("http-equiv=\"refresh\""), "{}", page.body);
    assert!(page.link("Back to Claude").unwrap().contains("error=interaction_required"));
    app.finish().await;
}

#[tokio::test]
async fn a_client_gets_back_what_it_sent_and_whose_answer_it_is() {
    let app = TestApp::start_for("open").await;
    let uris = json!({"redirect_uris": ["https://client.example/cb?tenant=a%26b"]});
    let client = Connector::register_as(&app, uris).await;
    for (state, expected) in [
        ("", None),
        (
            "a b&c=d#é\"<>';iss=https://evil.example",
            Some("a b&c=d#é\"<>';iss=https://evil.example"),
        ),
    ] {
        let url = client.authorize_url_with(&[("state", state)]);
        for button in ["Continue with Spotify", "Cancel"] {
            let browser = Browser::new().stop_at("https:");
            let page = browser.get(&url).await;
            let page = browser.submit(&page, button, &[]).await;
            let page = app.spotify.sign_in(&browser, page, "alice").await;
            assert!(
                page.url.starts_with("https://client.example/cb?tenant=a%26b&"),
                "{}",
                page.url
            );
            assert_eq!(page.param("state").as_deref(), expected);
            assert_eq!(page.param("iss").as_deref(), Some(app.url.as_str()));
            let answer = if button == "Cancel" { "error" } else { "code" };
            let code = page.param(answer).unwrap();
            app.gave(if answer == "code" { &code } else { "" });
            let names: Vec<_> = page
                .url
                .split(['?', '&'])
                .skip(1)
                .filter_map(|pair| pair.split_once('='))
                .collect();
            for (name, _) in &names {
                assert_eq!(
                    names.iter().filter(|(other, _)| other == name).count(),
                    1,
                    "{}",
                    page.url
                );
            }
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_resource_is_known_however_its_host_is_written() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    for (asked, opens, other) in [
        ("", "/mcp", "/mcp/spotify"),
        ("/mcp", "/mcp", "/mcp/spotify"),
        ("/mcp/", "/mcp", "/mcp/spotify"),
        ("/mcp/spotify", "/mcp/spotify", "/mcp"),
    ] {
        let upper = format!("{}{asked}", app.url.replace("http", "HTTP"));
        let resource = if asked.is_empty() { "" } else { &upper };
        let url = client.authorize_url_with(&[("resource", resource)]);
        let page = client.agree_with(&app, &Browser::new(), "alice", &url, &[]).await;
        let tokens = Connector::tokens(&app, &client.redeem(&client.code_at(&app, &page)).await);
        assert_eq!(client.list(opens, Some(&tokens.access)).await.status, 200, "{asked}");
        assert_eq!(client.list(other, Some(&tokens.access)).await.status, 401, "{asked}");
    }
    app.finish().await;
}
