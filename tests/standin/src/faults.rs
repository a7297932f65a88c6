//! Things that go wrong on demand.

use std::time::Duration;

use serde_json::json;

use crate::{
    http::{Asked, Reply},
    pause::Gate,
};

/// Answers that the next matching requests get instead of (or before) the normal one.
#[derive(Debug, Clone)]
pub struct Fault {
    /// The method it is for; `None` for any.
    pub method: Option<String>,
    /// The beginning of the paths it is for; a `$` at the end makes it the whole path.
    pub path: String,
    /// How many requests it is still for.
    pub times: usize,
    /// What they get.
    pub answer: Answer,
}

impl Fault {
    /// A fault for one request whose path begins with `path` (or is it: `path$`); an empty `method` means any.
    #[must_use]
    pub fn once(method: &str, path: &str, answer: Answer) -> Self {
        Self::times(1, method, path, answer)
    }

    /// A fault for several requests.
    #[must_use]
    pub fn times(times: usize, method: &str, path: &str, answer: Answer) -> Self {
        let method = (!method.is_empty()).then(|| method.to_owned());
        Self { method, path: path.to_owned(), times, answer }
    }

    pub(crate) fn is_for(&self, asked: &Asked) -> bool {
        let method = self.method.as_deref().is_none_or(|method| asked.method == method);
        let path = match self.path.strip_suffix('$') {
            Some(whole) => asked.path == whole,
            None => asked.path.starts_with(&self.path),
        };
        self.times > 0 && method && path
    }
}

/// What a [`Fault`] does to a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// This answer, word for word: status, content type, body, more headers.
    Status(u16, String, String, Vec<(String, String)>),
    /// The normal answer, worked out and sent after a pause.
    Delay(Duration),
    /// The normal answer is worked out at once but sent when the gate opens: the effect has happened
    /// even when nobody waits for the answer.
    Hold(Gate),
    /// No answer, ever; the connection stays open.
    Hang,
    /// The connection breaks before an answer; nothing else happens.
    Drop,
    /// The request takes effect, then the connection breaks before the answer.
    DropAfter,
    /// 429: the rate limit, or with the reason `QUOTA_EXCEEDED` the quota of the developer.
    TooManyRequests {
        /// Seconds for the `Retry-After` header.
        retry_after: u64,
        /// The `reason` of the error, absent for the plain rate limit.
        reason: Option<&'static str>,
    },
}

impl Answer {
    /// An answer in plain text.
    #[must_use]
    pub fn text(status: u16, body: &str) -> Self {
        Self::Status(status, "text/plain".to_owned(), body.to_owned(), Vec::new())
    }

    /// 401 for a token that is there and good, as happens by mistake.
    #[must_use]
    pub fn token_missing() -> Self {
        Self::json(401, &json!({"error": {"status": 401, "message": "Access token missing"}}))
    }

    /// 403 for somebody who pays, as happens by mistake.
    #[must_use]
    pub fn premium_required() -> Self {
        Self::json(403, &json!({"error": {"status": 403, "message": "Premium required"}}))
    }

    /// An answer in JSON.
    #[must_use]
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::Status(status, "application/json".to_owned(), body.to_string(), Vec::new())
    }
}

/// The 429 with its two meanings.
pub(crate) fn too_many_requests(retry_after: u64, reason: Option<&str>) -> Reply {
    let mut error = json!({"status": 429, "message": "API rate limit exceeded"});
    if let (Some(reason), Some(error)) = (reason, error.as_object_mut()) {
        error.insert("message".to_owned(), json!("Too many requests"));
        error.insert("reason".to_owned(), json!(reason));
    }
    let body = json!({"error": error}).to_string();
    Reply::new(429, "application/json", body).with("retry-after", &retry_after.to_string())
}
