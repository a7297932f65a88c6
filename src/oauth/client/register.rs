//! `POST /register`: dynamic client registration (RFC 7591).

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{StatusCode, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::ExposeSecret;
use serde_json::{Map, Value};

use super::{ClientKeys, ClientMetadata, OAuth, check_registration, row};
use crate::{
    audit::Entry,
    oauth::error::OAuthError,
    store::{ClientKind, ClientRow},
    vault::{hash, mint},
    web::address::ClientAddress,
};

/// Registers a client. It may have what the tools need, if a person agrees, and nothing more.
pub(in crate::oauth) async fn answer(
    State(oauth): State<OAuth>,
    address: ClientAddress,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let metadata = check_registration(&body)
        .map_err(|error| OAuthError::new(error.code(), error.to_string()))?;
    let now = oauth.clock().now();
    let id = format!("spd_{}", BASE64_URL_SAFE_NO_PAD.encode(oauth.clock().random::<16>()));
    let secret = metadata.auth_method.has_secret().then(|| mint(oauth.clock(), "spk_"));
    let row = ClientRow {
        secret_hash: secret.as_ref().map(|secret| hash(secret.expose_secret())),
        ..row(ClientKind::Dynamic, id, &metadata, now)
    };
    oauth.db().save_client(&row).await?;
    let entry = Entry::done("client.registered").client(&row.id).address(address.0);
    oauth.audit().record(entry).await?;
    let mut fields = describe(&row, &metadata);
    if let Some(secret) = secret {
        fields.insert("client_secret".to_owned(), secret.expose_secret().into());
        // It doesn't expire (RFC 7591 §3.2.1).
        fields.insert("client_secret_expires_at".to_owned(), 0.into());
    }
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(fields)).into_response())
}

/// What was registered, which may be less than what was asked (RFC 7591 §3.2.1).
fn describe(row: &ClientRow, metadata: &ClientMetadata) -> Map<String, Value> {
    let words = |list: &str| list.split(' ').collect::<Vec<_>>().into();
    let keys = metadata.keys.as_ref().map(|keys| match keys {
        ClientKeys::Set(set) => ("jwks", set.clone()),
        ClientKeys::At(url) => ("jwks_uri", url.as_str().into()),
    });
    let fields: [(_, Value); 8] = [
        ("client_id", row.id.as_str().into()),
        ("client_id_issued_at", row.created_at.timestamp().into()),
        ("client_name", row.name.as_str().into()),
        ("redirect_uris", words(&row.redirect_uris)),
        ("grant_types", words(&row.grant_types)),
        ("response_types", words("code")),
        ("token_endpoint_auth_method", row.auth_method.as_str().into()),
        ("scope", row.scopes.as_str().into()),
    ];
    let kind = metadata.application_type.map(|kind| ("application_type", kind.into()));
    let fields = fields.into_iter().chain(keys).chain(kind);
    fields.map(|(name, value)| (name.to_owned(), value)).collect()
}
