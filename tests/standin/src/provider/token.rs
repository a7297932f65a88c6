//! The token endpoint.

use axum::{body::Bytes, http::header};
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

use super::{
    World,
    description::{Client, Granted, Place, Tells, Who},
    grants::Renewed,
    refusal::Wrong,
    serve::with_headers,
};
use crate::http::{Asked, Reply};

pub(super) fn token(world: &mut World, asked: &Asked, address: &str) -> Reply {
    if world.is_away {
        return Reply::text(503, "Service Unavailable");
    }
    match grant(world, asked, address) {
        Ok(reply) => reply,
        Err((wrong, why)) => {
            let reply = world.description.errors.of(wrong);
            if why.is_empty() { reply } else { reply.violating(why) }
        }
    }
}

/// What is wrong, and in which words it goes on record; in none where it is the provider's own doing.
type Refused = (Wrong, String);

fn malformed(why: impl Into<String>) -> Refused {
    (Wrong::Malformed, why.into())
}

fn grant(world: &mut World, asked: &Asked, address: &str) -> Result<Reply, Refused> {
    let description = world.description;
    if description.wants_headers_everywhere {
        let missing = with_headers(description, &world.accounts.client_id, asked);
        missing.map_err(|reply| malformed(reply.violation.unwrap_or_default()))?;
    }
    let form = as_form(asked, description.body).map_err(malformed)?;
    if !asked.query.is_empty() {
        return Err(malformed("parameters in the URL"));
    }
    is_client(world, &form, description.client)?;
    let mut known = vec!["grant_type", "client_id", "client_secret"];
    let kind = form.field("grant_type").unwrap_or_default();
    let refreshes = kind == "refresh_token";
    let home = description.refresh_at.filter(|_| refreshes).unwrap_or(description.token);
    if address != home {
        return Err(malformed(format!("{kind} has another address")));
    }
    match kind.as_str() {
        "authorization_code" => known.extend(["code", "redirect_uri"]),
        "refresh_token" => known.push("refresh_token"),
        _ => return Err(malformed("no such grant_type")),
    }
    if description.takes_pkce && !refreshes {
        known.push("code_verifier");
    }
    if let Some(odd) = names(&form).iter().find(|name| !known.contains(&name.as_str())) {
        return Err(malformed(format!("the parameter {odd} isn't known")));
    }
    if refreshes { refresh(world, &form) } else { exchange(world, &form) }
}

fn exchange(world: &mut World, form: &Asked) -> Result<Reply, Refused> {
    let value = form.field("code").unwrap_or_default();
    // Somebody else's code, or an old one, isn't the client's fault.
    let code = world.accounts.redeem(form).map_err(|_| (Wrong::Code, String::new()))?;
    let scopes = world.scopes_of_code.remove(&value).unwrap_or_default();
    let now = world.now();
    let place = world.grants.add(&code.person, &scopes, now);
    let mut told = tokens(world, place);
    let person = world.accounts.person(&code.person).clone();
    if world.description.issuer.is_some() {
        let token = id_token(world, &person.subject, &person.name, code.request.nonce.as_deref());
        world.accounts.secrets.push(token.clone());
        told.insert("id_token".to_owned(), token.into());
    }
    let mut answer = match world.description.nested {
        Some(name) => {
            told.insert("id".to_owned(), format!("U{}", person.subject).into());
            let bot = json!({"ok": true, "app_id": "A0", "team": {"id": "T024BE7LD"}});
            let mut answer = bot.as_object().expect("an object").clone();
            answer.insert(name.to_owned(), told.into());
            answer
        }
        None => told,
    };
    if let Who::Answer(tell) = &world.description.who {
        answer.extend(tell(&person).as_object().expect("an object").clone());
    }
    Ok(Reply::json(&answer.into()))
}

fn refresh(world: &mut World, form: &Asked) -> Result<Reply, Refused> {
    let (token, now) = (form.field("refresh_token").unwrap_or_default(), world.now());
    match world.grants.renew(&token, world.description, now) {
        Renewed::Done(place) => {
            let mut told = tokens(world, place);
            if world.description.nested.is_some() {
                told.insert("ok".to_owned(), true.into());
            }
            Ok(Reply::json(&told.into()))
        }
        Renewed::Dead => Err((Wrong::RefreshToken, String::new())),
        Renewed::Reused => Err((Wrong::RefreshToken, "a refresh token was used twice".to_owned())),
    }
}

