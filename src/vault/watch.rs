//! What another process revoked or linked anew isn't used here much longer.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Vault;

/// How long a token that was revoked elsewhere may still be used here.
const PAUSE: Duration = Duration::from_secs(2);

impl Vault {
    /// Looks every two seconds, while anything is cached, whether a connection has ended or was
    /// linked anew, and then forgets all opened tokens. Ends with `shutdown`.
    pub async fn keep_watching(self, shutdown: CancellationToken) {
        let mut seen = None;
        while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            if seen.is_some() && self.0.cache.is_empty() {
                continue;
            }
            match self.0.db.epoch().await {
                Ok(epoch) if seen != Some(epoch) => {
                    seen = Some(epoch);
                    self.0.cache.forget_all();
                }
                Ok(_) => {}
                // What can't be checked can't be trusted.
                Err(error) => {
                    tracing::warn!(%error, "can't learn of revocations; asking for every token");
                    self.0.cache.forget_all();
                }
            }
        }
    }
}
