//! The Web API: who may call what, and the calls that are not about the player.

use super::{
    ask,
    http::{Asked, Reply},
    routes::{self, Route},
    tokens::AccessToken,
    world::World,
};

const OWNER_NEEDS_PREMIUM: &str = "Active premium subscription required for the owner of the app. \
    When the subscription status changes, it can take a few hours to take effect.";

const NOT_REGISTERED: &str =
    "Check settings on developer.spotify.com/dashboard, the user may not be registered.";

/// Answers a call below `/v1`.
pub(super) fn answer(world: &mut World, asked: &Asked) -> Reply {
    if let Err(refusal) = world.throttle() {
        return refusal;
    }
    let path = asked.path.strip_prefix("/v1").unwrap_or_default();
    let Some(route) = routes::find(asked.method.as_str(), path) else {
        return unknown(asked);
    };
    let answered = admit(world, asked).and_then(|token| {
        check(route, asked, &token)?;
        (route.answer)(world, asked, &token.person)
    });
    match answered {
        Ok(mut reply) => {
            reply.alter_json(|answer| world.quirks.bend(answer));
            reply
        }
        Err(refusal) => refusal,
    }
}

/// Whether the token is enough for the call, and the request in order.
fn check(route: &Route, asked: &Asked, token: &AccessToken) -> Result<(), Reply> {
    if !route.scopes.iter().all(|scope| allows(token, scope)) {
        return Err(Reply::api_error(403, "Insufficient client scope"));
    }
    let media_type = route.media_type();
    if !asked.body.is_empty() && !asked.is_type(media_type) {
        let reply = Reply::api_error(415, "Unsupported Media Type");
        return Err(reply.violating(format!("a body that is not {media_type}")));
    }
    ask::only(asked, route.params)
}

/// Lets the bearer in, or says why not.
fn admit(world: &World, asked: &Asked) -> Result<AccessToken, Reply> {
    let refuse = |status, why| Reply::api_error(status, why);
    let Some(value) = asked.header(&axum::http::header::AUTHORIZATION) else {
        return Err(Reply::api_error(401, "No token provided").violating("no token"));
    };
    let Some(token) = asked.bearer() else {
        let scheme = value.split(' ').next().unwrap_or_default();
        let reply = Reply::api_error(400, "Only valid bearer authentication supported");
        return Err(reply.violating(format!("authentication by `{scheme}`")));
    };
    let token = world.access_token(token).ok_or_else(|| refuse(401, "Invalid access token"))?;
    if token.rejected || token.expires_at <= world.now() {
        return Err(refuse(401, "The access token expired"));
    }
    if !world.owner_premium {
        return Err(Reply::text(403, OWNER_NEEDS_PREMIUM));
    }
    let listed = world.people.iter().any(|p| p.id == token.person && p.allow_listed);
    if !listed {
        return Err(Reply::text(403, NOT_REGISTERED));
    }
    Ok(token.clone())
}

/// Whether the token has the scope, or one of several joined by `|`.
fn allows(token: &AccessToken, scope: &str) -> bool {
    scope.split('|').any(|scope| token.scopes.iter().any(|granted| granted == scope))
}

/// Endpoints of before 2026 are still there, but forbidden; others never were.
fn unknown(asked: &Asked) -> Reply {
    let path = asked.path.strip_prefix("/v1").unwrap_or_default();
    let reply = if path.ends_with('/') || path.starts_with("/recommendations") {
        Reply::api_error(404, "Not found.")
    } else {
        Reply::api_error(403, "Forbidden")
    };
    reply.violating("an endpoint that is gone or unknown")
}

impl World {
    /// Whether the token of this request has the scope.
    pub(super) fn grants_scope(&self, asked: &Asked, scope: &str) -> bool {
        let token = asked.bearer().and_then(|token| self.access_token(token));
        token.is_some_and(|token| allows(token, scope))
    }
}
