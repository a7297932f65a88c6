//! Signing in: an OAuth app's tokens last, a GitHub App's last eight hours and are renewed.

use axum::http::header;
use chrono::TimeDelta;
use serde_json::{Value, json};
use url::form_urlencoded::{self, Serializer};

use super::{Kind, State};
use crate::{
    accounts::{CLIENT_ID, CLIENT_SECRET, Decided},
    http::{Asked, Reply},
};

/// How long a GitHub App's tokens last.
const ACCESS_S: i64 = 28_800;
const REFRESH_S: i64 = 15_897_600;

/// What is wrong, in one word and in several.
type Refused = (&'static str, &'static str);

pub(super) fn authorize(state: &mut State, asked: &Asked) -> Reply {
    match state.accounts.authorize(asked, |_| Ok(())) {
        Decided::Answer(reply) => reply,
        Decided::Agreed(request, person) => {
            let code = state.accounts.new_code(&person, &request);
            request.back(&[("code", &code)])
        }
    }
}

/// Whatever goes wrong, the status is 200; and it is a form unless JSON was asked for.
pub(super) fn token(state: &mut State, asked: &Asked) -> Reply {
    let answer = exchange(state, asked)
        .unwrap_or_else(|(error, why)| json!({"error": error, "error_description": why}));
    if asked.header(&header::ACCEPT).is_some_and(|types| types.contains("application/json")) {
        return Reply::json(&answer);
    }
    let fields = answer.as_object().expect("an object");
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = fields.iter().map(|(name, value)| (name, text(value)));
    let form = Serializer::new(String::new()).extend_pairs(fields).finish();
    Reply::new(200, "application/x-www-form-urlencoded; charset=utf-8", form)
}

/// `DELETE /applications/{client_id}/token`: by the app itself, one token.
pub(super) fn revoke(state: &mut State, asked: &Asked) -> Reply {
    let id: String = form_urlencoded::byte_serialize(CLIENT_ID.as_bytes()).collect();
    let path = format!("/api/applications/{}/token", id.replace('+', "%20"));
    if asked.path != path {
        return Reply::api_error(404, "Not Found").violating("another app's token");
    }
    let app = (CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned());
    if asked.basic() != Some(app) {
        return Reply::api_error(401, "Requires authentication").violating("not by the app");
    }
    let body: Option<Value> = serde_json::from_slice(&asked.body).ok();
    let token = body.as_ref().and_then(|body| body.get("access_token")?.as_str());
    match token.map(|token| (token, state.accounts.owner_of(token).is_some())) {
        Some((token, true)) => {
            state.accounts.revoke(token);
            Reply::empty(204)
        }
        Some((_, false)) => Reply::api_error(404, "Not Found"),
        None => Reply::api_error(422, "Validation Failed").violating("no access_token in JSON"),
    }
}

fn exchange(state: &mut State, asked: &Asked) -> Result<Value, Refused> {
    let (id, secret) = (asked.field("client_id"), asked.field("client_secret"));
    if id.as_deref() != Some(CLIENT_ID) || secret.as_deref() != Some(CLIENT_SECRET) {
        return Err(("incorrect_client_credentials", "The client_id and/or secret are incorrect."));
    }
    if asked.field("grant_type").as_deref() == Some("refresh_token") {
        let spent = asked.field("refresh_token").unwrap_or_default();
        let person = state.world.spend_refresh(&spent, state.accounts.now());
        let person = person.ok_or(("bad_refresh_token", "The refresh token is incorrect."))?;
        return Ok(state.new_pair(&person));
    }
    match state.accounts.redeem(asked) {
        Ok(code) if state.accounts.person(&code.person).email_verified => match state.world.app {
            Kind::GitHubApp => Ok(state.new_pair(&code.person)),
            Kind::OAuthApp => {
                let scope = code.request.scopes.join(",");
                let token = state.new_token(Kind::OAuthApp, &code.person, code.request.scopes);
                Ok(json!({"access_token": token, "scope": scope, "token_type": "bearer"}))
            }
        },
        Ok(_) => Err(("unverified_user_email", "The user has no verified primary email.")),
        Err(why) => Err(("bad_verification_code", why)),
    }
}

impl State {
    /// A token of this kind; a GitHub App's has no scopes.
    pub(super) fn new_token(&mut self, kind: Kind, person: &str, scopes: Vec<String>) -> String {
        let prefix = match kind {
            Kind::OAuthApp => "gho_",
            Kind::GitHubApp => "ghu_",
        };
        let token = self.accounts.new_token_like(prefix, person);
        self.world.note_token(&token, kind, scopes);
        token
    }

    /// A GitHub App's access token and the refresh token behind it.
    pub(super) fn new_pair(&mut self, person: &str) -> Value {
        let access = self.new_token(Kind::GitHubApp, person, Vec::new());
        let refresh = crate::accounts::mint("ghr_");
        let now = self.accounts.now();
        self.accounts.secrets.push(refresh.clone());
        self.world.expire(&access, now + TimeDelta::seconds(ACCESS_S));
        self.world.note_refresh(&refresh, person, &access, now + TimeDelta::seconds(REFRESH_S));
        json!({
            "access_token": access,
            "expires_in": ACCESS_S,
            "refresh_token": refresh,
            "refresh_token_expires_in": REFRESH_S,
            "scope": "",
            "token_type": "bearer",
        })
    }
}
