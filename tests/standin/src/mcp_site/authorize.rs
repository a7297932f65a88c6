//! The authorization endpoint, read strictly.

use axum::http::Method;
use url::Url;

use super::{Code, Fault, World};
use crate::{
    accounts::mint,
    http::{Asked, Reply},
};

/// `GET /authorize`: the page; `POST`: its buttons.
pub(super) fn authorize(world: &mut World, asked: &Asked) -> Reply {
    let pressed = asked.method == Method::POST;
    let query =
        if pressed { asked.field("request").unwrap_or_default() } else { asked.query.clone() };
    let request = Asked::of_query(&query);
    if let Some(name) = request.repeated_param() {
        return page(&format!("{name} comes twice")).violating("a parameter comes twice");
    }
    let param = |name: &str| request.param(name).unwrap_or_default();
    let Some(client) = world.client(&param("client_id")) else {
        return page("unknown client").violating("unknown client_id");
    };
    let redirect_uri = param("redirect_uri");
    if !client.redirect_uris.contains(&redirect_uri) {
        return page("unknown redirect_uri").violating("unknown redirect_uri");
    }
    let back = |params: &[(&str, &str)]| {
        let mut url = Url::parse(&redirect_uri).expect("a registered address is one");
        let issuer = world.issuer();
        let issuer = match () {
            () if world.has(Fault::ForeignAnswer) => Some("https://id.example.org"),
            () if world.has(Fault::NamelessAnswer) || !world.names_itself => None,
            () => Some(issuer.as_str()),
        };
        let state = param("state");
        url.query_pairs_mut().extend_pairs(params).append_pair("state", &state);
        url.query_pairs_mut().extend_pairs(issuer.map(|issuer| ("iss", issuer)));
        Reply::redirect(303, url.as_str())
    };
    let challenge = param("code_challenge");
    let wrong = match () {
        () if param("response_type") != "code" => Some("response_type must be code"),
        () if challenge.len() != 43 || param("code_challenge_method") != "S256" => Some("no S256"),
        () if param("resource") != world.own_resource() => Some("resource isn't this server"),
        () if param("state").is_empty() => Some("no state"),
        () => None,
    };
    if let Some(why) = wrong {
        return back(&[("error", "invalid_request")]).violating(why);
    }
    let scopes: Vec<_> = param("scope").split_whitespace().map(str::to_owned).collect();
    let known = |scope: &String| scope == "offline_access" || world.scopes.contains(scope);
    if !scopes.iter().all(known) {
        return back(&[("error", "invalid_scope")]).violating("a scope that there isn't");
    }
    match asked.field("decision").as_deref() {
        Some("agree") if pressed => {
            let value = mint("code-");
            let reply = back(&[("code", &value)]);
            let person = asked.field("person").unwrap_or_default();
            let (client, used) = (client.id, false);
            world.codes.push(Code { value, person, client, redirect_uri, challenge, scopes, used });
            reply
        }
        Some(_) if pressed => back(&[("error", "access_denied")]),
        _ => {
            let url = Url::parse(&format!("http://x/?{query}")).expect("a query");
            world.last_request = url.query_pairs().into_owned().collect();
            page(&form(&query))
        }
    }
}

fn form(query: &str) -> String {
    let query = query.replace('&', "&amp;").replace('"', "&quot;");
    format!(
        "<form method=\"post\"><input name=\"person\" value=\"alice\">\
         <input type=\"hidden\" name=\"request\" value=\"{query}\">\
         <button name=\"decision\" value=\"agree\">Allow</button>\
         <button name=\"decision\" value=\"cancel\">Deny</button></form>"
    )
}

fn page(body: &str) -> Reply {
    Reply::html(200, format!("<!doctype html><title>Notes (stand-in)</title><h1>Notes</h1>{body}"))
}
