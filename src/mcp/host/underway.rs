//! A request that asks for something of a person's, from its beginning to its end.

use std::{future::Future, sync::Arc};

use http::request::Parts;
use rmcp::{ErrorData, RoleServer, service::RequestContext};
use stagepass_kit::{Caller, Progress, ToolError, Watch};

use super::Host;
use crate::{
    identity::{CHAT_ID_META, ChatError, Principal},
    mcp::{
        busy::Running,
        cancel::{Cancellations, Listed},
        progress::Reports,
        record,
    },
};

/// A request under way.
pub(super) struct UnderWay {
    /// For whom.
    pub(super) caller: Caller,
    recorded: record::Call,
    reports: Option<Arc<Reports>>,
    _running: Running,
    _listed: Option<Listed>,
}

/// Who asks, as the transport says; none where it names nobody.
pub(super) fn principal(context: &RequestContext<RoleServer>) -> Option<&Principal> {
    context.extensions.get::<Parts>()?.extensions.get::<Principal>()
}

impl Host {
    /// The person that the request is for.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn caller(&self, context: &RequestContext<RoleServer>) -> Result<Caller, ErrorData> {
        let principal = principal(context);
        if principal.is_none() && context.meta.contains_key(CHAT_ID_META) {
            return Err(ErrorData::invalid_request(ChatError::SignInOff.to_string(), None));
        }
        let identity = principal
            .map(|principal| principal.identity.clone())
            .or_else(|| self.0.nobody.clone())
            .ok_or_else(|| ErrorData::internal_error("nobody is calling", None))?;
        let name = principal.and_then(|principal| principal.chat_name.clone());
        Ok(Caller::new(identity, self.0.house.connections.clone()).called(name))
    }

    /// Begins what `caller` asks for: `event`, of what is called `name`.
    ///
    /// # Errors
    /// When there is too much under way, or it can't be recorded.
    pub(super) async fn begin(
        &self,
        caller: Caller,
        context: &RequestContext<RoleServer>,
        event: &str,
        name: &str,
    ) -> Result<UnderWay, ToolError> {
        let house = &self.0.house;
        let running = self.0.busy.begin(caller.identity())?;
        let reports = Reports::wanted(context, &house.clock);
        let progress = reports.clone().map(|reports| reports as Arc<dyn Progress>);
        let caller = caller.watched(Watch::new(progress, context.ct.clone()));
        let parts = context.extensions.get::<Parts>();
        let recorded = record::Call::begin(&house.audit, event, name, &caller, parts).await?;
        let listed = Cancellations::list(context);
        Ok(UnderWay { caller, recorded, reports, _running: running, _listed: listed })
    }

    /// Runs `work` to its end, whatever becomes of whoever waits for it: what is begun at a provider
    /// is finished, and recorded. Whether anybody waits, its caller's watch says.
    ///
    /// # Errors
    /// Those of `work`, and when it panics.
    pub(super) fn to_its_end<T, W>(
        &self,
        work: W,
    ) -> impl Future<Output = Result<T, ErrorData>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, ErrorData>> + Send + 'static,
    {
        // Not in an async function: rmcp's future would have room for all of `work`.
        let task = self.0.house.tasks.spawn(work);
        async move {
            task.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a request came to no end");
                Err(ErrorData::internal_error("something went wrong inside this server", None))
            })
        }
    }
}

impl UnderWay {
    /// It is over: done, or refused with this code.
    pub(super) async fn end(self, refusal: Option<&str>) {
        self.recorded.end(refusal);
        if let Some(reports) = &self.reports {
            reports.end().await;
        }
    }

    /// It is over, and worth no row: it asked no provider anything.
    pub(super) fn forget(self) {
        self.recorded.forget();
    }
}
