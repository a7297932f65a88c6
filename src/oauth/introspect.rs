//! `POST /introspect` (RFC 7662): what a token is, for the client that has it.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, header::CACHE_CONTROL},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use stagepass_kit::Identity;

use super::{OAuth, client::Client, error::OAuthError, token::read_form};
use crate::{store::RefreshState, vault::hash, web::address::ClientAddress};

/// Answers about a token that was given to the client that asks. All others, whatever is the
/// matter with them, are `{"active": false}` (RFC 7662 §2.2).
pub(super) async fn answer(
    State(oauth): State<OAuth>,
    address: ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, OAuthError> {
    let form = read_form(&headers, &body)?;
    let client = oauth.authenticate(&headers, &form, address).await?;
    let token =
        form.get("token").ok_or_else(|| OAuthError::invalid_request("token is missing."))?;
    let known = match oauth.describe_access(&client, token).await? {
        None => oauth.describe_refresh(&client, token).await?,
        known => known,
    };
    let body = known.unwrap_or_else(|| json!({"active": false}));
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

impl OAuth {
    async fn describe_access(
        &self,
        client: &Client,
        token: &str,
    ) -> Result<Option<Value>, OAuthError> {
        let Some(claims) = self.claims(token).await? else { return Ok(None) };
        let lives = self.db().grant(&claims.gid).await?.is_some()
            && claims.client_id == client.id()
            && self.is_welcome(&claims.sub).await?;
        Ok(lives.then(|| {
            let mut said = json!({
                "active": true,
                "token_type": "Bearer",
                "iss": claims.iss,
                "sub": claims.sub,
                "aud": claims.aud,
                "client_id": claims.client_id,
                "scope": claims.scope,
                "jti": claims.jti,
                "iat": claims.iat,
                "exp": claims.exp,
            });
            if let (Some(actor), Some(fields)) = (claims.act, said.as_object_mut()) {
                fields.insert("act".to_owned(), json!(actor));
            }
            said
        }))
    }

    async fn describe_refresh(
        &self,
        client: &Client,
        token: &str,
    ) -> Result<Option<Value>, OAuthError> {
        // Of a public client anybody could ask. A thief would see when its owner has used a token,
        // and follow in time to be taken for them.
        if client.is_public() {
            return Ok(None);
        }
        let Some(row) = self.db().refresh_token(&hash(token)).await? else { return Ok(None) };
        let now = self.clock().now();
        let grant = self.db().grant(&row.grant_id).await?;
        let grant = grant.filter(|grant| {
            row.state == RefreshState::Live
                && grant.client_id == client.id()
                && now < grant.expires_at
        });
        let Some(grant) = grant else { return Ok(None) };
        if !self.is_welcome(&grant.identity).await? {
            return Ok(None);
        }
        Ok(Some(json!({
            "active": true,
            "token_type": "refresh_token",
            "iss": self.description().issuer(),
            "sub": grant.identity,
            "aud": grant.resource,
            "client_id": grant.client_id,
            "scope": grant.scopes,
            "iat": row.created_at.timestamp(),
        })))
    }

    async fn is_welcome(&self, identity: &str) -> sqlx::Result<bool> {
        match identity.parse::<Identity>() {
            Ok(identity) => self.may_come_in(&identity).await,
            Err(_) => Ok(false),
        }
    }
}
