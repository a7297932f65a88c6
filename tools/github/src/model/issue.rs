//! Issues, which pull requests are, too, and what is said on them.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use stagepass_kit::lenient::{lenient, list};

use super::User;

/// An issue or a pull request.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Issue {
    #[serde(deserialize_with = "lenient")]
    pub(crate) number: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) title: Option<String>,
    /// `open`, `closed`, or a word of the future.
    #[serde(deserialize_with = "lenient")]
    pub(crate) state: Option<String>,
    /// Why it was closed.
    #[serde(deserialize_with = "lenient")]
    pub(crate) state_reason: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) user: Option<User>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) author_association: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) labels: Labels,
    #[serde(deserialize_with = "list")]
    pub(crate) assignees: Option<Vec<User>>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) comments: Option<u64>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) created_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) updated_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) closed_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) body: Option<String>,
    /// Its address in the API.
    #[serde(deserialize_with = "lenient")]
    pub(crate) url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) html_url: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) locked: bool,
    #[serde(deserialize_with = "lenient")]
    pub(crate) draft: Option<bool>,
    /// Only pull requests have it.
    #[serde(deserialize_with = "lenient")]
    pub(crate) pull_request: Option<PullMark>,
}

/// What an issue shows of the pull request that it is.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PullMark {
    #[serde(deserialize_with = "lenient")]
    pub(crate) merged_at: Option<String>,
}

/// A label.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Label {
    #[serde(deserialize_with = "lenient")]
    pub(crate) name: Option<String>,
}

/// The names of labels.
#[derive(Debug, Default)]
pub(crate) struct Labels(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Labels {
    /// A label is an object, or only its name.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Value::Array(labels) = Value::deserialize(deserializer)? else {
            return Ok(Self::default());
        };
        let name = |label: Value| match label {
            Value::String(name) => Some(name),
            label => serde_json::from_value::<Label>(label).ok()?.name,
        };
        Ok(Self(labels.into_iter().filter_map(name).collect()))
    }
}

/// What somebody said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Comment {
    #[serde(deserialize_with = "lenient")]
    pub(crate) user: Option<User>,
    /// `OWNER`, `MEMBER`, `NONE` and so on.
    #[serde(deserialize_with = "lenient")]
    pub(crate) author_association: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) created_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) body: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) html_url: Option<String>,
}
