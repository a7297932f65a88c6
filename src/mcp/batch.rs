//! JSON-RPC batches, which MCP 2025-03-26 has and no other revision: "implementations … MUST
//! support receiving JSON-RPC batches". rmcp doesn't know them, so they are taken apart here.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use futures::future::join_all;
use serde_json::{Value, value::RawValue};
use tower_service::Service;

/// The only revision with batches, and the one of a request that names none.
const REVISION: &str = "2025-03-26";
/// The most messages that one batch may hold.
const MOST: usize = 50;
/// The most bytes that one answer in a batch may have.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Answers `request` by `service`: as it is, or message by message if it is a batch. A body over
/// `max_body` bytes is refused with 413.
pub(super) async fn answer<S>(service: S, request: Request, max_body: usize) -> Response
where
    S: Service<Request, Response: IntoResponse, Error = Infallible, Future: Send> + Clone + Send,
{
    if !may_be_batch(request.headers()) {
        return single(service, request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, max_body).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'[') {
        return single(service, Request::from_parts(parts, Body::from(body))).await;
    }
    match serde_json::from_slice::<Vec<&RawValue>>(&body) {
        Ok(messages) if (1..=MOST).contains(&messages.len()) => {
            batch(service, &parts, &messages).await
        }
        _ => {
            let text = format!("Invalid Request: a batch holds 1 to {MOST} JSON-RPC messages");
            let error = serde_json::json!({
                "jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": text},
            });
            (StatusCode::BAD_REQUEST, axum::Json(error)).into_response()
        }
    }
}

fn may_be_batch(headers: &HeaderMap) -> bool {
    headers.get("mcp-protocol-version").is_none_or(|version| version == REVISION)
}

async fn single<S>(mut service: S, request: Request) -> Response
where
    S: Service<Request, Response: IntoResponse, Error = Infallible>,
{
    match service.call(request).await {
        Ok(response) => response.into_response(),
        Err(never) => match never {},
    }
}

/// Each message goes in alone, with the batch's headers; what comes back is put together.
async fn batch<S>(service: S, parts: &Parts, messages: &[&RawValue]) -> Response
where
    S: Service<Request, Response: IntoResponse, Error = Infallible, Future: Send> + Clone + Send,
{
    let answers = join_all(messages.iter().map(|message| {
        let mut parts = parts.clone();
        parts.headers.remove(CONTENT_LENGTH);
        let body = Body::from(message.get().to_owned());
        let asked = single(service.clone(), Request::from_parts(parts, body));
        async { read(asked.await).await }
    }))
    .await;
    let answers: Vec<Value> = answers.into_iter().flatten().collect();
    if answers.is_empty() {
        return StatusCode::ACCEPTED.into_response();
    }
    axum::Json(answers).into_response()
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
    events.filter_map(|event| serde_json::from_str(event).ok()).last()
}
