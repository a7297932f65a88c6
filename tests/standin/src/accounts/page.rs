//! The page to sign in on: who are you, and may this app know?

use super::Person;
use crate::{Browser, Page, http::Reply};

const STYLE: &str = "body{font:16px system-ui;margin:0 auto;max-width:28rem;padding:3rem 1rem}\
label{display:block;padding:.25rem 0}button{font:inherit;margin:1rem .5rem 0 0;padding:.5rem 1rem}";

fn page(status: u16, title: &str, body: &str) -> Reply {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title} (stand-in)</title>\
         <style>{STYLE}</style></head><body><h1>{title}</h1>{body}</body></html>"
    );
    Reply::html(status, html).with("cache-control", "no-store").with("x-frame-options", "deny")
}

pub(crate) fn refusal(why: &str) -> Reply {
    page(400, "Error", &format!("<p>{}</p>", escape(why)))
}

pub(super) fn sign_in(people: &[Person], query: &str) -> Reply {
    let people = people.iter().enumerate().map(|(number, person)| {
        let checked = if number == 0 { " checked" } else { "" };
        let (id, name) = (escape(&person.id), escape(&person.name));
        format!(
            "<label><input type=\"radio\" name=\"person\" value=\"{id}\"{checked}> {name}</label>"
        )
    });
    let (people, query) = (people.collect::<String>(), escape(query));
    let body = format!(
        "<form method=\"post\">{people}<input type=\"hidden\" name=\"request\" value=\"{query}\">\
         <button name=\"decision\" value=\"agree\">Sign in</button>\
         <button name=\"decision\" value=\"cancel\">Cancel</button></form>"
    );
    page(200, "Sign in", &body)
}

/// Signs in as `who` on the page, or cancels, and goes on to where that leads.
pub(crate) async fn press(browser: &Browser, page: &Page, button: &str, who: &str) -> Page {
    assert!(page.has_button(button), "not the sign-in page: {}", page.describe());
    browser.submit(page, button, &[("person", who)]).await
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
