//! One repository, as one line.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::text::{clean, clip, dotted};

use crate::{model::Repo, text::day};

/// The most characters of a description in a line.
const LONGEST_DESCRIPTION: usize = 100;

/// A repository.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct RepoRow {
    /// `owner/repo`: what the other tools take.
    pub(crate) repository: String,
    /// What it is, in its owner's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    /// The language that most of it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) language: Option<String>,
    /// How many people have starred it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stars: Option<u64>,
    /// Whether only some may see it.
    pub(crate) private: bool,
    /// Whether it is read-only.
    pub(crate) archived: bool,
    /// Whether it is a fork.
    pub(crate) fork: bool,
    /// The day of the last push.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pushed: Option<String>,
}

impl RepoRow {
    /// The row of `repo`; `None` when it has no name.
    pub(crate) fn of(repo: &Repo) -> Option<Self> {
        let text = |text: &Option<String>| {
            text.as_deref().map(clean).filter(|text: &String| !text.is_empty())
        };
        Some(Self {
            repository: text(&repo.full_name)?,
            description: text(&repo.description),
            language: text(&repo.language),
            stars: repo.stargazers_count,
            private: repo.private,
            archived: repo.archived,
            fork: repo.fork,
            pushed: day(repo.pushed_at.as_ref()),
        })
    }
}

impl fmt::Display for RepoRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dotted([
            Some(self.repository.clone()),
            self.private.then(|| "private".into()),
            self.archived.then(|| "archived".into()),
            self.fork.then(|| "fork".into()),
            self.description.as_ref().map(|text| clip(text, LONGEST_DESCRIPTION)),
            self.language.clone(),
            self.stars.map(|stars| format!("★ {stars}")),
            self.pushed.clone(),
        ]))
    }
}
