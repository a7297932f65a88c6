//! What GitHub answers, read tolerantly: every field may be missing, null, or of another type than
//! documented, and then only that field is lost.

mod code;
mod issue;
mod notification;
mod pull;
mod repo;
mod user;

use serde::{Deserialize, de::DeserializeOwned};
use stagepass_kit::lenient::{lenient, list};

pub(crate) use code::{CodeHit, CommitItem, Content, Release};
pub(crate) use issue::{Comment, Issue};
pub(crate) use notification::Notification;
pub(crate) use pull::{Branch, CheckRuns, CommitStatus, File, Pull, Review};
pub(crate) use repo::Repo;
pub(crate) use user::{Me, User};

/// What a search found.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(crate) struct Found<T> {
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) total_count: Option<u64>,
    /// GitHub ran out of time.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) incomplete_results: bool,
    /// `None` when they can't be read at all.
    #[serde(default = "none", deserialize_with = "list")]
    items: Option<Vec<T>>,
}

impl<T> Found<T> {
    /// The results, no more than were asked for; `None` when they can't be read at all.
    pub(crate) fn items(&self, limit: u32) -> Option<impl Iterator<Item = &T>> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        Some(self.items.as_ref()?.iter().take(most))
    }
}

fn none<T>() -> Option<T> {
    None
}
