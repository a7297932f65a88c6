//! The host: finds what is asked for by its name, and has it answered for whoever is asking.

mod completion;
mod lists;
mod prompts;
mod remote;
mod resources;
mod tools;
mod underway;

use std::{collections::HashMap, iter, sync::Arc};

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CompleteRequestParams, CompleteResult,
        CustomRequest, CustomResult, DiscoverResult, ErrorCode, GetPromptRequestParams,
        GetPromptResponse, Implementation, JsonObject, ListPromptsResult,
        ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, MetaObject,
        PaginatedRequestParams, ReadResourceRequestParams, ReadResourceResponse, ServerConfig,
        Tool, ToolAnnotations,
    },
    service::RequestContext,
};
use stagepass_kit::{
    Connections, Identity, RegisteredPrompt, RegisteredResource, RegisteredTool, ToolError,
    Toolset, code,
};
use tokio_util::task::TaskTracker;

use super::{
    busy::Busy,
    offer::Offers,
    remotes::{self, Remotes},
    security,
};
use crate::{audit::Audit, clock::Clock};
use lists::Lists;

/// For the model, once per conversation.
const INSTRUCTIONS: &str = "These tools act for the person you are talking to. When a tool \
answers not_connected, needs_reconnect or missing_scope, show the person the link in its answer as \
it is, and call the tool again when they have signed in. If they come back with a code or with the \
address of a page that wouldn't load, pass it to Auth with action \"handle_callback\" first. Auth \
with action \"get_url\" gives a link at any time. Never ask for passwords.";

/// The same with what each toolset has to say.
fn instructions(toolsets: &[&Toolset]) -> String {
    let own = toolsets.iter().filter_map(|toolset| toolset.instructions());
    iter::once(INSTRUCTIONS).chain(own).collect::<Vec<_>>().join("\n\n")
}

/// The methods that take parameters.
const OUR_METHODS: [&str; 9] = [
    "completion/complete",
    "initialize",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "tools/call",
    "tools/list",
];

/// All toolsets behind one MCP endpoint. Clones share everything.
#[derive(Clone)]
pub struct Host(Arc<Inner>);

/// What a host needs of the rest of the server.
pub struct House {
    /// Where tools get their tokens.
    pub connections: Arc<dyn Connections>,
    /// The way to a token for who has none.
    pub offers: Offers,
    /// Where it is recorded what was done.
    pub audit: Audit,
    /// What a shutdown waits for.
    pub tasks: TaskTracker,
    /// The time.
    pub clock: Clock,
    /// Other servers, which it passes on.
    pub remotes: Remotes,
}

struct Inner {
    info: ServerConfig,
    /// Who answers, for the `_meta` of every result.
    meta: Option<MetaObject>,
    lists: Lists,
    tools: HashMap<&'static str, Arc<RegisteredTool>>,
    prompts: Vec<Arc<RegisteredPrompt>>,
    resources: Vec<Arc<RegisteredResource>>,
    sign_in: bool,
    house: House,
    busy: Busy,
    nobody: Option<Identity>,
}

impl Host {
    /// A host of `toolsets` in this `house`.
    ///
    /// `sign_in` says whether callers need a token. `nobody` is who calls when the transport names
    /// no one: the owner on stdio, where only the process that started us can speak; no one at all
    /// over HTTP.
    #[must_use]
    pub fn new(
        toolsets: &[&Toolset],
        house: House,
        sign_in: bool,
        nobody: Option<Identity>,
    ) -> Self {
        let server =
            Implementation::new("stagepass", env!("CARGO_PKG_VERSION")).with_title("Stagepass");
        let info = ServerConfig::new(lists::capabilities(toolsets, !house.remotes.is_empty()))
            .with_server_info(server)
            .with_instructions(instructions(toolsets));
        let meta = DiscoverResult::from_server_info(Vec::new(), info.clone()).meta;
        let lists = Lists::new(toolsets, meta.as_ref(), sign_in);
        let tools = toolsets.iter().flat_map(|toolset| toolset.tools());
        let tools = tools.map(|tool| (tool.name(), tool.clone())).collect();
        let prompts = toolsets.iter().flat_map(|toolset| toolset.prompts()).cloned().collect();
        let resources = toolsets.iter().flat_map(|toolset| toolset.resources()).cloned().collect();
        let busy = Busy::default();
        Self(Arc::new(Inner {
            info,
            meta,
            lists,
            tools,
            prompts,
            resources,
            sign_in,
            house,
            busy,
            nobody,
        }))
    }

