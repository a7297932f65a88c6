//! The end of a grant.

use axum::http::header;
use serde_json::json;

use super::{
    World,
    description::{Client, Errors, Place, Proof, Revoke},
    grants::End,
    serve::with_headers,
    token::{as_form, is_client, names},
};
use crate::http::{Asked, Reply};

pub(super) fn revoke(world: &mut World, asked: &Asked, how: &Revoke) -> Reply {
    match token(world, asked, how) {
        Ok(token) => {
            let now = world.now();
            match world.grants.end(&token, how.access_only, now) {
                End::Done => done(world),
                End::Over => refused(world),
                End::Unknown => refused(world).violating("no token that can be revoked"),
            }
        }
        Err(why) => Reply::oauth_error(400, "invalid_request", &why).violating(why),
    }
}

fn refused(world: &World) -> Reply {
    match world.description.errors {
        Errors::Slack => Reply::json(&json!({"ok": false, "error": "invalid_auth"})),
        _ => Reply::new(400, "application/json", json!({"error": "invalid_token"}).to_string()),
    }
}

fn done(world: &World) -> Reply {
    match world.description.errors {
        Errors::Slack => Reply::json(&json!({"ok": true, "revoked": true})),
        Errors::GitHub => Reply::empty(204),
        _ => Reply::empty(200),
    }
}

fn token(world: &World, asked: &Asked, how: &Revoke) -> Result<String, String> {
    let description = world.description;
    if description.wants_headers_everywhere {
        let missing = with_headers(description, &world.accounts.client_id, asked);
        missing.map_err(|reply| reply.violation.unwrap_or_default())?;
    }
    if how.proof == Proof::Bearer {
        let bare = asked.body.is_empty() && asked.query.is_empty();
        let token = asked.bearer().filter(|_| bare);
        return token
            .map(str::to_owned)
            .ok_or_else(|| "a bearer token and nothing else".to_owned());
    }
    let form = as_form(asked, how.place)?;
    if how.place != Place::Query && !asked.query.is_empty() {
        return Err("parameters in the URL".to_owned());
    }
    let client = match how.proof {
        Proof::Client => Some(description.client),
        Proof::Basic => Some(Client::Basic),
        Proof::Bearer | Proof::Nothing => None,
    };
    match client {
        Some(client) => is_client(world, &form, client).map_err(|_| "not the client".to_owned())?,
        None if asked.headers.contains_key(header::AUTHORIZATION) => {
            return Err("a client isn't asked for".to_owned());
        }
        None => {}
    }
    let credentials = ["client_id", "client_secret"];
    let known = |name: &str| name == how.param || client.is_some() && credentials.contains(&name);
    if let Some(odd) = names(&form).iter().find(|name| !known(name)) {
        return Err(format!("the parameter {odd} isn't known"));
    }
    form.field(how.param).ok_or_else(|| format!("{} is missing", how.param))
}
