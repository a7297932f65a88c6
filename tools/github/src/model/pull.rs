//! What pull requests have besides being issues.

use serde::Deserialize;
use stagepass_kit::lenient::{lenient, list};

use super::User;

/// A pull request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pull {
    #[serde(deserialize_with = "lenient")]
    pub(crate) merged: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) draft: bool,
    /// `clean`, `dirty`, `blocked` and so on.
    #[serde(deserialize_with = "lenient")]
    pub(crate) mergeable_state: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) base: Option<Branch>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) head: Option<Branch>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) commits: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) additions: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) deletions: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) changed_files: Option<u64>,
    #[serde(deserialize_with = "list")]
    pub(crate) requested_reviewers: Option<Vec<User>>,
}

/// One side of a pull request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Branch {
    #[serde(rename = "ref", deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) sha: Option<String>,
}

/// What somebody thinks of a pull request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Review {
    #[serde(deserialize_with = "lenient")]
    pub(crate) user: Option<User>,
    /// `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED`, `PENDING`.
    #[serde(deserialize_with = "lenient")]
    pub(crate) state: Option<String>,
}

/// The checks of a commit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CheckRuns {
    #[serde(deserialize_with = "lenient")]
    pub(crate) total_count: Option<u64>,
    #[serde(deserialize_with = "list")]
    pub(crate) check_runs: Option<Vec<CheckRun>>,
}

/// One check.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CheckRun {
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    /// `queued`, `in_progress`, `completed`.
    #[serde(deserialize_with = "lenient")]
    pub(crate) status: Option<String>,
    /// `success`, `failure`, `neutral`, `skipped` and so on, when it is completed.
    #[serde(deserialize_with = "lenient")]
    pub(crate) conclusion: Option<String>,
}

/// The older kind of checks, of which only the newest of each kind counts.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommitStatus {
    #[serde(deserialize_with = "list")]
    pub(crate) statuses: Option<Vec<StatusOf>>,
}

/// What one program says of a commit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StatusOf {
    #[serde(deserialize_with = "lenient")]
    pub(crate) context: Option<String>,
    /// `success`, `failure`, `error`, `pending`.
    #[serde(deserialize_with = "lenient")]
    pub(crate) state: Option<String>,
}

/// A file that a pull request changes.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct File {
    #[serde(deserialize_with = "lenient")]
    pub(crate) filename: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) previous_filename: Option<String>,
    /// `added`, `modified`, `removed`, `renamed` and so on.
    #[serde(deserialize_with = "lenient")]
    pub(crate) status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) additions: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) deletions: Option<u64>,
    /// Missing for binary and for very long ones.
    #[serde(deserialize_with = "lenient")]
    pub(crate) patch: Option<String>,
}
