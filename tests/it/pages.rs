//! What all pages share, as a browser meets it.

use axum::{Router, routing::get};
use stagepass::web::layout;
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
