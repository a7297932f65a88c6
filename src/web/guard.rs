//! Around every page: only our own names, and headers that keep others out.

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};
use url::Url;

use super::missing;

/// No script, no frame, nothing from elsewhere; forms only to ourselves.
const STRICT: &str = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    (CONTENT_SECURITY_POLICY, STRICT),
    (X_FRAME_OPTIONS, "DENY"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: with that a browser's form sends `Origin: null`.
    (REFERRER_POLICY, "same-origin"),
    (CACHE_CONTROL, "no-store"),
];

/// What is the same for everybody.
const STYLE: &str = "/style.css";

/// Refuses a `Host` that isn't ours (DNS rebinding), and adds the headers that a page leaves out.
pub async fn guard(State(hosts): State<Vec<String>>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| request.uri().authority().map(http::uri::Authority::as_str));
    let known = host.is_some_and(|host| hosts.iter().any(|own| own.eq_ignore_ascii_case(host)));
    // The page that refuses has a style, too.
    let mut response = if known || request.uri().path() == STYLE {
        next.run(request).await
    } else {
        missing::wrong_name(request.uri(), request.headers())
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Whether a form was sent by a page of ours, as far as the browser says.
#[must_use]
pub fn is_own_form(headers: &HeaderMap, origins: &[String]) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let origin = origin.to_str().ok().and_then(|origin| Url::parse(origin).ok());
    origin.is_some_and(|origin| {
        let scheme = origin.scheme();
        let host = origin.host_str().unwrap_or_default();
        let port = origin.port_or_known_default().unwrap_or_default();
        origins.contains(&format!("{scheme}://{host}:{port}"))
    })
}
