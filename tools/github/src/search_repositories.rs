//! `github_search_repositories`: finding repositories.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::{Lines, More, RepoRow},
    api::{Ask, Failure, GitHubApi, Refusal},
    limits::{page_found, within},
    model::{Found, Repo},
    query::{self, account, fitting, quoted},
};

/// The tool.
pub(crate) struct SearchRepositories(pub(crate) GitHubApi);

/// What to find.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// Words in name, description or topics. GitHub's search words work here, too, e.g.
    /// "stars:>1000" or "pushed:>2026-01-01". May be left out when something else is given.
    query: Option<String>,
    /// Only those of this account or organization; "@me" is the person.
    owner: Option<String>,
    /// Only those mostly in this programming language.
    language: Option<String>,
    /// Only those with this topic.
    topic: Option<String>,
    /// "stars", "forks" or "updated", most first; the best match first if left out.
    sort: Option<Sort>,
    /// How many, 1 to 50; 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
    /// Which page; the first if left out. Pass `next_page` of the answer before to go on.
    #[schemars(range(min = 1))]
    page: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Stars,
    Forks,
    Updated,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The repositories.
    repositories: Vec<RepoRow>,
    /// How many there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    #[serde(flatten)]
    more: More,
}

impl Tool for SearchRepositories {
    const NAME: &'static str = "github_search_repositories";
    const TITLE: &'static str = "Search GitHub repositories";
    const DESCRIPTION: &'static str = "Finds repositories on GitHub by words, owner, language and \
        topic. Use it to find a project's owner/repo, which the other GitHub tools take, or the \
        person's own repositories (owner \"@me\"). For one that is known call github_repository.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let limit = within("limit", args.limit, 10, (1, 50))?;
        let page = page_found(args.page, limit)?;
        let sort = args.sort.map(|sort| match sort {
            Sort::Stars => "stars",
            Sort::Forks => "forks",
            Sort::Updated => "updated",
        });
        let ask = Ask::get(["search", "repositories"])
            .with("q", words(&args)?)
            .with_some("sort", sort)
            .paged(limit, page);
        let told = self.0.told::<Found<Repo>>(caller, &ask).await?;
        let found = told.object;
        let items = found.items(limit).ok_or_else(|| Failure::from(Refusal::nonsense()))?;
        let goes_on = More::search_goes_on(page, limit, found.total_count);
        Ok(Answer {
            repositories: items.filter_map(RepoRow::of).collect(),
            total: found.total_count,
            more: More {
                incomplete: found.incomplete_results,
                without_sso_organizations: told.is_partial,
                ..More::after(page, goes_on)
            },
        })
    }
}

fn words(args: &Args) -> Result<String, ToolError> {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(args.query.as_deref().map(query::words).filter(|words| !words.is_empty()));
    parts.extend(args.owner.as_deref().map(|owner| account("user", owner)).transpose()?);
    parts.extend(args.language.as_deref().and_then(|language| quoted("language", language)));
    parts.extend(args.topic.as_deref().and_then(|topic| quoted("topic", topic)));
    fitting(&parts.join(" "))
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.repositories.is_empty() {
            return write!(f, "GitHub finds nothing. Try fewer or other words.{}", self.more);
        }
        match self.total {
            Some(total) => write!(f, "{} of {total} repositories:", self.repositories.len())?,
            None => write!(f, "{} repositories:", self.repositories.len())?,
        }
        write!(f, "{}{}", Lines(&self.repositories), self.more)
    }
}
