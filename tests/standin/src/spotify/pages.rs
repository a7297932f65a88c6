//! The pages of the accounts service.

use super::{http::Reply, people::Person};

const STYLE: &str = "body{background:#121212;color:#fff;font:16px system-ui;margin:0 auto;\
max-width:28rem;padding:3rem 1rem}button{background:#1ed760;border:0;border-radius:2rem;\
font:inherit;font-weight:700;margin:.5rem .5rem 0 0;padding:.75rem 2rem}a{color:#b3b3b3}\
label{display:block;padding:.25rem 0}.quiet{background:#333;color:#fff}";

fn page(status: u16, title: &str, body: &str) -> Reply {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} - Spotify (stand-in)\
         </title><style>{STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>"
    );
    Reply::html(status, html).with("cache-control", "no-store").with("x-frame-options", "deny")
}

/// What somebody sees whose app asked wrongly.
pub(super) fn refusal(why: &str) -> Reply {
    page(400, "Error", &format!("<p>{}</p>", escape(why)))
}

/// Who are you?
pub(super) fn login(people: &[Person], to: &str, error: Option<&str>) -> Reply {
    let error = error.map(|error| format!("<p role=\"alert\">{error}</p>")).unwrap_or_default();
    let people = people.iter().enumerate().map(|(number, person)| {
        let checked = if number == 0 { " checked" } else { "" };
        let (id, name) = (escape(&person.id), escape(&person.display_name));
        format!(
            "<label><input type=\"radio\" name=\"username\" value=\"{id}\"{checked}> {name}</label>"
        )
    });
    let people = people.collect::<String>();
    let to = escape(to);
    let body = format!(
        "{error}<form method=\"post\" action=\"/login\">{people}\
         <input type=\"hidden\" name=\"continue\" value=\"{to}\">\
         <button>Log in</button></form>"
    );
    page(200, "Log in to Spotify", &body)
}

/// May this app?
pub(super) fn consent(
    app: &str,
    scopes: &[String],
    (person, name): (&str, &str),
    query: &str,
    switch: &str,
) -> Reply {
    let scopes = scopes.iter().map(|scope| format!("<li>{}</li>", escape(scope)));
    let scopes = scopes.collect::<String>();
    let (app, person, name) = (escape(app), escape(person), escape(name));
    let (query, switch) = (escape(query), escape(switch));
    let body = format!(
        "<p>You agree that {app} will be able to:</p><ul>{scopes}</ul>\
         <p>Logged in as {name}. <a href=\"{switch}\">Not you?</a></p>\
         <form method=\"post\" action=\"/authorize/decision\">\
         <input type=\"hidden\" name=\"request\" value=\"{query}\">\
         <input type=\"hidden\" name=\"person\" value=\"{person}\">\
         <button name=\"decision\" value=\"agree\">Agree</button>\
         <button class=\"quiet\" name=\"decision\" value=\"cancel\">Cancel</button></form>"
    );
    page(200, &app, &body)
}

/// What has access.
pub(super) fn apps(names: &[String]) -> Reply {
    if names.is_empty() {
        return page(200, "Manage apps", "<p>No app has access to your account.</p>");
    }
    let names = names.iter().map(|name| format!("<li>{}</li>", escape(name)));
    let names = names.collect::<String>();
    let form =
        "<form method=\"post\" action=\"/account/apps\"><button>Remove access</button></form>";
    page(200, "Manage apps", &format!("<ul>{names}</ul>{form}"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
