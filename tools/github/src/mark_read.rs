//! `github_mark_read`: marking notifications as read.

use std::fmt;

use chrono::{DateTime, SecondsFormat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    api::{Ask, GitHubApi},
    notifications::READING,
    place::RepoPlace,
};

/// How many may be marked one by one.
const MOST: usize = 30;
/// The most digits of an id.
const LONGEST_ID: usize = 20;

/// The tool.
pub(crate) struct MarkRead(pub(crate) GitHubApi);

/// Which ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The ids of those to mark, from `github_notifications`; at most 30.
    ids: Option<Vec<String>>,
    /// Instead of `ids`: all that were updated up to this time, e.g. "2026-11-20T08:15:00Z". Take the
    /// newest `updated` that the person has seen.
    all_until: Option<String>,
    /// With `all_until`: only those of this repository.
    repo: Option<String>,
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// How many were marked one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    marked: Option<usize>,
    /// Up to when all are marked.
    #[serde(skip_serializing_if = "Option::is_none")]
    all_until: Option<String>,
}

impl Tool for MarkRead {
    const NAME: &'static str = "github_mark_read";
    const TITLE: &'static str = "Mark GitHub notifications as read";
    const DESCRIPTION: &'static str = "Marks GitHub notifications as read: some by their ids, or all \
        up to a time. Call github_notifications first, and mark only what the person has seen.";
    const EFFECT: Effect = Effect::Sets;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = &["notifications"];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let repo = args.repo.as_deref().map(RepoPlace::parse).transpose()?;
        match (args.ids, args.all_until, repo) {
            (Some(ids), None, None) => self.some(caller, &ids).await,
            (None, Some(until), repo) => self.all(caller, &until, repo.as_ref()).await,
            _ => Err(ToolError::invalid_argument(
                "It isn't said which notifications to mark.",
                "Pass either `ids`, or `all_until` with or without `repo`.",
            )),
        }
    }
}

impl MarkRead {
    async fn some(&self, caller: &Caller, ids: &[String]) -> Result<Answer, ToolError> {
        let is_id = |id: &String| {
            (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit())
        };
        if ids.is_empty() || ids.len() > MOST || !ids.iter().all(is_id) {
            return Err(ToolError::invalid_argument(
                "`ids` aren't ids of notifications, or are too many.",
                format!("Pass 1 to {MOST} ids, as github_notifications gives them."),
            ));
        }
        for (done, id) in ids.iter().enumerate() {
            if caller.watch().is_cancelled() {
                return Ok(Answer { marked: Some(done), all_until: None });
            }
            let ask = Ask::patch(["notifications", "threads", id]).needing(READING);
            if let Err(failure) = self.0.command(caller, &ask).await {
                let error = ToolError::from(failure);
                let so_far = format!("{} {done} of {} are marked.", error.message(), ids.len());
                return Err(if done > 0 { error.saying(so_far) } else { error });
            }
        }
        Ok(Answer { marked: Some(ids.len()), all_until: None })
    }

    async fn all(
        &self,
        caller: &Caller,
        until: &str,
        repo: Option<&RepoPlace>,
    ) -> Result<Answer, ToolError> {
        let until = DateTime::parse_from_rfc3339(until.trim()).map_err(|_| {
            ToolError::invalid_argument(
                "`all_until` isn't a time.",
                "Pass it as \"2026-11-20T08:15:00Z\".",
            )
        })?;
        let until = until.to_utc().to_rfc3339_opts(SecondsFormat::Secs, true);
        let ask = match repo {
            Some(repo) => Ask::put(["repos", &repo.owner, &repo.name, "notifications"]),
            None => Ask::put(["notifications"]),
        };
        let ask = ask.sending(json!({ "last_read_at": until })).needing(READING);
        self.0.command(caller, &ask).await?;
        Ok(Answer { marked: None, all_until: Some(until) })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.all_until, self.marked) {
            (Some(until), _) => {
                write!(
                    f,
                    "Everything until {until} is marked as read; it may take GitHub a minute."
                )
            }
            (None, marked) => write!(f, "{} marked as read.", marked.unwrap_or_default()),
        }
    }
}
