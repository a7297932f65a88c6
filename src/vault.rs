//! The vault: provider tokens sealed at rest, and a fresh access token for an identity.
//!
//! A refresh token leaves the vault only for the provider that made it. Tools get access tokens,
//! through [`stagepass_kit::Connections`]; the rooms above get a [`Connection`], which holds no secret at all.

mod access;
mod breaker;
mod cache;
mod connection;
mod grant;
mod keys;
mod refresh;
mod refusal;
mod seal;
mod secret;
mod spoken;
mod watch;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use moka::sync::Cache;
use stagepass_kit::Identity;
use tokio_util::task::TaskTracker;

use crate::{
    clock::Clock,
    providers::{Account, ProviderClient, RevokeOutcome},
    store::{ConnectionRow, Db},
};

pub use connection::Connection;
pub use grant::Grant;
pub use keys::{UnlockError, unlock};
pub use refusal::Refusal;
pub use seal::{Place, SealError, Sealer};
pub use secret::{hash, mint, same};
pub use spoken::{read_spoken_code, spoken_code};

/// How often, and how many times, what is given back waits for the database.
const PAUSE: Duration = Duration::from_millis(500);
const PATIENCE: usize = 120;

/// The vault. Clones share everything.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    db: Db,
    sealer: Sealer,
    clock: Clock,
    providers: BTreeMap<String, ProviderClient>,
    cache: cache::TokenCache,
    flights: refresh::Flights,
    breakers: breaker::Breakers,
    /// The versions that a 401 led to, and when.
    renewed: Cache<(Identity, String), (i64, DateTime<Utc>)>,
    tasks: TaskTracker,
}

impl Vault {
    /// A vault over `db`, for these providers. What outlives its caller runs on `tasks`.
    #[must_use]
    pub fn new(
        db: Db,
        sealer: Sealer,
        clock: Clock,
        providers: BTreeMap<String, ProviderClient>,
        tasks: TaskTracker,
    ) -> Self {
        Self(Arc::new(Inner {
            db,
            sealer,
            clock,
            providers,
            cache: cache::TokenCache::default(),
            flights: refresh::Flights::default(),
            breakers: breaker::Breakers::default(),
            renewed: Cache::new(10_000),
            tasks,
        }))
    }

    /// What seals for the rooms above, too.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    /// The providers, by id.
    #[must_use]
    pub fn providers(&self) -> &BTreeMap<String, ProviderClient> {
        &self.0.providers
    }

    /// The connections of `identity`, the first linked first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn connections(&self, identity: &Identity) -> Result<Vec<Connection>, Refusal> {
        let rows = self.0.db.connections_of(&identity.to_string()).await?;
        Ok(rows.into_iter().map(Connection::from).collect())
    }

    /// The account that tools use at `provider`: the one linked first, a living one if any is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_in_use(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<Option<Account>, Refusal> {
        match self.first_connection(identity, provider).await {
            Ok(row) => Ok(Some(Connection::from(row).account)),
            Err(Refusal::NotConnected) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes `grant` the connection of `identity` at `provider` and completes `link`. Answers with
    /// the connection's id; none if the link couldn't be completed any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activate(
        &self,
        link: &str,
        identity: &Identity,
        provider: &str,
        grant: &Grant,
    ) -> Result<Option<String>, Refusal> {
        // A refresh may write between the read and the write; then the write is made again.
        for _ in 0..8 {
            let row = self.row_of(identity, provider, grant).await?;
            if self.0.db.complete_link(link, &row).await? {
                tracing::info!(provider, connection = row.id, "account connected");
                self.0.cache.forget(identity, provider);
                return Ok(Some(row.id));
            }
            let newest = self.0.db.link_of(&identity.to_string(), provider).await?;
            if !newest.is_some_and(|row| row.id == link && row.is_live(self.0.clock.now())) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Makes `grant` the connection of `identity` at `provider`, where the sign-in itself proves
    /// who asked. Answers with the connection's id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn adopt(
        &self,
        identity: &Identity,
        provider: &str,
        grant: &Grant,
    ) -> Result<String, Refusal> {
        // A refresh may write between the read and the write; then the write is made again.
        for _ in 0..8 {
            let row = self.row_of(identity, provider, grant).await?;
            if self.0.db.replace_connection(&row).await? {
                tracing::info!(provider, connection = row.id, "account connected");
                self.0.cache.forget(identity, provider);
                return Ok(row.id);
            }
        }
        Err(Refusal::Broken)
    }

    /// The row that `grant` makes, in place of the one that the account has.
    async fn row_of(
        &self,
        identity: &Identity,
        provider: &str,
        grant: &Grant,
    ) -> Result<ConnectionRow, Refusal> {
        let months =
            self.0.providers.get(provider).and_then(|client| client.provider().reconnect_months);
        let rows = self.0.db.connections_of(&identity.to_string()).await?;
        let before = rows
            .into_iter()
            .find(|row| row.provider == provider && row.account_id == grant.account.id);
        Ok(grant.to_row(&self.0.sealer, &self.0.clock, identity, provider, months, before)?)
    }

    /// Deletes a connection of `identity` and revokes its tokens at the provider, as far as that
    /// is possible.
    ///
    /// # Errors
    /// When the database fails; then nothing was revoked.
    pub async fn revoke(
        &self,
        identity: &Identity,
        connection: &Connection,
    ) -> Result<RevokeOutcome, Refusal> {
        let row = self.0.db.delete_connection(&connection.id).await?;
        self.0.cache.forget(identity, &connection.provider);
        let (Some(row), Some(client)) = (row, self.0.providers.get(&connection.provider)) else {
            return Ok(RevokeOutcome::Nothing);
        };
        // The refresh token is the root of the grant; without one the access token has to do.
        let token = match grant::open_refresh(&self.0.sealer, &row) {
            Ok(Some(token)) => Ok(token),
            Ok(None) if row.sealed_access.is_empty() => return Ok(RevokeOutcome::Nothing),
            Ok(None) => grant::open_access(&self.0.sealer, &row),
            Err(error) => Err(error),
        };
        tracing::info!(provider = row.provider, connection = row.id, "account disconnected");
        match token {
            Ok(token) => Ok(client.revoke(&token).await),
            Err(error) => {
                tracing::error!(%error, connection = row.id, "deleted, but not revoked");
                Ok(RevokeOutcome::Failed)
            }
        }
    }

    /// Gives back to `provider` what never became a connection of `identity`, without waiting for
    /// the answer. Not while the same account is connected: at some providers that would end the
    /// connection, too.
    pub fn give_back(&self, identity: &str, provider: &str, grant: Grant) {
        let Some(client) = self.0.providers.get(provider).cloned() else { return };
        let (vault, identity) = (self.clone(), identity.to_owned());
        self.0.tasks.spawn(async move {
            let account = Some(grant.account.id.as_str()).filter(|id| !id.is_empty());
            for _ in 0..PATIENCE {
                match vault.0.db.is_linked(client.id(), account, &identity).await {
                    Ok(true) => return,
                    Ok(false) => {
                        client.revoke(grant.refresh.as_ref().unwrap_or(&grant.access)).await;
                        return;
                    }
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
            }
            tracing::error!(provider = client.id(), "tokens weren't given back: no database");
        });
    }
}
