//! What this server says of itself to the authorization servers of remote ones.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Uri, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};

use super::Connect;
use crate::{
    providers::ProviderClient,
    web::{missing::not_found, sent::Named},
};

/// The document that is its client id at one of them.
pub(super) async fn show(
    State(connect): State<Connect>,
    Named(provider): Named,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let client = connect.vault.providers().get(&provider);
    match client.and_then(ProviderClient::document_of_ours) {
        Some(document) => {
            ([(CACHE_CONTROL, "public, max-age=300")], Json(document)).into_response()
        }
        None => not_found(uri, headers).await,
    }
}
