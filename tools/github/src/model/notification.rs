//! Notifications.

use serde::Deserialize;
use stagepass_kit::lenient::lenient;

use super::repo::Parent;

/// One notification: a thread, with what is new on it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Notification {
    #[serde(deserialize_with = "lenient")]
    pub(crate) id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) unread: bool,
    /// `mention`, `review_requested`, `assign`, `subscribed` and so on.
    #[serde(deserialize_with = "lenient")]
    pub(crate) reason: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) updated_at: Option<String>,
    #[serde(deserialize_with = "lenient")]
    pub(crate) subject: Subject,
    #[serde(deserialize_with = "lenient")]
    pub(crate) repository: Parent,
}

/// What a notification is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Subject {
    #[serde(deserialize_with = "lenient")]
    pub(crate) title: Option<String>,
    /// Its address in the API; not everything has one.
    #[serde(deserialize_with = "lenient")]
    pub(crate) url: Option<String>,
    /// `Issue`, `PullRequest`, `Release`, `Discussion` and so on.
    #[serde(rename = "type", deserialize_with = "lenient")]
    pub(crate) kind: Option<String>,
}
