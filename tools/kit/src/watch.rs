//! Whether somebody still waits for a call, and how they hear how far it is.

use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

/// Where a client hears how far a call is (MCP, progress).
#[async_trait]
pub trait Progress: Send + Sync {
    /// `done` of `total` steps, if it is known how many there are; it only grows.
    async fn report(&self, done: u64, total: Option<u64>, message: &str);
}

/// Whether somebody still waits for a call, and how they hear how far it is.
#[derive(Clone, Default)]
pub struct Watch {
    progress: Option<Arc<dyn Progress>>,
    cancelled: CancellationToken,
}

impl Watch {
    /// Reports go to `progress`, if the client asked for them; `cancelled` is cancelled when nobody
    /// waits any more.
    #[must_use]
    pub fn new(progress: Option<Arc<dyn Progress>>, cancelled: CancellationToken) -> Self {
        Self { progress, cancelled }
    }

    /// Says that `done` of `total` steps are done, to whom that interests.
    pub async fn report(&self, done: u64, total: Option<u64>, message: &str) {
        if let Some(progress) = &self.progress {
            progress.report(done, total, message).await;
        }
    }

    /// Whether nobody waits any more: what is begun may be finished, nothing else begun.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.is_cancelled()
    }

    /// Ends when nobody waits any more.
    pub async fn cancelled(&self) {
        self.cancelled.cancelled().await;
    }
}
