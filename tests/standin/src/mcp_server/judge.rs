//! Whether a request is as the specification says.

use axum::{
    http::{HeaderMap, HeaderName, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{Era, World, odd::plain};

const MODERN: &str = "2026-07-28";
/// JSON-RPC errors of the revision.
const HEADER_MISMATCH: i64 = -32020;
const UNSUPPORTED_VERSION: i64 = -32022;

/// Who asks, or the refusal.
pub(super) fn person(world: &World, headers: &HeaderMap) -> Result<Option<String>, Response> {
    let unauthorized = || {
        let mut response = plain(401, "", String::new());
        let challenge = "Bearer error=\"invalid_token\"".parse().expect("a header");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        response
    };
    if let Some((name, value)) = &world.header {
        let shown = headers.get(name).and_then(|shown| shown.to_str().ok());
        return if shown == Some(value) { Ok(None) } else { Err(unauthorized()) };
    }
    if world.tokens.is_empty() {
        return Ok(None);
    }
    let shown = headers.get(header::AUTHORIZATION).and_then(|shown| shown.to_str().ok());
    let token = shown.and_then(|shown| shown.strip_prefix("Bearer "));
    let person = token.and_then(|token| world.tokens.get(token)).ok_or_else(unauthorized)?;
    let Some(scope) = &world.wants_scope else { return Ok(Some(person.clone())) };
    let mut refused = plain(403, "", String::new());
    let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
    let challenge = challenge.parse().expect("a header");
    refused.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    Err(refused)
}

/// What is wrong with the headers that every request has.
pub(super) fn headers(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let accept = text(header::ACCEPT).unwrap_or_default();
    if !accept.contains("application/json") || !accept.contains("text/event-stream") {
        return Some("Accept doesn't name both types");
    }
    if text(header::CONTENT_TYPE) != Some("application/json") {
        return Some("the body isn't said to be JSON");
    }
    if headers.contains_key(header::COOKIE) {
        return Some("a cookie came");
    }
    None
}

/// What is wrong with a request, by the revision that the server speaks.
pub(super) fn request(
    world: &World,
    headers: &HeaderMap,
    message: &Value,
    person: Option<&String>,
) -> Result<(), Response> {
    let method = message["method"].as_str().unwrap_or_default();
    match world.era {
        Era::Modern => modern(headers, message, method),
        Era::Legacy | Era::Stateless if method == "initialize" => Ok(()),
        Era::Legacy => session(world, headers, message, person),
        Era::Stateless if method == "server/discover" => {
            Err(refusal(200, message, -32601, "Method not found"))
        }
        Era::Stateless => version(headers, "2025-06-18"),
    }
}

/// What is wrong with the session of a request.
pub(super) fn session(
    world: &World,
    headers: &HeaderMap,
    message: &Value,
    person: Option<&String>,
) -> Result<(), Response> {
    let session = text(headers, "mcp-session-id").unwrap_or_default();
    match world.sessions.get(&session) {
        Some(owner) if owner.as_ref() == person => version(headers, "2025-11-25"),
        Some(_) => Err(plain(404, "text/plain", "not your session".to_owned())),
        None if session.is_empty() => {
            Err(refusal(400, message, -32600, "Bad Request: Session ID required"))
        }
        None => Err(plain(404, "text/plain", "no such session".to_owned())),
    }
}

fn version(headers: &HeaderMap, spoken: &str) -> Result<(), Response> {
    if text(headers, "mcp-protocol-version").as_deref() == Some(spoken) {
        return Ok(());
    }
    Err(plain(400, "text/plain", "the version's header is wrong".to_owned()))
}

fn modern(headers: &HeaderMap, message: &Value, method: &str) -> Result<(), Response> {
    let about =
        |what: &str| message["params"]["_meta"].get(format!("io.modelcontextprotocol/{what}"));
    let spoken = about("protocolVersion").and_then(Value::as_str);
    if spoken != Some(MODERN) {
        return Err(refusal(400, message, UNSUPPORTED_VERSION, "Unsupported protocol version"));
    }
    let mismatch = |why: &str| Err(refusal(400, message, HEADER_MISMATCH, why));
    if !about("clientCapabilities").is_some_and(Value::is_object) {
        return mismatch("no clientCapabilities");
    }
    if text(headers, "mcp-protocol-version").as_deref() != Some(MODERN) {
        return mismatch("MCP-Protocol-Version");
    }
    if text(headers, "mcp-method").as_deref() != Some(method) {
        return mismatch("Mcp-Method");
    }
    let named = match method {
        "tools/call" | "prompts/get" => message["params"]["name"].as_str(),
        "resources/read" => message["params"]["uri"].as_str(),
        _ => None,
    };
    if text(headers, "mcp-name").as_deref() != named {
        return mismatch("Mcp-Name");
    }
    Ok(())
}

/// A header's value, plain or in base64 with a mark.
fn text(headers: &HeaderMap, name: &'static str) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    let inner = value.strip_prefix("=?base64?").and_then(|inner| inner.strip_suffix("?="));
    match inner {
        Some(inner) => String::from_utf8(STANDARD.decode(inner).ok()?).ok(),
        None => Some(value.to_owned()),
    }
}

/// A JSON-RPC error.
pub(super) fn refusal(status: u16, message: &Value, code: i64, why: &str) -> Response {
    let error = json!({"code": code, "message": why});
    let body = json!({"jsonrpc": "2.0", "id": message["id"], "error": error});
    plain(status, "application/json", body.to_string())
}
