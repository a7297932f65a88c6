//! What clients are told there is: made once, for it changes only with the server.

use rmcp::model::{
    CacheScope, ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, MetaObject, PromptsCapability, ResourcesCapability, ServerCapabilities,
};
use stagepass_kit::{Described, Toolset};

use crate::mcp::security;

/// How long a client may keep a list, in milliseconds.
const TTL_MS: u64 = 300_000;

/// The answers to the methods that list.
pub(super) struct Lists {
    pub(super) tools: ListToolsResult,
    pub(super) prompts: ListPromptsResult,
    pub(super) resources: ListResourcesResult,
    pub(super) templates: ListResourceTemplatesResult,
}

/// A list with these items, and with who answers in its `_meta`.
macro_rules! list {
    ($Result:ident, $items:expr, $meta:expr) => {{
        let mut list = $Result::with_all_items($items)
            .with_ttl_ms(TTL_MS)
            .with_cache_scope(CacheScope::Private);
        list.meta = $meta.cloned();
        list
    }};
}

impl Lists {
    /// The lists of what is in `toolsets`. `sign_in` says whether callers need a token.
    pub(super) fn new(toolsets: &[&Toolset], meta: Option<&MetaObject>, sign_in: bool) -> Self {
        let tools = toolsets.iter().flat_map(|toolset| toolset.tools());
        let tools = tools.map(|tool| security::described(tool, sign_in)).collect();
        let prompts = toolsets.iter().flat_map(|toolset| toolset.prompts());
        let prompts = prompts.map(|prompt| prompt.descriptor().clone()).collect();
        let (mut resources, mut templates) = (Vec::new(), Vec::new());
        for resource in toolsets.iter().flat_map(|toolset| toolset.resources()) {
            match resource.described() {
                Described::One(one) => resources.push(one.clone()),
                Described::Many(many) => templates.push(many.clone()),
            }
        }
        Self {
            tools: list!(ListToolsResult, tools, meta),
            prompts: list!(ListPromptsResult, prompts, meta),
            resources: list!(ListResourcesResult, resources, meta),
            templates: list!(ListResourceTemplatesResult, templates, meta),
        }
    }
}

/// What a host of `toolsets` can do: no more than there is something for.
pub(super) fn capabilities(toolsets: &[&Toolset]) -> ServerCapabilities {
    let mut capabilities = ServerCapabilities::builder().enable_tools().build();
    let mut prompts = toolsets.iter().flat_map(|toolset| toolset.prompts()).peekable();
    let mut resources = toolsets.iter().flat_map(|toolset| toolset.resources()).peekable();
    capabilities.prompts = prompts.peek().map(|_| PromptsCapability::default());
    capabilities.resources = resources.peek().map(|_| ResourcesCapability::default());
    let completes = prompts.any(|prompt| prompt.arguments().next().is_some())
        || resources.any(|resource| resource.variables().next().is_some());
    capabilities.completions = completes.then(Default::default);
    capabilities
}
