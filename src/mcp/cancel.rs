//! `notifications/cancelled` over HTTP, as clients before 2026-07-28 say it: a request of its own.
//!
//! rmcp ties it to a call by the session, and there are none. So the calls under way are listed by
//! whose they are. Request ids are counted anew by every program, so where two calls of one person
//! have the same, neither is meant for sure, and both go on.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::{HeaderName, HeaderValue, request::Parts};
use rmcp::{RoleServer, model::RequestId, service::RequestContext};
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::identity::Principal;

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

/// The calls under way that a notification may end. Clones share them; one is put into each request.
#[derive(Clone, Default)]
pub(super) struct Cancellations(Arc<Mutex<HashMap<Key, UnderWay>>>);

/// Whose call, and which.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    identity: Option<String>,
    grant: Option<String>,
    /// Where a client has been given one and keeps it, it tells its programs apart.
    session: Option<HeaderValue>,
    request: RequestId,
}

struct UnderWay {
    first: CancellationToken,
    many: usize,
}

/// A call that is listed until this is dropped.
pub(super) struct Listed {
    all: Cancellations,
    key: Key,
}

#[derive(Deserialize)]
struct Cancelled {
    params: Meant,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meant {
    request_id: RequestId,
}

impl Cancellations {
    /// Lists the call of `context`, if a notification may end it.
    pub(super) fn list(context: &RequestContext<RoleServer>) -> Option<Listed> {
        if context.meta.protocol_version().is_some() {
            return None;
        }
        let parts = context.extensions.get::<Parts>()?;
        let all = parts.extensions.get::<Self>()?.clone();
        let key = Key::new(parts, context.id.clone());
        let listed = Listed { all: all.clone(), key: key.clone() };
        let mut calls = all.0.lock().unwrap_or_else(PoisonError::into_inner);
        let call = calls.entry(key);
        call.or_insert_with(|| UnderWay { first: context.ct.clone(), many: 0 }).many += 1;
        Some(listed)
    }

    /// Ends the call that the notification in `body` means.
    pub(super) fn cancel(&self, parts: &Parts, body: &[u8]) {
        let Ok(Cancelled { params }) = serde_json::from_slice(body) else { return };
        let calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(UnderWay { first, many: 1 }) = calls.get(&Key::new(parts, params.request_id)) {
            first.cancel();
        }
    }
}

impl Key {
    fn new(parts: &Parts, request: RequestId) -> Self {
        let principal = parts.extensions.get::<Principal>();
        let token = principal.and_then(|principal| principal.token.as_ref());
        Self {
            identity: principal.map(|principal| principal.identity.to_string()),
            grant: token.map(|token| token.grant_id.clone()),
            session: parts.headers.get(SESSION).cloned(),
            request,
        }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        let mut calls = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut call) = calls.entry(self.key.clone()) {
            call.get_mut().many -= 1;
            if call.get().many == 0 {
                call.remove();
            }
        }
    }
}
