//! What all pages share, as a browser meets it.

use axum::{Router, routing::get};
use maud::html;
use reqwest::{Method, RequestBuilder, StatusCode};
use stagepass::web::{landing, layout, parts};
use stagepass_standin::{Browser, Page};
use tokio::net::TcpListener;
use url::Url;

use crate::harness::TestApp;

/// The page that leads on to `url`, and where a browser ends up that opens it.
async fn led_on(url: &str) -> (Page, String) {
    let target = Url::parse(url).unwrap();
    let page = move || async move { layout::onward(&target, "the <app>") };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = format!("http://{}/", listener.local_addr().unwrap());
    let server = axum::serve(listener, Router::new().route("/", get(page)));
    let server = tokio::spawn(server.into_future());
    let scheme = Url::parse(url).unwrap().scheme().to_owned();
    let page = Browser::new().stop_at(format!("{scheme}:")).get(&here).await;
    let body = reqwest::get(&here).await.unwrap().text().await.unwrap();
    server.abort();
    (page, body)
}

#[tokio::test]
async fn a_page_leads_on_to_every_kind_of_address() {
    for (url, arrives) in [
        ("https://a.example/cb?code=1&state=2", "https://a.example/cb?code=1&state=2"),
        ("https://a.example/;a=1;url=/x,y?q=1;2#f", "https://a.example/;a=1;url=/x,y?q=1;2#f"),
        ("https://a.example/it's?a='b'", "https://a.example/it%27s?a=%27b%27"),
        ("https://a.example/a \"b\"<c>", "https://a.example/a%20%22b%22%3Cc%3E"),
        ("http://127.0.0.1:9/callback?code=1", "http://127.0.0.1:9/callback?code=1"),
        ("http://[::1]:9/", "http://[::1]:9/"),
        ("cursor://an.app/cb?a='\"b c", "cursor://an.app/cb?a=%27%22b%20c"),
        ("com.example.app:/cb?code=1&x=;", "com.example.app:/cb?code=1&x=;"),
        ("com.example.app:it's \"open\" now", "com.example.app:it%27s%20%22open%22%20now"),
    ] {
        let (page, body) = led_on(url).await;
        assert_eq!((page.status, page.url.as_str()), (0, arrives), "{url}: {body}");
        assert!(body.contains("Continue to the &lt;app&gt;"), "{body}");
    }
}

#[tokio::test]
async fn a_page_that_leads_on_says_where() {
    for (url, place) in [
        ("https://claude.ai@evil.example:8443/claude.ai", ">evil.example:8443<"),
        ("https://bücher.example/", ">xn--bcher-kva.example<"),
        ("http://localhost:3334/", ">localhost:3334<"),
        ("cursor://anysphere.cursor-mcp/oauth", ">cursor://anysphere.cursor-mcp<"),
        ("com.example.app:/claude.ai", ">com.example.app:<"),
    ] {
        let (_, body) = led_on(url).await;
        assert!(body.contains(place), "{url}: {body}");
        assert_eq!(body.contains("you can close this page"), !url.starts_with("http"), "{url}");
    }
}

#[tokio::test]
async fn the_button_leads_on_without_a_redirect() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    let browser = Browser::new().stop_at(app.spotify.url());
    let page = browser.get(&chat.get_url().await).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("form-action 'self';"), "one policy for all providers: {policy}");
    let end = browser.submit(&page, "Continue to Spotify", &[]).await;
    assert!(end.url.starts_with(&app.spotify.url()), "{}", end.describe());
    app.finish().await;
}

