//! Accounts.

use serde::Deserialize;
use stagepass_kit::lenient::lenient;

/// Somebody, by name.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    #[serde(deserialize_with = "lenient")]
    pub(crate) login: Option<String>,
}

/// The person whose token it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Me {
    #[serde(deserialize_with = "lenient")]
    pub(crate) login: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) bio: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) company: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) html_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) public_repos: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) followers: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) created_at: Option<String>,
}
