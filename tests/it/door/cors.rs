//! Web pages as clients: all of them where a token proves who asks, none where nothing does.

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, StatusCode},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use reqwest::{Method, RequestBuilder};
use rmcp::ServerHandler;
use serde_json::json;
use stagepass::{
    mcp::transport::{self, Origins},
    web::{body::BodyLimits, cors::cors},
};
use tokio_util::sync::CancellationToken;

use super::{header, serve_at};
use crate::harness::TestApp;

const INSPECTOR: &str = "http://localhost:6274";

#[derive(Clone)]
struct Nothing;

impl ServerHandler for Nothing {}

/// Stands for the sign-in: whoever has no token is turned away.
async fn bearer(headers: HeaderMap, request: Request, next: Next) -> Response {
    if headers.contains_key("authorization") {
        return next.run(request).await;
    }
    (StatusCode::UNAUTHORIZED, [("www-authenticate", "Bearer")]).into_response()
}

/// A server with sign-in, for pages from everywhere.
async fn signed_in() -> String {
    serve_at(|public_url| {
        let limits = BodyLimits { bytes: 1024, within: Duration::from_secs(30) };
        let stop = CancellationToken::new();
        transport::routes("/mcp", Nothing, public_url, Origins::Any, limits, stop)
            .layer(middleware::from_fn(bearer))
            .route("/register", post(|| async { StatusCode::BAD_REQUEST }))
            .layer(middleware::from_fn(cors))
            .merge(Router::new().route("/page", post(|| async { "ours alone" })))
    })
    .await
}

fn http(method: Method, url: &str) -> RequestBuilder {
    stagepass::http::client().unwrap().request(method, url)
}

fn ping(url: &str) -> RequestBuilder {
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    http(Method::POST, &format!("{url}/mcp")).bearer_auth("token").json(&ping)
}

/// What a browser asks before it sends a request with these headers.
async fn preflight(url: &str, headers: &[&str]) -> reqwest::Response {
    let mut request = http(Method::OPTIONS, url)
        .header("origin", INSPECTOR)
        .header("access-control-request-method", "POST");
    for line in headers {
        request = request.header("access-control-request-headers", *line);
    }
    request.send().await.unwrap()
}

/// The headers that a page may send there, in lower case.
async fn allowed(url: &str, asked: &[&str]) -> Vec<String> {
    let response = preflight(url, asked).await;
    let allowed = header(&response, "access-control-allow-headers");
    allowed.split(", ").map(str::to_lowercase).collect()
}

