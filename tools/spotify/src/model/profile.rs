//! The person whose account it is.

use serde::Deserialize;

use super::lenient::lenient;

/// What Spotify tells of the person; their plan, country and e-mail address it keeps to itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Profile {
    #[serde(deserialize_with = "lenient")]
    pub(crate) id: Option<String>,
    /// Never changes, as `id` may.
    #[serde(deserialize_with = "lenient")]
    pub(crate) account_id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) display_name: Option<String>,
}
