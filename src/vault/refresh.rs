//! One refresh at a time for each connection, across callers, threads and replicas.
//!
//! Within this process callers share a flight. Across processes the row itself says that somebody
//! is refreshing it, and until when: that is noted before the provider is asked, and a note that
//! has run out was left by a crash. The answer is stored before anybody uses it. A flight is a
//! task of its own, and goes on when its callers have gone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use secrecy::SecretString;
use stagepass_kit::Identity;
use tokio::time::{Instant, sleep, timeout};

use super::{Refusal, Vault, grant};
use crate::{
    providers::{ProviderClient, ProviderError, TokenAnswer},
    store::{AuditRow, ConnectionRow},
};

/// How long one refresh may take before another process may think that it crashed. Longer than
/// the HTTP client waits for an answer.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// How long to leave a provider alone that refuses our own credentials.
const MISCONFIGURED: Duration = Duration::from_mins(1);
/// How often to look whether somebody else's refresh is done, and how long in all: with a token
/// that still lives, and with none.
const POLL: Duration = Duration::from_millis(50);
const POLITE: Duration = Duration::from_secs(2);
const PATIENT: Duration = Duration::from_secs(16);
/// How long a caller waits for a flight. The flight itself goes on.
const CALLER: Duration = Duration::from_secs(20);
/// The longest pause between tries to store an answer while the database is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

type Key = (String, i64);
/// The row as it is afterwards; each caller opens it.
type Row = Arc<ConnectionRow>;
type Flight = Shared<BoxFuture<'static, Result<Row, Refusal>>>;

/// The refreshes that are under way here, by connection and the version that they replace.
#[derive(Default)]
pub(super) struct Flights(Mutex<HashMap<Key, Flight>>);

impl Vault {
    /// The connection `id` as it follows version `seen`.
    pub(super) async fn refreshed(&self, id: &str, seen: i64) -> Result<Row, Refusal> {
        let key = (id.to_owned(), seen);
        let flight = {
            let mut flights = self.0.flights.0.lock().unwrap_or_else(PoisonError::into_inner);
            flights.entry(key.clone()).or_insert_with(|| self.take_off(key)).clone()
        };
        timeout(CALLER, flight).await.unwrap_or(Err(Refusal::Away(LONGEST_PAUSE)))
    }

    fn take_off(&self, key: Key) -> Flight {
        let vault = self.clone();
        let task = self.0.tasks.spawn(async move {
            let _landing = Landing { vault: &vault, key: &key };
            vault.fly(&key.0, key.1).await
        });
        task.map(|done| done.unwrap_or(Err(Refusal::Broken))).boxed().shared()
    }

    async fn fly(&self, id: &str, seen: i64) -> Result<Row, Refusal> {
        let started = Instant::now();
        loop {
            let row = self.living(id).await?;
            if row.version != seen {
                return Ok(row);
            }
            let breakers = [&row.provider, &row.id];
            if let Some(wait) =
                breakers.iter().find_map(|name| self.0.breakers.wait(name, &self.0.clock))
            {
                return Err(Refusal::Away(wait));
            }
            let now = self.0.clock.now();
            if self.0.db.begin_refresh(id, seen, now, now + LEASE).await? {
                return self.ask(row).await;
            }
            // Somebody else is at it, or was when they crashed.
            let patience = if self.has_come(row.access_expires_at) { PATIENT } else { POLITE };
            if started.elapsed() > patience {
                let left = row.refreshing_until.map_or(LEASE, |until| until - now);
                return Err(Refusal::Away(left.to_std().unwrap_or(POLL)));
            }
            sleep(POLL).await;
        }
    }

    async fn living(&self, id: &str) -> Result<Row, Refusal> {
        let row = self.0.db.connection(id).await?.ok_or(Refusal::NotConnected)?;
        match row.dead_reason {
            Some(why) => Err(Refusal::NeedsReconnect(why)),
            None => Ok(Arc::new(row)),
        }
    }

    /// Asks the provider; we hold the right to.
    async fn ask(&self, row: Row) -> Result<Row, Refusal> {
        let client = self.0.providers.get(&row.provider).ok_or(Refusal::NotConnected)?;
        let Some(token) = grant::open_refresh(&self.0.sealer, &row)? else {
            return self.bury(client, &row).await;
        };
        let (name, wait, trace) = match client.refresh(&token).await {
            Ok(answer) => {
                self.0.breakers.succeeded(&row.provider);
                self.0.breakers.succeeded(&row.id);
                return self.store(client, &row, &token, &answer).await;
            }
            Err(ProviderError::InvalidGrant) => return self.bury(client, &row).await,
            Err(ProviderError::InvalidClient) => {
                tracing::error!(
                    provider = row.provider,
                    "the provider refuses our client id or secret"
                );
                (&row.provider, Some(MISCONFIGURED), None)
            }
            Err(ProviderError::UnauthorizedClient) => {
                tracing::error!(
                    provider = row.provider,
                    "the provider doesn't let our client refresh tokens"
                );
                (&row.provider, Some(MISCONFIGURED), None)
            }
            Err(ProviderError::Untrusted(why)) => {
                tracing::error!(provider = row.provider, why, "the provider can't be trusted");
                (&row.provider, Some(MISCONFIGURED), None)
            }
            Err(ProviderError::Refused(_)) => {
                tracing::warn!(provider = row.provider, connection = row.id, "refresh refused");
                (&row.id, None, None)
            }
            Err(ProviderError::Unavailable { why, retry_after, lost }) => {
                tracing::warn!(provider = row.provider, why, "refresh put off");
                // What was lost once stays lost, however the next try fails.
                let trace = (lost || row.refreshing_until.is_some()).then(|| self.0.clock.now());
                (&row.provider, retry_after, trace)
            }
        };
        let wait = self.0.breakers.failed(name, wait, &self.0.clock);
        if let Err(error) = self.0.db.end_refresh(&row.id, row.version, trace).await {
            tracing::warn!(%error, "the end of a refresh can't be noted; it ends by itself");
        }
        Err(Refusal::Away(wait))
    }

