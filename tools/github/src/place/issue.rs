//! An issue or a pull request.

use std::fmt;

use stagepass_kit::ToolError;

use super::{RepoPlace, link, no_name};

/// An issue or pull request, by its repository and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuePlace {
    pub(crate) repo: RepoPlace,
    pub(crate) number: u64,
}

impl IssuePlace {
    /// Reads `owner/repo#12`, or a link to an issue or pull request.
    ///
    /// # Errors
    /// `invalid_argument` for anything else.
    pub(crate) fn parse(text: &str) -> Result<Self, ToolError> {
        let text = text.trim();
        let named = match link(text) {
            Some((segments, _)) => Self::of_segments(&segments),
            None => text.rsplit_once('#').and_then(|(repo, number)| {
                let (owner, name) = repo.split_once('/')?;
                Self::new(RepoPlace::new(owner, name)?, number)
            }),
        };
        named.ok_or_else(|| {
            no_name(
                text,
                "is no issue or pull request",
                "Pass \"owner/repo#12\", or a link to it. github_search_issues finds it.",
            )
        })
    }

    fn of_segments(segments: &[String]) -> Option<Self> {
        match segments {
            [_, _, kind, number, ..] if matches!(kind.as_str(), "issues" | "pull" | "pulls") => {
                Self::new(RepoPlace::of_segments(segments)?, number)
            }
            _ => None,
        }
    }

    fn new(repo: RepoPlace, number: &str) -> Option<Self> {
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let number = number.parse().ok().filter(|number| *number > 0 && is_number)?;
        Some(Self { repo, number })
    }

    /// The thing that the API's own address names, as notifications have it.
    pub(crate) fn of_api_url(url: &str) -> Option<Self> {
        let (_, path) = url.split_once("/repos/")?;
        let segments: Vec<_> = path.split('/').map(str::to_owned).collect();
        Self::of_segments(&segments)
    }
}

impl fmt::Display for IssuePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.repo, self.number)
    }
}
