//! JSON-RPC batches, which MCP 2025-03-26 has and no other revision: "implementations … MUST
//! support receiving JSON-RPC batches". rmcp doesn't know them, so they are taken apart here.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{
        HeaderMap, HeaderValue, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use futures::future::join_all;
use serde::de::IgnoredAny;
use serde_json::{Value, json, value::RawValue};
use tower_service::Service;

/// The only revision with batches, and the one of a request that names none.
const REVISION: &str = "2025-03-26";
/// The most messages that one batch may hold.
const MOST: usize = 50;
/// The most bytes that one answer in a batch may have.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Answers `request` by `service`: as it is, or message by message if it is a batch. A body over
/// `max_body` bytes is refused with 413, and one that is no message with a JSON-RPC error.
pub(super) async fn answer<S>(service: S, request: Request, max_body: usize) -> Response
where
    S: Service<Request, Response: IntoResponse, Error = Infallible, Future: Send> + Clone + Send,
{
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, max_body).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let is_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if is_list && may_be_batch(&parts.headers) {
        return match serde_json::from_slice::<Vec<&RawValue>>(&body) {
            Ok(list) if (1..=MOST).contains(&list.len()) => batch(service, &parts, &list).await,
            Ok(_) => refused(-32600, "Invalid Request: a batch holds 1 to 50 messages"),
            Err(_) => refused(-32700, "Parse error"),
        };
    }
    one(service, parts, body).await
}

/// Answers one message.
async fn one<S>(mut service: S, parts: Parts, body: Bytes) -> Response
where
    S: Service<Request, Response: IntoResponse, Error = Infallible>,
{
    let is_json = parts.headers.get(CONTENT_TYPE).is_some_and(is_json);
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let response = match service.call(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    };
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
fn refused(code: i32, message: &str) -> Response {
    let error = json!({"jsonrpc": "2.0", "id": null, "error": {"code": code, "message": message}});
    (StatusCode::BAD_REQUEST, axum::Json(error)).into_response()
}

fn is_json(kind: &HeaderValue) -> bool {
    kind.to_str().is_ok_and(|kind| {
        let essence = kind.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case("application/json")
    })
}

fn may_be_batch(headers: &HeaderMap) -> bool {
    headers.get("mcp-protocol-version").is_none_or(|version| version == REVISION)
}

/// Each message goes in alone, with the batch's headers; what comes back is put together.
async fn batch<S>(service: S, parts: &Parts, messages: &[&RawValue]) -> Response
where
    S: Service<Request, Response: IntoResponse, Error = Infallible, Future: Send> + Clone + Send,
{
    let responses = join_all(messages.iter().map(|message| {
        let mut parts = parts.clone();
        parts.headers.remove(CONTENT_LENGTH);
        one(service.clone(), parts, Bytes::from(message.get().to_owned()))
    }))
    .await;
    let mut answers = Vec::new();
    for response in responses {
        if is_refusal(&response) {
            return response;
        }
        answers.extend(read(response).await);
    }
    if answers.is_empty() {
        return StatusCode::ACCEPTED.into_response();
    }
    axum::Json(answers).into_response()
}

/// Whether the transport refused the request itself (its `Host`, say), and not a message in it.
fn is_refusal(response: &Response) -> bool {
    !response.status().is_success() && !response.headers().get(CONTENT_TYPE).is_some_and(is_json)
}

/// The JSON-RPC answer in `response`; none to a notification.
async fn read(response: Response) -> Option<Value> {
    let streamed = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    let body: Bytes = to_bytes(response.into_body(), LONGEST_ANSWER).await.ok()?;
    if !streamed {
        return serde_json::from_slice(&body).ok();
    }
    // The last event of a stream is the answer; those before it are progress.
    let text = str::from_utf8(&body).ok()?;
    let events = text.lines().filter_map(|line| line.strip_prefix("data:"));
    events.filter_map(|event| serde_json::from_str(event).ok()).next_back()
}
