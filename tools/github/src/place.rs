//! The one way of naming things on GitHub: `owner/repo`, `owner/repo#12`, or a link.

mod file;
mod issue;
mod repo;

pub(crate) use file::FilePlace;
pub(crate) use issue::IssuePlace;
pub(crate) use repo::RepoPlace;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use stagepass_kit::{ToolError, text::clip};
use url::Url;

/// The segments of a link to github.com, and its fragment; `None` if it is none.
fn link(text: &str) -> Option<(Vec<String>, Option<String>)> {
    let text = text.trim();
    let with_scheme = if text.starts_with("github.com/") || text.starts_with("www.github.com/") {
        format!("https://{text}")
    } else {
        text.to_owned()
    };
    let url = Url::parse(&with_scheme).ok()?;
    let is_githubs = matches!(url.host_str(), Some("github.com" | "www.github.com"));
    if !is_githubs || !matches!(url.scheme(), "https" | "http") {
        return None;
    }
    let decode = |part: &str| percent_decode_str(part).decode_utf8().ok().map(Cow::into_owned);
    let segments = url.path_segments()?.filter(|part| !part.is_empty());
    // One that can't be read mustn't let the next one take its place.
    let segments = segments.map(decode).collect::<Option<_>>()?;
    Some((segments, url.fragment().map(str::to_owned)))
}

/// No name of this kind.
fn no_name(text: &str, is_what: &str, pass: &str) -> ToolError {
    ToolError::invalid_argument(format!("\"{}\" {is_what}.", clip(text, 100)), pass)
}

#[cfg(test)]
mod tests;
