//! What all routes share: layout, parts, style, headers, cookies, sessions, limits, who asks, and who
//! may ask at all.

pub mod address;
pub mod body;
pub mod cookies;
pub mod cors;
pub mod guard;
pub mod in_app;
pub mod landing;
pub mod layout;
pub mod limit;
pub mod missing;
pub mod parts;
pub mod qr;
pub mod sent;
pub mod session;

use axum::{
    Router,
    http::{
        HeaderValue,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    routing::get,
};
use maud::Markup;

/// The landing page and the style sheet.
pub fn routes(landing: Markup) -> Router {
    Router::new().route("/", get(move || async move { landing })).route("/style.css", get(style))
}

async fn style() -> impl axum::response::IntoResponse {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8")),
        (CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")),
    ];
    (headers, include_str!("web/style.css"))
}
