//! What comes back through another chat than the one that asked: whoever signed in isn't whoever
//! asked, so the flow ends, and nothing of it stays.

use stagepass_kit::{Identity, ToolError, code};

use super::{Connect, problem};
use crate::{
    store::{LinkRow, Problem},
    vault::hash,
};

impl Connect {
    /// Ends the link of somebody else that the one-time `code` is for, if there is one. Somebody who
    /// was sent another person's link has signed in with it, and brings the code to their own chat.
    pub(super) async fn ensure_own_code(
        &self,
        identity: &Identity,
        code: &str,
    ) -> Result<(), ToolError> {
        let link = self.db.link_by_code(&hash(code)).await.map_err(ToolError::internal)?;
        match link.filter(|link| link.identity != identity.to_string()) {
            Some(link) => Err(self.wrong_chat(link).await?),
            None => Ok(()),
        }
    }

    /// Ends `link`, whose code or address came from another chat, and says so there.
    pub(super) async fn wrong_chat(&self, link: LinkRow) -> Result<ToolError, ToolError> {
        if link.is_live(self.clock.now()) {
            tracing::warn!(provider = link.provider, "a code came from another chat");
            self.end_pending(link, &came_from_elsewhere()).await?;
        }
        Ok(ToolError::new(
            code::WRONG_IDENTITY,
            "This belongs to a link that was made for somebody else, in another chat. That sign-in was \
             ended, and nothing was connected.",
            "Tell the person that somebody may have sent them their own link. If they want to connect \
             their account here, call Auth with action \"get_url\" and show them the new link.",
        ))
    }
}

/// What the other chat, and the person in the browser, are told.
fn came_from_elsewhere() -> Problem {
    problem(
        code::WRONG_IDENTITY,
        "The code was given in another chat than the one in which the link was made, so whoever \
         signed in isn't whoever asked. Nothing was connected, and the access was withdrawn.",
        "If you were sent this link by somebody, don't use it. To connect your own account, ask the \
         assistant in your own chat for a link.",
    )
}
