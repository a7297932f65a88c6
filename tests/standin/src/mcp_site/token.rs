//! The token and the revocation endpoint.

use axum::http::header;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Family, Fault, Known, World};
use crate::{
    accounts::mint,
    http::{Asked, Reply},
};

/// `POST /token`.
pub(super) fn token(world: &mut World, asked: &Asked) -> Reply {
    let client = match client(world, asked) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    if asked.field("resource") != Some(world.own_resource()) {
        return Reply::oauth_error(400, "invalid_target", "")
            .violating("resource isn't this server");
    }
    let grant_type = asked.field("grant_type");
    if grant_type.is_some() && grant_type == world.forbids {
        return Reply::oauth_error(400, "unauthorized_client", "");
    }
    let family = match grant_type.as_deref() {
        Some("authorization_code") => redeem(world, asked, &client),
        Some("refresh_token") => renew(world, asked, &client),
        _ => return Reply::oauth_error(400, "unsupported_grant_type", "").violating("grant_type"),
    };
    match family {
        Ok(number) => given(world, number),
        Err(why) => Reply::oauth_error(400, "invalid_grant", why),
    }
}

fn redeem(world: &mut World, asked: &Asked, client: &Known) -> Result<usize, &'static str> {
    let value = asked.field("code").unwrap_or_default();
    let verifier = asked.field("code_verifier").unwrap_or_default();
    world.secrets.extend([value.clone(), verifier.clone()].into_iter().filter(|it| !it.is_empty()));
    let code = world.codes.iter_mut().find(|code| code.value == value && !code.used);
    let code = code.ok_or("the code is unknown or used")?;
    code.used = true;
    if code.client != client.id || asked.field("redirect_uri").as_ref() != Some(&code.redirect_uri)
    {
        return Err("another client or redirect_uri");
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != code.challenge {
        return Err("the code_verifier is another one");
    }
    world.families.push(Family {
        person: code.person.clone(),
        client: client.id.clone(),
        scopes: code.scopes.clone(),
        refresh_tokens: Vec::new(),
        access_tokens: Vec::new(),
        ended: false,
    });
    Ok(world.families.len() - 1)
}

fn renew(world: &mut World, asked: &Asked, client: &Known) -> Result<usize, &'static str> {
    let token = asked.field("refresh_token").unwrap_or_default();
    let number = world.families.iter().position(|family| family.refresh_tokens.contains(&token));
    let number = number.ok_or("the refresh token is unknown")?;
    let family = &mut world.families[number];
    if family.client != client.id {
        world.violations.push("a refresh token of another client".to_owned());
        return Err("a refresh token of another client");
    }
    if family.refresh_tokens.last() != Some(&token) {
        // Somebody has it who shouldn't.
        family.ended = true;
        world.violations.push("a refresh token was used twice".to_owned());
    }
    if world.families[number].ended { Err("the grant has ended") } else { Ok(number) }
}

fn given(world: &mut World, number: usize) -> Reply {
    let (access, refresh) = (world.keep(mint("at-")), world.keep(mint("rt-")));
    let (end, id_token) = (world.now() + TimeDelta::hours(1), id_token(world, number));
    let family = &mut world.families[number];
    family.access_tokens.push((access.clone(), end));
    let mut answer = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": family.scopes.join(" "),
    });
    if family.scopes.iter().any(|scope| scope == "offline_access") {
        family.refresh_tokens.push(refresh.clone());
        answer["refresh_token"] = refresh.into();
    }
    if let Some(token) = id_token {
        answer["id_token"] = token.into();
    }
    Reply::json(&answer).with("cache-control", "no-store")
}

fn id_token(world: &World, number: usize) -> Option<String> {
    let family = world.families.get(number).filter(|_| world.has_id_tokens)?;
    let mut claims: Value = json!({
        "iss": world.issuer(),
        "aud": family.client,
        "sub": format!("sub-of-{}", family.person),
        "name": format!("{} of Notes", family.person),
    });
    if world.has(Fault::ForeignIdToken) {
        claims["iss"] = "https://id.example.org".into();
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    Some(format!("{}.{}.c2ln", part(&json!({"alg": "RS256"})), part(&claims)))
}

/// `POST /revoke` (RFC 7009).
pub(super) fn revoke(world: &mut World, asked: &Asked) -> Reply {
    let client = match client(world, asked) {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let token = asked.field("token").unwrap_or_default();
    for family in world.families.iter_mut().filter(|family| family.client == client.id) {
        let is_its = family.refresh_tokens.contains(&token)
            || family.access_tokens.iter().any(|(access, _)| *access == token);
        family.ended |= is_its;
    }
    Reply::empty(200)
}

/// The client proves itself in the one way that it was registered with.
fn client(world: &World, asked: &Asked) -> Result<Known, Reply> {
    if !asked.is_type("application/x-www-form-urlencoded") || !asked.query.is_empty() {
        return Err(Reply::oauth_error(400, "invalid_request", "").violating("not a form"));
    }
    let in_header = asked.headers.contains_key(header::AUTHORIZATION);
    let (id, secret, method) = match (asked.basic(), asked.field("client_secret")) {
        (Some(_), Some(_)) => return Err(stranger().violating("two secrets")),
        (Some((id, secret)), None) => (id, Some(secret), "client_secret_basic"),
        (None, Some(secret)) => {
            (asked.field("client_id").unwrap_or_default(), Some(secret), "client_secret_post")
        }
        (None, None) => (asked.field("client_id").unwrap_or_default(), None, "none"),
    };
    // One that was forgotten is no violation; one that never was comes to the same.
    let known = world.client(&id).filter(|_| in_header == (method == "client_secret_basic"));
    let Some(known) = known else { return Err(stranger()) };
    if known.secret != secret || known.method != method {
        return Err(stranger().violating(format!("proof by {method} instead of {}", known.method)));
    }
    Ok(known)
}

fn stranger() -> Reply {
    Reply::oauth_error(401, "invalid_client", "Invalid client")
}
