//! What the provider answers to whom.

use axum::http::HeaderName;
use serde_json::json;

use super::{
    PROBE, World, authorize,
    description::{Description, Who},
    revoke, token,
};
use crate::http::{Asked, Reply};

pub(super) fn answer(world: &mut World, asked: &Asked) -> Reply {
    world.accounts.note(asked);
    let reply = dispatch(world, asked);
    world.accounts.judge(asked, reply)
}

fn dispatch(world: &mut World, asked: &Asked) -> Reply {
    let description = world.description;
    let address = asked.path.trim_start_matches('/');
    if address == description.authorize {
        return authorize::authorize(world, asked);
    }
    if asked.method == "POST"
        && (address == description.token || description.refresh_at == Some(address))
    {
        return token::token(world, asked, address);
    }
    if let Some(how) = &description.revoke
        && address == how.at.replace("{client_id}", &encoded(&world.accounts.client_id))
        && asked.method == how.method
    {
        return revoke::revoke(world, asked, how);
    }
    if let Some(issuer) = description.issuer {
        let below = |name: &str| format!("{}/{name}", issuer.trim_end_matches('/'));
        if address == below(".well-known/openid-configuration") {
            return discovery(world, issuer, &below("jwks"));
        }
        if address == below("jwks") {
            return Reply::json(&json!({"keys": [world.key.jwk()]}));
        }
    }
    if let Who::Api(method, at, body, tell) = &description.who
        && address == *at
        && asked.method == *method
    {
        let written: String = String::from_utf8_lossy(&asked.body).split_whitespace().collect();
        if !written.contains(body) {
            return Reply::text(400, "no such query").violating("no such query");
        }
        return of_owner(world, asked)
            .map_or_else(|refusal| refusal, |id| Reply::json(&tell(world.accounts.person(&id))));
    }
    match address {
        _ if asked.path == PROBE => of_owner(world, asked)
            .map_or_else(|refusal| refusal, |person| Reply::json(&json!({"person": person}))),
        // Browsers ask by themselves.
        "favicon.ico" => Reply::empty(404),
        _ => Reply::text(404, "Not Found").violating("no such page"),
    }
}

/// The id of the person whose token was sent.
fn of_owner(world: &World, asked: &Asked) -> Result<String, Reply> {
    if asked.path != PROBE {
        with_headers(world.description, &world.accounts.client_id, asked)?;
    }
    let now = world.now();
    let owner = asked.bearer().and_then(|token| world.grants.owner(token, now));
    owner.map(|grant| grant.person.clone()).ok_or_else(|| Reply::empty(401))
}

/// Whether the headers are there that this provider wants.
pub(super) fn with_headers(
    description: &Description,
    client_id: &str,
    asked: &Asked,
) -> Result<(), Reply> {
    for (name, value) in description.headers {
        let told = asked.header(&HeaderName::from_static(name)).unwrap_or_default();
        let wanted = value.replace("{client_id}", client_id);
        if told.is_empty() || !wanted.is_empty() && told != wanted {
            let why = format!("the header {name} is missing or wrong");
            return Err(Reply::text(400, &why).violating(why));
        }
    }
    Ok(())
}

fn discovery(world: &World, issuer: &str, jwks: &str) -> Reply {
    let description = world.description;
    let revoke = description.revoke.as_ref().map(|how| world.at(how.at));
    Reply::json(&json!({
        "issuer": world.at(issuer),
        "authorization_endpoint": world.at(description.authorize),
        "token_endpoint": world.at(description.token),
        "revocation_endpoint": revoke,
        "jwks_uri": world.at(jwks),
    }))
}

fn encoded(id: &str) -> String {
    id.replace(' ', "%20")
}
