//! A request as read, and an answer to be sent.

use std::io;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::stream;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::pause::Pause;

/// Bodies beyond this are refused, as everywhere.
const BODY_LIMIT: usize = 256 * 1024;

/// A request, read to its end.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Asked {
    /// Reads `request`, or refuses it because it is too long.
    pub(crate) async fn read(request: Request) -> Result<Self, Reply> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, BODY_LIMIT).await;
        Ok(Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body: body.map_err(|_| Reply::text(413, "Payload Too Large"))?,
        })
    }

    /// A request for `/?query` and nothing more.
    pub(crate) fn of_query(query: &str) -> Self {
        Self {
            method: Method::GET,
            path: "/".to_owned(),
            query: query.to_owned(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// The last value of a query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        pick(self.query.as_bytes(), name)
    }

    /// The value of a field in a form body.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        pick(&self.body, name)
    }

    /// The first query parameter that comes twice.
    pub(crate) fn repeated_param(&self) -> Option<String> {
        let mut seen = std::collections::HashSet::new();
        form_urlencoded::parse(self.query.as_bytes())
            .map(|(name, _)| name.into_owned())
            .find(|name| !seen.insert(name.clone()))
    }

    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Whether the body claims to be of this media type.
    pub(crate) fn is_type(&self, media_type: &str) -> bool {
        self.header(&header::CONTENT_TYPE)
            .and_then(|value| value.split(';').next())
            .is_some_and(|value| value.trim().eq_ignore_ascii_case(media_type))
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The credentials of HTTP Basic, both halves form-encoded (RFC 6749, section 2.3.1).
    pub(crate) fn basic(&self) -> Option<(String, String)> {
        let value = self.header(&header::AUTHORIZATION)?.strip_prefix("Basic ")?;
        let decoded = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        let plain = |half: &str| {
            let pair = format!("{half}=");
            form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned())
        };
        Some((plain(id)?, plain(secret)?))
    }

    /// The token of `Authorization: Bearer`.
    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header(&header::AUTHORIZATION)?.strip_prefix("Bearer ")
    }

    /// "GET /v1/me", for messages.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

fn pick(encoded: &[u8], name: &str) -> Option<String> {
    form_urlencoded::parse(encoded)
        .filter_map(|(key, value)| (key == name).then(|| value.into_owned()))
        .last()
}

/// An answer, and what was wrong with the request, if anything.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: String,
    pub(crate) violation: Option<String>,
    /// The answer is ready but is held back this long.
    pub(crate) held: Option<Pause>,
    /// The connection breaks instead.
    pub(crate) is_cut: bool,
}

/// A body that fails before its first byte: the server closes the connection without an answer.
pub(crate) fn broken() -> Response {
    let cut =
        stream::once(async { Err::<&[u8], _>(io::Error::from(io::ErrorKind::ConnectionReset)) });
    Response::new(Body::from_stream(cut))
}

impl Reply {
    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<String>) -> Self {
        let mut headers = Vec::new();
        if !media_type.is_empty() {
            headers.push(("content-type".to_owned(), media_type.to_owned()));
        }
        Self { status, headers, body: body.into(), violation: None, held: None, is_cut: false }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::new(status, "", "")
    }

    pub(crate) fn json(value: &Value) -> Self {
        Self::new(200, "application/json; charset=utf-8", value.to_string())
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body)
    }

    pub(crate) fn html(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    pub(crate) fn redirect(status: u16, to: &str) -> Self {
        Self::empty(status).with("location", to)
    }

    /// An error in the shape of the Web API.
    pub(crate) fn api_error(status: u16, message: &str) -> Self {
        let body = json!({"error": {"status": status, "message": message}});
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// An error of the player, with the reason that tells it from others.
    pub(crate) fn player_error(status: u16, message: &str, reason: &str) -> Self {
        let message = format!("Player command failed: {message}");
        let body = json!({"error": {"status": status, "message": message, "reason": reason}});
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    /// An error in the shape of the token endpoint.
    pub(crate) fn oauth_error(status: u16, error: &str, description: &str) -> Self {
        let body = json!({"error": error, "error_description": description});
        Self::new(status, "application/json", body.to_string())
    }

    /// Changes a body that is JSON.
    pub(crate) fn alter_json(&mut self, change: impl FnOnce(&mut Value)) {
        if let Ok(mut body) = serde_json::from_str(&self.body) {
            change(&mut body);
            self.body = body.to_string();
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same, ready but held back this long.
    pub(crate) fn held_back(self, pause: Pause) -> Self {
        Self { held: Some(pause), ..self }
    }

    /// A connection that breaks instead.
    pub(crate) fn cut(self) -> Self {
        Self { is_cut: true, ..self }
    }

    /// The same with another status.
    pub(crate) fn with_status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// Marks the request as one that the real service would find malformed.
    pub(crate) fn violating(mut self, why: impl Into<String>) -> Self {
        self.violation = Some(why.into());
        self
    }

    pub(crate) fn into_response(self) -> Response {
        if self.is_cut {
            return broken();
        }
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).expect("a status code");
        for (name, value) in self.headers {
            let name = HeaderName::try_from(name).expect("a header name");
            let value = HeaderValue::try_from(value).expect("a header value");
            response.headers_mut().append(name, value);
        }
        response
    }
}
