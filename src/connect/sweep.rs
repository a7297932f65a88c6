//! Gives back what nobody confirmed, and forgets what is over.

use std::time::Duration;

use chrono::TimeDelta;
use stagepass_kit::ToolError;
use tokio_util::sync::CancellationToken;

use super::{Connect, finish::open_grant, link_expired};
use crate::{
    store::{LinkRow, Problem},
    webhooks::Event,
};

const PAUSE: Duration = Duration::from_secs(30);
/// How long a link that is over can still be asked about.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);
/// How long the sealed tokens of a dead connection are kept.
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
            self.end_pending(link, &link_expired()).await?;
        }
        self.db.forget_links(now - REMEMBERED).await.map_err(ToolError::internal)?;
        self.db.forget_visits(now).await.map_err(ToolError::internal)?;
        self.db.forget_chat_sessions(now).await.map_err(ToolError::internal)?;
        self.end_orphans().await?;
        self.vault.end_idle().await.map_err(ToolError::internal)?;
        self.db.empty_dead_connections(now - DEAD_TOKENS).await.map_err(ToolError::internal)?;
        Ok(())
    }

    /// Ends a link that isn't completed, and gives back what the provider gave for it.
    pub(super) async fn end_pending(
        &self,
        link: LinkRow,
        problem: &Problem,
    ) -> Result<(), ToolError> {
        let ended = self.db.fail_link(&link.id, link.state, problem).await;
        if ended.map_err(ToolError::internal)? {
            self.rejected(&link, problem, None).await;
            self.tell(&link, Event::Rejected(problem)).await;
            self.give_back_pending(Some(link));
        }
        Ok(())
    }

    /// Gives back what the provider gave for a link that is no more.
    pub(super) fn give_back_pending(&self, link: Option<LinkRow>) {
        let Some(link) = link.filter(|link| link.sealed_grant.is_some()) else { return };
        match open_grant(self, &link) {
            Ok(grant) => self.vault.give_back(&link.identity, &link.provider, grant),
            Err(error) => tracing::error!(%error, "a pending grant can't be given back"),
        }
    }
}
