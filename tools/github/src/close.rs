//! `github_close`: closing and reopening.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::IssueRow,
    api::{Ask, Failure, GitHubApi, Refusal},
    comment::WRITING,
    model::Issue,
    place::IssuePlace,
};

/// The tool.
pub(crate) struct Close(pub(crate) GitHubApi);

/// What to do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The issue or pull request: "owner/repo#12" or a link to it.
    issue: String,
    /// "close" or "reopen"; "close" if left out.
    action: Option<Action>,
    /// Why an issue is closed: `completed`, `not_planned` or `duplicate`; `completed` if left out.
    /// Not for pull requests.
    reason: Option<Reason>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Action {
    #[default]
    Close,
    Reopen,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Reason {
    Completed,
    NotPlanned,
    Duplicate,
}

/// What it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    #[serde(flatten)]
    row: IssueRow,
}

impl Tool for Close {
    const NAME: &'static str = "github_close";
    const TITLE: &'static str = "Close or reopen on GitHub";
    const DESCRIPTION: &'static str = "Closes or reopens an issue or pull request on GitHub, without \
        merging it. To say why, call github_comment before.";
    const EFFECT: Effect = Effect::Sets;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = &["repo"];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let place = IssuePlace::parse(&args.issue)?;
        let change = match (args.action.unwrap_or_default(), args.reason) {
            (Action::Close, None) => json!({ "state": "closed" }),
            (Action::Close, reason) => json!({ "state": "closed", "state_reason": reason }),
            (Action::Reopen, None) => json!({ "state": "open" }),
            (Action::Reopen, Some(_)) => {
                return Err(ToolError::invalid_argument(
                    "`reason` is only for closing.",
                    "Leave it out when reopening.",
                ));
            }
        };
        let number = place.number.to_string();
        let ask = Ask::patch(["repos", &place.repo.owner, &place.repo.name, "issues", &number])
            .sending(change)
            .needing(WRITING);
        let issue = self.0.object::<Issue>(caller, &ask).await?;
        let row = IssueRow::of(&issue, Some(&place));
        let row = row.ok_or_else(|| Failure::from(Refusal::unreadable()))?;
        Ok(Answer { row })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Now: {}", self.row)
    }
}
