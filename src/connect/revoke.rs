//! `Auth(revoke)` and `stagepass connections revoke`: end connections, here and as far as possible at the provider.

use std::net::IpAddr;

use stagepass_kit::{Identity, ToolError};
use url::Url;

use super::{Connect, record::about};
use crate::{
    audit::Entry,
    providers::{ProviderClient, RevokeOutcome},
    store::LinkRow,
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

/// What was ended of one person.
#[derive(Debug)]
pub struct Ended {
    /// Their connections, and what the providers said.
    pub connections: Vec<(Connection, RevokeOutcome)>,
    /// How many links could still have been finished.
    pub links: usize,
}

impl Connect {
    /// Ends all that `identity` has linked and is linking, or only that at `provider` (its id).
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn revoke_all(
        &self,
        identity: &Identity,
        provider: Option<&str>,
    ) -> Result<Ended, ToolError> {
        // Sign-ins that are under way end first: they must not bring back what is revoked.
        let links = self.db.take_links(&identity.to_string(), provider).await;
        let links = links.map_err(ToolError::internal)?;
        let connections = self.vault.connections(identity).await.map_err(ToolError::internal)?;
        let mut ended = Ended { connections: Vec::new(), links: 0 };
        for connection in connections {
            if provider.is_none_or(|id| connection.provider == id) {
                let remotely = self.end(identity, &connection, None).await?;
                ended.connections.push((connection, remotely));
            }
        }
        for link in links {
            ended.links += usize::from(link.is_live(self.clock.now()));
            self.take_back(link).await;
        }
        Ok(ended)
    }

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
        let chosen = self.choose(identity, client, account).await;
        let remotely = match &chosen {
            Ok(Some(connection)) => self.end(identity, connection, None).await.map(Some),
            _ => Ok(None),
        };
        // Last: while the account is connected, nothing of it is given back.
        if let Some(link) = link {
            self.take_back(link).await;
        }
        chosen?;
        let remotely = remotely?;
        Ok(Revoked { deleted: remotely.is_some(), remotely, manage_url })
    }

    /// Ends this connection of `identity`, as somebody at `address` asked.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn disconnect(
        &self,
        identity: &Identity,
        connection: &Connection,
        address: IpAddr,
    ) -> Result<RevokeOutcome, ToolError> {
        // As above: the sign-in first, what it was given last.
        let link = self.db.take_link(&identity.to_string(), &connection.provider).await;
        let link = link.map_err(ToolError::internal)?;
        let remotely = self.end(identity, connection, Some(address)).await;
        if let Some(link) = link {
            self.take_back(link).await;
        }
        remotely
    }

    async fn end(
        &self,
        identity: &Identity,
        connection: &Connection,
        address: Option<IpAddr>,
    ) -> Result<RevokeOutcome, ToolError> {
        let remotely = self.vault.revoke(identity, connection).await;
        let remotely = remotely.map_err(ToolError::internal)?;
        let entry = Entry::done("connection.revoked").person(identity).connection(&connection.id);
        let entry = entry.provider(&connection.provider).detail(remotely.as_str());
        self.audit.note(address.into_iter().fold(entry, Entry::address)).await;
        Ok(remotely)
    }

    /// A link that was taken away gives back what it holds.
    async fn take_back(&self, link: LinkRow) {
        if link.is_live(self.clock.now()) {
            let rejected = Entry::refused("link.rejected", "revoked");
            self.audit.note(about(rejected, &link, None)).await;
        }
        self.give_back_pending(Some(link));
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
