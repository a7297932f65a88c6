//! JSON-RPC batches, which MCP 2025-03-26 has and no other revision: "implementations … MUST
//! support receiving JSON-RPC batches". rmcp doesn't know them, so they are taken apart here.

use axum::{
    body::{Bytes, to_bytes},
    extract::Request,
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
    },
    response::{IntoResponse, Response},
};
use futures::future::join_all;
use rmcp::ServerHandler;
use serde_json::{Value, value::RawValue};

use super::message::{self, Endpoint, is_json, refused};
use crate::web::body::BodyLimits;

/// The only revision with batches, and the one of a request that names none.
const REVISION: &str = "2025-03-26";
/// The most messages that one batch may hold.
const MOST: usize = 50;
/// The most bytes that one answer in a batch may have.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// Answers `request` by `endpoint`: as it is, or message by message if it is a batch. A body beyond
/// `limits` is refused.
pub(super) async fn answer<H>(
    endpoint: &Endpoint<H>,
    request: Request,
    limits: BodyLimits,
) -> Response
where
    H: ServerHandler,
{
    let (parts, body) = request.into_parts();
    let body = match limits.read(body).await {
        Ok(body) => body,
        Err(error) => return error.into_response(),
    };
    let is_list = body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if is_list && may_be_batch(&parts.headers) {
        return match serde_json::from_slice::<Vec<&RawValue>>(&body) {
            Ok(list) if (1..=MOST).contains(&list.len()) => batch(endpoint, &parts, &list).await,
            Ok(_) => refused(-32600, "Invalid Request: a batch holds 1 to 50 messages"),
            Err(_) => refused(-32700, "Parse error"),
        };
    }
    message::answer(endpoint, parts, body).await
}

fn may_be_batch(headers: &HeaderMap) -> bool {
    headers.get("mcp-protocol-version").is_none_or(|version| version == REVISION)
}

/// Each message goes in alone, with the batch's headers; what comes back is put together.
async fn batch<H>(endpoint: &Endpoint<H>, parts: &Parts, messages: &[&RawValue]) -> Response
where
    H: ServerHandler,
{
    let responses = join_all(messages.iter().map(|text| {
        let mut parts = parts.clone();
        parts.headers.remove(CONTENT_LENGTH);
        message::answer(endpoint, parts, Bytes::from(text.get().to_owned()))
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
