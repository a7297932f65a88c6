//! `github_me`: whose account it is, and what it may do here.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{
    Caller, Effect, Tool, ToolError,
    text::{clean, dotted},
};

use crate::{
    api::{Ask, Failure, GitHubApi, Refusal},
    model,
    text::day,
};

/// The tool.
pub(crate) struct Me(pub(crate) GitHubApi);

/// Nothing to choose.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {}

/// The account.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The account's name on GitHub.
    login: String,
    /// The name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What they say of themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    bio: Option<String>,
    /// Where they work, as they say.
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// Their page.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// How many public repositories they own.
    #[serde(skip_serializing_if = "Option::is_none")]
    public_repositories: Option<u64>,
    /// How many people follow them.
    #[serde(skip_serializing_if = "Option::is_none")]
    followers: Option<u64>,
    /// The day they joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    joined: Option<String>,
    /// The scopes that this connection has; missing for a GitHub App, which has permissions that
    /// differ from repository to repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
}

impl Tool for Me {
    const NAME: &'static str = "github_me";
    const TITLE: &'static str = "My GitHub account";
    const DESCRIPTION: &'static str = "Says which GitHub account is connected, and what the \
        connection may do. For the person's own issues and pull requests call \
        github_search_issues with `involves` or `assignee` \"@me\"; no name is needed for that.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, _: Args) -> Result<Answer, ToolError> {
        let told = self.0.told::<model::Me>(caller, &Ask::get(["user"])).await?;
        let me = told.object;
        let text =
            |text: Option<String>| text.as_deref().map(clean).filter(|text| !text.is_empty());
        let login = text(me.login).ok_or_else(|| Failure::from(Refusal::nonsense()))?;
        let scopes = told.scopes.filter(|scopes| !scopes.is_empty());
        Ok(Answer {
            login,
            name: text(me.name),
            bio: text(me.bio),
            company: text(me.company),
            url: text(me.html_url),
            public_repositories: me.public_repos,
            followers: me.followers,
            joined: day(me.created_at.as_ref()),
            scopes: scopes.map(|all| all.iter().map(|scope| clean(scope)).collect()),
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dotted([
            Some(self.login.clone()),
            self.name.clone(),
            self.bio.clone(),
            self.company.clone(),
            self.public_repositories.map(|number| format!("{number} public repositories")),
            self.followers.map(|number| format!("{number} followers")),
            self.joined.as_ref().map(|day| format!("since {day}")),
            self.url.clone(),
        ]))?;
        match &self.scopes {
            Some(scopes) => write!(f, "\nConnected with: {}.", scopes.join(", ")),
            None => f.write_str(
                "\nConnected without scopes: it sees what is public, or what a GitHub App was \
                 permitted.",
            ),
        }
    }
}
