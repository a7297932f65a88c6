//! A repository.

use std::fmt;

use stagepass_kit::ToolError;

use super::{link, no_name};

/// The longest name of an account, and of a repository.
const LONGEST: usize = 100;

/// A repository, by its names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RepoPlace {
    pub(crate) owner: String,
    pub(crate) name: String,
}

impl RepoPlace {
    /// Reads `owner/repo`, or any link to or into a repository.
    ///
    /// # Errors
    /// `invalid_argument` for anything else.
    pub(crate) fn parse(text: &str) -> Result<Self, ToolError> {
        let text = text.trim();
        let named = if let Some((segments, _)) = link(text) {
            Self::of_segments(&segments)
        } else {
            let text = text.strip_prefix("git@github.com:").unwrap_or(text);
            text.split_once('/').and_then(|(owner, name)| Self::new(owner, name))
        };
        named.ok_or_else(|| {
            no_name(
                text,
                "is no repository",
                "Pass \"owner/repo\", e.g. \"rust-lang/cargo\", or a link to it. \
                 github_search_repositories finds it.",
            )
        })
    }

    /// The repository that a path on github.com begins with.
    pub(super) fn of_segments(segments: &[String]) -> Option<Self> {
        match segments {
            [owner, name, ..] => Self::new(owner, name),
            _ => None,
        }
    }

    /// The repository `owner/name`, if it can have that name.
    pub(super) fn new(owner: &str, name: &str) -> Option<Self> {
        let name = name.strip_suffix(".git").unwrap_or(name);
        let can_be = is_name(owner) && is_name(name) && !matches!(name, "." | "..");
        (can_be && !owner.contains('.'))
            .then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }
}

fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    (1..=LONGEST).contains(&text.len()) && text.bytes().all(fits)
}

impl fmt::Display for RepoPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}
