//! `github_search_issues`: finding issues and pull requests.

mod query;

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::{IssueRow, Lines, More},
    api::{Ask, Failure, GitHubApi, Refusal},
    limits::{page_found, within},
    model::{Found, Issue},
};

/// The tool.
pub(crate) struct SearchIssues(pub(crate) GitHubApi);

/// What to find.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// Words in title, text or comments. GitHub's search words work here, too, e.g.
    /// "created:>2026-01-01" or "-label:wontfix". May be left out when something else is given.
    query: Option<String>,
    /// Issues, pull requests, or both; both if left out.
    kinds: Option<Vec<Kind>>,
    /// Only in this repository: "owner/repo" or a link.
    repo: Option<String>,
    /// Only in repositories of this account or organization.
    owner: Option<String>,
    /// Only those that are "open", "closed" or "merged"; all if left out.
    state: Option<State>,
    /// Only those opened by this account; "@me" is the person.
    author: Option<String>,
    /// Only those assigned to this account; "@me" is the person.
    assignee: Option<String>,
    /// Only those that this account opened, is assigned to, is mentioned in or has commented on;
    /// "@me" is the person.
    involves: Option<String>,
    /// Only pull requests that wait for a review by this account; "@me" is the person.
    review_requested: Option<String>,
    /// Only those with all of these labels.
    labels: Option<Vec<String>>,
    /// "updated", "created" or "comments", most first; the best match first if left out.
    sort: Option<Sort>,
    /// How many of each kind, 1 to 50; 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
    /// Which page; the first if left out. Pass `next_page` of the answer before to go on.
    #[schemars(range(min = 1))]
    page: Option<u32>,
}

/// A kind of thing that has a number in a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Issue,
    Pull,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum State {
    Open,
    Closed,
    Merged,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Updated,
    Created,
    Comments,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The results of each kind that was asked for.
    results: BTreeMap<&'static str, Vec<IssueRow>>,
    /// How many there are of each kind.
    totals: BTreeMap<&'static str, u64>,
    #[serde(flatten)]
    more: More,
}

impl Tool for SearchIssues {
    const NAME: &'static str = "github_search_issues";
    const TITLE: &'static str = "Search GitHub issues";
    const DESCRIPTION: &'static str = "Finds issues and pull requests on GitHub by words, \
        repository, state, people and labels. Use it for \"what is assigned to me?\" \
        (assignee \"@me\"), \"which reviews wait for me?\", and to find the number that github_issue \
        takes. To read one, call github_issue.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let limit = within("limit", args.limit, 10, (1, 50))?;
        let page = page_found(args.page, limit)?;
        let words = query::of(&args)?;
        let mut answer =
            Answer { results: BTreeMap::new(), totals: BTreeMap::new(), more: More::default() };
        // One kind at a time: GitHub refuses both at once to a GitHub App.
        for kind in query::kinds(&args) {
            let ask = Ask::get(["search", "issues"])
                .with("q", format!("{words} {}", kind.qualifier()).trim_start())
                .with_some("sort", args.sort.map(Sort::as_str))
                .paged(limit, page);
            let told = self.0.told::<Found<Issue>>(caller, &ask).await?;
            answer.more.without_sso_organizations |= told.is_partial;
            answer.add(kind, &told.object, (page, limit))?;
        }
        Ok(answer)
    }
}

impl Answer {
    fn add(
        &mut self,
        kind: Kind,
        found: &Found<Issue>,
        (page, limit): (u32, u32),
    ) -> Result<(), Failure> {
        let items = found.items(limit).ok_or_else(Refusal::nonsense)?;
        let rows = items.filter_map(|issue| IssueRow::of(issue, None)).collect();
        self.results.insert(kind.as_str(), rows);
        self.totals.extend(found.total_count.map(|total| (kind.as_str(), total)));
        self.more.incomplete |= found.incomplete_results;
        if More::search_goes_on(page, limit, found.total_count) {
            self.more.next_page = Some(page + 1);
        }
        Ok(())
    }
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issues",
            Self::Pull => "pulls",
        }
    }

    fn qualifier(self) -> &'static str {
        match self {
            Self::Issue => "is:issue",
            Self::Pull => "is:pull-request",
        }
    }
}

impl Sort {
    fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Created => "created",
            Self::Comments => "comments",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.results.values().all(Vec::is_empty) {
            f.write_str("GitHub finds nothing. Try fewer or other words.")?;
            return write!(f, "{}", self.more);
        }
        for (index, (kind, rows)) in self.results.iter().enumerate() {
            f.write_str(if index > 0 { "\n" } else { "" })?;
            match self.totals.get(kind) {
                Some(total) => write!(f, "{kind}: {} of {total}", rows.len())?,
                None => write!(f, "{kind}: {}", rows.len())?,
            }
            write!(f, "{}", Lines(rows))?;
        }
        write!(f, "{}", self.more)
    }
}