#[tokio::test]
async fn where_nothing_is_people_get_a_page_and_programs_json() {
    let app = TestApp::start().await;
    let client = reqwest::Client::default();
    let html = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (method, path, accept, status, is_page) in [
        (Method::GET, "/nowhere", html, StatusCode::NOT_FOUND, true),
        (Method::POST, "/nowhere", html, StatusCode::NOT_FOUND, true),
        (Method::GET, "/nowhere", "*/*", StatusCode::NOT_FOUND, false),
        (Method::POST, "/mcp/nothing", "application/json", StatusCode::NOT_FOUND, false),
        (Method::GET, "/.well-known/nothing", html, StatusCode::NOT_FOUND, false),
        (Method::POST, "/", html, StatusCode::METHOD_NOT_ALLOWED, true),
        (Method::PUT, "/callback/spotify", "*/*", StatusCode::METHOD_NOT_ALLOWED, false),
    ] {
        let what = format!("{method} {path} {accept}");
        let request = client.request(method, format!("{}{path}", app.url)).header("accept", accept);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{what}");
        let allow = answer.headers().get("allow").map(|methods| methods.to_str().unwrap());
        let has_methods = status == StatusCode::METHOD_NOT_ALLOWED;
        assert_eq!(allow.unwrap_or_default(), if has_methods { "GET,HEAD" } else { "" }, "{what}");
        assert!(answer.headers().contains_key("content-security-policy"), "{what}");
        let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
        let body = answer.text().await.unwrap();
        if is_page {
            assert!(kind.starts_with("text/html") && body.contains("role=\"alert\""), "{what}");
        } else {
            let error = if has_methods { "method_not_allowed" } else { "not_found" };
            assert_eq!(body, format!("{{\"error\":\"{error}\"}}"), "{what}");
            assert_eq!(kind, "application/json", "{what}");
        }
    }
    app.finish().await;
}

