//! Searching: words and qualifiers.

use serde_json::{Value, json};

use super::{
    Kind, State,
    admit::{Access, Call, error, may},
    data::{Issue, Repository},
    render,
};
use crate::http::Reply;

/// The most results that anybody sees.
const MOST: usize = 1_000;

/// A query, taken apart.
#[derive(Debug, Default)]
struct Query {
    words: Vec<String>,
    qualifiers: Vec<(String, String)>,
}

impl Query {
    fn of(call: &Call<'_>) -> Result<Self, Reply> {
        let q = call.asked.param("q").unwrap_or_default();
        if q.trim().is_empty() {
            return Err(error(422, "Validation Failed").violating("an empty search"));
        }
        let (size, page) = (call.number("per_page", 30), call.number("page", 1));
        if (page - 1) * size >= MOST {
            let why = "Only the first 1000 search results are available";
            return Err(error(422, why).violating("a page beyond the last"));
        }
        let mut query = Self::default();
        for part in parts(&q) {
            match part.split_once(':') {
                Some((name, value)) => {
                    query.qualifiers.push((name.to_owned(), value.to_lowercase()));
                }
                None => query.words.push(part.to_lowercase()),
            }
        }
        Ok(query)
    }

    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.qualifiers
            .iter()
            .filter(move |(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|known| known == value)
    }

    /// Whether everything that is asked by this name is true.
    fn allows(&self, name: &str, is_so: impl Fn(&str) -> bool) -> bool {
        self.all(name).all(is_so)
    }

    fn is_in(&self, repository: &Repository, call: &Call<'_>) -> bool {
        self.allows("repo", |name| repository.full_name().eq_ignore_ascii_case(name))
            && self.allows("user", |name| repository.owner == me(name, call))
    }
}

fn me<'a>(name: &'a str, call: &'a Call<'_>) -> &'a str {
    if name == "@me" { &call.login } else { name }
}

/// Splits at blanks outside quotation marks, which are dropped.
fn parts(q: &str) -> Vec<String> {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for c in q.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => parts.push(String::new()),
            c => parts.last_mut().expect("one part at least").push(c),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn found(state: &State, call: &Call<'_>, all: Vec<Value>) -> Reply {
    let (size, page) = (call.number("per_page", 30), call.number("page", 1));
    let total = all.len();
    let items: Vec<_> = all.into_iter().skip((page - 1) * size).take(size).collect();
    let incomplete = state.world.incomplete;
    let partial = state.world.repositories.iter().any(|repository| repository.wants_sso);
    let reply = Reply::json(
        &json!({"total_count": total, "incomplete_results": incomplete, "items": items}),
    );
    if partial {
        reply.with("x-github-sso", "partial-results; organizations=21955855")
    } else {
        reply
    }
}

fn seen<'a>(state: &'a State, call: &'a Call<'_>) -> impl Iterator<Item = &'a Repository> {
    state.world.repositories.iter().filter(|one| may(call, one, Access::Read, true).is_ok())
}

pub(super) fn issues(state: &mut State, call: &Call<'_>) -> Reply {
    let query = match Query::of(call) {
        Ok(query) => query,
        Err(refusal) => return refusal,
    };
    let (issues, pulls) = (query.has("is", "issue"), query.has("is", "pull-request"));
    if call.token.kind == Kind::GitHubApp && issues == pulls {
        return error(422, "Query must include 'is:issue' or 'is:pull-request'");
    }
    let base = format!("{}/api", state.world.url);
    let mut all = Vec::new();
    for repository in seen(state, call).filter(|repository| query.is_in(repository, call)) {
        let wanted = repository.issues.iter().filter(|issue| fits(&query, issue, call));
        let wanted = wanted
            .filter(|issue| (!issues || issue.pull.is_none()) && (!pulls || issue.pull.is_some()));
        all.extend(wanted.map(|issue| render::issue(repository, issue, &base)));
    }
    found(state, call, all)
}

fn fits(query: &Query, issue: &Issue, call: &Call<'_>) -> bool {
    let text = format!("{} {}", issue.title, issue.body.as_deref().unwrap_or_default());
    let text = text.to_lowercase();
    let is = |state: &str| match state {
        "open" => issue.closed.is_none(),
        "closed" => issue.closed.is_some(),
        "merged" => issue.pull.as_ref().is_some_and(|pull| pull.merged),
        _ => true,
    };
    let involves = |who: &str| {
        issue.author == who
            || issue.assignees.iter().any(|login| login == who)
            || issue.comments.iter().any(|comment| comment.author == who)
    };
    let awaits = |who: &str| {
        issue.pull.as_ref().is_some_and(|pull| pull.awaited.iter().any(|login| login == who))
    };
    query.words.iter().all(|word| text.contains(word))
        && query.allows("is", is)
        && query.allows("author", |who| issue.author == me(who, call))
        && query.allows("assignee", |who| issue.assignees.iter().any(|one| one == me(who, call)))
        && query.allows("involves", |who| involves(me(who, call)))
        && query.allows("review-requested", |who| awaits(me(who, call)))
        && query.allows("label", |label| issue.labels.iter().any(|one| one.to_lowercase() == label))
}

pub(super) fn repositories(state: &mut State, call: &Call<'_>) -> Reply {
    let query = match Query::of(call) {
        Ok(query) => query,
        Err(refusal) => return refusal,
    };
    let base = format!("{}/api", state.world.url);
    let fits = |repository: &&Repository| {
        let about = repository.description.as_deref().unwrap_or_default();
        let text = format!("{} {about}", repository.full_name()).to_lowercase();
        let language = repository.language.as_deref().unwrap_or_default().to_lowercase();
        query.words.iter().all(|word| text.contains(word))
            && query.is_in(repository, call)
            && query.allows("language", |wanted| language == wanted)
            && query.allows("topic", |wanted| repository.topics.iter().any(|one| one == wanted))
    };
    let all = seen(state, call).filter(fits).map(|one| render::repository(one, &base)).collect();
    found(state, call, all)
}

pub(super) fn code(state: &mut State, call: &Call<'_>) -> Reply {
    let query = match Query::of(call) {
        Ok(query) => query,
        Err(refusal) => return refusal,
    };
    if query.words.is_empty() {
        return error(422, "Validation Failed").violating("a code search without words");
    }
    let with_matches = call.asked.headers.get("accept").and_then(|value| value.to_str().ok())
        == Some("application/vnd.github.text-match+json");
    let mut all = Vec::new();
    for repository in seen(state, call).filter(|repository| query.is_in(repository, call)) {
        for (path, content) in &repository.files {
            let text = String::from_utf8_lossy(content);
            let name = path.rsplit('/').next().unwrap_or_default();
            let is_wanted = query.words.iter().all(|word| text.to_lowercase().contains(word))
                && query.allows("path", |wanted| path.starts_with(wanted))
                && query.allows("filename", |wanted| name == wanted);
            if is_wanted {
                let is_match =
                    |line: &&str| query.words.iter().any(|word| line.to_lowercase().contains(word));
                let line = text.lines().find(is_match);
                let matches = json!([{"fragment": line, "property": "content"}]);
                all.push(json!({
                    "name": name,
                    "path": path,
                    "repository": {"full_name": repository.full_name()},
                    "text_matches": if with_matches { matches } else { Value::Null },
                }));
            }
        }
    }
    found(state, call, all)
}
