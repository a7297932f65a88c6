//! GitHub as tools for a chat assistant: who am I, notifications, issues and pull requests,
//! repositories, code.
//!
//! | set | its tools | what an OAuth app asks for |
//! |---|---|---|
//! | `core` | look at what is public, or at all that a GitHub App may see | nothing |
//! | `notifications` | list notifications | `notifications` |
//! | `write` | create, comment, close; mark notifications as read | `repo`, `notifications` |
//!
//! `core` is on by itself, the others where an operator names them: people who only sign in with GitHub
//! aren't asked to open their private repositories.
//!
//! A GitHub App's tokens have permissions instead of scopes, which GitHub alone knows. So nothing is
//! refused here for want of a scope that such a token doesn't list.
//!
//! Errors carry the shared codes of the kit and these of our own:
//!
//! | code | meaning |
//! |---|---|
//! | `app_not_permitted` | the GitHub App lacks a permission, or isn't installed there |
//! | `sso_required` | the organization wants a single sign-on first |
//! | `organization_restricted` | the organization hasn't approved this server's app |
//! | `issues_disabled` | the repository has no issues, or the issue was deleted |
//! | `empty_repository` | nothing was ever pushed there |
//! | `moved` | the repository has another name now |
//! | `blocked` | GitHub was made to take it down |

mod answer;
mod api;
mod close;
mod comment;
mod commits;
mod create_issue;
mod issue;
mod limits;
mod mark_read;
mod me;
mod model;
mod notifications;
mod place;
mod pull_diff;
mod query;
mod read_file;
mod releases;
mod repository;
mod search_code;
mod search_issues;
mod search_repositories;
mod text;

#[cfg(test)]
mod tests;

use stagepass_kit::Toolset;

use crate::api::{GitHubApi, Pace};

/// The provider's id, as connections know it.
const PROVIDER: &str = "github";

/// The GitHub tools. `http` is the host's shared client; `api_url` is the REST API's base without
/// trailing slash, e.g. `https://api.github.com`.
#[must_use]
pub fn toolset(http: reqwest::Client, api_url: &str) -> Toolset {
    toolset_at(GitHubApi::new(http, api_url, Pace::default()))
}

fn toolset_at(api: GitHubApi) -> Toolset {
    Toolset::new("github", Some(PROVIDER))
        .with(me::Me(api.clone()))
        .with(search_issues::SearchIssues(api.clone()))
        .with(issue::ReadIssue(api.clone()))
        .with(pull_diff::PullDiff(api.clone()))
        .with(search_repositories::SearchRepositories(api.clone()))
        .with(search_code::SearchCode(api.clone()))
        .with(repository::About(api.clone()))
        .with(read_file::ReadFile(api.clone()))
        .with(commits::Commits(api.clone()))
        .with(releases::Releases(api.clone()))
        .set_on_request("notifications")
        .with(notifications::Notifications(api.clone()))
        .set_on_request("write")
        .with(create_issue::CreateIssue(api.clone()))
        .with(comment::AddComment(api.clone()))
        .with(close::Close(api.clone()))
        .with(mark_read::MarkRead(api))
}
