//! What kind of trouble an answer means: by its headers, else its text, else its status.

use super::{Bucket, Head};

/// A kind of trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// The person didn't grant the app what this needs.
    MissingScope,
    /// The GitHub App lacks a permission, or isn't installed there.
    AppNotPermitted,
    /// The organization wants a single sign-on first.
    SsoRequired,
    /// The organization hasn't approved the app.
    OrganizationRestricted,
    /// Too many calls at once, or too many searches in a minute.
    RateLimited,
    /// Too many calls in an hour.
    QuotaExceeded,
    /// There is no such thing, or none that this account may see.
    NotFound,
    /// The repository has no issues, or the issue was deleted.
    Gone,
    /// Nothing was ever pushed there.
    EmptyRepository,
    /// The repository has another name.
    Moved,
    /// Taken down for legal reasons.
    Blocked,
    /// The request can't be used.
    Invalid,
    /// No.
    Forbidden,
    /// GitHub is away, slow, or answers nonsense.
    Unavailable,
}

impl Trouble {
    /// What an answer with this `head` and `text` to a call that counts against `bucket` means.
    pub(super) fn of(head: &Head, text: &str, bucket: Bucket) -> Self {
        match head.status.as_u16() {
            403 | 429 => Self::refused(head, &text.to_lowercase(), bucket),
            400 | 422 => Self::Invalid,
            404 => Self::NotFound,
            409 if text.to_lowercase().contains("empty") => Self::EmptyRepository,
            410 => Self::Gone,
            451 => Self::Blocked,
            300..=399 => Self::Moved,
            402..=499 => Self::Forbidden,
            _ => Self::Unavailable,
        }
    }

    /// A limit is told as a 403 or a 429, with a header or in words alone.
    fn refused(head: &Head, text: &str, bucket: Bucket) -> Self {
        const KNOWN: &[(&str, Trouble)] = &[
            ("secondary rate limit", Trouble::RateLimited),
            ("abuse detection", Trouble::RateLimited),
            ("resource not accessible by", Trouble::AppNotPermitted),
            ("saml enforcement", Trouble::SsoRequired),
            ("oauth app access restrictions", Trouble::OrganizationRestricted),
            ("third-party application restrictions", Trouble::OrganizationRestricted),
            ("repository access blocked", Trouble::Blocked),
        ];
        if head.sso.is_some() {
            return Self::SsoRequired;
        }
        if let Some((_, trouble)) = KNOWN.iter().find(|(words, _)| text.contains(words)) {
            return *trouble;
        }
        match &head.left {
            _ if head.retry_after.is_some() => Self::RateLimited,
            Some(left) if left.remaining == 0 => bucket.exhausted(),
            _ if head.status.as_u16() == 429 || text.contains("rate limit") => Self::RateLimited,
            _ => Self::Forbidden,
        }
    }
}
