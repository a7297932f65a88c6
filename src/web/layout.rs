//! The one frame that every page stands in. No script, nothing from elsewhere.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use maud::{DOCTYPE, Markup, html};
use url::Url;

/// A page with a heading and a body.
#[must_use]
pub fn page(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (title) " · Stagepass" }
                link rel="stylesheet" href="/style.css";
            }
            body { main { h1 { (title) } (body) } }
        }
    }
}

/// A page that says what went wrong, and what to do about it.
#[must_use]
pub fn problem(status: StatusCode, title: &str, message: &str, next_step: &str) -> Response {
    let body = html! { p { (message) } p { (next_step) } };
    (status, page(title, &body)).into_response()
}

/// What a person sees who opens the server's address in a browser.
#[must_use]
pub fn landing(mcp_url: &Url) -> Markup {
    let body = html! {
        p { "This is an MCP server. Add this URL to your assistant:" }
        p { code { (mcp_url) } }
        p.soft { "Then ask it to connect your account; it will show you a link." }
    };
    page("Stagepass", &body)
}
