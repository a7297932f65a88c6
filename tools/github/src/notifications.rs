//! `github_notifications`: what is new for the person.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{
    Caller, Effect, Tool, ToolError,
    text::{clean, clip, dotted},
};

use crate::{
    answer::{Lines, More},
    api::{Ask, GitHubApi},
    limits::{page, within},
    model::Notification,
    place::{IssuePlace, RepoPlace},
};

/// The scopes of which one is needed.
pub(crate) const READING: &[&str] = &["notifications", "repo"];
/// The most characters of a title in a line.
const LONGEST_TITLE: usize = 90;

/// The tool.
pub(crate) struct Notifications(pub(crate) GitHubApi);

/// Which ones.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// Whether to show those that were read, too; only unread ones if left out.
    all: Option<bool>,
    /// Whether to show only those on threads that the person takes part in.
    participating: Option<bool>,
    /// Only those of this repository: "owner/repo" or a link.
    repo: Option<String>,
    /// How many, 1 to 50; 20 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
    /// Which page; the first if left out. Pass `next_page` of the answer before to go on.
    #[schemars(range(min = 1))]
    page: Option<u32>,
}

/// What is new.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// Newest first.
    notifications: Vec<Row>,
    #[serde(flatten)]
    more: More,
}

/// One notification.
#[derive(Debug, Serialize, JsonSchema)]
struct Row {
    /// Its id; `github_mark_read` takes it.
    id: String,
    /// The thing it is about: `owner/repo#12`, or the repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    /// `Issue`, `PullRequest`, `Release`, `Discussion` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    /// The title, in its author's words.
    title: String,
    /// Why the person is told: `mention`, `review_requested`, `assign`, `author`, `subscribed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Whether it is unread.
    unread: bool,
    /// When, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
}

impl Tool for Notifications {
    const NAME: &'static str = "github_notifications";
    const TITLE: &'static str = "GitHub notifications";
    const DESCRIPTION: &'static str = "Lists the person's GitHub notifications: mentions, review \
        requests, assignments, news of what they watch. Changes nothing; github_mark_read marks them \
        as read. Works for OAuth apps only: GitHub shows notifications to no GitHub App.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = &["notifications"];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let limit = within("limit", args.limit, 20, (1, 50))?;
        let page = page(args.page)?;
        let ask = match args.repo.as_deref().map(RepoPlace::parse).transpose()? {
            Some(repo) => Ask::get(["repos", &repo.owner, &repo.name, "notifications"]),
            None => Ask::get(["notifications"]),
        };
        let ask = ask
            .with_some("all", args.all.filter(|all| *all).map(|_| "true"))
            .with_some("participating", args.participating.filter(|only| *only).map(|_| "true"))
            .paged(limit, page)
            .needing(READING);
        let found = self.0.page::<Notification>(caller, &ask).await?;
        Ok(Answer {
            notifications: found.items.iter().filter_map(Row::of).collect(),
            more: More::after(page, found.goes_on),
        })
    }
}

impl Row {
    /// `None` when it has no id.
    fn of(one: &Notification) -> Option<Self> {
        let text = |text: &Option<String>| {
            text.as_deref().map(clean).filter(|text: &String| !text.is_empty())
        };
        let place = one.subject.url.as_deref().and_then(IssuePlace::of_api_url);
        Some(Self {
            id: text(&one.id)?,
            about: place.map(|place| place.to_string()).or_else(|| text(&one.repository.full_name)),
            kind: text(&one.subject.kind),
            title: text(&one.subject.title).unwrap_or_else(|| "(no title)".into()),
            reason: text(&one.reason),
            unread: one.unread,
            updated: one.updated_at.as_deref().map(|time| clip(time, 30)),
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dotted([
            self.about.clone(),
            self.kind.clone().filter(|kind| kind != "Issue" && kind != "PullRequest"),
            Some(clip(&self.title, LONGEST_TITLE)),
            self.reason.clone(),
            (!self.unread).then(|| "read".into()),
            self.updated.clone(),
            Some(format!("id {}", self.id)),
        ]))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.notifications.is_empty() {
            return write!(f, "No notifications.{}", self.more);
        }
        write!(f, "Notifications:{}{}", Lines(&self.notifications), self.more)
    }
}
