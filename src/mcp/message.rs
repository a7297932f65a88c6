//! One message to the endpoint: taken as clients send it, and refused in words that they read.

use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{ACCEPT, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use rmcp::{
    ServerHandler,
    transport::streamable_http_server::{
        StreamableHttpService, session::never::NeverSessionManager,
    },
};
use serde::de::IgnoredAny;
use serde_json::json;

/// rmcp's side of the endpoint.
pub(super) type Service<H> = StreamableHttpService<H, NeverSessionManager>;

/// Both of them, as rmcp wants them spelled out.
const ACCEPT_BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// Answers one message.
pub(super) async fn answer<H>(service: &Service<H>, mut parts: Parts, body: Bytes) -> Response
where
    H: ServerHandler,
{
    // Clients send `*/*`, only JSON, or nothing; rmcp answers all of these with 406.
    parts.headers.insert(ACCEPT, ACCEPT_BOTH);
    let is_json = parts.headers.get(CONTENT_TYPE).is_some_and(is_json);
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let response = service.handle(request).await.map(Body::new);
    // rmcp says 415 of JSON that it can't read, too.
    if response.status() != StatusCode::UNSUPPORTED_MEDIA_TYPE || !is_json {
        return response;
    }
    match serde_json::from_slice::<IgnoredAny>(&body) {
        Ok(_) => refused(-32600, "Invalid Request: this isn't a message of MCP"),
        Err(_) => refused(-32700, "Parse error"),
    }
}

/// A JSON-RPC error to something whose id can't be read.
pub(super) fn refused(code: i32, message: &str) -> Response {
    let error = json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": message}});
    (StatusCode::BAD_REQUEST, axum::Json(error)).into_response()
}

/// Whether a `Content-Type` says JSON.
pub(super) fn is_json(kind: &HeaderValue) -> bool {
    kind.to_str().is_ok_and(|kind| {
        let essence = kind.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/json")
    })
}
