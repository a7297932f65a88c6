//! Signing in and consenting: the pages of the accounts service.

use url::{Url, form_urlencoded::Serializer};

use super::{
    http::{Asked, Reply},
    pages, redirect,
    world::{App, World},
};

/// The cookie of somebody who is signed in; Spotify's own name for it.
const COOKIE: &str = "sp_dc";

/// Every scope that a Development Mode app can ask for.
const SCOPES: [&str; 19] = [
    "app-remote-control",
    "playlist-modify-private",
    "playlist-modify-public",
    "playlist-read-collaborative",
    "playlist-read-private",
    "streaming",
    "ugc-image-upload",
    "user-follow-modify",
    "user-follow-read",
    "user-library-modify",
    "user-library-read",
    "user-modify-playback-state",
    "user-read-currently-playing",
    "user-read-email",
    "user-read-playback-position",
    "user-read-playback-state",
    "user-read-private",
    "user-read-recently-played",
    "user-top-read",
];

/// A request for authorization that is in order.
#[derive(Debug)]
struct Request {
    app: App,
    redirect_uri: String,
    state: Option<String>,
    scopes: Vec<String>,
    challenge: Option<String>,
    show_dialog: bool,
}

impl Request {
    /// The address to send the person back to.
    fn back(&self, outcome: &str, value: &str) -> String {
        let mut url = Url::parse(&self.redirect_uri).expect("a registered address is one");
        url.query_pairs_mut().append_pair(outcome, value);
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        url.into()
    }
}

