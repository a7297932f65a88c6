//! The MCP endpoint over streamable HTTP: both protocol eras, without sessions.
//!
//! rmcp speaks the protocol. What is added here is what real clients need and rmcp leaves out:
//! a lenient `Accept` and errors that say what they are (`message.rs`), batches (`batch.rs`), checks
//! of `Host` and `Origin` that suit one public URL, and a path that works with and without its
//! trailing slash.

use std::sync::Arc;

use axum::{Router, extract::Request, routing::any};
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{batch, message::Endpoint};
use crate::config::{allowed_hosts, allowed_origins};

/// Serves `handler` at `path` and at `path/`.
///
/// Requests whose `Host` or `Origin` isn't `public_url`'s are refused with 403 (MCP 2026-07-28,
/// transports, security); where `public_url` is loopback, every name of this machine counts. Open
/// streams end when `shutdown` is cancelled. A body over `max_body` bytes is refused with 413.
pub fn routes<H>(
    path: &str,
    handler: H,
    public_url: &Url,
    max_body: usize,
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
        .with_allowed_origins(allowed_origins(public_url))
        .enforce_origin_validation()
        .with_max_request_body_bytes(max_body)
        .with_cancellation_token(shutdown);
    let sessions = Arc::new(NeverSessionManager::default());
    let each = handler.clone();
    let service = StreamableHttpService::new(move || Ok(each.clone()), sessions, config);
    let endpoint = Arc::new(Endpoint { service, handler });
    let serve = any(move |request: Request| {
        let endpoint = endpoint.clone();
        async move { batch::answer(&endpoint, request, max_body).await }
    });
    Router::new().route(path, serve.clone()).route(&format!("{path}/"), serve)
}
