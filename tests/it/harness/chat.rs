//! A chat assistant: a real MCP client over streamable HTTP.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use http::{HeaderName, HeaderValue};
use rmcp::{
    ErrorData, RoleClient,
    model::{
        CallToolRequestParams, CallToolResult, ClientConfig, ElicitationCapability,
        ProtocolVersion, Tool, UrlElicitationCapability,
    },
    service::{ClientLifecycleMode, ClientServiceExt, RunningService, ServiceError},
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::Value;

use super::window::{Assistant, Window};

/// Which protocol the client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// 2026-07-28: `server/discover`, and what a request needs in the request.
    Modern,
    /// The `initialize` handshake, in this revision.
    Legacy(&'static str),
}

/// A conversation.
pub(crate) struct Chat {
    client: RunningService<RoleClient, Assistant>,
    said: Arc<Mutex<String>>,
}

/// What a tool told the assistant.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) is_error: bool,
    pub(crate) text: String,
    pub(crate) data: Value,
    pub(crate) meta: Value,
}

impl Told {
    /// The code of an error; fails if it isn't one.
    pub(crate) fn code(&self) -> &str {
        assert!(self.is_error, "not an error: {self:?}");
        self.data["code"].as_str().unwrap()
    }

    /// The same, if it isn't an error.
    pub(crate) fn ok(self) -> Self {
        assert!(!self.is_error, "an error: {self:?}");
        self
    }
}

impl Chat {
    pub(crate) async fn begin(mcp_url: &str, era: Era, said: Arc<Mutex<String>>) -> Self {
        Self::begin_with(mcp_url, era, said, None).await
    }

    /// The same with a bearer token.
    pub(crate) async fn begin_with(
        mcp_url: &str,
        era: Era,
        said: Arc<Mutex<String>>,
        token: Option<&str>,
    ) -> Self {
        Self::begin_as(mcp_url, era, said, token, HashMap::new()).await
    }

    /// The same with these headers in every request.
    pub(crate) async fn begin_as(
        mcp_url: &str,
        era: Era,
        said: Arc<Mutex<String>>,
        token: Option<&str>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> Self {
        let assistant = Assistant::new(config(era), said.clone());
        let client = connect(assistant, transport(mcp_url, token, headers), era).await;
        Self { client, said }
    }

    /// The same with a client that opens links, and the window that it shows them in.
    pub(crate) async fn begin_with_window(
        mcp_url: &str,
        era: Era,
        said: Arc<Mutex<String>>,
        token: Option<&str>,
        headers: HashMap<HeaderName, HeaderValue>,
    ) -> (Self, Window) {
        let mut config = config(era);
        let links = ElicitationCapability::new().with_url(UrlElicitationCapability::new());
        config.capabilities.elicitation = Some(links);
        let (assistant, window) = Assistant::new(config, said.clone()).with_window();
        let client = connect(assistant, transport(mcp_url, token, headers), era).await;
        (Self { client, said }, window)
    }

    pub(crate) async fn tools(&self) -> Vec<Tool> {
        self.client.list_all_tools().await.unwrap()
    }

    /// The names of all prompts, and the addresses of all resources that are one document.
    pub(crate) async fn shown(&self) -> Vec<String> {
        let prompts = self.client.list_all_prompts().await.unwrap();
        let resources = self.client.list_all_resources().await.unwrap();
        let prompts = prompts.into_iter().map(|prompt| prompt.name);
        prompts.chain(resources.into_iter().map(|resource| resource.uri)).collect()
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Told {
        self.attempt(tool, arguments).await.unwrap()
    }

    /// Calls a tool, which may be answered by an error of the protocol.
    pub(crate) async fn attempt(&self, tool: &str, arguments: Value) -> Result<Told, ErrorData> {
        let mut request = CallToolRequestParams::new(tool.to_owned());
        request.arguments = arguments.as_object().cloned();
        let result: CallToolResult = match self.client.call_tool(request).await {
            Ok(result) => result,
            Err(ServiceError::McpError(error)) => {
                self.hear(&format!("{error:?}"));
                return Err(error);
            }
            Err(error) => panic!("{error}"),
        };
        let told = Told {
            is_error: result.is_error.unwrap_or_default(),
            text: result
                .content
                .iter()
                .filter_map(|block| block.as_text())
                .map(|text| text.text.clone())
                .collect(),
            data: result.structured_content.unwrap_or_default(),
            meta: serde_json::to_value(result.meta).unwrap(),
        };
        self.hear(&format!("{}{}", told.text, told.data));
        Ok(told)
    }

    fn hear(&self, text: &str) {
        self.said.lock().unwrap().push_str(text);
    }

    /// Calls `Auth`.
    pub(crate) async fn auth(&self, arguments: Value) -> Told {
        self.call("Auth", arguments).await
    }

    /// The link that `Auth(get_url)` gives.
    pub(crate) async fn get_url(&self) -> String {
        let told = self.auth(serde_json::json!({"action": "get_url"})).await.ok();
        told.data["url"].as_str().unwrap().to_owned()
    }

    /// The first row that `Auth(status)` gives.
    pub(crate) async fn status(&self) -> Value {
        let told = self.auth(serde_json::json!({"action": "status"})).await.ok();
        told.data["providers"][0].clone()
    }

    pub(crate) async fn end(self) {
        self.client.cancel().await.unwrap();
    }
}

fn config(era: Era) -> ClientConfig {
    match era {
        Era::Modern => ClientConfig::default(),
        Era::Legacy(version) => {
            let version = serde_json::from_value(version.into()).unwrap();
            ClientConfig::default().with_protocol_version(version)
        }
    }
}

fn transport(
    mcp_url: &str,
    token: Option<&str>,
    headers: HashMap<HeaderName, HeaderValue>,
) -> StreamableHttpClientTransportConfig {
    let config = StreamableHttpClientTransportConfig::with_uri(mcp_url.to_owned());
    let config = config.custom_headers(headers);
    match token {
        Some(token) => config.auth_header(token),
        None => config,
    }
}

async fn connect(
    assistant: Assistant,
    config: StreamableHttpClientTransportConfig,
    era: Era,
) -> RunningService<RoleClient, Assistant> {
    let transport = StreamableHttpClientTransport::from_config(config);
    let mode = match era {
        Era::Modern => ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
        Era::Legacy(_) => ClientLifecycleMode::Initialize,
    };
    assistant.serve_with_lifecycle(transport, mode).await.unwrap()
}
