//! One answer of the Web API, read with a limit on its size.

use std::time::Duration;

use reqwest::{Response, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use stagepass_kit::{Capped, text};

use super::{Ask, Refusal, Trouble};
use crate::text::clip;

/// The most bytes of an answer that are read; the largest real ones have some hundred thousand.
const LARGEST: usize = 4 * 1024 * 1024;
/// The most characters of an error's text that are looked at.
const LONGEST_TEXT: usize = 500;
/// No wait is believed to be longer.
const A_DAY: Duration = Duration::from_hours(24);

/// One answer of the Web API.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

impl Reply {
    /// Reads a response; what exceeds [`LARGEST`] is cut off, and then isn't JSON any more.
    pub(super) async fn read(mut response: Response) -> Result<Self, reqwest::Error> {
        let mut body = Capped::new(LARGEST);
        while let Some(chunk) = response.chunk().await? {
            if !body.take(&chunk) {
                break;
            }
        }
        let retry_after = response.headers().get(header::RETRY_AFTER);
        let seconds = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        Ok(Self {
            status: response.status(),
            retry_after: seconds.map(|seconds| Duration::from_secs(seconds).min(A_DAY)),
            body: body.into_bytes(),
        })
    }

    /// Whether it is a success that tells something: an object, and where that is a list, one with
    /// entries. What isn't may be better the next time.
    pub(super) fn is_worth_keeping(&self) -> bool {
        let Ok(Some(object)) = self.object::<Value>() else { return false };
        let has = |name| object.get(name).is_some_and(|value| !value.is_null());
        let is_list =
            object.get("items").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
        self.status.is_success() && (is_list || has("name") || has("uri"))
    }

    /// How many bytes it has.
    pub(super) fn size(&self) -> usize {
        self.body.len()
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    /// The object in it; `None` when there is no content.
    pub(super) fn object<T: DeserializeOwned>(&self) -> Result<Option<T>, Refusal> {
        if self.status == StatusCode::NO_CONTENT || self.body.is_empty() {
            return Ok(None);
        }
        let object = match serde_json::from_slice(&self.body) {
            Ok(value @ Value::Object(_)) => serde_json::from_value(value).ok(),
            _ => None,
        };
        object.map(Some).ok_or_else(Refusal::nonsense)
    }

    /// The list in it, whatever its entries are.
    pub(super) fn list(&self) -> Result<Vec<Value>, Refusal> {
        serde_json::from_slice(&self.body).map_err(|_| Refusal::nonsense())
    }

    /// What is wrong, for an answer that isn't a success.
    pub(super) fn refusal(&self, ask: &Ask) -> Refusal {
        let json: Option<Value> = serde_json::from_slice(&self.body).ok();
        let field = |name| json.as_ref().and_then(|json| json.get("error")?.get(name)?.as_str());
        let reason = field("reason").unwrap_or_default();
        let message = field("message");
        // Two important refusals come as plain text.
        let plain = String::from_utf8_lossy(&self.body);
        let text = clip(message.unwrap_or(&plain), LONGEST_TEXT);
        Refusal {
            trouble: Trouble::of(self.status.as_u16(), reason, &text),
            reason: reason.to_owned(),
            said: message.map(text::message).unwrap_or_default(),
            scopes: ask.scopes(),
            retry_after: self.retry_after,
            cause: None,
        }
    }
}
