//! The token endpoint and the revocation endpoint.

use axum::http::header;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    http::{Asked, Reply},
    pause::Pause,
    tokens::{Code, RefreshToken},
    world::{Revocation, World},
};

/// The app that asks, and whether it proved it with its secret.
struct Client {
    id: String,
    proven: bool,
}

type Answered<T> = Result<T, Reply>;

/// A request in order that cannot be granted.
fn refused(error: &str, description: &str) -> Reply {
    Reply::oauth_error(400, error, description)
}

/// A request out of order.
fn malformed(error: &str, description: &str) -> Reply {
    Reply::oauth_error(400, error, description).violating(description)
}

/// `POST /api/token`.
pub(super) fn token(world: &mut World, asked: &Asked) -> Reply {
    let mut reply = match exchange(world, asked) {
        Ok(tokens) => Reply::json(&tokens).with("cache-control", "no-store"),
        Err(refusal) => refusal,
    };
    reply.held = world.token_delay.map(Pause::For);
    reply
}

fn exchange(world: &mut World, asked: &Asked) -> Answered<Value> {
    form_only(asked)?;
    let grant_type = asked
        .field("grant_type")
        .ok_or_else(|| malformed("unsupported_grant_type", "grant_type parameter is missing"))?;
    let client = client(world, asked)?;
    match grant_type.as_str() {
        "authorization_code" => exchange_code(world, asked, &client),
        "refresh_token" => refresh(world, asked, &client),
        _ => Err(malformed(
            "unsupported_grant_type",
            "grant_type must be client_credentials, authorization_code or refresh_token",
        )),
    }
}

/// Parameters come in a form body, and nowhere else.
fn form_only(asked: &Asked) -> Answered<()> {
    if !asked.is_type("application/x-www-form-urlencoded") {
        let reply = Reply::oauth_error(415, "invalid_request", "Unsupported content type");
        return Err(reply.violating("not a form"));
    }
    if !asked.query.is_empty() {
        return Err(malformed("invalid_request", "parameters in the query"));
    }
    Ok(())
}

/// Who asks: HTTP Basic, or `client_id` (and perhaps `client_secret`) in the body.
fn client(world: &World, asked: &Asked) -> Answered<Client> {
    let in_body = asked.field("client_id");
    let (id, secret) = if asked.headers.contains_key(header::AUTHORIZATION) {
        let (id, secret) = asked
            .basic()
            .ok_or_else(|| malformed("invalid_client", "Invalid authorization header"))?;
        (id, Some(secret))
    } else {
        let id = in_body
            .clone()
            .ok_or_else(|| malformed("invalid_client", "client_id parameter is missing"))?;
        (id, asked.field("client_secret"))
    };
    if in_body.is_some_and(|in_body| in_body != id) {
        return Err(malformed("invalid_client", "Invalid client"));
    }
    let app = world.find_app(&id).ok_or_else(|| refused("invalid_client", "Invalid client"))?;
    if secret.is_some() && secret != app.client_secret {
        return Err(refused("invalid_client", "Invalid client secret"));
    }
    Ok(Client { proven: secret.is_some(), id })
}

fn exchange_code(world: &mut World, asked: &Asked, client: &Client) -> Answered<Value> {
    let required = |name: &str| {
        let missing = || malformed("invalid_request", &format!("{name} must be supplied"));
        asked.field(name).filter(|value| !value.is_empty()).ok_or_else(missing)
    };
    let (code, redirect_uri) = (required("code")?, required("redirect_uri")?);
    let verifier = asked.field("code_verifier");
    world.verifiers.extend(verifier.clone());
    let now = world.now();
    let known = world.codes.iter_mut().find(|known| known.value == code && known.app == client.id);
    let Some(known) = known.filter(|known| !known.used && known.expires_at > now) else {
        return Err(refused("invalid_grant", "Invalid authorization code"));
    };
    // Whatever comes of it, a code shown once is spent.
    known.used = true;
    let code = known.clone();
    if code.redirect_uri != redirect_uri {
        return Err(refused("invalid_grant", "Invalid redirect URI"));
    }
    prove(&code, verifier.as_deref(), client)?;
    let family = world.new_family();
    let refresh = world.new_refresh_token(&code, !client.proven, family);
    let access = world.new_access_token(&code.person, &code.app, code.scopes.clone(), family);
    let mut reply = tokens(world, &access, &code.scopes);
    put(&mut reply, "refresh_token", &refresh);
    Ok(reply)
}

