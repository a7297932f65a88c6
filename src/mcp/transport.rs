//! The MCP endpoint over streamable HTTP: both protocol eras, without sessions.
//!
//! rmcp speaks the protocol. What is added here is what real clients need and rmcp leaves out:
//! a lenient `Accept` and errors that say what they are (`message.rs`), batches (`batch.rs`), checks
//! of `Host` and `Origin` that suit one public URL, and a path that works with and without its
//! trailing slash.

use std::sync::Arc;

use axum::{
    Router,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header::ORIGIN},
    response::IntoResponse,
    routing::any,
};
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{batch, cancel::Cancellations, message::Endpoint};
use crate::{
    config::{allowed_hosts, allowed_origins},
    web::body::BodyLimits,
};

/// Whose web pages may call, as far as their browsers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origins {
    /// Our own: where sign-in is off, whoever gets through is the owner.
    Own,
    /// Everybody's, because each request proves by a token whose it is. What isn't an origin at
    /// all is refused, `null` included, which any page can be made to send.
    Any,
}

/// Serves `handler` at `path` and at `path/`.
///
/// Requests whose `Host` isn't `public_url`'s or whose `Origin` isn't one of `origins` are refused
/// with 403 (MCP 2026-07-28, transports, security); where `public_url` is loopback, every name of
/// this machine counts. A body beyond `limits` is refused with 413 or 408. Open streams end when
/// `shutdown` is cancelled.
pub fn routes<H>(
    path: &str,
    handler: H,
    public_url: &Url,
    origins: Origins,
    limits: BodyLimits,
    shutdown: CancellationToken,
) -> Router
where
    H: ServerHandler + Clone + Sync,
{
    let config = StreamableHttpServerConfig::default()
        // No sessions: clients lose or ignore the id, and every request names its own caller.
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_allowed_hosts(allowed_hosts(public_url))
        .with_max_request_body_bytes(limits.bytes)
        .with_cancellation_token(shutdown);
    let config = match origins {
        Origins::Own => {
            config.with_allowed_origins(allowed_origins(public_url)).enforce_origin_validation()
        }
        Origins::Any => config.disable_allowed_origins(),
    };
    let sessions = Arc::new(NeverSessionManager::default());
    let each = handler.clone();
    let service = StreamableHttpService::new(move || Ok(each.clone()), sessions, config);
    let endpoint = Arc::new(Endpoint { service, handler, cancellations: Cancellations::default() });
    let serve = any(move |request: Request| {
        let endpoint = endpoint.clone();
        async move {
            if !is_sound(request.headers()) {
                return (StatusCode::FORBIDDEN, "Forbidden: invalid Origin header").into_response();
            }
            batch::answer(&endpoint, request, limits).await
        }
    });
    Router::new().route(path, serve.clone()).route(&format!("{path}/"), serve)
}

/// What the pages of desktop apps send that Electron loads from files. It has no host.
const FROM_FILES: &str = "file://";

/// Whether there is no `Origin`, or one that is an origin (RFC 6454 §6.2): a scheme, a host, maybe
/// a port, and nothing more. Editors and extensions have schemes of their own.
fn is_sound(headers: &HeaderMap) -> bool {
    let mut lines = headers.get_all(ORIGIN).iter();
    match (lines.next(), lines.next()) {
        (None, _) => true,
        (Some(origin), None) => is_origin(origin),
        (Some(_), Some(_)) => false,
    }
}

fn is_origin(value: &HeaderValue) -> bool {
    let text = value.to_str().unwrap_or_default();
    if text == FROM_FILES {
        return true;
    }
    // A URL may hold more, and its parser forgives much.
    let bare = text
        .split_once("://")
        .is_some_and(|(_, authority)| !authority.contains(['/', '\\', '?', '#', '@', '\t']));
    bare && Url::parse(text).is_ok_and(|url| url.has_host())
}
