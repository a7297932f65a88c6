//! The stand-in GitHub: an OAuth app's sign-in and the one API call that tells who it was.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use axum::http::header;
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::{
    Browser, Page,
    accounts::{Accounts, CLIENT_ID, CLIENT_SECRET, Decided, Person, Server, press},
    http::{Asked, Reply},
};

/// A running stand-in; it stops when this value is dropped.
#[derive(Debug)]
pub struct GitHub(Server<Accounts>);

impl GitHub {
    /// Starts on a free loopback port.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start() -> Self {
        Self(Server::start(|_| Accounts::default(), answer).await)
    }

    /// What an operator sets to use it as the provider `github`: variables, by name.
    #[must_use]
    pub fn variables(&self) -> HashMap<String, String> {
        let url = &self.0.url;
        [
            ("CLIENT_ID", CLIENT_ID.to_owned()),
            ("CLIENT_SECRET", CLIENT_SECRET.to_owned()),
            ("AUTHORIZE_URL", format!("{url}/login/oauth/authorize")),
            ("TOKEN_URL", format!("{url}/login/oauth/access_token")),
            ("API_URL", format!("{url}/api")),
        ]
        .map(|(key, value)| (format!("STAGEPASS_PROVIDER__GITHUB__{key}"), value))
        .into()
    }

    /// Allows to send people back to exactly this address.
    pub fn register(&self, redirect_uri: &str) {
        self.0.with(|accounts| accounts.redirect_uris.push(redirect_uri.to_owned()));
    }

    /// Looks at or changes a person. Do not call the stand-in from inside.
    ///
    /// # Panics
    /// When there is nobody with this id.
    pub fn person<R>(&self, id: &str, change: impl FnOnce(&mut Person) -> R) -> R {
        self.0.with(|accounts| change(accounts.person(id)))
    }

    /// What the real GitHub would have found malformed, or unknown; empty after a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.0.with(|accounts| accounts.violations.clone())
    }

    /// Every code, token, verifier and client secret so far, for leak checks.
    #[must_use]
    pub fn secrets(&self) -> Vec<String> {
        self.0.with(|accounts| accounts.all_secrets())
    }

    /// From the sign-in page on: signs in as `who` and goes on to where that leads.
    ///
    /// # Panics
    /// When it isn't that page.
    pub async fn sign_in(&self, browser: &Browser, page: Page, who: &str) -> Page {
        press(browser, &page, "Sign in", who).await
    }
}

fn answer(accounts: &mut Accounts, asked: &Asked) -> Reply {
    accounts.note(asked);
    let reply = match (asked.method.as_str(), asked.path.as_str()) {
        ("GET" | "POST", "/login/oauth/authorize") => authorize(accounts, asked),
        ("POST", "/login/oauth/access_token") => token(accounts, asked),
        ("GET", "/api/user") => user(accounts, asked),
        ("GET", "/favicon.ico") => Reply::empty(404),
        _ => Reply::text(404, "Not Found").violating("no such page"),
    };
    accounts.judge(asked, reply)
}

fn authorize(accounts: &mut Accounts, asked: &Asked) -> Reply {
    match accounts.authorize(asked, |_| Ok(())) {
        Decided::Answer(reply) => reply,
        Decided::Agreed(request, person) => {
            let code = accounts.new_code(&person, &request);
            request.back(&[("code", &code)])
        }
    }
}

/// Whatever goes wrong, the status is 200; and it is a form unless JSON was asked for.
fn token(accounts: &mut Accounts, asked: &Asked) -> Reply {
    let answer = match exchange(accounts, asked) {
        Ok(token) => json!({"access_token": token, "scope": "", "token_type": "bearer"}),
        Err((error, why)) => json!({"error": error, "error_description": why}),
    };
    if asked.header(&header::ACCEPT).is_some_and(|types| types.contains("application/json")) {
        return Reply::json(&answer);
    }
    let fields = answer.as_object().expect("an object");
    let fields = fields.iter().map(|(name, value)| (name, value.as_str().unwrap_or_default()));
    let form = Serializer::new(String::new()).extend_pairs(fields).finish();
    Reply::new(200, "application/x-www-form-urlencoded; charset=utf-8", form)
}

fn exchange(
    accounts: &mut Accounts,
    asked: &Asked,
) -> Result<String, (&'static str, &'static str)> {
    let (id, secret) = (asked.field("client_id"), asked.field("client_secret"));
    if id.as_deref() != Some(CLIENT_ID) || secret.as_deref() != Some(CLIENT_SECRET) {
        return Err(("incorrect_client_credentials", "The client_id and/or secret are incorrect."));
    }
    match accounts.redeem(asked) {
        Ok(code) if accounts.person(&code.person).email_verified => {
            Ok(accounts.new_token(&code.person))
        }
        Ok(_) => Err(("unverified_user_email", "The user has no verified primary email.")),
        Err(why) => Err(("bad_verification_code", why)),
    }
}

fn user(accounts: &Accounts, asked: &Asked) -> Reply {
    if !asked.headers.contains_key(header::USER_AGENT) {
        let why = "Request forbidden by administrative rules. Please set a User-Agent header.";
        return Reply::text(403, why).violating("no User-Agent");
    }
    match asked.bearer().and_then(|token| accounts.owner_of(token)) {
        Some(person) => Reply::json(&profile(&person)),
        None => Reply::new(401, "application/json", r#"{"message":"Bad credentials"}"#),
    }
}

/// The id is a number, and the address is one that the person chose to show.
fn profile(person: &Person) -> Value {
    json!({
        "login": person.id,
        "id": person.subject.parse::<u64>().expect("digits"),
        "node_id": "MDQ6VXNlcjE=",
        "type": "User",
        "name": person.name,
        "email": person.email,
    })
}
