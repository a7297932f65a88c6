//! What the provider answers to whom.

use super::{Fault, World, document, token};
use crate::{
    accounts::{Decided, Request},
    http::{Asked, Reply},
};

pub(super) fn answer(world: &mut World, asked: &Asked) -> Reply {
    world.accounts.note(asked);
    let reply = dispatch(world, asked);
    world.accounts.judge(asked, reply)
}

fn dispatch(world: &mut World, asked: &Asked) -> Reply {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/.well-known/openid-configuration") => document::discovery(world),
        ("GET", "/jwks") => document::keys(world),
        ("GET" | "POST", "/authorize") => authorize(world, asked),
        ("POST", "/token") => token::token(world, asked),
        ("POST", "/revoke") => token::revoke(world, asked),
        ("GET", "/userinfo") => user_info(world, asked),
        // Browsers ask by themselves.
        ("GET", "/favicon.ico") => Reply::empty(404),
        _ => Reply::text(404, "Not Found").violating("no such page"),
    }
}

fn authorize(world: &mut World, asked: &Asked) -> Reply {
    world.accounts.issuer = match () {
        () if world.has(Fault::ForeignAnswer) => Some("https://id.example.org".to_owned()),
        () if world.has(Fault::NamelessAnswer) || !world.names_itself => None,
        () => Some(world.url.clone()),
    };
    let (request, person) = match world.accounts.authorize(asked, in_order) {
        Decided::Agreed(request, person) => (request, person),
        Decided::Answer(reply) => return reply,
    };
    let code = world.accounts.new_code(&person, &request);
    request.back(&[("code", &code)])
}

fn in_order(request: &Request) -> Result<(), Reply> {
    if !request.scopes.iter().any(|scope| scope == "openid") {
        return Err(request.refuse("invalid_scope", "the scope lacks openid"));
    }
    let unknown = |scope: &&String| !["openid", "email", "profile"].contains(&scope.as_str());
    if let Some(scope) = request.scopes.iter().find(unknown) {
        return Err(request.refuse("invalid_scope", &format!("unknown scope {scope}")));
    }
    if request.challenge.is_none() {
        return Err(request.refuse("invalid_request", "code_challenge is missing"));
    }
    Ok(())
}

fn user_info(world: &World, asked: &Asked) -> Reply {
    if world.has(Fault::UserInfoAway) {
        return Reply::text(503, "Service Unavailable");
    }
    let Some(token) = asked.bearer() else {
        return Reply::empty(401).with("www-authenticate", "Bearer").violating("no access token");
    };
    match world.accounts.owner_of(token) {
        Some(person) => {
            let mut claims = token::about(&person);
            claims["sub"] = person.subject.into();
            if world.has(Fault::ForeignUserInfo) {
                claims["sub"] = "10045099".into();
            }
            Reply::json(&claims)
        }
        None => Reply::empty(401).with("www-authenticate", "Bearer error=\"invalid_token\""),
    }
}