/// `GET /authorize`.
pub(super) fn authorize(world: &mut World, asked: &Asked) -> Reply {
    let request = match read(world, asked) {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    let Some(person) = signed_in(world, asked) else {
        let here = format!("/authorize?{}", asked.query);
        return Reply::redirect(303, &with_continue("/login", &here));
    };
    let approved = world
        .grant(&person, &request.app.client_id)
        .is_some_and(|grant| request.scopes.iter().all(|scope| grant.scopes.contains(scope)));
    if approved && !request.show_dialog {
        return send_back_with_code(world, &request, &person, 302);
    }
    let name = world.person(&person).display_name.clone();
    let here = format!("/authorize?{}", asked.query);
    let switch = with_continue("/logout", &here);
    pages::consent(&request.app.name, &request.scopes, (&person, &name), &asked.query, &switch)
}

/// `POST /authorize/decision`: Agree or Cancel.
pub(super) fn decide(world: &mut World, asked: &Asked) -> Reply {
    let Some(query) = asked.field("request") else {
        return Reply::text(400, "Invalid request").violating("a decision without its request");
    };
    let Some(person) = signed_in(world, asked) else {
        return Reply::redirect(303, &with_continue("/login", &format!("/authorize?{query}")));
    };
    // The page was made for one person; another may have signed in elsewhere meanwhile.
    if asked.field("person").as_deref() != Some(&person) {
        return Reply::redirect(303, &format!("/authorize?{query}"));
    }
    let request = match read(world, &Asked::of_query(&query)) {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    match asked.field("decision").as_deref() {
        Some("agree") => {
            world.consent(&person, &request.app.client_id, &request.scopes);
            send_back_with_code(world, &request, &person, 303)
        }
        Some("cancel") => Reply::redirect(303, &request.back("error", "access_denied")),
        _ => Reply::text(400, "Invalid request").violating("a decision that is neither"),
    }
}

fn send_back_with_code(world: &mut World, request: &Request, person: &str, status: u16) -> Reply {
    let code = world.new_code(
        person,
        &request.app.client_id,
        &request.redirect_uri,
        request.challenge.clone(),
        request.scopes.clone(),
    );
    Reply::redirect(status, &request.back("code", &code))
}

/// Checks a request; until the address to go back to is trusted, a fault is told on a page.
fn read(world: &World, asked: &Asked) -> Result<Request, Reply> {
    let refuse =
        |why: &str| pages::refusal(why).violating(format!("{why} (query: {})", asked.query));
    if let Some(name) = asked.repeated_param() {
        return Err(refuse(&format!("Duplicate parameter: {name}")));
    }
    let required = |name: &str| {
        let missing = || refuse(&format!("Missing required parameter: {name}"));
        asked.param(name).filter(|value| !value.is_empty()).ok_or_else(missing)
    };
    let client_id = required("client_id")?;
    let Some(app) = world.find_app(&client_id) else {
        return Err(refuse("INVALID_CLIENT: Invalid client"));
    };
    let redirect_uri = required("redirect_uri")?;
    if !app.redirect_uris.iter().any(|known| redirect::matches(known, &redirect_uri)) {
        return Err(refuse("INVALID_CLIENT: Invalid redirect URI"));
    }
    if required("response_type")? != "code" {
        return Err(refuse("response_type must be code"));
    }
    let request = Request {
        challenge: challenge(app, asked).map_err(refuse)?,
        app: app.clone(),
        redirect_uri,
        state: asked.param("state"),
        scopes: scopes(asked),
        show_dialog: asked.param("show_dialog").as_deref() == Some("true"),
    };
    if let Some(unknown) = request.scopes.iter().find(|scope| !SCOPES.contains(&scope.as_str())) {
        let back = Reply::redirect(302, &request.back("error", "invalid_scope"));
        return Err(back.violating(format!("unknown scope `{unknown}`")));
    }
    Ok(request)
}

fn scopes(asked: &Asked) -> Vec<String> {
    let mut scopes = Vec::<String>::new();
    for scope in asked.param("scope").unwrap_or_default().split(' ').filter(|s| !s.is_empty()) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

/// The PKCE challenge, which an app without a secret cannot do without.
fn challenge(app: &App, asked: &Asked) -> Result<Option<String>, &'static str> {
    let method = asked.param("code_challenge_method");
    let Some(challenge) = asked.param("code_challenge") else {
        return match (method, &app.client_secret) {
            (Some(_), _) => Err("code_challenge must be supplied"),
            (None, None) => Err("code_challenge must be supplied by a public client"),
            (None, Some(_)) => Ok(None),
        };
    };
    let well_formed = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    if method.as_deref() != Some("S256") {
        return Err("code_challenge_method must be S256");
    }
    // A SHA-256 in base64url is always this long.
    if challenge.len() != 43 || !challenge.chars().all(well_formed) {
        return Err("code_challenge must be a SHA-256 in base64url");
    }
    Ok(Some(challenge))
}

/// `GET /login`.
pub(super) fn login_page(world: &World, asked: &Asked) -> Reply {
    match asked.param("continue").filter(|to| is_ours(to)) {
        Some(to) => pages::login(&world.people, &to, None),
        None => pages::refusal("Nothing to continue with").violating("login without a way on"),
    }
}

/// `POST /login`.
pub(super) fn login(world: &mut World, asked: &Asked) -> Reply {
    let Some(to) = asked.field("continue").filter(|to| is_ours(to)) else {
        return pages::refusal("Nothing to continue with").violating("login without a way on");
    };
    let name = asked.field("username").unwrap_or_default();
    if !world.people.iter().any(|person| person.id == name) {
        return pages::login(&world.people, &to, Some("Incorrect username or password."));
    }
    let session = world.mint("AQ", 160);
    world.sessions.insert(session.clone(), name);
    let cookie = format!("{COOKIE}={session}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000");
    Reply::redirect(303, &to).with("set-cookie", &cookie)
}

/// `GET /logout`, behind "Not you?".
pub(super) fn logout(world: &mut World, asked: &Asked) -> Reply {
    if let Some(session) = asked.cookie(COOKIE) {
        world.sessions.remove(session);
    }
    let to = asked.param("continue").filter(|to| is_ours(to));
    let to = to.map_or_else(|| "/login".to_owned(), |to| with_continue("/login", &to));
    Reply::redirect(303, &to).with("set-cookie", &format!("{COOKIE}=; Path=/; Max-Age=0"))
}

/// `GET /account/apps`: what has access.
pub(super) fn apps_page(world: &World, asked: &Asked) -> Reply {
    let Some(person) = signed_in(world, asked) else {
        return Reply::redirect(303, &with_continue("/login", "/account/apps"));
    };
    let mine = world.grants.iter().filter(|grant| grant.person == person);
    let apps = mine.filter_map(|grant| world.find_app(&grant.app)).map(|app| app.name.clone());
    pages::apps(&apps.collect::<Vec<_>>())
}

/// `POST /account/apps`: removes access.
pub(super) fn remove_app(world: &mut World, asked: &Asked) -> Reply {
    if let Some(person) = signed_in(world, asked) {
        world.remove_apps_of(&person);
    }
    Reply::redirect(303, "/account/apps")
}

fn signed_in(world: &World, asked: &Asked) -> Option<String> {
    world.sessions.get(asked.cookie(COOKIE)?).cloned()
}

/// Only our own pages are ways on.
fn is_ours(to: &str) -> bool {
    to.starts_with("/authorize?") || to == "/account/apps"
}

fn with_continue(path: &str, to: &str) -> String {
    let query = Serializer::new(String::new()).append_pair("continue", to).finish();
    format!("{path}?{query}")
}