/// A code belongs to who can prove it: by the PKCE verifier, or else by the secret.
fn prove(code: &Code, verifier: Option<&str>, client: &Client) -> Answered<()> {
    let Some(challenge) = &code.challenge else {
        return if client.proven {
            Ok(())
        } else {
            Err(refused("invalid_client", "Invalid client secret"))
        };
    };
    let verifier =
        verifier.ok_or_else(|| malformed("invalid_request", "code_verifier must be supplied"))?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    if !(43..=128).contains(&verifier.len()) || !verifier.chars().all(allowed) {
        return Err(malformed("invalid_request", "code_verifier must be 43 to 128 characters"));
    }
    if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == *challenge {
        Ok(())
    } else {
        Err(refused("invalid_grant", "code_verifier was incorrect"))
    }
}

fn refresh(world: &mut World, asked: &Asked, client: &Client) -> Answered<Value> {
    let given = asked.field("refresh_token").filter(|value| !value.is_empty());
    let given =
        given.ok_or_else(|| malformed("invalid_request", "refresh_token must be supplied"))?;
    let known = world.refresh_tokens.iter().find(|t| t.token == given && t.app == client.id);
    let old = known.cloned().ok_or_else(|| refused("invalid_grant", "Invalid refresh token"))?;
    if old.revoked {
        return Err(refused("invalid_grant", "Refresh token revoked"));
    }
    if old.expires_at() <= world.now() {
        return Err(refused("invalid_grant", "Refresh token expired"));
    }
    if !client.proven && !old.public {
        return Err(refused("invalid_client", "Invalid client secret"));
    }
    let access = world.new_access_token(&old.person, &old.app, old.scopes.clone(), old.family);
    let mut reply = tokens(world, &access, &old.scopes);
    if world.rotate_refresh {
        put(&mut reply, "refresh_token", &rotate(world, &old));
    } else if world.empty_refresh {
        put(&mut reply, "refresh_token", "");
    }
    Ok(reply)
}

/// A new refresh token in place of the old one, which is dead from now on.
fn rotate(world: &mut World, old: &RefreshToken) -> String {
    let token = world.mint("AQ", 131);
    let issued_at = world.now();
    world.refresh_tokens.push(RefreshToken { token: token.clone(), issued_at, ..old.clone() });
    for known in world.refresh_tokens.iter_mut().filter(|known| known.token == old.token) {
        known.revoked = true;
    }
    token
}

fn tokens(world: &World, access: &str, scopes: &[String]) -> Value {
    json!({
        "access_token": access,
        "token_type": "Bearer",
        "scope": scopes.join(" "),
        "expires_in": world.access_token_lifetime_s,
    })
}

fn put(reply: &mut Value, name: &str, value: &str) {
    if let Some(reply) = reply.as_object_mut() {
        reply.insert(name.to_owned(), json!(value));
    }
}

/// `POST /oauth2/revoke/v1`.
pub(super) fn revoke(world: &mut World, asked: &Asked) -> Reply {
    match world.revocation {
        Revocation::Works => {}
        Revocation::NotFound => return Reply::html(404, "<html><title>404</title></html>"),
        Revocation::Fails => return Reply::text(500, "Internal Server Error"),
    }
    let checked = form_only(asked).and_then(|()| client(world, asked));
    let client = match checked {
        Ok(client) => client,
        Err(refusal) => return refusal,
    };
    let Some(token) = asked.field("token").filter(|token| !token.is_empty()) else {
        return malformed("invalid_request", "token must be supplied");
    };
    let public = world.refresh_tokens.iter().any(|known| known.token == token && known.public);
    if !client.proven && !public && has_secret(world, &client) {
        return refused("invalid_client", "Invalid client secret");
    }
    world.revoke(&client.id, &token);
    Reply::empty(200)
}

fn has_secret(world: &World, client: &Client) -> bool {
    world.find_app(&client.id).is_some_and(|app| app.client_secret.is_some())
}
