//! A chat assistant: a real MCP client over streamable HTTP.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use http::{HeaderName, HeaderValue};
use rmcp::{
    RoleClient,
    model::{CallToolRequestParams, CallToolResult, ClientConfig, ProtocolVersion, Tool},
    service::{ClientLifecycleMode, ClientServiceExt, RunningService},
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::Value;

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
    client: RunningService<RoleClient, ClientConfig>,
    said: Arc<Mutex<String>>,
}

/// What a tool told the assistant.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) is_error: bool,
    pub(crate) text: String,
    pub(crate) data: Value,
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
        let config = StreamableHttpClientTransportConfig::with_uri(mcp_url.to_owned());
        let mut config = config.custom_headers(headers);
        if let Some(token) = token {
            config = config.auth_header(token);
        }
        let transport = StreamableHttpClientTransport::from_config(config);
        let (config, mode) = match era {
            Era::Modern => (
                ClientConfig::default(),
                ClientLifecycleMode::Discover {
                    preferred_versions: vec![ProtocolVersion::V_2026_07_28],
                },
            ),
            Era::Legacy(version) => {
                let version = serde_json::from_value(version.into()).unwrap();
                let config = ClientConfig::default().with_protocol_version(version);
                (config, ClientLifecycleMode::Initialize)
            }
        };
        let client = config.serve_with_lifecycle(transport, mode).await.unwrap();
        Self { client, said }
    }

    pub(crate) async fn tools(&self) -> Vec<Tool> {
        self.client.list_all_tools().await.unwrap()
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Told {
        let mut request = CallToolRequestParams::new(tool.to_owned());
        request.arguments = arguments.as_object().cloned();
        let result: CallToolResult = self.client.call_tool(request).await.unwrap();
        let told = Told {
            is_error: result.is_error.unwrap_or_default(),
            text: result
                .content
                .iter()
                .filter_map(|block| block.as_text())
                .map(|text| text.text.clone())
                .collect(),
            data: result.structured_content.unwrap_or_default(),
        };
        let mut said = self.said.lock().unwrap();
        said.push_str(&told.text);
        said.push_str(&told.data.to_string());
        drop(said);
        told
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
