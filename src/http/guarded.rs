//! The client for URLs that strangers name: it reaches public hosts, and reads little from them.

use std::{error::Error, time::Duration};

use reqwest::{
    Response, StatusCode,
    header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE},
};
use url::{Host, Url};

use super::{
    builder,
    resolver::{Resolver, Rules, Trusted},
};

/// How long a fetch may take in all.
const LONGEST_FETCH: Duration = Duration::from_secs(5);
/// No copy is fresh for longer than this.
const LONGEST_AGE: Duration = Duration::from_hours(24);

/// Fetches documents from wherever strangers say.
#[derive(Debug, Clone)]
pub struct GuardedClient(reqwest::Client);

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// What it says.
    pub body: Vec<u8>,
    /// How long the copy is fresh, at most a day; none if its server doesn't say.
    pub max_age: Option<Duration>,
}

/// Why there is no document. Nothing in it is the stranger's text, so it may be logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Something else than https, or more than a name and a path to reach.
    #[error("the URL isn't https to a named host on the usual port")]
    Url,
    /// Nobody knows the name.
    #[error("the host isn't found")]
    NotFound,
    /// All of its addresses are private, special, or hide another.
    #[error("the host has no public address")]
    NotPublic,
    /// No connection, or no certificate that can be trusted.
    #[error("the host can't be reached, or its certificate isn't trusted")]
    Unreachable,
    /// Not done within 5 seconds.
    #[error("the host is too slow")]
    Timeout,
    /// Something else than 200; redirects aren't followed.
    #[error("the host answers with status {0}")]
    Status(u16),
    /// Something else than JSON.
    #[error("the answer isn't JSON by its content type")]
    ContentType,
    /// More than the caller reads.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer broke off, or isn't HTTP.
    #[error("the answer is broken")]
    Broken,
}

impl GuardedClient {
    /// A client that keeps to `rules`. It heeds no proxy: behind one, the guard would judge the
    /// proxy's address.
    ///
    /// # Errors
    /// When the operating system's trust store can't be read.
    pub fn new(rules: Rules) -> Result<Self, reqwest::Error> {
        builder()
            .no_proxy()
            .timeout(LONGEST_FETCH)
            // Nothing is kept open to strangers.
            .pool_max_idle_per_host(0)
            .http1_only()
            .tls_certs_merge(rules.roots.clone())
            .dns_resolver(Resolver::new(rules, Trusted::Nobody))
            .build()
            .map(Self)
    }

    /// Fetches the JSON document at `url`, of at most `most` bytes.
    ///
    /// # Errors
    /// When there is none, or it may not be had.
    pub async fn get_json(&self, url: &Url, most: usize) -> Result<Fetched, FetchError> {
        ensure_named(url)?;
        let request = self.0.get(url.clone()).header(ACCEPT, "application/json");
        let response = request.send().await.map_err(|error| cause(&error))?;
        if response.status() != StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        if !is_json(&response) {
            return Err(FetchError::ContentType);
        }
        let max_age = max_age(&response);
        Ok(Fetched { body: body(response, most).await?, max_age })
    }
}

/// An address would be connected to without asking the resolver, where the guard stands. And a
/// port is for telling who listens.
fn ensure_named(url: &Url) -> Result<(), FetchError> {
    let plain = url.scheme() == "https"
        && matches!(url.host(), Some(Host::Domain(_)))
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    plain.then_some(()).ok_or(FetchError::Url)
}

pub(super) async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, FetchError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| cause(&error))? {
        if body.len() + chunk.len() > most {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `application/json`, or a type that is written in JSON (RFC 6839 §3.1).
pub(super) fn is_json(response: &Response) -> bool {
    let content_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    let media_type = media_type.trim().to_ascii_lowercase();
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

/// `max-age` of `Cache-Control` (RFC 9111 §5.2.2); zero where no copy may be kept.
fn max_age(response: &Response) -> Option<Duration> {
    let values = response.headers().get_all(CACHE_CONTROL).into_iter();
    let said: Vec<_> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|said| said.trim().to_ascii_lowercase())
        .collect();
    if said.iter().any(|said| matches!(said.as_str(), "no-store" | "no-cache")) {
        return Some(Duration::ZERO);
    }
    let seconds = said.iter().find_map(|said| said.strip_prefix("max-age=")?.parse().ok())?;
    Some(Duration::from_secs(seconds).min(LONGEST_AGE))
}

/// What the resolver said stands at the root of what the client says.
pub(super) fn cause(error: &reqwest::Error) -> FetchError {
    let mut next = error.source();
    while let Some(cause) = next {
        if let Some(ours) = cause.downcast_ref::<FetchError>() {
            return *ours;
        }
        next = cause.source();
    }
    if error.is_timeout() {
        FetchError::Timeout
    } else if error.is_connect() {
        FetchError::Unreachable
    } else {
        FetchError::Broken
    }
}
