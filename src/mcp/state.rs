//! `requestState`: what a client brings back when it makes a call once more (MCP 2026-07-28,
//! multi-round-trip requests).
//!
//! It goes through strangers' hands, so it is sealed, for one caller and one call, and it ages. It
//! allows nothing: whoever brings it makes an ordinary call, and may do so as often as they like.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use rmcp::{ErrorData, model::CallToolRequestParams};
use stagepass_kit::Identity;

use crate::vault::{Place, SealError, Sealer, hash};

/// How long a person may take.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// Who calls, and what: a state opens for nothing else.
pub(super) struct Bond(String);

impl Bond {
    /// The bond of `identity` calling as in `request`.
    pub(super) fn new(identity: &Identity, request: &CallToolRequestParams) -> Self {
        let none = serde_json::Map::new();
        let arguments = request.arguments.as_ref().unwrap_or(&none);
        // JSON keeps the parts apart, and its objects come sorted.
        let call = serde_json::json!([identity.to_string(), request.name, arguments]);
        Self(BASE64_URL_SAFE_NO_PAD.encode(hash(&call.to_string())))
    }

    /// A state for this caller and call, as it is at `now`, with `inner` in it.
    ///
    /// # Errors
    /// Never in practice: it is far below what can be sealed.
    pub(super) fn seal(
        &self,
        inner: &[u8],
        sealer: &Sealer,
        now: DateTime<Utc>,
    ) -> Result<String, SealError> {
        let until = (now + LIFETIME).timestamp_micros().to_be_bytes();
        let whole = [&until, inner].concat();
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealer.seal(self.place(), &whole)?))
    }

    /// What is in `state`, if it is of this caller and call, and in time.
    ///
    /// # Errors
    /// Invalid parameters, with what to do.
    pub(super) fn check(
        &self,
        state: &str,
        sealer: &Sealer,
        now: DateTime<Utc>,
    ) -> Result<Vec<u8>, ErrorData> {
        let (until, inner) = self.open(state, sealer).ok_or_else(|| refused(FOREIGN))?;
        if now.timestamp_micros() < until { Ok(inner) } else { Err(refused(OLD)) }
    }

    fn open(&self, state: &str, sealer: &Sealer) -> Option<(i64, Vec<u8>)> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(state).ok()?;
        let opened = sealer.open(self.place(), &bytes).ok()?;
        let (until, inner) = opened.split_first_chunk()?;
        Some((i64::from_be_bytes(*until), inner.to_vec()))
    }

    fn place(&self) -> Place<'_> {
        Place { table: "mcp", row: &self.0, field: "request_state", version: 1 }
    }
}

const FOREIGN: &str = "This requestState was altered, or belongs to another call or to another \
caller. Make the call again without it.";
const OLD: &str = "This requestState is older than ten minutes. Make the call again without it.";

fn refused(why: &'static str) -> ErrorData {
    ErrorData::invalid_params(why, None)
}