#[tokio::test]
async fn every_page_may_ask_and_read_the_answer() {
    let url = signed_in().await;
    for path in ["/mcp", "/mcp/", "/register"] {
        let response = preflight(&format!("{url}{path}"), &["authorization"]).await;
        assert_eq!(response.status(), 204, "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), "*");
        assert_eq!(header(&response, "access-control-allow-methods"), "GET, POST, DELETE, OPTIONS");
        assert_eq!(response.text().await.unwrap(), "");
    }
    let bare = http(Method::OPTIONS, &format!("{url}/mcp")).send().await.unwrap();
    assert_eq!(bare.status(), 204);
    for (status, request) in [
        (200, ping(&url).header("origin", INSPECTOR)),
        (401, http(Method::POST, &format!("{url}/mcp")).header("origin", INSPECTOR)),
        (403, ping(&url).header("origin", "null")),
        (400, http(Method::POST, &format!("{url}/register")).header("origin", INSPECTOR)),
        (405, http(Method::PUT, &format!("{url}/mcp")).bearer_auth("token")),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(header(&response, "access-control-allow-origin"), "*", "{status}");
        assert_eq!(header(&response, "access-control-allow-credentials"), "", "{status}");
        let exposed = header(&response, "access-control-expose-headers");
        for name in ["WWW-Authenticate", "Mcp-Session-Id", "MCP-Protocol-Version", "Retry-After"] {
            assert!(exposed.contains(name), "{status}: {exposed}");
        }
    }
    let page = http(Method::POST, &format!("{url}/page")).header("origin", INSPECTOR);
    let page = page.send().await.unwrap();
    assert_eq!(header(&page, "access-control-allow-origin"), "", "pages are for people");
}

#[tokio::test]
async fn a_page_may_send_what_mcp_clients_send() {
    let url = format!("{}/mcp", signed_in().await);
    let usual = allowed(&url, &[]).await;
    for name in [
        "authorization",
        "content-type",
        "accept",
        "mcp-protocol-version",
        "mcp-method",
        "mcp-name",
        "mcp-session-id",
        "last-event-id",
    ] {
        assert!(usual.contains(&name.to_owned()), "{usual:?}");
    }
    let with_params =
        allowed(&url, &["authorization, Mcp-Param-Region,mcp-param-x", "cookie"]).await;
    assert_eq!(with_params[usual.len()..], ["mcp-param-region", "mcp-param-x"]);
    let long = format!("mcp-param-{}", "x".repeat(200));
    let odd = ["mcp-param-a b", "x-mcp-param-c", "mcp-param-\"d", "mcp_param_e, *", &long, ",,"];
    assert_eq!(allowed(&url, &odd).await, usual);
    let many: Vec<_> = (0..1000).map(|number| format!("mcp-param-{number}")).collect();
    assert_eq!(allowed(&url, &[&many.join(",")]).await.len(), usual.len() + 32);
}

#[tokio::test]
async fn with_a_token_every_origin_will_do_that_is_one() {
    let url = signed_in().await;
    for origin in [
        INSPECTOR,
        "https://app.example",
        "https://app.example:8443",
        "http://[::1]:3000",
        "chrome-extension://abcdefghijklmnop",
        "vscode-webview://0a1b2c",
        "file://",
    ] {
        let response = ping(&url).header("origin", origin).send().await.unwrap();
        assert_eq!(response.status(), 200, "{origin}");
    }
    for origin in [
        "null",
        "",
        "nonsense",
        "app.example",
        "https://",
        "https:/app.example",
        "https://app.example/",
        "https://app.example?x",
        "https://app.example#x",
        "https://me@app.example",
        "https://app.example:port",
        "https://app.example\\x",
        "https://app .example",
        "https://app\t.example",
        "https://a.example https://b.example",
        "https://a.example,https://b.example",
        "file:///",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "*",
    ] {
        let response = ping(&url).header("origin", origin).send().await.unwrap();
        assert_eq!(response.status(), 403, "{origin}");
    }
    let twice = ping(&url).header("origin", INSPECTOR).header("origin", "https://app.example");
    assert_eq!(twice.send().await.unwrap().status(), 403);
    let rebound = ping(&url).header("origin", INSPECTOR).header("host", "evil.example");
    assert_eq!(rebound.send().await.unwrap().status(), 403, "the host is checked all the same");
}

#[tokio::test]
async fn without_sign_in_no_foreign_page_reads_or_does_anything() {
    let app = TestApp::start().await;
    for path in ["/mcp", "/mcp/", "/", "/healthz", "/connect/none", "/callback/spotify"] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let request = http(method, &format!("{}{path}", app.url)).header("origin", INSPECTOR);
            let response = request.send().await.unwrap();
            assert_ne!(response.status(), 204, "{path}");
            let names = response.headers().keys().map(reqwest::header::HeaderName::as_str);
            let cors: Vec<_> = names.filter(|name| name.starts_with("access-control")).collect();
            assert!(cors.is_empty(), "{path}: {cors:?}");
        }
    }
    assert_eq!(ping(&app.url).send().await.unwrap().status(), 200);
    for origin in [INSPECTOR, "https://app.example", "null", "file://"] {
        let response = ping(&app.url).header("origin", origin).send().await.unwrap();
        assert_eq!(response.status(), 403, "{origin}");
    }
    app.finish().await;
}
