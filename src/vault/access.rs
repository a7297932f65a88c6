//! The door: a fresh access token for an identity.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use stagepass_kit::{AccessToken, Connections, Identity, LinkedAccount, ToolError};

use super::{
    Refusal, Vault,
    cache::Fresh,
    choice::{Known, choose},
    grant,
};
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
        account: Option<&str>,
    ) -> Result<AccessToken, ToolError> {
        let cached = self.0.cache.get(identity, provider, account);
        if let Some(fresh) = cached.as_ref().filter(|fresh| !self.has_come(fresh.due_at)) {
            return Ok(fresh.token.clone());
        }
        match (self.fetch(identity, provider, Wanted::Word(account)).await, cached) {
            // The database is away: what still lives is better than nothing.
            (Err((Refusal::Db(_), _)), Some(fresh)) if !self.has_come(fresh.expires_at) => {
                Ok(fresh.token)
            }
            (fetched, _) => fetched.map_err(|refused| tool_error(refused, provider)),
        }
    }

    async fn renewed_token(
        &self,
        identity: &Identity,
        provider: &str,
        rejected: &AccessToken,
    ) -> Result<AccessToken, ToolError> {
        let now = self.0.clock.now();
        let account = rejected.account();
        let key = (identity.clone(), provider.to_owned(), account.id.clone());
        if let Some((version, renewed_at)) = self.0.renewed.get(&key)
            && version == rejected.version()
            && now - renewed_at < TRUSTED
        {
            let left = (renewed_at + TRUSTED - now).to_std().unwrap_or_default();
            return Err(ToolError::provider_unavailable(provider, left).about(account.clone()));
        }
        let token = self
            .fetch(identity, provider, Wanted::After(rejected))
            .await
            .map_err(|refused| tool_error(refused, provider))?;
        self.0.renewed.insert(key, (token.version(), now));
        Ok(token)
    }
}

/// Which token is wanted.
#[derive(Clone, Copy)]
enum Wanted<'a> {
    /// One of the account that goes by this word, or of the first one.
    Word(Option<&'a str>),
    /// The successor of this one, which was rejected.
    After(&'a AccessToken),
}

/// A refusal, and the account that it is about, as far as one was found.
type Refused = (Refusal, Option<Arc<LinkedAccount>>);

fn tool_error((refusal, account): Refused, provider: &str) -> ToolError {
    let error = refusal.into_tool_error(provider);
    match account {
        Some(account) => error.about(account),
        None => error,
    }
}

/// When the token of `row` is to be refreshed; never if it doesn't end.
pub(super) fn due_at(row: &ConnectionRow) -> Option<DateTime<Utc>> {
    let end = row.access_expires_at?;
    Some(end - LEEWAY.min((end - row.updated_at) / 5))
}

impl Vault {
    /// A token from the database, refreshed if it is due or was rejected.
    async fn fetch(
        &self,
        identity: &Identity,
        provider: &str,
        wanted: Wanted<'_>,
    ) -> Result<AccessToken, Refused> {
        let mark = self.0.cache.mark();
        let (rows, known) = self.accounts(identity, provider).await.map_err(|why| (why, None))?;
        let (place, rejected) = match wanted {
            Wanted::Word(word) => (choose(&known, word), None),
            Wanted::After(token) => {
                let is_its = |known: &Known| known.account.id == token.account().id;
                let place = known.iter().position(is_its).ok_or(Refusal::NotConnected);
                (place, Some(token.version()))
            }
        };
        let place = place.map_err(|why| (why, None))?;
        let row = rows.into_iter().nth(place).ok_or((Refusal::NotConnected, None))?;
        let account = known.get(place).map(|known| known.account.clone());
        let account = account.ok_or((Refusal::NotConnected, None))?;
        match self.fresh(identity, &row, account.clone(), rejected).await {
            Ok(fresh) => {
                let token = fresh.token.clone();
                self.0.cache.put(mark, identity, provider, (known.into(), place), fresh);
                Ok(token)
            }
            Err(why) => {
                // What lives of it in the cache is no good either, and may stand before another.
                if matches!(why, Refusal::NeedsReconnect(_) | Refusal::NotConnected) {
                    self.0.cache.forget(identity, provider);
                }
                Err((why, Some(account)))
            }
        }
    }

    /// The token of `row`, refreshed if it is due or is the `rejected` version.
    async fn fresh(
        &self,
        identity: &Identity,
        row: &ConnectionRow,
        account: Arc<LinkedAccount>,
        rejected: Option<i64>,
    ) -> Result<Fresh, Refusal> {
        if let Some(why) = self.end_of(row) {
            return Err(Refusal::NeedsReconnect(why));
        }
        let bounds = self.note_use(identity, row).await;
        let is_rejected = rejected == Some(row.version);
        let lives = !is_rejected && !self.has_come(row.access_expires_at);
        // Without a refresh token it is used to its end.
        let is_due = row.sealed_refresh.is_some() && self.has_come(due_at(row));
        let fresh = if lives && !is_due {
            grant::open(&self.0.sealer, row, account)?
        } else {
            match self.refreshed(&row.id, row.version).await {
                Err(Refusal::Away(_)) if lives => grant::open(&self.0.sealer, row, account)?,
                refreshed => grant::open(&self.0.sealer, &*refreshed?, account)?,
            }
        };
        Ok(match bounds {
            Some(bounds) => bounds.around(fresh),
            None => fresh,
        })
    }

    /// The connections of `identity` at `provider`, the first linked first, and what can be chosen
    /// of them.
    pub(super) async fn accounts(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<(Vec<ConnectionRow>, Vec<Known>), Refusal> {
        let mut rows = self.0.db.connections_of(&identity.to_string()).await?;
        rows.retain(|row| row.provider == provider);
        let known = Known::of(&rows, |row| self.end_of(row).is_none());
        Ok((rows, known))
    }

    pub(super) fn has_come(&self, time: Option<DateTime<Utc>>) -> bool {
        time.is_some_and(|time| time <= self.0.clock.now())
    }
}
