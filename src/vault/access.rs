//! The door: a fresh access token for an identity.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use stagepass_kit::{AccessToken, Connections, Identity, ToolError};

use super::{Refusal, Vault, grant};
use crate::store::ConnectionRow;

/// A token with this much time left, or less, is refreshed before it is used; one that lives
/// shortly, when a fifth of its life is left.
const LEEWAY: TimeDelta = TimeDelta::minutes(5);
/// How long a token that was renewed after a 401 isn't renewed again for another: then the 401 has
/// a cause that no new token cures.
const TRUSTED: TimeDelta = TimeDelta::minutes(1);

#[async_trait]
impl Connections for Vault {
    async fn access_token(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<AccessToken, ToolError> {
        let cached = self.0.cache.get(identity, provider);
        if let Some(fresh) = cached.as_ref().filter(|fresh| !self.has_come(fresh.due_at)) {
            return Ok(fresh.token.clone());
        }
        match (self.fetch(identity, provider, None).await, cached) {
            // The database is away: what still lives is better than nothing.
            (Err(Refusal::Db(_)), Some(fresh)) if !self.has_come(fresh.expires_at) => {
                Ok(fresh.token)
            }
            (fetched, _) => fetched.map_err(|refusal| refusal.into_tool_error(provider)),
        }
    }

    async fn renewed_token(
        &self,
        identity: &Identity,
        provider: &str,
        rejected: &AccessToken,
    ) -> Result<AccessToken, ToolError> {
        let now = self.0.clock.now();
        let key = (identity.clone(), provider.to_owned());
        if let Some((version, renewed_at)) = self.0.renewed.get(&key)
            && version == rejected.version()
            && now - renewed_at < TRUSTED
        {
            let left = (renewed_at + TRUSTED - now).to_std().unwrap_or_default();
            return Err(ToolError::provider_unavailable(provider, left));
        }
        let token = self
            .fetch(identity, provider, Some(rejected.version()))
            .await
            .map_err(|refusal| refusal.into_tool_error(provider))?;
        self.0.renewed.insert(key, (token.version(), now));
        Ok(token)
    }
}

/// When the token of `row` is to be refreshed; never if it doesn't end.
pub(super) fn due_at(row: &ConnectionRow) -> Option<DateTime<Utc>> {
    let end = row.access_expires_at?;
    Some(end - LEEWAY.min((end - row.updated_at) / 5))
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
        let lives = !is_rejected && !self.has_come(row.access_expires_at);
        // Without a refresh token it is used to its end.
        let is_due = row.sealed_refresh.is_some() && self.has_come(due_at(&row));
        let fresh = if lives && !is_due {
            grant::open(&self.0.sealer, &row)?
        } else {
            match self.refreshed(&row.id, row.version).await {
                Err(Refusal::Away(_)) if lives => grant::open(&self.0.sealer, &row)?,
                refreshed => refreshed?,
            }
        };
        let token = fresh.token.clone();
        self.0.cache.put(mark, identity, provider, fresh);
        Ok(token)
    }

    /// The account that was linked first, where somebody linked several; a living one if any is.
    pub(super) async fn first_connection(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<ConnectionRow, Refusal> {
        let mut rows = self.0.db.connections_of(&identity.to_string()).await?;
        rows.retain(|row| row.provider == provider);
        let living = rows.iter().position(|row| row.dead_reason.is_none()).unwrap_or(0);
        rows.into_iter().nth(living).ok_or(Refusal::NotConnected)
    }

    pub(super) fn has_come(&self, time: Option<DateTime<Utc>>) -> bool {
        time.is_some_and(|time| time <= self.0.clock.now())
    }
}
