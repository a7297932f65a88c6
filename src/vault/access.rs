//! The door: a fresh access token for an identity.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use stagepass_kit::{AccessToken, Connections, Identity, ToolError};

use super::{Refusal, Vault, cache::Fresh, grant};
use crate::store::ConnectionRow;

/// A token with this much time left, or less, is refreshed before it is used.
const LEEWAY: TimeDelta = TimeDelta::minutes(5);

#[async_trait]
impl Connections for Vault {
    async fn access_token(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<AccessToken, ToolError> {
        if let Some(Fresh { token, expires_at }) = self.0.cache.get(identity, provider)
            && !self.is_due(expires_at)
        {
            return Ok(token);
        }
        self.fetch(identity, provider, None)
            .await
            .map_err(|refusal| refusal.into_tool_error(provider))
    }

    async fn renewed_token(
        &self,
        identity: &Identity,
        provider: &str,
        rejected: &AccessToken,
    ) -> Result<AccessToken, ToolError> {
        self.fetch(identity, provider, Some(rejected.version()))
            .await
            .map_err(|refusal| refusal.into_tool_error(provider))
    }
}

impl Vault {
    /// A token from the database, refreshed if it is due or is the `rejected` version.
    async fn fetch(
        &self,
        identity: &Identity,
        provider: &str,
        rejected: Option<i64>,
    ) -> Result<AccessToken, Refusal> {
        let mark = self.0.cache.mark();
        let row = self.first_connection(identity, provider).await?;
        if let Some(why) = row.dead_reason {
            return Err(Refusal::NeedsReconnect(why));
        }
        let is_rejected = rejected == Some(row.version);
        let fresh = if is_rejected || self.is_due(row.access_expires_at) {
            match self.refreshed(&row.id, row.version).await {
                // Still alive for a while: better than nothing while the provider is away.
                Err(Refusal::Away(_)) if !is_rejected && self.is_alive(row.access_expires_at) => {
                    grant::open(&self.0.sealer, &row)?
                }
                refreshed => refreshed?,
            }
        } else {
            grant::open(&self.0.sealer, &row)?
        };
        let token = fresh.token.clone();
        self.0.cache.put(mark, identity, provider, fresh);
        Ok(token)
    }

    /// The account that was linked first, where somebody linked several; a living one if any is.
    async fn first_connection(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<ConnectionRow, Refusal> {
        let mut rows = self.0.db.connections_of(&identity.to_string()).await?;
        rows.retain(|row| row.provider == provider);
        let living = rows.iter().position(|row| row.dead_reason.is_none()).unwrap_or(0);
        rows.into_iter().nth(living).ok_or(Refusal::NotConnected)
    }

    fn is_due(&self, expires_at: Option<DateTime<Utc>>) -> bool {
        expires_at.is_some_and(|end| end - self.0.clock.now() <= LEEWAY)
    }

    pub(super) fn is_alive(&self, expires_at: Option<DateTime<Utc>>) -> bool {
        expires_at.is_none_or(|end| self.0.clock.now() < end)
    }
}
