//! Real servers, as rmcp makes them, of both eras.

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, ContentBlock, ListToolsResult,
        PaginatedRequestParams, ProgressNotificationParam, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService,
        session::{local::LocalSessionManager, never::NeverSessionManager},
    },
};
use serde_json::json;

use super::*;

#[derive(Clone)]
struct Real;

impl ServerHandler for Real {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let schema = json!({"type": "object", "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
        }});
        let schema = Arc::new(schema.as_object().cloned().unwrap());
        Ok(ListToolsResult::with_all_items(vec![Tool::new("say", "Says.", schema)]))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let schema = json!({"type": "object", "properties": {
            "region": {"type": "string", "x-mcp-header": "Region"},
        }});
        (name == "say").then(|| Tool::new("say", "Says.", schema.as_object().cloned().unwrap()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(token) = context.meta.get_progress_token() {
            let report = ProgressNotificationParam::new(token, 1.0);
            context.peer.notify_progress(report).await.unwrap();
        }
        let said = json!(request.arguments).to_string();
        Ok(CallToolResult::success(vec![ContentBlock::text(said)]).into())
    }
}

async fn serve(sessions: bool) -> String {
    let config = StreamableHttpServerConfig::default().with_legacy_session_mode(sessions);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let app = if sessions {
        let manager = Arc::new(LocalSessionManager::default());
        let service = StreamableHttpService::new(|| Ok(Legacy(Real)), manager, config);
        axum::Router::new().nest_service("/mcp", service)
    } else {
        let manager = Arc::new(NeverSessionManager::default());
        axum::Router::new()
            .nest_service("/mcp", StreamableHttpService::new(|| Ok(Real), manager, config))
    };
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

/// The same, from before 2026-07-28.
#[derive(Clone)]
struct Legacy(Real);

impl ServerHandler for Legacy {
    fn get_info(&self) -> ServerConfig {
        self.0.get_info()
    }

    fn supported_protocol_versions(
        &self,
    ) -> std::borrow::Cow<'static, [rmcp::model::ProtocolVersion]> {
        vec![rmcp::model::ProtocolVersion::V_2025_11_25].into()
    }

    async fn list_tools(
        &self,
        page: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        self.0.list_tools(page, context).await
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        self.0.call_tool(request, context).await
    }
}

#[tokio::test]
async fn a_real_server_of_either_era_is_understood() {
    for sessions in [false, true] {
        let url = serve(sessions).await.parse().unwrap();
        let remote = Remote::new("real", url, Credentials::None, http());
        let vault: Arc<Vault> = Arc::default();
        let (ada, _, heard) = watched(Caller::new(person("ada"), vault));
        let tools = remote.tools(&ada).await.unwrap();
        let say = tools.get("real_say").unwrap();
        for _ in 0..2 {
            let arguments = json!({"region": "Köln"}).as_object().cloned().unwrap();
            let said = remote.call(&ada, say, arguments, &Input::default()).await.unwrap();
            let Outcome::Complete(said) = said else { panic!() };
            assert_eq!(text(&said), r#"{"region":"Köln"}"#);
        }
        assert_eq!(heard.0.lock().unwrap().len(), 2);
    }
}
