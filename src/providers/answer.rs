//! What a token endpoint answers, read with care: providers differ.

use std::{collections::BTreeSet, time::Duration};

use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use secrecy::SecretString;
use serde::Deserialize;

/// The largest answer that is read from a token or user-info endpoint.
const MOST: usize = 256 * 1024;

/// Tokens, as a provider gives them.
#[derive(Debug)]
pub struct TokenAnswer {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token. Often left out when refreshing: the old one lives on.
    pub refresh_token: Option<SecretString>,
    /// How long the access token lives.
    pub expires_in: Option<Duration>,
    /// The granted scopes; none when they are those that were asked for (RFC 6749 §5.1).
    pub scopes: Option<BTreeSet<String>>,
}

/// Why a provider gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// `invalid_grant`: this code or refresh token will never work again (RFC 6749 §5.2).
    #[error("the provider no longer accepts the grant")]
    InvalidGrant,
    /// The provider knows us and refuses; a sentence of its own says why, cleaned and cut.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// Away, slow, limiting, or talking nonsense. It may work later.
    #[error("the provider can't be used at the moment: {why}")]
    Unavailable {
        /// For the log.
        why: String,
        /// How long the provider asks to be left alone.
        retry_after: Option<Duration>,
    },
}

impl From<reqwest::Error> for ProviderError {
    fn from(error: reqwest::Error) -> Self {
        // The URL may carry a token in its query.
        Self::unavailable(format!("{:?}", error.without_url()), None)
    }
}

impl ProviderError {
    fn unavailable(why: impl Into<String>, retry_after: Option<Duration>) -> Self {
        Self::Unavailable { why: why.into(), retry_after }
    }
}

#[derive(Deserialize)]
struct Fields {
    access_token: Option<SecretString>,
    #[serde(default)]
    refresh_token: Option<SecretString>,
    #[serde(default)]
    expires_in: Option<u64>,
    #[serde(default)]
    scope: Option<String>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    error_description: Option<String>,
}

/// Reads the answer of a token endpoint.
pub(super) async fn read_token(response: Response) -> Result<TokenAnswer, ProviderError> {
    let (status, retry_after) = (response.status(), retry_after(&response));
    let body = body(response).await?;
    if unavailable(status) {
        return Err(ProviderError::unavailable(format!("token endpoint: {status}"), retry_after));
    }
    let Ok(fields) = serde_json::from_slice::<Fields>(&body) else {
        // A page of HTML is a proxy or an outage, whatever its status says; never a logout.
        return Err(ProviderError::unavailable(format!("token endpoint: {status}, no JSON"), None));
    };
    match fields {
        Fields { error: Some(error), error_description, .. } => {
            Err(refusal(&error, error_description))
        }
        Fields { access_token: Some(access_token), refresh_token, expires_in, scope, .. }
            if status.is_success() =>
        {
            Ok(TokenAnswer {
                access_token,
                refresh_token: refresh_token.filter(is_filled),
                expires_in: expires_in.map(Duration::from_secs),
                scopes: scope.map(|line| line.split_whitespace().map(str::to_owned).collect()),
            })
        }
        _ => Err(ProviderError::unavailable(format!("token endpoint: {status}, no token"), None)),
    }
}

fn refusal(error: &str, description: Option<String>) -> ProviderError {
    match error {
        "invalid_grant" => ProviderError::InvalidGrant,
        "server_error" | "temporarily_unavailable" | "slow_down" => {
            ProviderError::unavailable(format!("token endpoint: {}", clean(error)), None)
        }
        _ => ProviderError::Refused(clean(&format!("{error} {}", description.unwrap_or_default()))),
    }
}

fn is_filled(token: &SecretString) -> bool {
    use secrecy::ExposeSecret;
    !token.expose_secret().is_empty()
}

/// Statuses that say nothing about the grant.
pub(super) fn unavailable(status: StatusCode) -> bool {
    status.is_server_error()
        || status.is_redirection()
        || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT)
}

/// The seconds of `Retry-After`; a date counts as none.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The body, if it isn't unreasonably large.
pub(super) async fn body(mut response: Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MOST {
            return Err(ProviderError::unavailable("the answer is too large", None));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A provider's sentence, fit to be matched and logged: printable, one line, short.
pub(super) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(200)
        .collect::<String>()
        .trim()
        .to_owned()
}
