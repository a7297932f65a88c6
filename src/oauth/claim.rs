//! The claim code: whoever has seen the server start may own it.

use secrecy::SecretString;

use super::OAuth;
use crate::{
    config::Allow,
    vault::{hash, read_spoken_code, spoken_code},
};

/// 80 bits: nobody guesses it, however long the server stays without an owner.
const LENGTH: usize = 16;

impl OAuth {
    /// A code that makes somebody the owner, while there is none; nothing once there is. To be
    /// shown to the operator and to nobody else. Those of earlier starts still work.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_code(&self) -> sqlx::Result<Option<SecretString>> {
        // Where nobody can sign in, no page asks for it.
        if !self.is_unclaimed().await? || self.sign_in_providers().next().is_none() {
            return Ok(None);
        }
        let code = spoken_code::<LENGTH>(self.clock());
        self.db().add_claim(&hash(&code), self.clock().now()).await?;
        Ok(Some(code.into()))
    }

    /// Whether somebody can become the owner.
    pub(super) async fn is_unclaimed(&self) -> sqlx::Result<bool> {
        Ok(*self.allow() == Allow::Owner && !self.db().has_owner().await?)
    }

    /// Whether this, however it was typed, is a claim code that works.
    pub(super) async fn is_claim_code(&self, typed: &str) -> sqlx::Result<bool> {
        match read_spoken_code::<LENGTH>(typed) {
            Some(code) if self.is_unclaimed().await? => self.db().is_claim(&hash(&code)).await,
            _ => Ok(false),
        }
    }
}
