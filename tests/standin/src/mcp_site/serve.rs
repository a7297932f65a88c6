//! What the MCP server and its authorization server answer to whom.

use serde_json::{Value, json};

use super::{Fault, Place, World, authorize, metadata, register, token};
use crate::http::{Asked, Reply};

const RESOURCE: &str = "/.well-known/oauth-protected-resource";

pub(super) fn answer(world: &mut World, asked: &Asked) -> Reply {
    world.seen.push((asked.method.to_string(), asked.path.clone()));
    let mut reply = dispatch(world, asked);
    if let Some(why) = reply.violation.take() {
        world.violations.push(format!("{}: {why}", asked.line()));
    }
    reply
}

fn dispatch(world: &mut World, asked: &Asked) -> Reply {
    if asked.path.starts_with("/.well-known/") || asked.path.ends_with("openid-configuration") {
        return document(world, asked);
    }
    match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/mcp") => mcp(world, asked),
        ("GET" | "POST", "/authorize") => authorize::authorize(world, asked),
        ("POST", "/token") => token::token(world, asked),
        ("POST", "/revoke") if world.revokes => token::revoke(world, asked),
        ("POST", "/register") if world.registers => register::register(world, asked),
        ("GET", "/favicon.ico") => Reply::empty(404),
        _ => Reply::text(404, "Not Found"),
    }
}

fn document(world: &World, asked: &Asked) -> Reply {
    if world.has(Fault::DocumentsAway) {
        return Reply::text(503, "Service Unavailable");
    }
    let issuer = world.issuer_path.as_str();
    let of_resource = [format!("{RESOURCE}/mcp"), RESOURCE.to_owned()];
    let of_server = [
        format!("/.well-known/oauth-authorization-server{issuer}"),
        format!("/.well-known/openid-configuration{issuer}"),
        format!("{issuer}/.well-known/openid-configuration"),
    ];
    let at = |places: &[String], place: Place| {
        let number = [Place::First, Place::Second, Place::Third].iter().position(|it| *it == place);
        number.and_then(|number| places.get(number)).is_some_and(|path| *path == asked.path)
    };
    if at(&of_resource, world.resource_at) {
        Reply::json(&metadata::resource(world))
    } else if at(&of_server, world.server_at) && world.has(Fault::Redirected) {
        Reply::redirect(302, &format!("{}/elsewhere", world.url))
    } else if at(&of_server, world.server_at) {
        Reply::json(&metadata::server(world))
    } else {
        Reply::text(404, "Not Found")
    }
}

/// One request of a client of 2026-07-28, far enough to tell whether its token is good.
fn mcp(world: &mut World, asked: &Asked) -> Reply {
    if world.has(Fault::Away) {
        return Reply::text(503, "Service Unavailable");
    }
    if world.has(Fault::Limiting) {
        return Reply::text(429, "Too Many Requests");
    }
    let Some(bearer) = asked.bearer() else { return challenge(world, "") };
    let now = world.now();
    let works = |(token, end): &(String, _)| token == bearer && *end > now;
    let family = world
        .families
        .iter()
        .find(|family| !family.ended && family.access_tokens.iter().any(works));
    let Some(family) = family else { return challenge(world, "error=\"invalid_token\", ") };
    if let Some(scope) = world.wants.as_ref().filter(|scope| !family.scopes.contains(scope)) {
        let metadata = metadata_url(world);
        let wants = format!(
            "Bearer error=\"insufficient_scope\", scope=\"{scope}\", resource_metadata=\"{metadata}\""
        );
        return Reply::empty(403).with("www-authenticate", &wants);
    }
    let body = serde_json::from_slice::<Value>(&asked.body).unwrap_or_default();
    let mut result =
        json!({"resultType": "complete", "person": family.person, "scopes": family.scopes});
    match body["method"].as_str() {
        Some("server/discover") => {
            result["supportedVersions"] = json!(["2026-07-28"]);
            result["capabilities"] = json!({"tools": {}});
        }
        Some("tools/list") => {
            let schema = json!({"type": "object"});
            let hints = json!({"readOnlyHint": true});
            let tool = json!({"name": "whoami", "inputSchema": schema, "annotations": hints});
            result["tools"] = json!([tool]);
        }
        Some("tools/call") => {
            result["content"] = json!([{"type": "text", "text": family.person}]);
        }
        _ => {}
    }
    Reply::json(&json!({"jsonrpc": "2.0", "id": body["id"], "result": result}))
}

fn metadata_url(world: &World) -> String {
    let path = if world.resource_at == Place::Second { "" } else { "/mcp" };
    format!("{}{RESOURCE}{path}", world.url)
}

fn challenge(world: &World, error: &str) -> Reply {
    let metadata = world.points_at_metadata.then(|| metadata_url(world));
    let metadata = metadata.map(|url| format!(", resource_metadata=\"{url}\"")).unwrap_or_default();
    let scope = world.asks_for.as_ref().map(|scopes| format!(", scope=\"{scopes}\""));
    let scope = scope.unwrap_or_default();
    let says = format!("Bearer {error}realm=\"notes\"{metadata}{scope}");
    Reply::empty(401).with("www-authenticate", &says)
}