    /// Says in the `_meta` of a result who answers, as since 2026-07-28.
    fn sign(&self, meta: &mut Option<MetaObject>) {
        let own = meta.take().unwrap_or_default();
        let signed = meta.insert(self.0.meta.clone().unwrap_or_default());
        signed.0.extend(own.0);
    }
}

impl ServerHandler for Host {
    fn get_info(&self) -> ServerConfig {
        self.0.info.clone()
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let mut list = self.0.lists.tools.clone();
        if let Some((caller, answers)) = self.looks_at_remotes(&context) {
            let more = Box::pin(self.0.house.remotes.tools(&caller, answers)).await;
            list.tools.extend(more.items.into_iter().map(|tool| {
                let reads_only = remotes::only_reads(&tool);
                security::with_scheme(tool, reads_only, self.0.sign_in)
            }));
            list.ttl_ms = Some(lists::ttl_with_remotes(more.is_whole));
        }
        Ok(list)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        if let Some(tool) = self.0.tools.get(name) {
            return Some(tool.descriptor().clone());
        }
        // What is asked here is whether it changes something; the rest is the remote's to check.
        let hints = ToolAnnotations::new().read_only(self.0.house.remotes.only_reads(name)?);
        Some(Tool::new(name.to_owned(), "", JsonObject::new()).with_annotations(hints))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let host = self.clone();
        self.to_its_end(async move { host.call(&request, &context).await }).await
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let mut list = self.0.lists.prompts.clone();
        if let Some((caller, answers)) = self.looks_at_remotes(&context) {
            let more = Box::pin(self.0.house.remotes.prompts(&caller, answers)).await;
            list.prompts.extend(more.items);
            list.ttl_ms = Some(lists::ttl_with_remotes(more.is_whole));
        }
        Ok(list)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let host = self.clone();
        let getting = async move { host.prompt(request, &context).await };
        self.to_its_end(getting).await.map(Into::into)
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let mut list = self.0.lists.resources.clone();
        if let Some((caller, answers)) = self.looks_at_remotes(&context) {
            let more = Box::pin(self.0.house.remotes.resources(&caller, answers)).await;
            list.resources.extend(more.items);
            list.ttl_ms = Some(lists::ttl_with_remotes(more.is_whole));
        }
        Ok(list)
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let mut list = self.0.lists.templates.clone();
        if let Some((caller, answers)) = self.looks_at_remotes(&context) {
            let more = Box::pin(self.0.house.remotes.templates(&caller, answers)).await;
            list.resource_templates.extend(more.items);
            list.ttl_ms = Some(lists::ttl_with_remotes(more.is_whole));
        }
        Ok(list)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let host = self.clone();
        let reading = async move { host.read(&request.uri, &context).await };
        self.to_its_end(reading).await.map(Into::into)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let host = self.clone();
        self.to_its_end(async move { host.complete_for(&request, &context).await }).await
    }

    /// rmcp takes a known method whose parameters it can't read for an unknown one.
    async fn on_custom_request(
        &self,
        request: CustomRequest,
        _: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        if OUR_METHODS.contains(&request.method.as_str()) {
            return Err(ErrorData::invalid_params("the parameters can't be read", None));
        }
        Err(ErrorData::new(ErrorCode::METHOD_NOT_FOUND, request.method, None))
    }
}

/// What there is instead of what was asked for.
fn among<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        "There is none.".to_owned()
    } else {
        format!("There are: {}.", names.join(", "))
    }
}

/// Logged once, here, and told to the client without its cause.
fn log(name: &str, error: &ToolError) {
    let cause = std::error::Error::source(error);
    if error.code() == code::INTERNAL {
        tracing::error!(name, cause, "failed");
    } else {
        tracing::debug!(name, code = error.code(), cause, "refused");
    }
}
