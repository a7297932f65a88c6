//! Notifications: no GitHub App sees them.

use serde_json::{Value, json};

use super::{
    Kind, State,
    admit::{Call, error, not_found},
    data::Notification,
};
use crate::http::Reply;

fn enter(call: &Call<'_>) -> Result<(), Reply> {
    if call.token.kind == Kind::GitHubApp {
        return Err(error(403, "Resource not accessible by integration"));
    }
    if !call.has_scope(&["notifications", "repo"]) {
        return Err(error(403, "Missing the 'notifications' scope."));
    }
    Ok(())
}

/// The repository that the path names, if it does.
fn repository(call: &Call<'_>) -> Option<String> {
    match call.path.as_slice() {
        [first, owner, name, ..] if first == "repos" => Some(format!("{owner}/{name}")),
        _ => None,
    }
}

pub(super) fn list(state: &mut State, call: &Call<'_>) -> Reply {
    if let Err(refusal) = enter(call) {
        return refusal;
    }
    let is_set = |name| call.asked.param(name).as_deref() == Some("true");
    let (all, participating, repository) =
        (is_set("all"), is_set("participating"), repository(call));
    let is_wanted = |one: &&Notification| {
        call.login == "alice"
            && (all || one.unread)
            && (!participating || one.reason != "subscribed")
            && repository.as_ref().is_none_or(|name| one.repository == *name)
    };
    let base = format!("{}/api", state.world.url);
    let wanted = state.world.notifications.iter().filter(is_wanted);
    call.page(wanted.map(|one| shown(one, &base)).collect())
}

fn shown(one: &Notification, base: &str) -> Value {
    let kind = if one.kind == "PullRequest" { "pulls" } else { "issues" };
    let url = one.number.map(|number| format!("{base}/repos/{}/{kind}/{number}", one.repository));
    json!({
        "id": one.id,
        "unread": one.unread,
        "reason": one.reason,
        "updated_at": one.updated_at,
        "subject": {"title": one.title, "url": url, "type": one.kind},
        "repository": {"full_name": one.repository},
    })
}

pub(super) fn mark_one(state: &mut State, call: &Call<'_>) -> Reply {
    if let Err(refusal) = enter(call) {
        return refusal;
    }
    let id = call.path.last().cloned().unwrap_or_default();
    match state.world.notifications.iter_mut().find(|one| one.id == id) {
        Some(one) if one.unread => {
            one.unread = false;
            Reply::empty(205)
        }
        Some(_) => Reply::empty(304),
        None => not_found(),
    }
}

pub(super) fn mark_all(state: &mut State, call: &Call<'_>) -> Reply {
    if let Err(refusal) = enter(call) {
        return refusal;
    }
    let repository = repository(call);
    let until = call.body.get("last_read_at").and_then(Value::as_str).unwrap_or("9");
    for one in &mut state.world.notifications {
        let is_meant = repository.as_ref().is_none_or(|name| one.repository == *name);
        if is_meant && one.updated_at.as_str() <= until {
            one.unread = false;
        }
    }
    let why = "Notifications couldn't be marked in a single request. Notifications are being marked \
               asynchronously.";
    error(202, why)
}
