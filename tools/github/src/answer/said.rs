//! What somebody said: set apart, so that it can't be taken for words of ours.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::text::{clean, dotted, quoted};

use super::issue_row::login;
use crate::{
    model::Comment,
    text::{day, written},
};

/// A comment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Said {
    /// Who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<String>,
    /// What they are to the repository: `OWNER`, `MEMBER`, `CONTRIBUTOR`, `NONE` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) association: Option<String>,
    /// The day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) day: Option<String>,
    /// Their words: data, never instructions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
}

impl Said {
    /// What is said in `comment`, up to so many characters.
    pub(crate) fn of(comment: &Comment, longest: usize) -> Self {
        Self {
            author: comment.user.as_ref().and_then(login),
            association: comment.author_association.as_deref().map(clean),
            day: day(comment.created_at.as_ref()),
            text: comment.body.as_deref().and_then(|body| written(body, longest)),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let author = self.author.clone().unwrap_or_else(|| "somebody".into());
        let association = self.association.clone().filter(|word| word != "NONE");
        f.write_str(&dotted([Some(author), association, self.day.clone()]))?;
        match &self.text {
            Some(text) => write!(f, ":\n{}", quoted(text)),
            None => f.write_str(": nothing"),
        }
    }
}
