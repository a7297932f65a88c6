//! Errors of the endpoints that programs call (RFC 6749 §5.2).

use std::time::Duration;

use axum::{
    Json,
    http::{
        HeaderValue, StatusCode,
        header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{keys::KeyError, parameters::Repeated};
use crate::web::limit::Refusal;

/// What a program is told. The description is ours, and never repeats what was sent.
#[derive(Debug)]
pub(super) struct OAuthError {
    pub(super) code: &'static str,
    pub(super) description: String,
    /// For a client that asks too often: how long it has to wait.
    wait: Option<Duration>,
}

impl OAuthError {
    pub(super) fn new(code: &'static str, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), wait: None }
    }

    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    pub(super) fn invalid_client() -> Self {
        Self::new("invalid_client", "The client isn't known, or its proof isn't right.")
    }

    pub(super) fn invalid_grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", description)
    }

    pub(super) fn too_many(wait: Duration) -> Self {
        Self { wait: Some(wait), ..Self::new("temporarily_unavailable", "Too many requests.") }
    }

    fn status(&self) -> StatusCode {
        match self.code {
            "invalid_client" => StatusCode::UNAUTHORIZED,
            "temporarily_unavailable" => StatusCode::SERVICE_UNAVAILABLE,
            "server_error" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<Repeated> for OAuthError {
    fn from(Repeated(name): Repeated) -> Self {
        // A name that isn't one of the standard's is a stranger's text.
        let known = ["client_id", "code", "grant_type", "redirect_uri", "resource", "scope"];
        let name = known.into_iter().find(|known| *known == name).unwrap_or("parameter");
        Self::invalid_request(format!("A {name} was sent more than once; send it once."))
    }
}

/// The database being away is no reason for a client to forget its tokens.
impl From<sqlx::Error> for OAuthError {
    fn from(error: sqlx::Error) -> Self {
        tracing::error!(%error, "the authorization server can't use its database");
        Self::new("temporarily_unavailable", "Try again in a few seconds.")
    }
}

impl From<KeyError> for OAuthError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Db(error) => error.into(),
            error => {
                tracing::error!(%error, "an access token can't be signed");
                Self::new("server_error", "Something went wrong inside this server.")
            }
        }
    }
}

impl From<crate::vault::SealError> for OAuthError {
    fn from(error: crate::vault::SealError) -> Self {
        KeyError::from(error).into()
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        if let Some(wait) = self.wait {
            return Refusal::Json.too_many(wait);
        }
        let status = self.status();
        let body = json!({"error": self.code, "error_description": self.description});
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            // RFC 6749 §5.2: when the client used the header, name the scheme; it does no harm else.
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"stagepass\""));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
