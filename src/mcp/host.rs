//! The host: finds a tool by its name and runs it for whoever is calling.

use std::{collections::HashMap, sync::Arc};

use http::request::Parts;
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CacheScope, CallToolRequestParams, CallToolResponse, CustomRequest, CustomResult,
        DiscoverResult, ErrorCode, Implementation, ListToolsResult, MetaObject,
        PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};
use stagepass_kit::{Caller, Connections, Identity, RegisteredTool, ToolError, Toolset, code};

use super::{
    busy::Busy,
    offer::{Call, Offers},
    record, security,
};
use crate::{
    audit::Audit,
    identity::{CHAT_ID_META, ChatError, Principal},
};

/// For the model, once per conversation.
const INSTRUCTIONS: &str = "These tools act for the person you are talking to. When a tool \
answers not_connected, needs_reconnect or missing_scope, show the person the link in its answer as \
it is, and call the tool again when they have signed in. If they come back with a code or with the \
address of a page that wouldn't load, pass it to Auth with action \"handle_callback\" first. Auth \
with action \"get_url\" gives a link at any time. Never ask for passwords.";

/// How long a client may keep the list of tools, in milliseconds. It changes only with the server.
const LIST_TTL_MS: u64 = 300_000;

/// The methods that take parameters.
const OUR_METHODS: [&str; 3] = ["initialize", "tools/call", "tools/list"];

/// All toolsets behind one MCP endpoint. Clones share everything.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

struct Inner {
    info: ServerConfig,
    /// Who answers, for the `_meta` of every result.
    meta: Option<MetaObject>,
    list: ListToolsResult,
    tools: HashMap<&'static str, Arc<RegisteredTool>>,
    connections: Arc<dyn Connections>,
    offers: Offers,
    audit: Audit,
    busy: Busy,
    nobody: Option<Identity>,
}

impl Host {
    /// A host of `toolsets`, whose tools get their tokens from `connections`, and whose calls are
    /// recorded in `audit`; who has no token gets one of `offers`.
    ///
    /// `sign_in` says whether callers need a token. `nobody` is who calls when the transport names
    /// no one: the owner on stdio, where only the process that started us can speak; no one at all
    /// over HTTP.
    #[must_use]
    pub fn new(
        toolsets: &[&Toolset],
        connections: Arc<dyn Connections>,
        offers: Offers,
        audit: Audit,
        sign_in: bool,
        nobody: Option<Identity>,
    ) -> Self {
        let server =
            Implementation::new("stagepass", env!("CARGO_PKG_VERSION")).with_title("Stagepass");
        let info = ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(server)
            .with_instructions(INSTRUCTIONS);
        let meta = DiscoverResult::from_server_info(Vec::new(), info.clone()).meta;
        let all = || toolsets.iter().flat_map(|toolset| toolset.tools());
        let list = all().map(|tool| security::described(tool, sign_in)).collect();
        let mut list = ListToolsResult::with_all_items(list);
        list.ttl_ms = Some(LIST_TTL_MS);
        list.cache_scope = Some(CacheScope::Private);
        list.meta.clone_from(&meta);
        let tools = all().map(|tool| (tool.name(), tool.clone())).collect();
        Self(Arc::new(Inner {
            info,
            meta,
            list,
            tools,
            connections,
            offers,
            audit,
            busy: Busy::default(),
            nobody,
        }))
    }

    fn caller(&self, principal: Option<&Principal>) -> Result<Caller, ErrorData> {
        let identity = principal
            .map(|principal| principal.identity.clone())
            .or_else(|| self.0.nobody.clone())
            .ok_or_else(|| ErrorData::internal_error("nobody is calling", None))?;
        let name = principal.and_then(|principal| principal.chat_name.clone());
        Ok(Caller::new(identity, self.0.connections.clone()).called(name))
    }

    /// Runs the tool, if the caller may call it, and records how that ended.
    async fn answer(
        &self,
        tool: &RegisteredTool,
        call: &Call<'_>,
        principal: Option<&Principal>,
        recorded: record::Call,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(refusal) = principal.and_then(|principal| security::refusal(tool, principal)) {
            recorded.end(Some(code::FORBIDDEN));
            return Ok(refusal.into());
        }
        if principal.is_some_and(Principal::speaks_for_nobody) {
            recorded.end(Some(code::INVALID_ARGUMENT));
            return Ok(whom().to_result().into());
        }
        match tool.call(call.caller, call.request.arguments.clone().unwrap_or_default()).await {
            Ok(result) => {
                recorded.end(None);
                Ok(result.into())
            }
            Err(error) => {
                recorded.end(Some(error.code()));
                log(tool.name(), &error);
                self.0.offers.answer(call, error).await
            }
        }
    }

    /// The same with who answers in its `_meta`, as since 2026-07-28.
    fn signed(&self, mut response: CallToolResponse) -> CallToolResponse {
        let meta = match &mut response {
            CallToolResponse::Complete(result) => &mut result.meta,
            CallToolResponse::InputRequired(result) => &mut result.meta,
            _ => return response,
        };
        let own = meta.take().unwrap_or_default();
        let signed = meta.insert(self.0.meta.clone().unwrap_or_default());
        signed.0.extend(own.0);
        response
    }
}

impl ServerHandler for Host {
    fn get_info(&self) -> ServerConfig {
        self.0.info.clone()
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(self.0.list.clone())
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.0.tools.get(name).map(|tool| tool.descriptor().clone())
    }

    /// rmcp takes a known method whose parameters it can't read for an unknown one.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        if OUR_METHODS.contains(&request.method.as_str()) {
            return Err(ErrorData::invalid_params("the parameters can't be read", None));
        }
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method, None))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tool = self.0.tools.get(request.name.as_ref()).ok_or_else(|| {
            ErrorData::invalid_params("There is no tool of that name; see tools/list.", None)
        })?;
        let parts = context.extensions.get::<Parts>();
        let principal = parts.and_then(|parts| parts.extensions.get::<Principal>());
        if principal.is_none() && context.meta.contains_key(CHAT_ID_META) {
            return Err(ErrorData::invalid_request(ChatError::SignInOff.to_string(), None));
        }
        let caller = self.caller(principal)?;
        let _running = match self.0.busy.begin(caller.identity()) {
            Ok(running) => running,
            Err(error) => return Ok(error.to_result().into()),
        };
        let call = Call { caller: &caller, request: &request, context: &context };
        self.0.offers.check(&call)?;
        tracing::debug!(tool = tool.name(), "tool called");
        let response = match record::Call::begin(&self.0.audit, tool.name(), &caller, parts).await {
            Ok(recorded) => self.answer(tool, &call, principal, recorded).await?,
            Err(error) => {
                log(tool.name(), &error);
                error.to_result().into()
            }
        };
        Ok(if context.meta.protocol_version().is_some() { self.signed(response) } else { response })
    }
}

/// A bot has said for nobody what it wants.
fn whom() -> ToolError {
    ToolError::invalid_argument(
        "This bot hasn't said for which chat user it asks, and a tool acts for one person.",
        "The bot sends the chat user's id with each request: in the header Stagepass-Chat-Id \
         (percent-encoded, e.g. whatsapp:%2B4915112345678) or in _meta as \"io.stagepass/chat-id\".",
    )
}

/// Logged once, here, and told to the model without its cause.
fn log(tool: &str, error: &ToolError) {
    let cause = std::error::Error::source(error);
    if error.code() == code::INTERNAL {
        tracing::error!(tool, cause, "tool failed");
    } else {
        tracing::debug!(tool, code = error.code(), cause, "tool refused");
    }
}
