//! Gives back what nobody confirmed, and forgets what is over.

use std::time::Duration;

use chrono::TimeDelta;
use stagepass_kit::{Identity, ToolError};
use tokio_util::sync::CancellationToken;

use super::{Connect, finish::open_grant, link_expired};
use crate::store::{LinkRow, LinkState, Problem};

const PAUSE: Duration = Duration::from_secs(30);
/// How long a link that is over can still be asked about.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// How long the tokens of a dead connection are kept, in case the provider erred.
const DEAD_TOKENS: TimeDelta = TimeDelta::days(1);

impl Connect {
    /// Sweeps every half a minute until `shutdown`.
    pub async fn keep_sweeping(self, shutdown: CancellationToken) {
        while shutdown.run_until_cancelled(tokio::time::sleep(PAUSE)).await.is_some() {
            if let Err(error) = self.sweep().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "sweep failed");
            }
        }
    }

    /// Sweeps once.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn sweep(&self) -> Result<(), ToolError> {
        let now = self.clock.now();
        for link in self.db.overdue_links(now).await.map_err(ToolError::internal)? {
            self.end_pending(&link, &link_expired()).await?;
        }
        self.db.forget_links(now - REMEMBERED).await.map_err(ToolError::internal)?;
        self.db.empty_dead_connections(now - DEAD_TOKENS).await.map_err(ToolError::internal)?;
        Ok(())
    }

    /// Ends the pending link of `identity` for `provider`, if there is one.
    pub(super) async fn drop_pending(
        &self,
        identity: &Identity,
        provider: &str,
    ) -> Result<(), ToolError> {
        let link = self.db.link_of(&identity.to_string(), provider).await;
        match link.map_err(ToolError::internal)? {
            Some(link) if link.state == LinkState::Pending => {
                self.end_pending(&link, &link_expired()).await
            }
            _ => Ok(()),
        }
    }

    /// Ends a pending link and gives back what the provider gave for it.
    pub(super) async fn end_pending(
        &self,
        link: &LinkRow,
        problem: &Problem,
    ) -> Result<(), ToolError> {
        let grant = open_grant(self, link);
        if self.db.fail_link(&link.id, problem).await.map_err(ToolError::internal)? {
            self.vault.give_back(&link.provider, grant?);
        }
        Ok(())
    }
}
