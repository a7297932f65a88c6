//! The one frame that every page stands in. No script, nothing from elsewhere.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};
use url::Url;

use super::parts;

/// A page with a heading and a body.
#[must_use]
pub fn page(title: &str, body: &Markup) -> Markup {
    frame(title, &html! {}, body)
}

/// A page that says what went wrong, and what to do about it.
#[must_use]
pub fn problem(status: StatusCode, title: &str, message: &str, next_step: &str) -> Response {
    let body = html! { div role="alert" { p { (message) } p { (next_step) } } };
    (status, page(title, &body)).into_response()
}

/// The answer to a form of ours that leads on to somebody else's `url`; `name` is what people call
/// that place.
///
/// Not a redirect: Chromium holds each hop that follows a form against the page's `form-action`,
/// and where a provider or a client hops isn't known. Whoever calls this has checked `url`.
#[must_use]
pub fn onward(url: &Url, name: &str) -> Response {
    let target = refresh_target(url);
    let head = html! { meta http-equiv="refresh" content={ "0;url=" (target) }; };
    let is_app = !matches!(url.scheme(), "http" | "https");
    let body = html! {
        (parts::host(url))
        p { a.button href=(target) { "Continue to " (name) } }
        p.soft {
            "Press this if nothing happens."
            @if is_app { " When the app has opened, you can close this page." }
        }
    };
    frame(&format!("Taking you to {name}…"), &head, &body).into_response()
}

/// `url` as a refresh can hold it: after `url=` browsers read on to the end of the attribute,
/// whatever `;` or `,` comes, but may take quotes for its ends (HTML, "shared declarative refresh
/// steps").
fn refresh_target(url: &Url) -> String {
    url.as_str().replace('\'', "%27").replace('"', "%22").replace(' ', "%20")
}

fn frame(title: &str, head: &Markup, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                meta name="color-scheme" content="light dark";
                title { (title) " · Stagepass" }
                (head)
                link rel="stylesheet" href="/style.css";
            }
            body { main { h1 { (title) } (body) } }
        }
    }
}
