//! Forgets what is over, and rotates the signing key when it is old.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;

use super::{OAuth, keys::KeyError};

const PAUSE: Duration = Duration::from_mins(1);
/// How long a used code is remembered, so that a second use is noticed.
const CODES: TimeDelta = TimeDelta::days(1);
/// How long a dead refresh token is.
const REFRESH_TOKENS: TimeDelta = TimeDelta::days(30);
/// How long a client is kept that a stranger registered and nobody agreed to.
const UNUSED: TimeDelta = TimeDelta::days(1);
/// How long one is kept that has nothing any more.
const IDLE: TimeDelta = TimeDelta::days(90);
/// How many that nobody agreed to are kept at all.
const MOST_UNUSED: i64 = 10_000;

impl OAuth {
    /// Sweeps every minute until `shutdown`.
    pub async fn keep_sweeping(self, shutdown: CancellationToken) {
        while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            if let Err(error) = self.sweep().await {
                tracing::warn!(%error, "sweep failed");
            }
        }
    }

    /// Sweeps once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sweep(&self) -> Result<(), KeyError> {
        let (db, now) = (self.db(), self.clock().now());
        db.forget_authorizations(now).await?;
        db.forget_codes(now - CODES).await?;
        db.forget_refresh_tokens(now - REFRESH_TOKENS).await?;
        db.forget_grants(now).await?;
        db.forget_sessions(now).await?;
        db.forget_assertions(now).await?;
        db.forget_clients(now - UNUSED, now - IDLE, MOST_UNUSED).await?;
        self.keys().rotate_if_old().await?;
        // Another replica may have rotated them.
        self.keys().reload().await
    }
}
