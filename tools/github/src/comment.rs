//! `github_comment`: a comment on an issue or pull request.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass_kit::{Caller, Effect, Tool, ToolError, text::clean};

use crate::{
    api::{Ask, GitHubApi},
    model,
    place::IssuePlace,
};

/// The scopes of which writing needs one: the first for all repositories, the other for public ones.
pub(crate) const WRITING: &[&str] = &["repo", "public_repo"];
/// The most characters of a text that GitHub takes.
const LONGEST_TEXT: usize = 65_536;

/// The tool.
pub(crate) struct AddComment(pub(crate) GitHubApi);

/// What to say.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The issue or pull request: "owner/repo#12" or a link to it.
    issue: String,
    /// The comment, in Markdown.
    body: String,
}

/// The new comment.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// `owner/repo#12`.
    issue: String,
    /// Where the comment is.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

impl Tool for AddComment {
    const NAME: &'static str = "github_comment";
    const TITLE: &'static str = "Comment on GitHub";
    const DESCRIPTION: &'static str = "Adds a comment to an issue or pull request on GitHub in the \
        person's name, for everybody there to see. Read it with github_issue first; let the \
        person see the text before.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = &["repo"];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let place = IssuePlace::parse(&args.issue)?;
        let body = json!({ "body": text_to_send("body", &args.body)? });
        let number = place.number.to_string();
        let path = ["repos", &place.repo.owner, &place.repo.name, "issues", &number, "comments"];
        let ask = Ask::post(path).sending(body).needing(WRITING);
        let comment = self.0.object::<model::Comment>(caller, &ask).await?;
        Ok(Answer { issue: place.to_string(), url: comment.html_url.as_deref().map(clean) })
    }
}

/// A text that GitHub takes.
///
/// # Errors
/// `invalid_argument` for one that is empty or too long.
pub(crate) fn text_to_send<'a>(name: &str, text: &'a str) -> Result<&'a str, ToolError> {
    if !text.trim().is_empty() && text.chars().count() <= LONGEST_TEXT {
        return Ok(text);
    }
    Err(ToolError::invalid_argument(
        format!("`{name}` is empty or too long."),
        format!("Pass 1 to {LONGEST_TEXT} characters."),
    ))
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Commented on {}.", self.issue)?;
        match &self.url {
            Some(url) => write!(f, " {url}"),
            None => Ok(()),
        }
    }
}
