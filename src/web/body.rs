//! Request bodies: all of it and in time, or nothing.

use std::time::Duration;

use axum::{
    Json,
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{layout, limit::Refusal};

/// The longest form, and the longest registration of a client, that makes sense.
const LONGEST_FORM: usize = 64 * 1024;

/// How long to wait for the body of a request that was refused by its head.
const REST: Duration = Duration::from_secs(5);

/// How long a body may be, and how long it may take to come.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimits {
    /// The most bytes.
    pub bytes: usize,
    /// Until the last of them is there.
    pub within: Duration,
}

impl BodyLimits {
    /// The same for what strangers send, who must not fill the memory: 64 KiB at most.
    #[must_use]
    pub fn for_forms(self) -> Self {
        Self { bytes: self.bytes.min(LONGEST_FORM), ..self }
    }

    /// All of `body`.
    ///
    /// # Errors
    /// When it is too long or comes too slowly.
    pub async fn read(self, body: Body) -> Result<Bytes, BodyError> {
        let announced = body.size_hint().lower();
        if usize::try_from(announced).is_ok_and(|announced| announced > self.bytes) {
            return Err(BodyError::TooLong(self.bytes));
        }
        match tokio::time::timeout(self.within, to_bytes(body, self.bytes)).await {
            // Or it broke off, and nobody is there to be told.
            Ok(bytes) => bytes.map_err(|_| BodyError::TooLong(self.bytes)),
            Err(_) => Err(BodyError::TooSlow(self.within)),
        }
    }
}

/// Why a body wasn't read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// 413.
    #[error("The request is too long; its body may have {0} bytes.")]
    TooLong(usize),
    /// 408.
    #[error("The request is too slow; its body may take {0:?}. Send it again.")]
    TooSlow(Duration),
}

impl BodyError {
    fn status(&self) -> StatusCode {
        match self {
            Self::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow(_) => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn answer(&self, refusal: Refusal) -> Response {
        let (status, message) = (self.status(), self.to_string());
        match refusal {
            Refusal::Page => {
                let next_step = "Go back to where you began, and take the step from there.";
                layout::problem(status, "This can't be taken", &message, next_step)
            }
            Refusal::Json => {
                let body = json!({"error": "invalid_request", "error_description": message});
                (status, Json(body)).into_response()
            }
        }
    }
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        (self.status(), self.to_string()).into_response()
    }
}

/// Lets a request in once all of its body is there. Belongs inside of whatever refuses a request
/// for other reasons, so that nothing is read in vain.
pub async fn whole(
    State((limits, refusal)): State<(BodyLimits, Refusal)>,
    request: Request,
    next: Next,
) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    match limits.read(body).await {
        Ok(bytes) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Err(error) => error.answer(refusal),
    }
}

/// Reads what is left of a request that was refused by its head, if it is little and comes soon.
/// Of one whose body nobody reads, hyper closes the connection without a word, and a client that
/// sends head and body apart would lose its next request to that.
pub async fn read_off(body: Body) {
    let limits = BodyLimits { bytes: LONGEST_FORM, within: REST };
    // Otherwise the connection has to go.
    limits.read(body).await.ok();
}