fn tokens(world: &mut World, place: usize) -> Map<String, Value> {
    let (description, now) = (world.description, world.now());
    let (access, refresh) = world.grants.issue(place, description, now);
    let mut told = Map::new();
    let mut tell = |name: &str, value: Value| told.insert(name.to_owned(), value);
    tell("access_token", access.into());
    tell("token_type", "bearer".into());
    if let Some(refresh) = refresh {
        tell("refresh_token", refresh.into());
    }
    let life = description.life.map(|minutes| minutes * 60);
    match (description.tells, life) {
        (Tells::In, Some(life)) => drop(tell("expires_in", life.into())),
        (Tells::At, Some(life)) => {
            tell("expires_at", (now.timestamp() + life.cast_signed()).into());
        }
        _ => {}
    }
    if let Some(days) = description.idle_days.filter(|_| description.tells_idle) {
        tell("refresh_token_expires_in", (u64::from(days) * 86_400).into());
    }
    // Nobody tells of this one.
    let scopes = world.grants.grant(place).scopes.iter();
    let scopes: Vec<_> = scopes.filter(|scope| *scope != "offline_access").cloned().collect();
    let granted = match description.granted {
        Granted::Spaces => Some(scopes.join(" ").into()),
        Granted::Commas => Some(scopes.join(",").into()),
        Granted::List => Some(scopes.into()),
        Granted::Empty => Some("".into()),
        Granted::Nothing | Granted::Callback => None,
    };
    if let Some(granted) = granted {
        tell("scope", granted);
    }
    told
}

fn id_token(world: &World, subject: &str, name: &str, nonce: Option<&str>) -> String {
    let now = world.now().timestamp();
    let claims = json!({
        "iss": world.at(world.description.issuer.unwrap_or_default()),
        "aud": world.accounts.client_id, "sub": subject, "name": name, "email": "a@example.org",
        "iat": now, "exp": now + 3600, "nonce": nonce,
    });
    world.key.sign(&world.key.header(), &claims)
}

/// The client proves itself as described, and in no other way besides.
pub(super) fn is_client(world: &World, form: &Asked, how: Client) -> Result<(), Refused> {
    let id = form.field("client_id");
    let posted = id.clone().zip(form.field("client_secret"));
    let headed = form.headers.contains_key(header::AUTHORIZATION);
    let proof = match how {
        Client::Id if posted.is_some() || headed => None,
        Client::Id => id.map(|id| (id, world.client_secret.clone())),
        Client::Basic if posted.is_some() => None,
        Client::Post if headed => None,
        Client::Post => posted,
        Client::Either if headed && posted.is_some() => None,
        Client::Basic => form.basic(),
        Client::Either => form.basic().or(posted),
    };
    let Some((id, secret)) = proof else {
        return Err((Wrong::Client, "the client proves itself in another way".to_owned()));
    };
    // A secret that was replaced is the operator's fault.
    if id == world.accounts.client_id && secret == world.client_secret {
        Ok(())
    } else {
        Err((Wrong::Client, String::new()))
    }
}

/// The parameters, wherever they are written, as a form.
pub(super) fn as_form(asked: &Asked, place: Place) -> Result<Asked, &'static str> {
    let is_json = asked.is_type("application/json");
    let is_form = asked.is_type("application/x-www-form-urlencoded");
    let body = match place {
        Place::Query if !asked.body.is_empty() => return Err("parameters in the body"),
        Place::Query => asked.query.clone().into_bytes(),
        Place::Form | Place::Body if is_form => asked.body.to_vec(),
        Place::Json | Place::Body if is_json => {
            let Ok(Value::Object(fields)) = serde_json::from_slice(&asked.body) else {
                return Err("the body is no JSON object");
            };
            let pairs = fields.iter().map(|(name, value)| (name, value.as_str().unwrap_or("")));
            Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
        }
        _ => return Err("the body is of another kind"),
    };
    Ok(Asked {
        method: asked.method.clone(),
        path: asked.path.clone(),
        query: String::new(),
        headers: asked.headers.clone(),
        body: Bytes::from(body),
    })
}

/// The names of all parameters.
pub(super) fn names(form: &Asked) -> Vec<String> {
    url::form_urlencoded::parse(&form.body).map(|(name, _)| name.into_owned()).collect()
}
