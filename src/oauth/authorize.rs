//! `GET /authorize` (RFC 6749 §4.1.1): checked as a whole before anything is shown or redirected.

use axum::http::StatusCode;
use maud::html;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    GrantType, OAuth,
    page::Stop,
    parameters::{Parameters, Repeated},
};
use crate::{identity::Scopes, web::layout};

/// The longest `state` of a client, in bytes. It travels through our pages and back.
const LONGEST_STATE: usize = 4096;

/// An authorization request that was checked.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) client_id: String,
    pub(super) client_name: String,
    /// Whether anybody may have made the client up.
    pub(super) by_stranger: bool,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    /// The PKCE challenge, of method S256 (RFC 7636 §4.3).
    pub(super) code_challenge: String,
    pub(super) scopes: String,
    pub(super) resource: String,
}

impl Request {
    pub(super) fn scopes(&self) -> Scopes {
        Scopes::parse(&self.scopes)
    }

    /// Where the browser goes with `answer`: always with `iss` (RFC 9207 §2) and the client's own
    /// `state`.
    pub(super) fn back(&self, issuer: &str, answer: &[(&str, &str)]) -> Option<Url> {
        back(&self.redirect_uri, self.state.as_deref(), issuer, answer)
    }
}

fn back(uri: &str, state: Option<&str>, issuer: &str, answer: &[(&str, &str)]) -> Option<Url> {
    let mut url = Url::parse(uri).ok()?;
    let mut query = url.query_pairs_mut();
    query.extend_pairs(answer);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    query.append_pair("iss", issuer);
    drop(query);
    Some(url)
}

/// Checks a request. As long as client and redirect URI aren't known to belong together, nothing is
/// redirected; from then on the client hears of what is wrong.
pub(super) async fn check(oauth: &OAuth, query: &str) -> Result<Request, Stop> {
    let read = Parameters::read(query.as_bytes());
    let read = read.map_err(|Repeated(_)| unusable("It says something twice."))?;
    let id = read.get("client_id").ok_or_else(|| unusable("It names no client."))?;
    let client = oauth.find_client(id).await?;
    let client = client.ok_or_else(|| {
        unusable(
            "This server doesn't know the app, or can't read what the app says about itself. An app \
             that was added long ago and never used may have been forgotten.",
        )
    })?;
    oauth.count("authorize", &client).map_err(Stop::TooMany)?;
    let redirect_uri = client.redirect_uri(read.get("redirect_uri")).ok_or_else(|| {
        unusable("The address that it wants you sent to isn't one that the app has registered.")
    })?;
    let state = read.get("state");
    let refused = |code: &str, why: &str| {
        let answer = [("error", code), ("error_description", why)];
        let state = state.filter(|state| state.len() <= LONGEST_STATE);
        match back(&redirect_uri, state, oauth.description().issuer(), &answer) {
            // Nobody is led away by an address that anybody may have registered (RFC 9700 §4.11.2).
            Some(url) if client.is_strangers() => odd(client.name(), why, &url),
            Some(url) => Stop::Back(url),
            None => unusable("Its redirect URI can't be used."),
        }
    };
    if let Some((code, why)) = fault(&read) {
        return Err(refused(code, why));
    }
    if !client.may_use(GrantType::AuthorizationCode) {
        return Err(refused("unauthorized_client", "This client may not ask people."));
    }
    let resource = match read.get("resource") {
        None => oauth.description().resource(None),
        Some(named) => oauth
            .description()
            .resource_named(named)
            .ok_or_else(|| refused("invalid_target", "resource isn't one of this server's."))?,
    };
    let scopes = client.scopes(read.get("scope"));
    if scopes.is_empty() {
        return Err(refused("invalid_scope", "This client may have none of these scopes."));
    }
    Ok(Request {
        client_id: client.id().to_owned(),
        client_name: client.name().to_owned(),
        by_stranger: client.is_strangers(),
        state: state.map(str::to_owned),
        code_challenge: read.get("code_challenge").unwrap_or_default().to_owned(),
        scopes: scopes.to_string(),
        redirect_uri,
        resource,
    })
}

/// What is wrong with the rest of it.
fn fault(read: &Parameters) -> Option<(&'static str, &'static str)> {
    if read.get("state").is_some_and(|state| state.len() > LONGEST_STATE) {
        return Some(("invalid_request", "state is too long."));
    }
    if read.get("request").is_some() {
        return Some(("request_not_supported", "Send the parameters one by one."));
    }
    if read.get("request_uri").is_some() {
        return Some(("request_uri_not_supported", "Send the parameters one by one."));
    }
    match read.get("response_type") {
        Some("code") => {}
        None => return Some(("invalid_request", "response_type is missing.")),
        Some(_) => return Some(("unsupported_response_type", "Only code is supported.")),
    }
    if read.get("response_mode").is_some_and(|mode| mode != "query") {
        return Some(("invalid_request", "Only response_mode query is supported."));
    }
    // RFC 7636 §4.2: 43 characters for SHA-256. Without a method it would be `plain`.
    let challenge = read.get("code_challenge").unwrap_or_default();
    let is_digest = challenge.len() == 43
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    if !is_digest || read.get("code_challenge_method") != Some("S256") {
        return Some(("invalid_request", "PKCE is required, with code_challenge_method S256."));
    }
    // Everybody is asked every time, so there is nothing to do in silence.
    if read.get("prompt") == Some("none") {
        return Some(("interaction_required", "The person has to agree."));
    }
    None
}

/// The client hears of what is wrong if the person goes there.
fn odd(name: &str, why: &str, back: &Url) -> Stop {
    let body = html! {
        p { "The app " strong { (name) } " asked for something that this server doesn't do: " (why) }
        p { "You can go back to it and let it try again." }
        p { a href=(back) { "Back to " (name) } }
    };
    let page = layout::page("This request can't be answered", &body);
    Stop::Shown(StatusCode::BAD_REQUEST, Box::new(page))
}

fn unusable(why: &'static str) -> Stop {
    Stop::page(
        StatusCode::BAD_REQUEST,
        "This request can't be used",
        format!("An app sent you here with a request that this server doesn't accept. {why}"),
        "Go back to the app, remove this server there, and add it again.",
    )
}
