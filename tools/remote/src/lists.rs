//! What a remote has for one person: fetched with their token, kept for them alone, for a while.

mod entry;
mod fetch;
mod omissions;
mod shelf;

use std::sync::Arc;

use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use stagepass_kit::{Caller, ToolError, code};
use tokio::time::timeout;

use crate::{Remote, fault::Fault, link::Whose};

pub use entry::{Entry, List, Listed};
pub(crate) use fetch::Fetched;
pub(crate) use omissions::Omissions;
pub(crate) use shelf::Shelves;

impl Remote {
    /// The tools that it has for `caller`.
    ///
    /// A list that is too old is fetched anew; if that fails or takes long, the old one has to do.
    ///
    /// # Errors
    /// When there is none: those of the caller's token, and `provider_unavailable`.
    pub async fn tools(&self, caller: &Caller) -> Result<Arc<List<Tool>>, ToolError> {
        self.list(caller, |remote| &remote.inner.tools).await
    }

    /// Its prompts, in the same way.
    ///
    /// # Errors
    /// As for [`Remote::tools`].
    pub async fn prompts(&self, caller: &Caller) -> Result<Arc<List<Prompt>>, ToolError> {
        self.list(caller, |remote| &remote.inner.prompts).await
    }

    /// Its resources, in the same way.
    ///
    /// # Errors
    /// As for [`Remote::tools`].
    pub async fn resources(&self, caller: &Caller) -> Result<Arc<List<Resource>>, ToolError> {
        self.list(caller, |remote| &remote.inner.resources).await
    }

    /// Its templates of resources, in the same way.
    ///
    /// # Errors
    /// As for [`Remote::tools`].
    pub async fn templates(
        &self,
        caller: &Caller,
    ) -> Result<Arc<List<ResourceTemplate>>, ToolError> {
        self.list(caller, |remote| &remote.inner.templates).await
    }

    async fn list<T: Listed>(
        &self,
        caller: &Caller,
        shelves: fn(&Self) -> &Shelves<T>,
    ) -> Result<Arc<List<T>>, ToolError> {
        let identity = caller.identity();
        let patience = self.inner.wire.limits.patience;
        // A token may have to be renewed first, at a provider that is slow.
        let slow = |_| Fault::Slow.told(self.name(), self.provider());
        let connection = timeout(patience, self.connection(caller)).await;
        let connection = match connection.map_err(slow).flatten() {
            Ok(connection) => connection,
            // The account is there and can't be used: what it had is what there will be again.
            Err(error)
                if matches!(error.code(), code::NEEDS_RECONNECT | code::PROVIDER_UNAVAILABLE) =>
            {
                return shelves(self).last(identity, self.answers).ok_or(error);
            }
            Err(error) => {
                shelves(self).forget(identity);
                return Err(error);
            }
        };
        let whose = Whose { identity: identity.clone(), connection, answers: self.answers };
        let held = shelves(self).of(&whose);
        if let Some(list) = held.as_ref().filter(|held| held.is_fresh()) {
            return Ok(list.list.clone());
        }
        // It goes on when nobody waits any more: the next one finds it.
        let (remote, caller) = (self.clone(), caller.clone());
        let fetching = tokio::spawn(async move { remote.refresh(&caller, shelves).await });
        // Who has an older one waits less for a newer.
        let patience = if held.is_some() { patience / 4 } else { patience };
        let fetched = match timeout(patience, fetching).await {
            Ok(Ok(fetched)) => fetched,
            Ok(Err(broken)) => Err(ToolError::internal(broken)),
            Err(_) => Err(Fault::Slow.told(self.name(), self.provider())),
        };
        match (fetched, held) {
            (Ok(list), _) => Ok(list),
            (Err(error), Some(held)) => {
                tracing::debug!(remote = self.name(), %error, "an older list has to do");
                Ok(held.list)
            }
            (Err(error), None) => Err(error),
        }
    }
}
