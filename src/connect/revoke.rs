//! `Auth(revoke)`: ends a connection, here and as far as possible at the provider.

use stagepass_kit::{Identity, ToolError};
use url::Url;

use super::Connect;
use crate::{
    providers::{ProviderClient, RevokeOutcome},
    vault::{Connection, Refusal, one_of},
};

/// How a revocation came out.
#[derive(Debug)]
pub struct Revoked {
    /// What the provider said; none if there was nothing to revoke.
    pub remotely: Option<RevokeOutcome>,
    /// Whether something was deleted here.
    pub deleted: bool,
    /// Where the person can withdraw the app's access by hand, if that is known.
    pub manage_url: Option<Url>,
}

impl Connect {
    /// Ends the connection of `identity` with `account` (label, name or id), or with the only account.
    ///
    /// # Errors
    /// `invalid_argument` when several accounts are linked and none is named, or the name means
    /// none or several of them.
    pub async fn revoke(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        account: Option<&str>,
    ) -> Result<Revoked, ToolError> {
        let manage_url = client.provider().manage_url.clone();
        self.choose(identity, client, account).await?;
        // A sign-in that is under way ends first: it must not bring back what is revoked.
        let link = self.db.take_link(&identity.to_string(), client.id()).await;
        let link = link.map_err(ToolError::internal)?;
        let remotely = self.end(identity, client, account).await;
        // Last: while the account is connected, nothing of it is given back.
        self.give_back_pending(link);
        let remotely = remotely?;
        Ok(Revoked { deleted: remotely.is_some(), remotely, manage_url })
    }

    async fn end(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        account: Option<&str>,
    ) -> Result<Option<RevokeOutcome>, ToolError> {
        let Some(connection) = self.choose(identity, client, account).await? else {
            return Ok(None);
        };
        self.vault.revoke(identity, &connection).await.map(Some).map_err(ToolError::internal)
    }

    async fn choose(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        account: Option<&str>,
    ) -> Result<Option<Connection>, ToolError> {
        if account.is_none() {
            let words = self.vault.account_words(identity, client.id()).await;
            let words = words.map_err(ToolError::internal)?;
            if words.len() > 1 {
                let several = "Several accounts are connected.";
                return Err(ToolError::invalid_argument(several, one_of(&words)));
            }
        }
        match self.vault.chosen(identity, client.id(), account).await {
            Ok(connection) => Ok(Some(connection)),
            Err(Refusal::NotConnected) => Ok(None),
            Err(refusal) => Err(refusal.into_tool_error(client.id())),
        }
    }
}
