//! The well-known documents, as they are served. Beside them there is nothing, and web pages may
//! learn that, too: clients try several paths in turn.

use axum::{
    Json, Router,
    extract::State,
    http::header::CACHE_CONTROL,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use serde_json::Value;

use super::OAuth;
use crate::web::missing::not_found;

/// Clients keep a document about as long (Claude: five minutes).
const KEPT: [(axum::http::HeaderName, &str); 1] = [(CACHE_CONTROL, "public, max-age=300")];

/// All of them.
pub(super) fn routes(oauth: &OAuth) -> Router<OAuth> {
    let description = oauth.description();
    let server = description.server_document();
    let fixed = description.resource_documents().chain([
        ("/.well-known/oauth-authorization-server".to_owned(), server.clone()),
        ("/.well-known/openid-configuration".to_owned(), server),
        ("/.well-known/mcp-manifest.json".to_owned(), description.manifest()),
    ]);
    fixed
        .fold(Router::new(), |router, (path, document)| {
            router.route(&path, get(move || async move { serve(&document) }))
        })
        .route("/.well-known/jwks.json", get(jwks))
        .route("/.well-known/{*unknown}", any(not_found))
}

async fn jwks(State(oauth): State<OAuth>) -> Response {
    // Another process may have made a key. The known ones are served whether that can be told.
    if let Err(error) = oauth.look().await {
        tracing::warn!(%error, "can't look for a newer signing key");
    }
    serve(&oauth.keys().ring().jwks)
}

fn serve(document: &Value) -> Response {
    (KEPT, Json(document)).into_response()
}
