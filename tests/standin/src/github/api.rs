//! The REST API: the list of its calls.

use super::{
    Kind, State,
    admit::{Access, Call, enter, error, may, not_found},
    data::Repository,
    files, issues, limits, notifications, pulls, render, search,
};
use crate::http::{Asked, Reply};

/// What a call needs and takes.
struct Endpoint {
    /// The scopes of an OAuth app of which one is enough.
    scopes: &'static str,
    /// The permission of a GitHub App.
    permission: (&'static str, &'static str),
    parameters: &'static [&'static str],
    fields: &'static [&'static str],
    answer: Answer,
}

enum Answer {
    OfAll(fn(&mut State, &Call<'_>) -> Reply),
    /// The rest of the path follows the repository's.
    OfOne(fn(&mut Repository, &Call<'_>, &[&str], &str) -> Reply),
}

/// Answers a call to `path`, below the API's base.
pub(super) fn answer(state: &mut State, asked: &Asked, path: &str) -> Reply {
    let call = match enter(state, asked, path) {
        Ok(call) => call,
        Err(refusal) => return refusal,
    };
    if let Err(refusal) = limits::count(state, path) {
        return limits::tell(state, path, refusal);
    }
    let segments: Vec<_> = call.path.iter().map(String::as_str).collect();
    let rest = match segments.as_slice() {
        ["repos", _, _, rest @ ..] | ["repositories", _, rest @ ..] => Some(rest),
        _ => None,
    };
    let Some(endpoint) = endpoint(asked.method.as_str(), &segments, rest) else {
        return not_found().violating("no such call");
    };
    let reply = if let Some(odd) = call.odd_parameter(endpoint.parameters) {
        error(422, "Invalid request").violating(format!("the parameter {odd}"))
    } else if let Some(odd) = call.odd_field(endpoint.fields) {
        error(422, "Invalid request").violating(format!("the field {odd}"))
    } else {
        match endpoint.answer {
            Answer::OfAll(answer) => answer(state, &call),
            Answer::OfOne(answer) => of_one(state, &call, &segments, &endpoint, answer),
        }
    };
    let reply = limits::tell(state, path, reply);
    let (name, level) = endpoint.permission;
    match call.token.kind {
        Kind::OAuthApp => reply
            .with("x-oauth-scopes", &call.token.scopes.join(", "))
            .with("x-accepted-oauth-scopes", endpoint.scopes),
        Kind::GitHubApp => reply.with("x-accepted-github-permissions", &format!("{name}={level}")),
    }
}

fn of_one(
    state: &mut State,
    call: &Call<'_>,
    segments: &[&str],
    endpoint: &Endpoint,
    answer: fn(&mut Repository, &Call<'_>, &[&str], &str) -> Reply,
) -> Reply {
    let base = format!("{}/api", state.world.url);
    let all = &mut state.world.repositories;
    let (found, rest) = match segments {
        ["repos", owner, name, rest @ ..] => {
            let name = format!("{owner}/{name}");
            let by_old_name = |one: &Repository| one.former_names.contains(&name);
            if let Some(id) = all.iter().position(by_old_name) {
                let is_read = call.asked.method == "GET";
                let question = if call.asked.query.is_empty() { "" } else { "?" };
                let to = format!("{base}/repositories/{id}/{}", rest.join("/"));
                let to = format!("{}{question}{}", to.trim_end_matches('/'), call.asked.query);
                let moved = error(if is_read { 301 } else { 307 }, "Moved Permanently");
                return moved.with("location", &to);
            }
            (all.iter_mut().find(|one| one.full_name().eq_ignore_ascii_case(&name)), rest)
        }
        ["repositories", id, rest @ ..] => {
            (id.parse::<usize>().ok().and_then(|id| all.get_mut(id)), rest)
        }
        _ => (None, segments),
    };
    let Some(repository) = found else { return not_found() };
    let access = if call.asked.method == "GET" { Access::Read } else { Access::Write };
    let (name, level) = endpoint.permission;
    let has = state.world.permissions.get(name);
    let permitted = has.is_some_and(|has| *has == level || *has == "write") || name == "metadata";
    match may(call, repository, access, permitted) {
        Ok(()) => answer(repository, call, rest, &base),
        Err(refusal) => refusal,
    }
}

const PAGED: &[&str] = &["page", "per_page"];

const SEARCH: &[&str] = &["q", "sort", "order", "page"];
const NEWS: &[&str] = &["all", "participating", "since", "before", "page"];

fn endpoint(method: &str, path: &[&str], rest: Option<&[&str]>) -> Option<Endpoint> {
    match rest {
        None | Some(["notifications"]) => of_person(method, path),
        Some(rest) => in_repository(method, rest),
    }
}

/// What isn't about one repository, or only about the person's notifications from it.
fn of_person(method: &str, path: &[&str]) -> Option<Endpoint> {
    let read = |permission, parameters, answer| {
        let (answer, permission) = (Answer::OfAll(answer), (permission, "read"));
        Some(Endpoint { scopes: "", permission, parameters, fields: &[], answer })
    };
    let news = |parameters, fields, answer| {
        let (answer, permission) = (Answer::OfAll(answer), ("none", "read"));
        Some(Endpoint { scopes: "notifications, repo", permission, parameters, fields, answer })
    };
    match (method, path) {
        ("GET", ["user"]) => read("metadata", &[], render::user),
        ("GET", ["search", "issues"]) => read("issues", SEARCH, search::issues),
        ("GET", ["search", "repositories"]) => read("metadata", SEARCH, search::repositories),
        ("GET", ["search", "code"]) => read("contents", &["q", "page"], search::code),
        ("GET", [.., "notifications"]) => news(NEWS, &[], notifications::list),
        ("PUT", [.., "notifications"]) => {
            news(&[], &["last_read_at", "read"], notifications::mark_all)
        }
        ("PATCH", ["notifications", "threads", _]) => news(&[], &[], notifications::mark_one),
        _ => None,
    }
}

fn in_repository(method: &str, rest: &[&str]) -> Option<Endpoint> {
    let read = |permission, parameters, answer| {
        let (answer, permission) = (Answer::OfOne(answer), (permission, "read"));
        Some(Endpoint { scopes: "repo", permission, parameters, fields: &[], answer })
    };
    let change = |fields, answer| {
        let (answer, permission) = (Answer::OfOne(answer), ("issues", "write"));
        Some(Endpoint { scopes: "public_repo, repo", permission, parameters: &[], fields, answer })
    };
    match (method, rest) {
        ("GET", []) => read("metadata", &[], render::about),
        ("GET", ["readme"]) => read("contents", &["ref"], files::readme),
        ("GET", ["contents", ..]) => read("contents", &["ref"], files::contents),
        ("GET", ["commits"]) => {
            read("contents", &["sha", "path", "author", "since", "until", "page"], files::commits)
        }
        ("GET", ["releases"]) => read("contents", PAGED, files::releases),
        ("GET", ["issues", _]) => read("issues", &[], issues::one),
        ("GET", ["issues", _, "comments"]) => read("issues", &["since", "page"], issues::comments),
        ("GET", ["pulls", _]) => read("pull_requests", &[], pulls::one),
        ("GET", ["pulls", _, "reviews"]) => read("pull_requests", PAGED, pulls::reviews),
        ("GET", ["pulls", _, "files"]) => read("pull_requests", PAGED, pulls::files),
        ("GET", ["commits", _, "check-runs"]) => read("checks", PAGED, pulls::check_runs),
        ("GET", ["commits", _, "status"]) => read("statuses", PAGED, pulls::status),
        ("POST", ["issues"]) => {
            change(&["title", "body", "labels", "assignees", "milestone"], issues::create)
        }
        ("POST", ["issues", _, "comments"]) => change(&["body"], issues::comment),
        ("PATCH", ["issues", _]) => {
            change(&["title", "body", "state", "state_reason"], issues::change)
        }
        _ => None,
    }
}
