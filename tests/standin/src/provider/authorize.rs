//! The sign-in page, for requests that are exactly as described.

use url::form_urlencoded;

use super::{PROBE_SCOPE, World, description::Granted};
use crate::{
    accounts::{Decided, refusal},
    http::{Asked, Reply},
};

const USUAL: [&str; 4] = ["response_type", "client_id", "redirect_uri", "state"];

/// `GET` shows the page, `POST` is a press of its buttons.
pub(super) fn authorize(world: &mut World, asked: &Asked) -> Reply {
    let pressed = asked.field("request");
    let query = pressed.unwrap_or_else(|| asked.query.clone());
    let mut scopes = match check(world, &query) {
        Ok(scopes) => scopes,
        Err(why) => return refusal(&why).violating(why),
    };
    match world.accounts.authorize(asked, |_| Ok(())) {
        Decided::Answer(reply) => reply,
        Decided::Agreed(request, person) => {
            scopes.retain(|scope| !world.unticked.contains(scope));
            let code = world.accounts.new_code(&person, &request);
            world.scopes_of_code.insert(code.clone(), scopes.clone());
            let told = scopes.join(",");
            match world.description.granted {
                Granted::Callback => request.back(&[("code", &code), ("scope", &told)]),
                _ => request.back(&[("code", &code)]),
            }
        }
    }
}

/// The scopes that are asked for, if the rest is right.
fn check(world: &World, query: &str) -> Result<Vec<String>, String> {
    let description = world.description;
    let asked = Asked::of_query(query);
    for (name, value) in description.must {
        let told = asked.param(name).unwrap_or_default();
        if !told.split(' ').any(|word| value.split('|').any(|one| one == word)) {
            return Err(format!("{name} must be {value}"));
        }
    }
    for (name, _) in form_urlencoded::parse(query.as_bytes()) {
        let pkce = name.starts_with("code_challenge") && description.takes_pkce;
        let known = USUAL.contains(&&*name)
            || pkce
            || name == "nonce" && description.issuer.is_some()
            || description.scope.is_some_and(|(scope, _)| scope == name)
            || description.must.iter().any(|(must, _)| *must == name);
        // Those that make it ask again, whoever has agreed before.
        let again = ["prompt", "show_dialog", "force_verify", "force_reapprove", "approval_prompt"];
        if !known && !again.contains(&&*name) {
            return Err(format!("the parameter {name} isn't known"));
        }
    }
    let Some((param, separator)) = description.scope else { return Ok(Vec::new()) };
    let line = asked.param(param).unwrap_or_default();
    let scopes: Vec<_> = line.split(separator).filter(|it| !it.is_empty()).collect();
    if let Some(odd) = scopes.iter().find(|scope| scope.contains([' ', ','])) {
        return Err(format!("the scope {odd} isn't known"));
    }
    let least = description.least.iter().chain([&PROBE_SCOPE]);
    for scope in least {
        if !scopes.contains(scope) {
            return Err(format!("the scope {scope} is missing"));
        }
    }
    Ok(scopes.into_iter().map(str::to_owned).collect())
}
