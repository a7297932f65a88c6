//! An authorization request, read strictly.

use axum::http::Method;
use url::Url;

use super::{Accounts, page};
use crate::http::{Asked, Reply};

/// An authorization request whose way back can be trusted.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) challenge: Option<String>,
    pub(crate) nonce: Option<String>,
    /// What the answer carries as `iss`.
    issuer: Option<String>,
}

impl Request {
    /// Sends the browser back, with the state, the issuer and these parameters.
    pub(crate) fn back(&self, params: &[(&str, &str)]) -> Reply {
        let mut url = Url::parse(&self.redirect_uri).expect("a registered address is one");
        let state = self.state.iter().map(|state| ("state", state));
        let issuer = self.issuer.iter().map(|issuer| ("iss", issuer));
        url.query_pairs_mut().extend_pairs(params).extend_pairs(state.chain(issuer));
        Reply::redirect(303, url.as_str())
    }

    /// Sends the browser back with an error, which is our client's fault.
    pub(crate) fn refuse(&self, error: &str, why: &str) -> Reply {
        self.back(&[("error", error), ("error_description", why)]).violating(why)
    }
}

/// What became of the sign-in page.
pub(crate) enum Decided {
    /// This is to be shown or followed.
    Answer(Reply),
    /// This person agreed.
    Agreed(Request, String),
}

impl Accounts {
    /// The sign-in page (`GET`) and the press of its buttons (`POST`), for a request that is in
    /// order and that `check` has nothing against.
    pub(crate) fn authorize(
        &self,
        asked: &Asked,
        check: fn(&Request) -> Result<(), Reply>,
    ) -> Decided {
        let pressed = asked.method == Method::POST;
        let query = if pressed { asked.field("request") } else { Some(asked.query.clone()) };
        let request = query.as_deref().map(|query| self.read(query));
        let request = request.unwrap_or_else(|| Err(refused("a decision without its request")));
        let request = match request.and_then(|request| check(&request).map(|()| request)) {
            Ok(request) => request,
            Err(refusal) => return Decided::Answer(refusal),
        };
        let person = asked.field("person").unwrap_or_default();
        let known = self.people.iter().any(|known| known.id == person);
        match asked.field("decision").as_deref() {
            Some("agree") if pressed && known => Decided::Agreed(request, person),
            Some("cancel") if pressed => {
                Decided::Answer(request.back(&[("error", "access_denied")]))
            }
            _ => Decided::Answer(page::sign_in(&self.people, &query.unwrap_or_default())),
        }
    }

    /// Until the address to go back to is trusted, a fault is told on a page.
    fn read(&self, query: &str) -> Result<Request, Reply> {
        let asked = Asked::of_query(query);
        if let Some(name) = asked.repeated_param() {
            return Err(refused(&format!("the parameter {name} comes twice")));
        }
        if asked.param("client_id").as_ref() != Some(&self.client_id) {
            return Err(refused("unknown client_id"));
        }
        let redirect_uri = asked.param("redirect_uri").unwrap_or_default();
        if !self.redirect_uris.contains(&redirect_uri) {
            return Err(refused(&format!("the redirect_uri {redirect_uri} isn't registered")));
        }
        let request = Request {
            redirect_uri,
            state: asked.param("state"),
            scopes: asked
                .param("scope")
                .unwrap_or_default()
                .split_whitespace()
                .map(str::to_owned)
                .collect(),
            challenge: asked.param("code_challenge"),
            nonce: asked.param("nonce"),
            issuer: self.issuer.clone(),
        };
        if asked.param("response_type").as_deref() != Some("code") {
            return Err(request.refuse("unsupported_response_type", "response_type must be code"));
        }
        // A SHA-256 in base64url is always this long.
        let hashed = asked.param("code_challenge_method").as_deref() == Some("S256");
        let fits = request.challenge.as_ref().is_none_or(|challenge| challenge.len() == 43);
        if fits && hashed == request.challenge.is_some() {
            Ok(request)
        } else {
            Err(request.refuse("invalid_request", "code_challenge must be S256"))
        }
    }
}

fn refused(why: &str) -> Reply {
    page::refusal(why).violating(why)
}