    /// Stores the answer, however long that takes: with a provider that rotates its refresh
    /// tokens the old one is dead by now.
    async fn store(
        &self,
        client: &ProviderClient,
        row: &ConnectionRow,
        token: &SecretString,
        answer: &TokenAnswer,
    ) -> Result<Row, Refusal> {
        let (sealer, clock) = (&self.0.sealer, &self.0.clock);
        let next = grant::refreshed(sealer, clock, client.provider(), row, token, answer)?;
        let mut pause = POLL;
        loop {
            match self.0.db.write_connection(&next).await {
                Ok(true) => return Ok(Arc::new(next)),
                Ok(false) => return self.superseded(row, answer).await,
                Err(error) => {
                    tracing::warn!(%error, "a refreshed token can't be stored yet");
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Linked anew meanwhile, or an earlier try was stored after all: what stands there now is
    /// what counts. Revoked meanwhile: then what came too late is given back.
    async fn superseded(&self, row: &ConnectionRow, answer: &TokenAnswer) -> Result<Row, Refusal> {
        let now = self.living(&row.id).await;
        if let (Err(Refusal::NotConnected), Some(client)) =
            (&now, self.0.providers.get(&row.provider))
        {
            client.revoke(answer.into()).await;
        }
        now
    }

    /// The provider no longer accepts the connection, unless somebody was faster: then it was
    /// their success that made our token stale.
    async fn bury(&self, client: &ProviderClient, row: &ConnectionRow) -> Result<Row, Refusal> {
        let why = epitaph(client, row);
        if row.refreshing_until.is_some() {
            self.await_survivor(row).await?;
        }
        let death = death(row, &why).stamped(&self.0.clock);
        if self.0.db.kill_connection(&row.id, row.version, &why, &death).await? {
            tracing::info!(
                provider = row.provider,
                connection = row.id,
                "connection needs a new sign-in"
            );
            return Err(Refusal::NeedsReconnect(why));
        }
        self.living(&row.id).await
    }

    /// Whoever was refreshing before us may be alive after all, with the answer in hand, and only
    /// wait for the database.
    async fn await_survivor(&self, row: &ConnectionRow) -> Result<(), Refusal> {
        let begun = Instant::now();
        while begun.elapsed() < LONGEST_PAUSE * 2 {
            if self.living(&row.id).await?.version != row.version {
                break;
            }
            sleep(POLL).await;
        }
        Ok(())
    }
}

/// What is recorded of it.
fn death(row: &ConnectionRow, why: &str) -> AuditRow {
    let identity = row.identity.parse::<Identity>().ok();
    AuditRow {
        event: "connection.died".to_owned(),
        outcome: "done".to_owned(),
        detail: Some(why.to_owned()),
        identity: Some(row.identity.clone()),
        client_id: identity.and_then(|identity| identity.bot().map(str::to_owned)),
        provider: Some(row.provider.clone()),
        connection_id: Some(row.id.clone()),
        ..AuditRow::default()
    }
}

/// Why the person has to sign in again.
fn epitaph(client: &ProviderClient, row: &ConnectionRow) -> String {
    let name = &client.provider().name;
    if row.refreshing_until.is_some() {
        return format!("A renewal at {name} was interrupted, and its answer was lost.");
    }
    let provider = client.provider();
    match (provider.reconnect_months, provider.reconnect_days) {
        (Some(months), _) => format!(
            "{name} no longer accepts the sign-in: access was withdrawn, or {months} months have passed."
        ),
        (None, Some(days)) => format!(
            "{name} no longer accepts the sign-in: access was withdrawn, or {days} days have passed."
        ),
        (None, None) => format!(
            "{name} no longer accepts the sign-in: access was withdrawn, or it was unused for too long."
        ),
    }
}

/// Takes a flight off the list when it ends, however it ends.
struct Landing<'a> {
    vault: &'a Vault,
    key: &'a Key,
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        let mut flights = self.vault.0.flights.0.lock().unwrap_or_else(PoisonError::into_inner);
        flights.remove(self.key);
    }
}
