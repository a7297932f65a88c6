//! Repositories.

use serde::Deserialize;
use stagepass_kit::lenient::lenient;

/// A repository.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Repo {
    #[serde(deserialize_with = "lenient")]
    pub(crate) full_name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) description: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) private: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) fork: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) archived: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) has_issues: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) stargazers_count: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) forks_count: Option<u64>,
    /// Pull requests count, too.
    #[serde(deserialize_with = "lenient")]
    pub(crate) open_issues_count: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) language: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) license: Option<License>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) topics: Vec<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) default_branch: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) pushed_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) html_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) homepage: Option<String>,
    /// What it is a fork of.
    #[serde(deserialize_with = "lenient")]
    pub(crate) parent: Option<Parent>,
}

/// A licence.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct License {
    #[serde(deserialize_with = "lenient")]
    pub(crate) spdx_id: Option<String>,
}

/// A repository of which only the name matters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Parent {
    #[serde(deserialize_with = "lenient")]
    pub(crate) full_name: Option<String>,
}
