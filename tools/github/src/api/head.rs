//! What the headers of an answer say.

use std::time::Duration;

use chrono::DateTime;
use reqwest::{
    Response, StatusCode,
    header::{self, HeaderMap},
};

use super::budget::Left;

/// No wait is believed to be longer.
const A_DAY: Duration = Duration::from_hours(24);
/// The wait when an allowance starts anew at no known time.
const AN_HOUR: Duration = Duration::from_hours(1);
/// The most characters of a header that are looked at.
const LONGEST: usize = 2_000;

/// What the headers of an answer say.
#[derive(Debug, Clone)]
pub(super) struct Head {
    pub(super) status: StatusCode,
    pub(super) retry_after: Option<Duration>,
    /// What is left of the allowance that this call counted against.
    pub(super) left: Option<Left>,
    pub(super) location: Option<String>,
    /// The addresses of other pages (RFC 8288).
    link: Option<String>,
    /// What is said about single sign-on.
    pub(super) sso: Option<String>,
    /// The scopes of the token; a GitHub App's has none, and mostly not even this header.
    pub(super) scopes: Option<Vec<String>>,
    /// The scopes of which one would have been enough.
    pub(super) accepted_scopes: Vec<String>,
    /// The permissions that would have been enough, e.g. `issues=write`.
    pub(super) accepted_permissions: Option<String>,
}

impl Head {
    pub(super) fn of(response: &Response) -> Self {
        let headers = response.headers();
        let seconds = number(headers, "retry-after").map(Duration::from_secs);
        Self {
            status: response.status(),
            retry_after: seconds.map(|wait| wait.min(A_DAY)),
            left: left(headers),
            location: text(headers, header::LOCATION.as_str()),
            link: text(headers, "link"),
            sso: text(headers, "x-github-sso"),
            scopes: text(headers, "x-oauth-scopes").map(|line| words(&line)),
            accepted_scopes: text(headers, "x-accepted-oauth-scopes")
                .map(|line| words(&line))
                .unwrap_or_default(),
            accepted_permissions: text(headers, "x-accepted-github-permissions"),
        }
    }

    /// Whether there is another page after this one.
    pub(super) fn goes_on(&self) -> bool {
        self.link.as_deref().is_some_and(|link| link.contains("rel=\"next\""))
    }

    /// Whether results of organizations are missing that want a single sign-on.
    pub(super) fn is_partial(&self) -> bool {
        self.sso.as_deref().is_some_and(|sso| sso.starts_with("partial-results"))
    }
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?.trim();
    (text.len() <= LONGEST).then(|| text.to_owned())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn words(line: &str) -> Vec<String> {
    line.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
}

/// GitHub says when by its own clock, and what time that clock has: ours may be wrong.
fn left(headers: &HeaderMap) -> Option<Left> {
    let remaining = number(headers, "x-ratelimit-remaining")?;
    let limit = number(headers, "x-ratelimit-limit").unwrap_or(remaining);
    let reset = number(headers, "x-ratelimit-reset");
    let now = text(headers, "date").and_then(|date| DateTime::parse_from_rfc2822(&date).ok());
    let resets_in = match (reset, now.and_then(|now| u64::try_from(now.timestamp()).ok())) {
        (Some(reset), Some(now)) => Duration::from_secs(reset.saturating_sub(now)).min(A_DAY),
        _ => AN_HOUR,
    };
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    Some(Left { limit: count(limit), remaining: count(remaining), resets_in })
}
