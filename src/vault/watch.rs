//! What another process revoked or linked anew isn't used here much longer.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::Vault;
use crate::store::Epoch;

/// How long a token that was revoked elsewhere may still be used here.
const PAUSE: Duration = Duration::from_secs(2);
/// How long opened tokens are used while nobody can tell whether they were revoked.
const BLIND: Duration = Duration::from_mins(1);

impl Vault {
    /// Looks every two seconds, while anything is cached, whether a connection has ended or was
    /// linked anew, and then forgets all opened tokens. Ends with `shutdown`.
    pub async fn keep_watching(self, shutdown: CancellationToken) {
        let (mut seen, mut seen_at) = (None, Instant::now());
        while shutdown.run_until_cancelled(sleep(PAUSE)).await.is_some() {
            if seen.is_some() && self.0.cache.is_empty() {
                continue;
            }
            match self.0.db.epoch(Epoch::Connections).await {
                Ok(epoch) => {
                    if seen != Some(epoch) {
                        self.0.cache.forget_all();
                    }
                    (seen, seen_at) = (Some(epoch), Instant::now());
                }
                Err(error) => {
                    tracing::warn!(%error, "can't learn of revocations");
                    if seen_at.elapsed() > BLIND {
                        self.0.cache.forget_all();
                    }
                }
            }
        }
    }
}
