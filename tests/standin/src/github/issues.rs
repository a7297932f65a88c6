//! Issues: read, made, talked about, closed.

use serde_json::{Value, json};

use super::{
    admit::{Call, error, invalid, not_found, second},
    data::{Comment, Issue, Repository},
    render::{self, CREATED, someone},
};
use crate::http::Reply;

pub(super) fn find<'a>(repository: &'a mut Repository, number: &str) -> Option<&'a mut Issue> {
    let number: u64 = number.parse().ok()?;
    repository.issues.iter_mut().find(|issue| issue.number == number)
}

pub(super) fn one(repository: &mut Repository, _: &Call<'_>, rest: &[&str], base: &str) -> Reply {
    if let Some(refusal) = disabled(repository) {
        return refusal;
    }
    let Some(issue) = find(repository, second(rest)).cloned() else { return not_found() };
    Reply::json(&render::issue(repository, &issue, base))
}

fn disabled(repository: &Repository) -> Option<Reply> {
    (!repository.has_issues).then(|| error(410, "Issues are disabled for this repo"))
}

pub(super) fn comments(
    repository: &mut Repository,
    call: &Call<'_>,
    rest: &[&str],
    _: &str,
) -> Reply {
    if let Some(refusal) = disabled(repository) {
        return refusal;
    }
    let Some(issue) = find(repository, second(rest)).cloned() else { return not_found() };
    let all = issue.comments.iter().enumerate();
    call.page(all.map(|(id, comment)| said(repository, &issue, comment, id)).collect())
}

fn said(repository: &Repository, issue: &Issue, comment: &Comment, id: usize) -> Value {
    let name = repository.full_name();
    let is_member = repository.members.contains(&comment.author);
    json!({
        "id": 9_000 + id,
        "html_url": format!("https://github.com/{name}/issues/{}#issuecomment-{}", issue.number, 9_000 + id),
        "user": someone(&comment.author),
        "created_at": CREATED,
        "updated_at": CREATED,
        "author_association": if is_member { "MEMBER" } else { "NONE" },
        "body": comment.body,
    })
}

fn text<'a>(call: &'a Call<'_>, name: &str, most: usize) -> Result<&'a str, Reply> {
    let text = call.body.get(name).and_then(Value::as_str).map(str::trim).unwrap_or_default();
    match text.chars().count() {
        0 => Err(invalid("Issue", name, "missing_field")),
        length if length > most => Err(invalid("Issue", name, "too_long")),
        _ => Ok(text),
    }
}

fn names(call: &Call<'_>, name: &str) -> Vec<String> {
    let all = call.body.get(name).and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|one| one.as_str().map(str::to_owned)).collect()
}

pub(super) fn create(
    repository: &mut Repository,
    call: &Call<'_>,
    _: &[&str],
    base: &str,
) -> Reply {
    if let Some(refusal) = disabled(repository) {
        return refusal;
    }
    let title = match text(call, "title", 256) {
        Ok(title) => title.to_owned(),
        Err(refusal) => return refusal,
    };
    // Whoever may not label or assign isn't told that it was left out.
    let is_member = repository.members.contains(&call.login);
    let (labels, assignees) = (names(call, "labels"), names(call, "assignees"));
    if is_member && assignees.iter().any(|login| !repository.members.contains(login)) {
        return invalid("Issue", "assignees", "invalid");
    }
    let number = repository.issues.iter().map(|issue| issue.number).max().unwrap_or_default() + 1;
    let issue = Issue {
        number,
        title,
        body: call.body.get("body").and_then(Value::as_str).map(str::to_owned),
        author: call.login.clone(),
        labels: if is_member { labels } else { Vec::new() },
        assignees: if is_member { assignees } else { Vec::new() },
        ..Issue::default()
    };
    let told = render::issue(repository, &issue, base);
    repository.issues.push(issue);
    Reply::json(&told).with_status(201)
}

pub(super) fn comment(
    repository: &mut Repository,
    call: &Call<'_>,
    rest: &[&str],
    _: &str,
) -> Reply {
    let body = match text(call, "body", 65_536) {
        Ok(body) => body.to_owned(),
        Err(refusal) => return refusal,
    };
    let is_member = repository.members.contains(&call.login);
    let comment = Comment::new(&call.login, &body);
    let Some(issue) = find(repository, second(rest)) else { return not_found() };
    if issue.locked && !is_member {
        return error(403, "Unable to create comment because issue is locked.");
    }
    issue.comments.push(comment.clone());
    let (issue, id) = (issue.clone(), issue.comments.len() - 1);
    Reply::json(&said(repository, &issue, &comment, id)).with_status(201)
}

pub(super) fn change(
    repository: &mut Repository,
    call: &Call<'_>,
    rest: &[&str],
    base: &str,
) -> Reply {
    let is_member = repository.members.contains(&call.login);
    let word = |name| call.body.get(name).and_then(Value::as_str);
    let (state, reason) = (word("state"), word("state_reason"));
    let Some(issue) = find(repository, second(rest)) else { return not_found() };
    if !is_member && issue.author != call.login {
        return error(403, "Must have admin rights to Repository.");
    }
    if issue.pull.as_ref().is_some_and(|pull| pull.merged) && state == Some("open") {
        return invalid("Issue", "state", "invalid");
    }
    if issue.pull.is_some() && reason.is_some() {
        return invalid("Issue", "state_reason", "invalid");
    }
    let known = ["completed", "not_planned", "duplicate", "reopened"];
    if reason.is_some_and(|reason| !known.contains(&reason)) {
        return invalid("Issue", "state_reason", "invalid");
    }
    match state {
        Some("closed") => {
            let usual = issue.pull.is_none().then(|| "completed".to_owned());
            issue.closed = Some(reason.map(str::to_owned).or(usual));
        }
        Some("open") => issue.closed = None,
        None => {}
        Some(_) => return invalid("Issue", "state", "invalid"),
    }
    let issue = issue.clone();
    Reply::json(&render::issue(repository, &issue, base))
}
