//! `Mcp-Session-Id`: what a client of 2025-11-25 declared at `initialize`, carried by the client.
//!
//! Nothing is kept here. The id says by itself that its client opens links for people; a client may
//! lose it, and is then told links in words. It proves nobody: it counts only beside the token of
//! whom it was made for.

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderName, HeaderValue, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use stagepass_kit::Realm;

use crate::{
    identity::Principal,
    vault::{Place, Vault, hash},
};

const HEADER: HeaderName = HeaderName::from_static("mcp-session-id");
/// The only revision whose clients declare at `initialize` that they open links.
const REVISION: &str = "2025-11-25";
/// What an id says.
const OPENS_LINKS: &[u8] = b"elicitation.url";
/// The longest answer to `initialize`, in bytes.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// Makes and reads session ids. A layer puts it into each request.
#[derive(Clone)]
pub struct SessionIds(Vault);

/// In a request's extensions: its client has declared that it opens links.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpensLinks;

impl SessionIds {
    /// Ids that `vault` seals.
    #[must_use]
    pub fn new(vault: Vault) -> Self {
        Self(vault)
    }

    fn made_for(&self, holder: &str) -> Option<HeaderValue> {
        let sealed = self.0.sealer().seal(place(holder), OPENS_LINKS).ok()?;
        HeaderValue::try_from(BASE64_URL_SAFE_NO_PAD.encode(sealed)).ok()
    }

    fn is_for(&self, holder: &str, id: &HeaderValue) -> bool {
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(id).ok();
        let opened = sealed.and_then(|sealed| self.0.sealer().open(place(holder), &sealed).ok());
        opened.is_some_and(|said| *said == OPENS_LINKS)
    }
}

/// Notes in the request what its session id says. One that says nothing here is none.
pub(super) fn read(parts: &mut Parts) {
    let Some((ids, id)) = parts.extensions.get::<SessionIds>().zip(parts.headers.get(HEADER))
    else {
        return;
    };
    if ids.is_for(&holder(parts), id) {
        parts.extensions.insert(OpensLinks);
    }
}

/// The session id for the client that says `initialize` in `body`; none if it opens no links.
pub(super) fn offered(parts: &Parts, body: &[u8]) -> Option<HeaderValue> {
    let ids = parts.extensions.get::<SessionIds>()?;
    let message: Value = serde_json::from_slice(body).ok()?;
    let opens_links = message.pointer("/params/capabilities/elicitation/url")?.is_object();
    opens_links.then(|| ids.made_for(&holder(parts))).flatten()
}

/// The answer to `initialize`, with this `id` if it came to the revision that has links.
pub(super) async fn with_id(response: Response, id: HeaderValue) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_ANSWER).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if negotiated(&body).is_some_and(|version| version == REVISION) {
        parts.headers.insert(HEADER, id);
    }
    Response::from_parts(parts, Body::from(body))
}

fn negotiated(body: &Bytes) -> Option<String> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    answer.pointer("/result/protocolVersion")?.as_str().map(str::to_owned)
}

/// Whose an id is: of a person at one client, or of a client that speaks for itself or for others.
fn holder(parts: &Parts) -> String {
    let principal = parts.extensions.get::<Principal>();
    let client = principal.and_then(|principal| principal.token.as_ref());
    let client = client.map(|token| token.client_id.as_str());
    let person = principal.map(|principal| &principal.identity);
    let person = person.filter(|who| matches!(who.realm(), Realm::User | Realm::Local));
    let both = serde_json::json!([client, person.map(ToString::to_string)]);
    BASE64_URL_SAFE_NO_PAD.encode(hash(&both.to_string()))
}

fn place(holder: &str) -> Place<'_> {
    Place { table: "mcp", row: holder, field: "session_id", version: 1 }
}
