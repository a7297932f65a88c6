//! What belongs to a pull request: branches, reviews, checks, changed files.

mod checks;

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::{
    Caller,
    text::{clean, clip, dotted},
};

pub(super) use self::checks::Checks;
use crate::{
    answer::Lines,
    api::{Ask, Failure, GitHubApi},
    model::{CheckRuns, CommitStatus, File, Pull, Review},
    place::IssuePlace,
    pull_diff::FileRow,
    text::count,
};

/// How many changed files are named here.
const MOST_FILES: u32 = 30;
/// As many as one page has.
const MANY: u32 = 100;

/// What belongs to a pull request.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct PullPart {
    /// The branch it is to be merged into.
    #[serde(skip_serializing_if = "Option::is_none")]
    base: Option<String>,
    /// The branch that it brings.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<String>,
    /// Whether it can be merged: `clean`, `dirty` (conflicts), `blocked`, `behind`, `unstable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mergeable: Option<String>,
    /// How many commits it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    commits: Option<u64>,
    /// Lines that it adds.
    #[serde(skip_serializing_if = "Option::is_none")]
    additions: Option<u64>,
    /// Lines that it takes away.
    #[serde(skip_serializing_if = "Option::is_none")]
    deletions: Option<u64>,
    /// How many files it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_files: Option<u64>,
    /// The last word of each reviewer.
    reviews: BTreeMap<String, String>,
    /// Whose review is awaited.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    awaited: Vec<String>,
    /// What the checks say; missing where they may not be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Checks>,
    /// The first of the changed files.
    files: Vec<FileRow>,
}

/// Reads it. Without checks, where those may not be seen.
pub(super) async fn read(
    api: &GitHubApi,
    caller: &Caller,
    place: &IssuePlace,
) -> Result<PullPart, Failure> {
    let number = place.number.to_string();
    let of = |kind| Ask::get(["repos", &place.repo.owner, &place.repo.name, kind]);
    let pull = of("pulls").below(&number);
    let (reviews, files) = (pull.clone().below("reviews"), pull.clone().below("files"));
    let (reviews, files) = (reviews.paged(MANY, 1), files.paged(MOST_FILES, 1));
    let (pull, reviews, files) = tokio::try_join!(
        api.object::<Pull>(caller, &pull),
        api.page::<Review>(caller, &reviews),
        api.page::<File>(caller, &files),
    )?;
    let head = pull.head.as_ref().and_then(|head| head.sha.as_deref());
    let checks = match head {
        Some(sha) => {
            let commit = of("commits").below(sha);
            let (runs, status) = (commit.clone().below("check-runs"), commit.below("status"));
            let (runs, status) = (runs.paged(MANY, 1), status.paged(MANY, 1));
            let (runs, status) = tokio::join!(
                api.object::<CheckRuns>(caller, &runs),
                api.object::<CommitStatus>(caller, &status),
            );
            Checks::of(runs.ok(), status.ok())
        }
        None => None,
    };
    Ok(PullPart::of(&pull, &reviews.items, &files.items, checks))
}

impl PullPart {
    fn of(pull: &Pull, reviews: &[Review], files: &[File], checks: Option<Checks>) -> Self {
        let name = |branch: &Option<crate::model::Branch>| {
            branch.as_ref().and_then(|branch| branch.name.as_deref().map(clean))
        };
        let awaited = pull.requested_reviewers.iter().flatten();
        Self {
            base: name(&pull.base),
            head: name(&pull.head),
            mergeable: pull
                .mergeable_state
                .as_deref()
                .filter(|state| !pull.merged && *state != "unknown")
                .map(clean),
            commits: pull.commits,
            additions: pull.additions,
            deletions: pull.deletions,
            changed_files: pull.changed_files,
            reviews: last_words(reviews),
            awaited: awaited.filter_map(|user| user.login.as_deref().map(clean)).collect(),
            checks,
            files: files.iter().filter_map(FileRow::of).collect(),
        }
    }
}

/// What each reviewer said last; a comment doesn't take back an approval.
fn last_words(reviews: &[Review]) -> BTreeMap<String, String> {
    let mut last = BTreeMap::new();
    for review in reviews {
        let login = review.user.as_ref().and_then(|user| user.login.as_deref());
        let (Some(login), Some(state)) = (login, review.state.as_deref()) else { continue };
        let word = clip(&state.to_lowercase().replace('_', " "), 50);
        let known = last.entry(clip(login, 50)).or_insert_with(|| word.clone());
        if !matches!(state, "COMMENTED" | "PENDING") {
            *known = word;
        }
    }
    last
}

impl fmt::Display for PullPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let branches = match (&self.base, &self.head) {
            (Some(base), Some(head)) => Some(format!("from {head} into {base}")),
            (Some(base), None) => Some(format!("into {base}")),
            (None, head) => head.as_ref().map(|head| format!("from {head}")),
        };
        let lines = match (self.additions, self.deletions) {
            (Some(more), Some(less)) => Some(format!("+{more} -{less}")),
            _ => None,
        };
        f.write_str(&dotted([
            branches,
            self.commits.map(|number| count(number, "commit")),
            lines,
            self.changed_files.map(|number| count(number, "file")),
            self.mergeable.as_ref().map(|state| format!("merging: {state}")),
        ]))?;
        let mut reviews: Vec<_> =
            self.reviews.iter().map(|(who, word)| format!("{who} {word}")).collect();
        reviews.extend(self.awaited.iter().map(|who| format!("{who} awaited")));
        if !reviews.is_empty() {
            write!(f, "\nReviews: {}", reviews.join(", "))?;
        }
        match &self.checks {
            Some(checks) => write!(f, "\nChecks: {checks}")?,
            None => f.write_str("\nChecks: can't be seen with this connection")?,
        }
        if !self.files.is_empty() {
            let shown = self.files.len();
            let all = self.changed_files.unwrap_or_default();
            let of_all =
                if all > shown as u64 { format!(" ({shown} of {all})") } else { String::new() };
            write!(f, "\nFiles{of_all}:{}", Lines(&self.files))?;
        }
        Ok(())
    }
}
