//! Access tokens of both kinds, and what they say: those that clients get are signed, and those that
//! the operator makes are looked up.

use super::{OAuth, access_token::Claims};
use crate::vault::hash;

/// How a token begins that the operator made.
pub const MADE: &str = "spa_";

impl OAuth {
    /// What an access token of ours says, if it lives. Whether whoever has it may still come in
    /// isn't asked here.
    pub(super) async fn claims(&self, token: &str) -> sqlx::Result<Option<Claims>> {
        if !token.starts_with(MADE) {
            return Ok(self.tokens().check(token).await);
        }
        let made = self.db().token(&hash(token), self.clock().now()).await?;
        Ok(made.map(|made| Claims {
            iss: self.description().issuer().to_owned(),
            sub: made.grant.identity,
            aud: made.grant.resource,
            client_id: made.grant.client_id,
            scope: made.grant.scopes,
            jti: made.token_id,
            gid: made.grant.id,
            iat: made.grant.created_at.timestamp(),
            exp: made.grant.expires_at.timestamp(),
            act: None,
        }))
    }
}
