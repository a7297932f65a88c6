//! `POST /revoke` (RFC 7009): a client gives back what it was given.

use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};

use super::{OAuth, error::OAuthError, token::read_form};
use crate::{audit::Entry, store::GrantRow, vault::hash, web::address::ClientAddress};

/// Ends the grant that the token came from, whichever of its tokens it is. A token that isn't
/// known, or is another client's, changes nothing, and the answer is the same (RFC 7009 §2.2).
pub(super) async fn answer(
    State(oauth): State<OAuth>,
    address: ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, OAuthError> {
    let form = read_form(&headers, &body)?;
    let client = oauth.authenticate(&headers, &form, address).await?;
    let token =
        form.get("token").ok_or_else(|| OAuthError::invalid_request("token is missing."))?;
    let grant = oauth.grant_of(token).await?;
    if let Some(grant) = grant.filter(|grant| grant.client_id == client.id()) {
        let entry = Entry::done("token.revoked").identity(&grant.identity).client(client.id());
        oauth.audit().record(entry.grant(&grant.id).address(address.0)).await?;
        oauth.db().end_grant(&grant.id).await?;
        oauth.forget_checked().await;
    }
    Ok(StatusCode::OK)
}

impl OAuth {
    /// The grant that a token of ours came from, a refresh token or an access token that lives.
    pub(super) async fn grant_of(&self, token: &str) -> sqlx::Result<Option<GrantRow>> {
        if let Some(row) = self.db().refresh_token(&hash(token)).await? {
            return self.db().grant(&row.grant_id).await;
        }
        match self.claims(token).await? {
            Some(claims) => self.db().grant(&claims.gid).await,
            None => Ok(None),
        }
    }
}
