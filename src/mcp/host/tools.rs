//! `tools/call`.

use rmcp::{
    ErrorData, RoleServer,
    model::{CallToolRequestParams, CallToolResponse},
    service::RequestContext,
};
use stagepass_kit::{RegisteredTool, ToolError, code};

use super::{
    Host, log,
    underway::{UnderWay, principal},
};
use crate::{
    identity::Principal,
    mcp::{offer::Call, security},
};

/// What is recorded of a call.
pub(super) const EVENT: &str = "tool.called";

impl Host {
    /// Runs the tool that `request` names for whoever asks.
    pub(super) async fn call(
        &self,
        request: &CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = self.0.tools.get(request.name.as_ref()) else {
            let remote = self.remote_of(&request.name, context).ok_or_else(|| {
                ErrorData::invalid_params("There is no tool of that name; see tools/list.", None)
            })?;
            let response = self.call_remote(&remote, request, context).await?;
            let is_modern = context.meta.protocol_version().is_some();
            return Ok(if is_modern { self.signed(response) } else { response });
        };
        let caller = self.caller(context)?;
        let call = Call { caller: &caller, request, context };
        self.0.house.offers.check(&call)?;
        tracing::debug!(tool = tool.name(), "tool called");
        let response = match self.begin(caller.clone(), context, EVENT, tool.name()).await {
            Ok(begun) => self.answer(tool, &call, begun).await?,
            Err(error) => {
                log(tool.name(), &error);
                error.to_result().into()
            }
        };
        Ok(if context.meta.protocol_version().is_some() { self.signed(response) } else { response })
    }

    /// Runs the tool, if the caller may call it, and records how that ended.
    async fn answer(
        &self,
        tool: &RegisteredTool,
        call: &Call<'_>,
        begun: UnderWay,
    ) -> Result<CallToolResponse, ErrorData> {
        let principal = principal(call.context);
        if let Some(refusal) =
            principal.and_then(|principal| security::refusal(tool.only_reads(), principal))
        {
            begun.end(Some(code::FORBIDDEN)).await;
            return Ok(refusal.into());
        }
        if principal.is_some_and(Principal::speaks_for_nobody) {
            begun.end(Some(code::INVALID_ARGUMENT)).await;
            return Ok(whom().to_result().into());
        }
        match tool.call(&begun.caller, call.request.arguments.clone().unwrap_or_default()).await {
            Ok(result) => {
                begun.end(None).await;
                Ok(result.into())
            }
            Err(error) => {
                begun.end(Some(error.code())).await;
                log(tool.name(), &error);
                self.0.house.offers.answer(call, error).await
            }
        }
    }

    /// The same with who answers in its `_meta`.
    fn signed(&self, mut response: CallToolResponse) -> CallToolResponse {
        match &mut response {
            CallToolResponse::Complete(result) => self.sign(&mut result.meta),
            CallToolResponse::InputRequired(result) => self.sign(&mut result.meta),
            _ => {}
        }
        response
    }
}

/// A bot has said for nobody what it wants.
pub(super) fn whom() -> ToolError {
    ToolError::invalid_argument(
        "This bot hasn't said for which chat user it asks, and a tool acts for one person.",
        "The bot sends the chat user's id with each request: in the header Stagepass-Chat-Id \
         (percent-encoded, e.g. whatsapp:%2B4915112345678) or in _meta as \"io.stagepass/chat-id\".",
    )
}
