//! The token endpoint, and the id tokens that it gives.

use axum::http::header;
use serde_json::{Value, json};

use super::{Algorithm, Fault, Key, World, unsigned};
use crate::{
    accounts::{CLIENT_ID, CLIENT_SECRET, Code, Person},
    http::{Asked, Reply},
};

/// `POST /token`.
pub(super) fn token(world: &mut World, asked: &Asked) -> Reply {
    if let Err(refusal) = client(world, asked) {
        return refusal;
    }
    if asked.field("grant_type").as_deref() != Some("authorization_code") {
        return malformed("unsupported_grant_type", "grant_type must be authorization_code");
    }
    let code = match world.accounts.redeem(asked) {
        Ok(code) => code,
        Err(why) => return Reply::oauth_error(400, "invalid_grant", why),
    };
    let access = world.accounts.new_token(&code.person);
    let mut answer = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": code.request.scopes.join(" "),
    });
    if !world.has(Fault::NoIdToken) {
        let token = id_token(world, &code);
        world.accounts.secrets.push(token.clone());
        answer["id_token"] = json!(token);
    }
    Reply::json(&answer).with("cache-control", "no-store")
}

/// `POST /revoke` (RFC 7009).
pub(super) fn revoke(world: &mut World, asked: &Asked) -> Reply {
    if let Err(refusal) = client(world, asked) {
        return refusal;
    }
    world.accounts.revoke(&asked.field("token").unwrap_or_default());
    Reply::empty(200)
}

fn malformed(error: &str, why: &str) -> Reply {
    Reply::oauth_error(400, error, why).violating(why)
}

/// The client proves itself in the one way that it registered for (RFC 6749, section 2.3).
fn client(world: &World, asked: &Asked) -> Result<(), Reply> {
    if !asked.is_type("application/x-www-form-urlencoded") || !asked.query.is_empty() {
        return Err(malformed("invalid_request", "parameters come in a form, and nowhere else"));
    }
    let in_form = asked.field("client_id").zip(asked.field("client_secret"));
    let in_header = asked.headers.contains_key(header::AUTHORIZATION);
    let proof = match world.secret_in_form {
        true if in_header => return Err(malformed("invalid_client", "the secret twice")),
        true => in_form,
        false if in_form.is_some() => return Err(malformed("invalid_client", "secret in a form")),
        false => asked.basic(),
    };
    match proof {
        Some((id, secret)) if id == CLIENT_ID && secret == CLIENT_SECRET => Ok(()),
        _ => Err(Reply::oauth_error(401, "invalid_client", "Invalid client").violating("client")),
    }
}

/// What the provider tells of a person (OpenID Connect Core, section 5.1).
pub(super) fn about(person: &Person) -> Value {
    let mut told = json!({
        "name": person.name,
        "preferred_username": person.id,
        "email": person.email,
        "email_verified": person.email_verified,
    });
    if let Some(domain) = &person.domain {
        told["hd"] = json!(domain);
    }
    told
}

fn id_token(world: &mut World, code: &Code) -> String {
    let claims = claims(world, code);
    let key = world.keys.last().expect("a key");
    let mut header = key.header();
    if world.has(Fault::Unsigned) {
        return unsigned(&claims);
    }
    if world.has(Fault::PublicKeyAsSecret) {
        return key.sign_with_public_half(&claims);
    }
    if world.has(Fault::StolenKeyId) {
        return Key::new(Algorithm::Es256).sign(&header, &claims);
    }
    if let (true, Some(header)) = (world.has(Fault::NoKeyId), header.as_object_mut()) {
        header.remove("kid");
    }
    key.sign(&header, &claims)
}

fn claims(world: &mut World, code: &Code) -> Value {
    let person = world.accounts.person(&code.person).clone();
    let now = world.accounts.now().timestamp();
    let mut claims = if world.talkative { about(&person) } else { json!({}) };
    let begun = match () {
        () if world.has(Fault::Expired) => now - 7200,
        () if world.has(Fault::FromTheFuture) => now + 600,
        () => now,
    };
    claims["iss"] = json!(world.url);
    claims["sub"] = json!(person.subject);
    claims["aud"] = json!(CLIENT_ID);
    claims["iat"] = json!(begun);
    claims["exp"] = json!(begun + 3600);
    if let Some(nonce) = code.request.nonce.as_ref().filter(|_| !world.has(Fault::NoNonce)) {
        claims["nonce"] = json!(nonce);
    }
    for (fault, name, value) in [
        (Fault::ForeignIssuer, "iss", json!("https://id.example.org")),
        (Fault::ForeignAudience, "aud", json!("another-client")),
        (Fault::SharedAudience, "aud", json!([CLIENT_ID, "another-client"])),
        (Fault::ForeignParty, "azp", json!("another-client")),
        (Fault::ForeignNonce, "nonce", json!("bm9uY2Utb2YtYW5vdGhlci1zaWduLWlu")),
    ] {
        if world.has(fault) {
            claims[name] = value;
        }
    }
    claims
}
