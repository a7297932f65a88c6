//! The ways in which a server can be wrong.

use std::time::Duration;

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::{Value, json};

/// How it is wrong.
#[derive(Debug, Clone)]
pub enum Odd {
    /// Right, but so late.
    Late(Duration),
    /// With this status, and no body.
    Status(u16),
    /// With this status and these headers.
    Headers(u16, Vec<(&'static str, String)>),
    /// With this status and this body as JSON.
    Refusal(u16, String),
    /// With this body as JSON.
    Body(String),
    /// With this result.
    Result(Value),
    /// With a result to another request, and nothing more.
    WrongId,
    /// With results to other requests, and then the right one.
    Others,
    /// With this message, and then a tool's result.
    Before(Value),
    /// With a result of so many bytes.
    Huge(usize),
    /// With one more page, each time.
    EndlessPages,
    /// With a stream that never ends, says nothing, and is never silent.
    EndlessStream,
    /// With a stream that says ever more, and never the answer.
    Flood,
    /// With half of an answer.
    BreakOff,
    /// With a session that it gives to everybody.
    OneSession,
    /// It takes no session for its own.
    NoSession,
}

impl Odd {
    /// The answer to the request `id`, if it is all wrong.
    pub(super) fn answer(&self, id: &Value, right: &Value) -> Option<Response> {
        let result = |result: Value| json!({"jsonrpc": "2.0", "id": id, "result": result});
        Some(match self {
            Self::Late(_) | Self::OneSession | Self::EndlessPages => return None,
            Self::Status(status) => plain(*status, "", String::new()),
            Self::Headers(status, headers) => {
                let mut response = plain(*status, "text/plain", "no".to_owned());
                for (name, value) in headers {
                    response.headers_mut().insert(*name, value.parse().expect("a header"));
                }
                response
            }
            Self::Refusal(status, body) => plain(*status, "application/json", body.clone()),
            Self::Body(body) => plain(200, "application/json", body.clone()),
            Self::Result(value) => json_of(&result(value.clone())),
            Self::WrongId => json_of(&json!({"jsonrpc": "2.0", "id": "other", "result": right})),
            Self::Others => {
                let other = json!({"jsonrpc": "2.0", "id": 99_999, "result": {"content": [
                    {"type": "text", "text": "somebody else's"},
                ]}});
                let right = result(right.clone());
                events(&format!("data: {other}\n\ndata: {right}\n\n"))
            }
            Self::Before(message) => {
                let after = result(json!({"content": [{"type": "text", "text": "after"}]}));
                events(&format!("data: {message}\n\ndata: {after}\n\n"))
            }
            Self::Huge(bytes) => json_of(&result(json!({"content": [
                {"type": "text", "text": "x".repeat(*bytes)},
            ]}))),
            Self::EndlessStream => endless(),
            Self::Flood => flood(),
            Self::BreakOff => {
                let whole = result(right.clone()).to_string();
                let half = whole.get(..whole.len() / 2).unwrap_or_default().to_owned();
                broken(half)
            }
            Self::NoSession => plain(404, "text/plain", "no such session".to_owned()),
        })
    }
}

pub(super) fn plain(status: u16, kind: &str, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [(header::CONTENT_TYPE, kind.to_owned())], body).into_response()
}

pub(super) fn json_of(value: &Value) -> Response {
    plain(200, "application/json", value.to_string())
}

pub(super) fn events(text: &str) -> Response {
    plain(200, "text/event-stream", text.to_owned())
}

fn endless() -> Response {
    let ticks = stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let tick = json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {
            "progressToken": 1, "progress": 1,
        }});
        Some((Ok::<_, std::io::Error>(format!(": tick\n\ndata: {tick}\n\n")), ()))
    });
    let body = Body::from_stream(ticks);
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn flood() -> Response {
    let words = "x".repeat(4 << 10);
    let said = json!({"jsonrpc": "2.0", "method": "notifications/message", "params": words});
    let event = format!("data: {said}\n\n");
    let events = stream::unfold(event, |event| async {
        tokio::task::yield_now().await;
        Some((Ok::<_, std::io::Error>(event.clone()), event))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(events)).into_response()
}

/// A body that ends with an error, so that the connection is cut.
fn broken(half: String) -> Response {
    let parts = [Ok(half), Err(std::io::Error::other("cut"))];
    let body = Body::from_stream(stream::iter(parts));
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
