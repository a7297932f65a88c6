//! The vault: provider tokens sealed at rest, and a fresh access token for an identity.
//!
//! A refresh token leaves the vault only for the provider that made it. Tools get access tokens,
//! through [`stagepass_kit::Connections`]; the rooms above get a [`Connection`], which holds no secret at all.

mod access;
mod breaker;
mod cache;
mod choice;
mod connection;
mod grant;
mod idle;
mod keys;
mod link;
mod refresh;
mod refusal;
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
    providers::{Account, ProviderClient, RevokeOutcome, Tokens},
    store::{ConnectionRow, Db},
};

pub(crate) use choice::same_word;
use choice::{choose, handles};

pub use crate::seal::{Place, SealError, Sealer};
pub use connection::Connection;
pub use grant::Grant;
pub use idle::IdleDays;
pub use keys::{UnlockError, unlock};
pub use refusal::Refusal;
pub(crate) use refusal::one_of;
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
    sealer: Arc<Sealer>,
    clock: Clock,
    providers: BTreeMap<String, ProviderClient>,
    cache: cache::TokenCache,
    flights: refresh::Flights,
    breakers: breaker::Breakers,
    /// The versions that a 401 led to, and when, by identity, provider and account.
    renewed: Cache<(Identity, String, String), (i64, DateTime<Utc>)>,
    idle_days: IdleDays,
    tasks: TaskTracker,
}

impl Vault {
    /// A vault over `db`, for these providers, in which chat users rest for `idle_days` at most.
    /// What outlives its caller runs on `tasks`.
    #[must_use]
    pub fn new(
        db: Db,
        sealer: impl Into<Arc<Sealer>>,
        clock: Clock,
        providers: BTreeMap<String, ProviderClient>,
        idle_days: IdleDays,
        tasks: TaskTracker,
    ) -> Self {
        Self(Arc::new(Inner {
            db,
            sealer: sealer.into(),
            clock,
            providers,
            cache: cache::TokenCache::default(),
            flights: refresh::Flights::default(),
            breakers: breaker::Breakers::default(),
            renewed: Cache::new(10_000),
            idle_days,
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
        Ok(rows.into_iter().map(|row| self.connection_in(row)).collect())
    }

    fn connection_in(&self, row: ConnectionRow) -> Connection {
        Connection { dead_reason: self.end_of(&row), ..Connection::from(row) }
    }

    /// The account of `identity` at `provider` that is labelled, named or identified by `wanted`; if
    /// that is left out, the one that tools use: the one linked first, a living one if any is.
    ///
    /// # Errors
    /// When nothing is connected, when no account goes by that name or several do, or when the
    /// database fails.
    pub async fn chosen(
        &self,
        identity: &Identity,
        provider: &str,
        wanted: Option<&str>,
    ) -> Result<Connection, Refusal> {
        let (rows, known) = self.accounts(identity, provider).await?;
        let row = rows.into_iter().nth(choose(&known, wanted)?).ok_or(Refusal::NotConnected)?;
        Ok(self.connection_in(row))
    }

    /// The account that tools use at `provider` where none is chosen.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_in_use(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<Option<Account>, Refusal> {
        match self.chosen(identity, provider, None).await {
            Ok(connection) => Ok(Some(connection.account)),
            Err(Refusal::NotConnected) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// For each account of `identity` at `provider` a word that [`Vault::chosen`] takes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn account_words(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<Vec<String>, Refusal> {
        Ok(handles(&self.accounts(identity, provider).await?.1))
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
        tracing::info!(provider = row.provider, connection = row.id, "account disconnected");
        match grant::tokens(&self.0.sealer, &row, self.0.clock.now()) {
            Ok(tokens) => Ok(client.revoke(tokens).await),
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
        let account = grant.account.id.clone();
        self.give_tokens_back(identity, provider, &account, grant.into_tokens());
    }

    /// The same for tokens of the account with this id, or of one that isn't known.
    fn give_tokens_back(&self, identity: &str, provider: &str, account: &str, tokens: Tokens) {
        let Some(client) = self.0.providers.get(provider).cloned() else { return };
        let (vault, identity, account) = (self.clone(), identity.to_owned(), account.to_owned());
        self.0.tasks.spawn(async move {
            let account = Some(account.as_str()).filter(|id| !id.is_empty());
            for _ in 0..PATIENCE {
                match vault.0.db.is_linked(client.id(), account, &identity).await {
                    Ok(true) => return,
                    Ok(false) => {
                        client.revoke(tokens).await;
                        return;
                    }
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
            }
            tracing::error!(provider = client.id(), "tokens weren't given back: no database");
        });
    }
}
