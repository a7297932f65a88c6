//! What is answered where there is nothing: a page to people, JSON to programs.

use axum::{
    Json,
    http::{HeaderMap, StatusCode, Uri, header::ACCEPT},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::layout;

/// There is nothing at this path.
pub async fn not_found(uri: Uri, headers: HeaderMap) -> Response {
    let status = StatusCode::NOT_FOUND;
    if !wants_page(&uri, &headers) {
        return (status, Json(json!({ "error": "not_found" }))).into_response();
    }
    layout::problem(
        status,
        "There is nothing here",
        "The address is wrong, or what was here is gone.",
        "If you followed a link from your chat, ask the assistant for a new one.",
    )
}

/// There is something at this path, but not for this method.
pub async fn wrong_method(uri: Uri, headers: HeaderMap) -> Response {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    if !wants_page(&uri, &headers) {
        return (status, Json(json!({ "error": "method_not_allowed" }))).into_response();
    }
    layout::problem(
        status,
        "This page can't be opened like that",
        "It is one step on the way through a form, and can't be opened by itself.",
        "Go back to where you began, and press the button there.",
    )
}

/// There is something here, but not under the name that was asked for.
pub(super) fn wrong_name(uri: &Uri, headers: &HeaderMap) -> Response {
    let status = StatusCode::FORBIDDEN;
    if !wants_page(uri, headers) {
        return (status, Json(json!({ "error": "wrong_host" }))).into_response();
    }
    layout::problem(
        status,
        "This server doesn't answer to that name",
        "The address that you opened leads here, but it isn't the one that this server goes by.",
        "Use the address that you were given. If this server is yours, set its public_url to the \
         address that people use.",
    )
}

/// Browsers ask for HTML by name. Below `/.well-known/` nobody but programs looks, and a page there
/// would be taken for a document.
fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let accept = headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    !uri.path().starts_with("/.well-known/")
        && accept.into_iter().any(|line| line.to_ascii_lowercase().contains("text/html"))
}
