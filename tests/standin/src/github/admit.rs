//! Who may call what.

use serde_json::{Value, json};

use super::{Kind, State, data::Repository, world::Token};
use crate::http::{Asked, Reply};

/// A call that was let in.
pub(super) struct Call<'a> {
    pub(super) asked: &'a Asked,
    /// The path's segments below the API's base.
    pub(super) path: Vec<String>,
    pub(super) login: String,
    pub(super) token: Token,
    /// The body; null when there is none.
    pub(super) body: Value,
}

/// An error in the shape of the API.
pub(super) fn error(status: u16, message: &str) -> Reply {
    let body = json!({"message": message, "documentation_url": "https://docs.github.com/rest"});
    Reply::new(status, "application/json; charset=utf-8", body.to_string())
}

/// A complaint about a field.
pub(super) fn invalid(resource: &str, field: &str, code: &str) -> Reply {
    let body = json!({
        "message": "Validation Failed",
        "errors": [{"resource": resource, "field": field, "code": code}],
        "documentation_url": "https://docs.github.com/rest",
    });
    Reply::new(422, "application/json; charset=utf-8", body.to_string())
}

pub(super) fn not_found() -> Reply {
    error(404, "Not Found")
}

const RESTRICTED: &str = "Although you appear to have the correct authorization credentials, the \
    `octo` organization has enabled OAuth App access restrictions, meaning that data access to \
    third-parties is limited.";
const SAML: &str = "Resource protected by organization SAML enforcement. You must grant your OAuth \
    token access to this organization.";
const SSO: &str =
    "required; url=https://github.com/orgs/octo/sso?authorization_request=AZSCKtL4U8yX1H3sCQI";

/// What a call does to a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read,
    Write,
}

/// Lets the call in, or says why not.
pub(super) fn enter<'a>(state: &State, asked: &'a Asked, path: &str) -> Result<Call<'a>, Reply> {
    if !asked.headers.contains_key("user-agent") {
        let why = "Request forbidden by administrative rules. Please make sure your request has a \
                   User-Agent header.";
        return Err(Reply::text(403, why).violating("no User-Agent"));
    }
    let bearer = asked.bearer().unwrap_or_default();
    let person = state.accounts.owner_of(bearer);
    let token = state.world.token(bearer).cloned();
    let now = state.accounts.now();
    let lives = |token: &Token| token.expires_at.is_none_or(|end| end > now);
    let (Some(person), Some(token)) = (person, token.filter(lives)) else {
        return Err(error(401, "Bad credentials"));
    };
    let text = |name| asked.headers.get(name).and_then(|value| value.to_str().ok());
    // Who signs somebody in asks for the profile before it knows what kind of API this is.
    let is_profile = path == "/user";
    match text("x-github-api-version") {
        Some("2022-11-28") => {}
        None if is_profile => {}
        other => {
            return Err(error(400, "Unsupported version").violating(format!("version {other:?}")));
        }
    }
    let accept = text("accept").unwrap_or_default();
    if !is_profile && !accept.starts_with("application/vnd.github") {
        return Err(error(415, "Unsupported 'Accept' header").violating("not the API's media type"));
    }
    if let Some(name) = asked.repeated_param() {
        return Err(error(400, "Bad Request").violating(format!("{name} comes twice")));
    }
    let body = match asked.body.as_ref() {
        [] => Value::Null,
        _ if !asked.is_type("application/json") => {
            return Err(error(415, "Unsupported Media Type").violating("a body not in JSON"));
        }
        body => serde_json::from_slice(body)
            .map_err(|_| error(400, "Problems parsing JSON").violating("a body not in JSON"))?,
    };
    let decode = |part: &str| {
        let pair = format!("{}=", part.replace('+', "%2B"));
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned())
    };
    let path = path.split('/').skip(1).filter_map(decode).collect();
    Ok(Call { asked, path, login: person.id, token, body })
}

impl Call<'_> {
    pub(super) fn has_scope(&self, wanted: &[&str]) -> bool {
        self.token.scopes.iter().any(|scope| wanted.contains(&scope.as_str()))
    }

    /// A parameter that is a number, as far as GitHub takes it.
    pub(super) fn number(&self, name: &str, usual: usize) -> usize {
        self.asked.param(name).and_then(|value| value.parse().ok()).unwrap_or(usual)
    }

    /// The parameters that aren't known here, or not in range.
    pub(super) fn odd_parameter(&self, known: &[&str]) -> Option<String> {
        let pairs = url::form_urlencoded::parse(self.asked.query.as_bytes());
        let mut names = pairs.map(|(name, _)| name.into_owned());
        let unknown = names.find(|name| {
            let of_page = name == "per_page" && known.contains(&"page");
            !known.contains(&name.as_str()) && !of_page
        });
        let pages = (1..=100).contains(&self.number("per_page", 30)) && self.number("page", 1) > 0;
        unknown.or_else(|| (!pages).then(|| "a page out of range".to_owned()))
    }

    /// The fields of the body that aren't known here.
    pub(super) fn odd_field(&self, known: &[&str]) -> Option<String> {
        let fields = self.body.as_object().into_iter().flatten();
        fields.map(|(name, _)| name.clone()).find(|name| !known.contains(&name.as_str()))
    }

    /// One page of `all`, and whether another one follows.
    pub(super) fn page(&self, all: Vec<Value>) -> Reply {
        let (size, page) = (self.number("per_page", 30), self.number("page", 1));
        let goes_on = all.len() > page * size;
        let items: Vec<_> = all.into_iter().skip((page - 1) * size).take(size).collect();
        let reply = Reply::json(&Value::Array(items));
        let to = |page, rel| format!("<https://api.github.com/x?page={page}>; rel=\"{rel}\"");
        let back = (page > 1).then(|| [to(page - 1, "prev"), to(1, "first")]);
        let on = goes_on.then(|| [to(page + 1, "next"), to(99, "last")]);
        match [back, on].into_iter().flatten().flatten().collect::<Vec<_>>() {
            links if links.is_empty() => reply,
            links => reply.with("link", &links.join(", ")),
        }
    }
}

/// The second segment of a path within a repository: a number, a commit.
pub(super) fn second<'a>(rest: &[&'a str]) -> &'a str {
    rest.get(1).copied().unwrap_or_default()
}

/// Whether this call may do that to that repository.
pub(super) fn may(
    call: &Call<'_>,
    repository: &Repository,
    access: Access,
    permitted: bool,
) -> Result<(), Reply> {
    let is_app = call.token.kind == Kind::GitHubApp;
    let is_member = repository.members.contains(&call.login);
    if repository.private && (!is_member || (is_app && repository.without_app)) {
        return Err(not_found());
    }
    if repository.blocked {
        return Err(error(451, "Repository access blocked"));
    }
    if repository.wants_sso && !is_app {
        return Err(error(403, SAML).with("x-github-sso", SSO));
    }
    if repository.restricts_apps && !is_app {
        return Err(error(403, RESTRICTED));
    }
    let enough: &[&str] = if repository.private { &["repo"] } else { &["repo", "public_repo"] };
    let needs_scope = repository.private || access == Access::Write;
    if !is_app && needs_scope && !call.has_scope(enough) {
        return Err(not_found());
    }
    let needs_permission = repository.private || access == Access::Write;
    if is_app && needs_permission && (!permitted || repository.without_app) {
        return Err(error(403, "Resource not accessible by integration"));
    }
    if access == Access::Write && repository.archived {
        return Err(error(403, "Repository was archived so is read-only."));
    }
    Ok(())
}
