//! One message to the endpoint: taken as clients send it, and refused in words that they read.

use std::borrow::Cow;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{
        HeaderValue, StatusCode,
        header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE},
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
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::{json, value::RawValue};

use super::{cancel::Cancellations, progress, security, session};
use crate::identity::{CHAT_ID_META, ChatError, ChatId, Principal};

/// The endpoint: rmcp's side of it, who knows the tools, and the calls under way.
pub(super) struct Endpoint<H> {
    pub(super) service: StreamableHttpService<H, NeverSessionManager>,
    pub(super) handler: H,
    pub(super) cancellations: Cancellations,
}

/// What a message asks, as far as it matters here.
#[derive(Default, Deserialize)]
struct Asked<'a> {
    #[serde(borrow, default)]
    method: Cow<'a, str>,
    #[serde(borrow, default)]
    params: Option<Params<'a>>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "_meta")]
    meta: Option<Meta<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    /// [`CHAT_ID_META`]. What isn't text is refused, and not ignored.
    #[serde(borrow, default, rename = "io.stagepass/chat-id", deserialize_with = "whatever")]
    chat_id: Option<&'a RawValue>,
}

fn contains(body: &[u8], text: &str) -> bool {
    body.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Takes `null`, too, for something that is there.
fn whatever<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

/// The longest list of tools, in bytes.
const LONGEST_LIST: usize = 8 * 1024 * 1024;
/// Both of them, as rmcp wants them spelled out.
const ACCEPT_BOTH: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// Answers one message.
pub(super) async fn answer<H>(endpoint: &Endpoint<H>, mut parts: Parts, body: Bytes) -> Response
where
    H: ServerHandler,
{
    let asked = serde_json::from_slice::<Asked<'_>>(&body);
    // What can be read in two ways mustn't hide whom it names.
    if asked.is_err() && contains(&body, CHAT_ID_META) {
        return ChatError::Unreadable.into_response();
    }
    let asked = asked.unwrap_or_default();
    if let Err(error) = speak(&asked, &mut parts) {
        return error.into_response();
    }
    let challenge = endpoint.challenge(&asked, &parts);
    let session = if asked.method == "initialize" { session::offered(&parts, &body) } else { None };
    session::read(&mut parts);
    if asked.method == "notifications/cancelled" {
        endpoint.cancellations.cancel(&parts, &body);
    }
    parts.extensions.insert(endpoint.cancellations.clone());
    progress::read(&mut parts);
    // Clients send `*/*`, only JSON, or nothing; rmcp answers all of these with 406.
    parts.headers.insert(ACCEPT, ACCEPT_BOTH);
    let is_json = parts.headers.get(CONTENT_TYPE).is_some_and(is_json);
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let response = endpoint.service.handle(request).await.map(Body::new);
    if asked.method == "tools/list" {
        return with_schemes(response).await;
    }
    if let Some(id) = session {
        return session::with_id(response, id).await;
    }
    if let Some(challenge) = challenge {
        return forbidden(response, &challenge);
    }
    // rmcp says 415 of JSON that it can't read, too.
    if response.status() != StatusCode::UNSUPPORTED_MEDIA_TYPE || !is_json {
        return response;
    }
    match serde_json::from_slice::<IgnoredAny>(&body) {
        Ok(_) => refused(-32600, "Invalid Request: this isn't a message of MCP"),
        Err(_) => refused(-32700, "Parse error"),
    }
}

/// Makes the caller whoever the message says that it speaks for.
fn speak(asked: &Asked<'_>, parts: &mut Parts) -> Result<(), ChatError> {
    let meta = asked.params.as_ref().and_then(|params| params.meta.as_ref());
    let Some(chat) = meta.and_then(|meta| meta.chat_id) else { return Ok(()) };
    let chat: String = serde_json::from_str(chat.get()).map_err(|_| ChatError::Unreadable)?;
    let chat = ChatId::parse(&chat)?;
    if let Some(caller) = parts.extensions.get_mut::<Principal>() {
        *caller = caller.speaking_for(&chat)?;
    }
    Ok(())
}

impl<H: ServerHandler> Endpoint<H> {
    /// What the caller is told who may not have what it asks for.
    fn challenge(&self, asked: &Asked<'_>, parts: &Parts) -> Option<String> {
        let caller = parts.extensions.get::<Principal>()?;
        let reads_only = match &*asked.method {
            "resources/read" => true,
            "tools/call" => {
                let tool = self.handler.get_tool(asked.params.as_ref()?.name.as_deref()?)?;
                tool.annotations.and_then(|hints| hints.read_only_hint).unwrap_or(false)
            }
            _ => return None,
        };
        security::challenge(reads_only, caller)
    }
}

/// The refusal of a call, as a refusal of the request: clients that sign people in look at the
/// status and at the header, and others at what the tool said.
fn forbidden(mut response: Response, challenge: &str) -> Response {
    if let Ok(challenge) = HeaderValue::from_str(challenge) {
        *response.status_mut() = StatusCode::FORBIDDEN;
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// The list of tools, with each one's security schemes where clients look for them.
async fn with_schemes(response: Response) -> Response {
    if !response.headers().get(CONTENT_TYPE).is_some_and(is_json) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_LIST).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Ok(mut list) = serde_json::from_slice(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    security::mirror_schemes(&mut list);
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(list.to_string()))
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
