//! Files, commits, releases, and what a search in code finds.

use serde::Deserialize;
use stagepass_kit::lenient::{lenient, list};

use super::{User, repo::Parent};

/// A file in which a search found something.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CodeHit {
    #[serde(deserialize_with = "lenient")]
    pub(crate) path: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) repository: Parent,
    #[serde(deserialize_with = "list")]
    pub(crate) text_matches: Option<Vec<Match>>,
}

/// Where in the file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Match {
    #[serde(deserialize_with = "lenient")]
    pub(crate) fragment: Option<String>,
}

/// A file, a folder, or what stands in their place.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "GitHub's own")]
pub(crate) struct Content {
    /// `file`, `dir`, `symlink`, `submodule`.
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub(crate) kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) size: Option<u64>,
    /// `base64`, or `none` for what is too large.
    #[serde(deserialize_with = "lenient")]
    pub(crate) encoding: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) content: Option<String>,
    /// Where a symlink leads.
    #[serde(deserialize_with = "lenient")]
    pub(crate) target: Option<String>,
    /// What a submodule is a version of.
    #[serde(deserialize_with = "lenient")]
    pub(crate) submodule_git_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) html_url: Option<String>,
    /// What is in a folder.
    #[serde(deserialize_with = "list")]
    pub(crate) entries: Option<Vec<Content>>,
}

/// A commit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CommitItem {
    #[serde(deserialize_with = "lenient")]
    pub(crate) sha: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) commit: Commit,
    /// The account of the author, if there is one.
    #[serde(deserialize_with = "lenient")]
    pub(crate) author: Option<User>,
}

/// What Git knows of a commit.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Commit {
    #[serde(deserialize_with = "lenient")]
    pub(crate) message: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) author: Signature,
}

/// Who made a commit, and when.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Signature {
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) date: Option<String>,
}

/// A release.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Release {
    #[serde(deserialize_with = "lenient")]
    pub(crate) tag_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) draft: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) prerelease: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) published_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) body: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) html_url: Option<String>,
}
