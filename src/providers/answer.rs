//! What a provider answers, read with care: providers differ, and a token that was given must not be
//! lost over a number that came as a word.

use std::{collections::BTreeSet, time::Duration};

use reqwest::{Response, StatusCode, header::RETRY_AFTER};
use secrecy::SecretString;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{account::Account, fields::Fields};
use crate::http;

/// The largest answer that is read from a token or user-info endpoint.
const MOST: usize = 256 * 1024;
/// No token is believed to live longer, and no wait is kept longer, than this.
const LONGEST_LIFE: Duration = Duration::from_hours(10 * 365 * 24);
const LONGEST_WAIT: Duration = Duration::from_mins(15);

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
    /// The id token, from an issuer (OpenID Connect Core §3.1.3.3). Not checked yet.
    pub id_token: Option<SecretString>,
    /// How long the refresh token lives, if the provider says so.
    pub refresh_expires_in: Option<Duration>,
    /// Whose tokens these are, if this is where the provider tells it.
    pub account: Option<Account>,
}

/// Why a provider gave nothing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// `invalid_grant`: this code or refresh token will never work again (RFC 6749 §5.2).
    #[error("the provider no longer accepts the grant")]
    InvalidGrant,
    /// The provider doesn't accept our own credentials.
    #[error("the provider doesn't accept this server's client id and secret")]
    InvalidClient,
    /// `unauthorized_client`: it knows us, and doesn't let us have tokens in this way (RFC 6749 §5.2).
    #[error("the provider doesn't let this server's client have such tokens")]
    UnauthorizedClient,
    /// The provider knows us and refuses. The sentence is the provider's, for comparing alone: it
    /// may hold anything, so it is never logged or shown.
    #[error("the provider refuses")]
    Refused(String),
    /// Whoever answered isn't proven to be the provider, or talks of somebody else: a check of
    /// OpenID Connect has failed, and this one.
    #[error("the provider's answer can't be trusted: {0}")]
    Untrusted(&'static str),
    /// Away, slow, limiting, or talking nonsense. It may work later.
    #[error("the provider can't be used at the moment: {why}")]
    Unavailable {
        /// For the log.
        why: String,
        /// How long the provider asks to be left alone.
        retry_after: Option<Duration>,
        /// Whether the request may have had its effect although no answer came.
        lost: bool,
    },
}

impl From<reqwest::Error> for ProviderError {
    fn from(error: reqwest::Error) -> Self {
        let lost = !error.is_connect() && !error.is_builder();
        // The URL may carry a token in its query.
        let why = format!("{:?}", error.without_url());
        Self::Unavailable { why, retry_after: None, lost }
    }
}

impl ProviderError {
    pub(super) fn unavailable(why: impl Into<String>, retry_after: Option<Duration>) -> Self {
        Self::Unavailable { why: why.into(), retry_after, lost: false }
    }

    /// The same about a request that has no effect.
    pub(super) fn not_lost(self) -> Self {
        match self {
            Self::Unavailable { why, retry_after, .. } => Self::unavailable(why, retry_after),
            other => other,
        }
    }
}

/// A text that holds something.
pub(super) fn word<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name)?.as_str().filter(|text| !text.is_empty())
}

/// Seconds as a number, or as a number in words; none where they make no sense.
pub(super) fn seconds(value: Option<&Value>) -> Option<Duration> {
    let seconds: f64 = match value? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    // A token that ends at once is a provider that doesn't know.
    let life = Duration::try_from_secs_f64(seconds.min(LONGEST_LIFE.as_secs_f64()));
    life.ok().filter(|life| !life.is_zero())
}

/// Scopes in one line, with spaces or commas, or as a list. None at all means: as before.
pub(super) fn scopes(value: Option<&Value>) -> Option<BTreeSet<String>> {
    let words: BTreeSet<String> = match value? {
        Value::String(line) => line.split([' ', ',']).map(str::to_owned).collect(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return None,
    };
    let words: BTreeSet<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then_some(words)
}

/// Statuses that say nothing about the grant.
pub(super) fn unavailable(status: StatusCode) -> bool {
    http::is_away(status) || status.is_redirection()
}

/// The seconds of `Retry-After`, within reason; a date counts as none.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// The body, if it isn't unreasonably large. It is wiped when it has been read.
pub(super) async fn body(mut response: Response) -> Result<Zeroizing<Vec<u8>>, ProviderError> {
    // Room for all of it at once: a vector that grows leaves copies behind.
    let length = usize::try_from(response.content_length().unwrap_or_default()).unwrap_or(MOST);
    let mut body = Zeroizing::new(Vec::with_capacity(length.clamp(4096, MOST)));
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > MOST {
            return Err(ProviderError::unavailable("the answer is too large", None));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// A stranger's text, fit to be shown: one line, short, without what hides or turns letters.
pub(crate) fn clean(text: &str) -> String {
    // Unicode's `Default_Ignorable_Code_Point`, line separators and annotations.
    let is_trick = |c: char| {
        matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
    };
    let shown = text.chars().filter(|c| !is_trick(*c));
    let shown: String = shown.map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    shown.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_lifetime_is_read_however_it_is_written_and_within_reason() {
        let read = |value: Value| seconds(Some(&value)).map(|life| life.as_secs());
        assert_eq!(read(json!(3600)), Some(3600));
        assert_eq!(read(json!("3600")), Some(3600));
        assert_eq!(read(json!(3600.0)), Some(3600));
        assert_eq!(read(json!(u64::MAX)), Some(LONGEST_LIFE.as_secs()));
        for odd in [json!(0), json!(-1), json!("soon"), json!(null), json!([1])] {
            assert_eq!(read(odd), None);
        }
    }

    #[test]
    fn scopes_are_read_however_they_are_written() {
        let both = Some(["a".to_owned(), "b".to_owned()].into());
        for written in [json!("a b"), json!("a,b"), json!("b, a"), json!(["a", "b"])] {
            assert_eq!(scopes(Some(&written)), both, "{written}");
        }
        for nothing in [json!(""), json!([]), json!(null), json!(5)] {
            assert_eq!(scopes(Some(&nothing)), None, "{nothing}");
        }
    }

    #[test]
    fn a_name_cannot_hide_or_turn_letters() {
        assert_eq!(clean("A\u{202e}lice\u{200b}\n\u{1b}[31m"), "Alice  [31m");
        assert_eq!(clean("\u{3164}\u{115f}\u{fe0f}"), "");
        assert_eq!(clean("Ásgerður Łukasz 李"), "Ásgerður Łukasz 李");
        assert_eq!(clean(&"x".repeat(1_000)).len(), 200);
    }
}
