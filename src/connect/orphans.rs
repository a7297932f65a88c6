//! What a bot that was removed leaves behind: nobody can reach it any more, so it is ended.

use stagepass_kit::{Identity, Realm, ToolError};

use super::{Connect, link_expired, page::PageError};
use crate::store::LinkRow;

impl Connect {
    /// Ends `link` if the bot that it is for was removed.
    pub(super) async fn ensure_bot(&self, link: &LinkRow) -> Result<(), PageError> {
        let identity: Identity = link.identity.parse().map_err(ToolError::internal)?;
        if identity.realm() != Realm::Chat {
            return Ok(());
        }
        let bot = self.db.client(identity.namespace()).await.map_err(ToolError::internal)?;
        bot.map(drop).ok_or_else(|| PageError::Over(link_expired()))
    }

    /// Ends everything that the chat users of removed bots have linked, or were linking.
    pub(super) async fn end_orphans(&self) -> Result<(), ToolError> {
        for bot in self.db.removed_clients().await.map_err(ToolError::internal)? {
            // The key of a chat user of no name is what those of all others begin with.
            let everybody = Identity::new(Realm::Chat, bot.as_str(), "").to_string();
            let left = self.db.identities_below(&everybody).await.map_err(ToolError::internal)?;
            for key in left {
                let identity = key.parse().map_err(ToolError::internal)?;
                self.revoke_all(&identity, None).await?;
            }
            self.db.forget_removed_client(&bot).await.map_err(ToolError::internal)?;
        }
        Ok(())
    }
}
