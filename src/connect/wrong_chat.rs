//! What comes back through another chat than the one that asked: whoever signed in isn't whoever
//! asked, so the flow ends, and nothing of it stays.

use stagepass_kit::{Identity, ToolError, code};

use super::{Connect, problem};
use crate::store::{LinkRow, Problem};

impl Connect {
    /// Whether a link of `identity` waits for the one-time code with this hash. One of somebody else
    /// that does is ended: who was sent another person's link has signed in with it, and brings the
    /// code to their own chat.
    pub(super) async fn is_own_code(
        &self,
        identity: &Identity,
        code_hash: &[u8],
    ) -> Result<bool, ToolError> {
        let link = self.db.link_by_code(code_hash).await.map_err(ToolError::internal)?;
        match link {
            Some(link) if link.identity != identity.to_string() => {
                Err(self.wrong_chat(link).await?)
            }
            own => Ok(own.is_some()),
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
