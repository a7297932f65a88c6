//! `Auth(revoke)` and `stagepass connections revoke`: end connections, here and as far as possible at the provider.

use stagepass_kit::{Identity, ToolError};
use url::Url;

use super::{Connect, record::about};
use crate::{
    audit::Entry,
    providers::{ProviderClient, RevokeOutcome},
    store::LinkRow,
    vault::Connection,
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
                let remotely = self.end(identity, &connection).await?;
                ended.connections.push((connection, remotely));
            }
        }
        for link in links {
            ended.links += usize::from(link.is_live(self.clock.now()));
            self.take_back(link).await;
        }
        Ok(ended)
    }

    /// Ends the connection of `identity` with `account` (id or name), or with the only account.
    ///
    /// # Errors
    /// `invalid_argument` when several accounts are linked and none is named, or the named one
    /// isn't linked.
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
            Ok(Some(connection)) => self.end(identity, connection).await.map(Some),
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

    async fn end(
        &self,
        identity: &Identity,
        connection: &Connection,
    ) -> Result<RevokeOutcome, ToolError> {
        let remotely = self.vault.revoke(identity, connection).await;
        let remotely = remotely.map_err(ToolError::internal)?;
        let entry = Entry::done("connection.revoked").person(identity).connection(&connection.id);
        let entry = entry.provider(&connection.provider).detail(remotely.as_str());
        self.audit.note(entry).await;
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
        let connections = self.vault.connections(identity).await.map_err(ToolError::internal)?;
        let mut own: Vec<_> = connections
            .into_iter()
            .filter(|connection| connection.provider == client.id())
            .collect();
        if own.is_empty() {
            return Ok(None);
        }
        let names: Vec<_> = own.iter().map(|own| own.account.name.clone()).collect();
        let step = || format!("Set `account` to one of: {}.", names.join(", "));
        match account {
            Some(wanted) => {
                own.retain(|own| own.account.id == wanted || own.account.name == wanted);
                let chosen = own.into_iter().next();
                chosen.map(Some).ok_or_else(|| {
                    ToolError::invalid_argument("No such account is connected.", step())
                })
            }
            None if own.len() > 1 => {
                Err(ToolError::invalid_argument("Several accounts are connected.", step()))
            }
            None => Ok(own.pop()),
        }
    }
}
