//! What pull requests have besides being issues.

use serde_json::{Value, json};

use super::{
    admit::{Call, not_found, second},
    data::{Issue, Pull, Repository},
    issues,
    render::{UPDATED, someone},
};
use crate::http::Reply;

fn find(repository: &mut Repository, number: &str) -> Option<(Issue, Pull)> {
    let issue = issues::find(repository, number)?.clone();
    let pull = issue.pull.clone()?;
    Some((issue, pull))
}

pub(super) fn one(repository: &mut Repository, _: &Call<'_>, rest: &[&str], _: &str) -> Reply {
    let Some((issue, pull)) = find(repository, second(rest)) else { return not_found() };
    let lines = pull
        .files
        .iter()
        .fold((0, 0), |(more, less), file| (more + file.lines.0, less + file.lines.1));
    Reply::json(&json!({
        "number": issue.number,
        "state": if issue.closed.is_some() { "closed" } else { "open" },
        "title": issue.title,
        "draft": pull.draft,
        "merged": pull.merged,
        "mergeable": true,
        "mergeable_state": "blocked",
        "base": {"ref": "main", "sha": "b".repeat(40)},
        "head": {"ref": pull.head, "sha": pull.sha},
        "commits": 1,
        "additions": lines.0,
        "deletions": lines.1,
        "changed_files": pull.files.len(),
        "requested_reviewers": pull.awaited.iter().map(|login| someone(login)).collect::<Vec<_>>(),
    }))
}

pub(super) fn reviews(
    repository: &mut Repository,
    call: &Call<'_>,
    rest: &[&str],
    _: &str,
) -> Reply {
    let Some((_, pull)) = find(repository, second(rest)) else { return not_found() };
    let one = |(login, state): &(String, String)| json!({"user": someone(login), "state": state, "body": "", "submitted_at": UPDATED});
    call.page(pull.reviews.iter().map(one).collect())
}

pub(super) fn files(repository: &mut Repository, call: &Call<'_>, rest: &[&str], _: &str) -> Reply {
    let Some((_, pull)) = find(repository, second(rest)) else { return not_found() };
    let all = pull.files.iter().map(|file| {
        let mut value = json!({
            "sha": "e".repeat(40),
            "filename": file.path,
            "status": file.status,
            "additions": file.lines.0,
            "deletions": file.lines.1,
            "changes": file.lines.0 + file.lines.1,
        });
        let fields = value.as_object_mut().expect("an object");
        fields.extend(file.patch.as_ref().map(|patch| ("patch".to_owned(), json!(patch))));
        fields.extend(file.was.as_ref().map(|was| ("previous_filename".to_owned(), json!(was))));
        value
    });
    call.page(all.collect())
}

fn by_sha<'a>(repository: &'a Repository, sha: &str) -> Option<&'a Pull> {
    repository.issues.iter().filter_map(|issue| issue.pull.as_ref()).find(|pull| pull.sha == sha)
}

pub(super) fn check_runs(
    repository: &mut Repository,
    _: &Call<'_>,
    rest: &[&str],
    _: &str,
) -> Reply {
    let Some(pull) = by_sha(repository, second(rest)) else { return not_found() };
    let runs: Vec<Value> = pull
        .checks
        .iter()
        .map(|(name, conclusion)| {
            let status = if conclusion.is_some() { "completed" } else { "in_progress" };
            json!({"name": name, "status": status, "conclusion": conclusion})
        })
        .collect();
    Reply::json(&json!({"total_count": runs.len(), "check_runs": runs}))
}

pub(super) fn status(repository: &mut Repository, _: &Call<'_>, rest: &[&str], _: &str) -> Reply {
    let Some(pull) = by_sha(repository, second(rest)) else { return not_found() };
    let one = |(context, state): &(String, String)| json!({"context": context, "state": state});
    let statuses: Vec<Value> = pull.statuses.iter().map(one).collect();
    Reply::json(&json!({"state": "success", "total_count": statuses.len(), "statuses": statuses}))
}
