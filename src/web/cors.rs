//! CORS (Fetch §3.2): what lets web pages be clients.
//!
//! Put outside authentication, so that a page can read a refusal. Any page may ask, because what it
//! brings is a token that its user gave it; cookies count for nothing on these routes. Where
//! sign-in is off there is no token either, and no foreign page may read a word: no such layer.

use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_HEADERS,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

const METHODS: &str = "GET, POST, DELETE, OPTIONS";
/// What MCP and OAuth clients send. `*` would leave out `Authorization`.
const HEADERS: &str = "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, \
Mcp-Name, Mcp-Session-Id, Last-Event-ID";
/// Arguments that a tool wants mirrored in headers have names of its own (MCP 2026-07-28,
/// transports, custom headers).
const PARAM: &str = "mcp-param-";
const MOST_PARAMS: usize = 32;
const LONGEST_PARAM: usize = 100;
/// What a page may read of an answer besides its body.
const EXPOSED: &str = "WWW-Authenticate, Mcp-Session-Id, MCP-Protocol-Version, Retry-After";

/// Answers every `OPTIONS` itself, and lets pages from everywhere read all other answers, errors
/// included, without credentials.
pub async fn cors(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        preflight(request.headers())
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    response
}

fn preflight(headers: &HeaderMap) -> Response {
    let mut allowed = HEADERS.to_owned();
    for name in params(headers) {
        allowed.push_str(", ");
        allowed.push_str(name.as_str());
    }
    let headers = [
        (ACCESS_CONTROL_ALLOW_METHODS, METHODS),
        (ACCESS_CONTROL_ALLOW_HEADERS, &allowed),
        // Two hours is the longest that Chromium remembers.
        (ACCESS_CONTROL_MAX_AGE, "7200"),
    ];
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// The headers for arguments that a page asks for, if that is what they are.
fn params(headers: &HeaderMap) -> impl Iterator<Item = HeaderName> {
    let lines = headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter();
    lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b','))
        .filter_map(|name| HeaderName::from_bytes(name.trim_ascii()).ok())
        .filter(|name| name.as_str().starts_with(PARAM) && name.as_str().len() <= LONGEST_PARAM)
        .take(MOST_PARAMS)
}
