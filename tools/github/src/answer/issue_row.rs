//! One issue or pull request, as one line.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::text::{clean, clip, dotted};

use crate::{
    model::{Issue, User},
    place::IssuePlace,
    text::{count, day},
};

/// The most characters of a title in a line, and the most labels.
const LONGEST_TITLE: usize = 90;
const MOST_LABELS: usize = 3;

/// An issue or pull request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct IssueRow {
    /// `owner/repo#12`: what the other tools take.
    pub(crate) issue: String,
    /// `issue` or `pull`.
    pub(crate) kind: &'static str,
    /// Its title, in its author's words.
    pub(crate) title: String,
    /// `open`, `closed`, `merged` or `draft`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    /// Who opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<String>,
    /// The day of the last change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) updated: Option<String>,
    /// How many comments it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) comments: Option<u64>,
    /// The names of its labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) labels: Vec<String>,
}

impl IssueRow {
    /// The row of `issue`, which is at `place` if its own address can't be read; `None` when it has
    /// neither a number nor a place.
    pub(crate) fn of(issue: &Issue, place: Option<&IssuePlace>) -> Option<Self> {
        let own = issue.url.as_deref().and_then(IssuePlace::of_api_url);
        let own = own.or_else(|| IssuePlace::parse(issue.html_url.as_deref()?).ok());
        let place = own.or_else(|| place.cloned()).map(|place| place.to_string());
        let title = issue.title.as_deref().map(clean).filter(|title| !title.is_empty());
        Some(Self {
            issue: place.or_else(|| Some(format!("#{}", issue.number?)))?,
            kind: if issue.pull_request.is_some() { "pull" } else { "issue" },
            title: title.unwrap_or_else(|| "(no title)".into()),
            state: state_of(issue),
            author: issue.user.as_ref().and_then(login),
            updated: day(issue.updated_at.as_ref()),
            comments: issue.comments,
            labels: issue.labels.0.iter().map(|label| clip(label, 50)).collect(),
        })
    }
}

/// The state as people call it.
fn state_of(issue: &Issue) -> Option<String> {
    let pull = issue.pull_request.as_ref();
    if pull.is_some_and(|pull| pull.merged_at.is_some()) {
        return Some("merged".into());
    }
    let state = issue.state.as_deref().map(clean)?;
    let is_draft = state == "open" && pull.is_some() && issue.draft == Some(true);
    Some(if is_draft { "draft".into() } else { state })
}

/// The name of an account.
pub(super) fn login(user: &User) -> Option<String> {
    user.login.as_deref().map(|login| clip(login, 50)).filter(|login| !login.is_empty())
}

impl fmt::Display for IssueRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels: Vec<_> = self.labels.iter().take(MOST_LABELS).cloned().collect();
        f.write_str(&dotted([
            Some(self.issue.clone()),
            self.state.clone(),
            Some(clip(&self.title, LONGEST_TITLE)),
            self.author.clone(),
            self.updated.clone(),
            self.comments.filter(|comments| *comments > 0).map(|some| count(some, "comment")),
            (!labels.is_empty()).then(|| labels.join(", ")),
        ]))
    }
}