/// What every answer to something odd has to be: a page for people, or JSON for programs.
async fn is_told(request: RequestBuilder, status: u16, is_page: bool) {
    let answer = request.send().await.unwrap();
    let what = format!("{} {}", answer.url(), answer.status());
    assert_eq!(answer.status().as_u16(), status, "{what}");
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    let body = answer.text().await.unwrap();
    if is_page {
        assert!(kind.starts_with("text/html") && body.contains("role=\"alert\""), "{what} {body}");
    } else {
        assert!(kind == "application/json" && body.starts_with("{\"error\":"), "{what} {body}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_answered_by_a_page() {
    let app = TestApp::start_for("open").await;
    let client = reqwest::Client::default();
    let at = |path: &str| format!("{}{path}", app.url);
    for (path, status) in [
        ("/callback/spotify?state=1&state=2", 400),
        ("/callback/spotify?code=1&code=2&state=1", 400),
        ("/login?id=1&id=2", 403),
        ("/login", 403),
        ("/authorize?client_id=1&client_id=2", 400),
        ("/callback/%FF?state=1", 404),
        ("/connect/%FF", 404),
    ] {
        is_told(client.get(at(path)).header("accept", "text/html"), status, true).await;
    }
    for (path, body, status) in [
        ("/connect/x", "token=1&token=2", 400),
        ("/connect/x", "{}", 400),
        ("/consent", "{}", 400),
        ("/login", "{}", 403),
    ] {
        let odd = client.post(at(path)).body(body).header("accept", "text/html");
        is_told(odd.header("content-type", "application/x-www-form-urlencoded"), status, true)
            .await;
        let text = client.post(at(path)).body(body).header("content-type", "text/plain");
        is_told(text, status, true).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn what_is_too_long_is_refused_in_the_words_of_whoever_sent_it() {
    let app = TestApp::start_for("open").await;
    let client = reqwest::Client::default();
    let long = " ".repeat(65 * 1024);
    for (path, is_page) in [
        ("/connect/x", true),
        ("/consent", true),
        ("/login", true),
        ("/register", false),
        ("/token", false),
        ("/revoke", false),
        ("/introspect", false),
    ] {
        let request = client.post(format!("{}{path}", app.url)).body(long.clone());
        is_told(request, 413, is_page).await;
    }
    app.finish().await;
}

#[tokio::test]
async fn another_name_for_the_server_is_no_name_of_its_own() {
    let app = TestApp::start().await;
    let client = reqwest::Client::default();
    let request = || client.get(&app.url).header("host", "evil.example");
    is_told(request().header("accept", "text/html"), 403, true).await;
    is_told(request(), 403, false).await;
    let style = client.get(format!("{}/style.css", app.url)).header("host", "evil.example");
    assert_eq!(style.send().await.unwrap().status(), StatusCode::OK);
    app.finish().await;
}

fn landing(origin: &str, toolsets: &[&str], sign_in: bool) -> String {
    let url = Url::parse(origin).unwrap().join("mcp").unwrap();
    let page = landing::page(&url, toolsets, sign_in).into_string();
    page.replace("&quot;", "\"").replace("&amp;", "&")
}

#[test]
fn the_landing_page_has_a_line_to_copy_for_each_client() {
    let page = landing("https://mcp.example", &["spotify"], true);
    for line in [
        ">https://mcp.example/mcp<",
        ">claude mcp add --transport http stagepass https://mcp.example/mcp<",
        ">code --add-mcp '{\"name\":\"stagepass\",\"type\":\"http\",\"url\":\"https://mcp.example/mcp\"}'<",
        "\"url\": \"https://mcp.example/mcp\"\n",
        ">npx mcp-remote https://mcp.example/mcp<",
        ">npx @modelcontextprotocol/inspector<",
        "Add custom connector",
        "Developer mode",
        ">https://mcp.example/mcp/spotify<",
        "sign in",
    ] {
        assert!(page.contains(line), "{line} is missing: {page}");
    }
    assert!(!page.contains("can't"), "{page}");
}

#[test]
fn odd_addresses_survive_the_shell() {
    let page = landing("http://[::1]:8080", &[], true);
    assert!(page.contains("stagepass 'http://[::1]:8080/mcp'<"), "{page}");
    let page = landing("https://o'brien.example", &[], true);
    assert!(page.contains(r"npx mcp-remote 'https://o'\''brien.example/mcp'<"), "{page}");
    assert!(page.contains(r#""url":"https://o'\''brien.example/mcp"}'<"#), "{page}");
}

#[tokio::test]
async fn a_server_without_sign_in_says_that_it_is_this_computers() {
    let app = TestApp::start().await;
    let page = Browser::new().get(&app.url).await;
    assert!(page.has_text(&app.mcp_url()), "{}", page.describe());
    assert!(page.has_text("owner of this computer alone"), "{}", page.describe());
    assert!(page.has_text("such as claude.ai and ChatGPT, can't"), "{}", page.describe());
    assert!(!page.has_text("custom connector"), "{}", page.describe());
    app.finish().await;
}

#[test]
fn what_a_form_asks_is_bound_to_its_words() {
    let follows = html! { "Music, too." };
    let tick = parts::checkbox("tools", "Connect <Spotify>", &follows, true);
    let tick = tick.into_string();
    for part in [
        r#"id="tools" name="tools" value="yes" checked aria-describedby="tools-about""#,
        r#"<label for="tools">Connect &lt;Spotify&gt;</label>"#,
        r#"id="tools-about">Music, too.<"#,
    ] {
        assert!(tick.contains(part), "{part}: {tick}");
    }
    let field = |error| {
        parts::code_field("claim", "Claim code", "Printed at the start.", error).into_string()
    };
    let (first, again) = (field(None), field(Some("Not that one.")));
    assert!(first.contains(r#"<label for="claim">Claim code</label>"#), "{first}");
    assert!(first.contains(r#"aria-describedby="claim-about""#), "{first}");
    assert!(first.contains(r#"id="claim-about"><p class="soft">Printed at"#), "{first}");
    assert!(!first.contains("aria-invalid"), "{first}");
    assert!(again.contains(r#"aria-invalid="true" autofocus"#), "{again}");
    assert!(again.contains(r#"<p class="error" role="alert">Not that one.</p>"#), "{again}");
}
