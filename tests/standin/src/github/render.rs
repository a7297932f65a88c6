//! How things look in JSON.

use serde_json::{Value, json};

use super::{
    State,
    admit::Call,
    data::{Issue, Repository},
};
use crate::http::Reply;

pub(super) const CREATED: &str = "2026-11-01T10:00:00Z";
pub(super) const UPDATED: &str = "2026-11-20T08:15:00Z";

pub(super) fn someone(login: &str) -> Value {
    json!({"login": login, "id": login.len(), "type": "User", "site_admin": false})
}

/// The id is a number, and the address is one that the person chose to show.
pub(super) fn user(state: &mut State, call: &Call<'_>) -> Reply {
    let person = state.accounts.person(&call.login);
    Reply::json(&json!({
        "login": person.id,
        "id": person.subject.parse::<u64>().expect("digits"),
        "node_id": "MDQ6VXNlcjE=",
        "type": "User",
        "name": person.name,
        "email": person.email,
        "company": null,
        "bio": "Lights lamps",
        "html_url": format!("https://github.com/{}", person.id),
        "public_repos": 2,
        "followers": 20,
        "created_at": "2011-01-25T18:44:36Z",
    }))
}

pub(super) fn about(repository: &mut Repository, _: &Call<'_>, _: &[&str], base: &str) -> Reply {
    Reply::json(&self::repository(repository, base))
}

pub(super) fn repository(repository: &Repository, base: &str) -> Value {
    let name = repository.full_name();
    let license = json!({"key": "mit", "name": "MIT License", "spdx_id": "MIT"});
    json!({
        "id": 1_296_269,
        "name": repository.name,
        "full_name": name,
        "owner": someone(&repository.owner),
        "private": repository.private,
        "visibility": if repository.private { "private" } else { "public" },
        "html_url": format!("https://github.com/{name}"),
        "url": format!("{base}/repos/{name}"),
        "description": repository.description,
        "fork": false,
        "archived": repository.archived,
        "has_issues": repository.has_issues,
        "homepage": null,
        "language": repository.language,
        "license": if repository.private { Value::Null } else { license },
        "topics": repository.topics,
        "stargazers_count": repository.stars,
        "forks_count": 9,
        "open_issues_count": repository.issues.iter().filter(|one| one.closed.is_none()).count(),
        "default_branch": "main",
        "pushed_at": UPDATED,
    })
}

pub(super) fn issue(repository: &Repository, issue: &Issue, base: &str) -> Value {
    let name = repository.full_name();
    let kind = if issue.pull.is_some() { "pull" } else { "issues" };
    let association = |who: &String| {
        if repository.members.contains(who) { "MEMBER" } else { "NONE" }
    };
    let mut value = json!({
        "url": format!("{base}/repos/{name}/issues/{}", issue.number),
        "repository_url": format!("{base}/repos/{name}"),
        "html_url": format!("https://github.com/{name}/{kind}/{}", issue.number),
        "number": issue.number,
        "title": issue.title,
        "user": someone(&issue.author),
        "labels": issue.labels.iter().map(|name| json!({"name": name, "color": "f29513"})).collect::<Vec<_>>(),
        "state": if issue.closed.is_some() { "closed" } else { "open" },
        "state_reason": issue.closed.clone().flatten(),
        "locked": issue.locked,
        "assignees": issue.assignees.iter().map(|login| someone(login)).collect::<Vec<_>>(),
        "milestone": null,
        "comments": issue.comments.len(),
        "created_at": CREATED,
        "updated_at": UPDATED,
        "closed_at": issue.closed.as_ref().map(|_| UPDATED),
        "author_association": association(&issue.author),
        "body": issue.body,
    });
    if let (Some(pull), Some(fields)) = (&issue.pull, value.as_object_mut()) {
        fields.insert("draft".into(), pull.draft.into());
        let merged_at = if pull.merged { json!(UPDATED) } else { Value::Null };
        let url = format!("{base}/repos/{name}/pulls/{}", issue.number);
        fields.insert("pull_request".into(), json!({"url": url, "merged_at": merged_at}));
    }
    value
}
