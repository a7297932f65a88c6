//! What the demo runs: a stand-in Spotify, the server, and a client.

use anyhow::Context;
use rmcp::{
    RoleClient,
    model::{CallToolRequestParams, ClientConfig, ProtocolVersion},
    service::{ClientLifecycleMode, ClientServiceExt, RunningService},
    transport::StreamableHttpClientTransport,
};
use serde_json::Value;
use stagepass::{app::App, config::Config};
use stagepass_standin::Spotify;
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// Everything that is running.
pub(crate) struct World {
    pub(crate) spotify: Spotify,
    pub(crate) url: String,
    client: RunningService<RoleClient, ClientConfig>,
    server: JoinHandle<anyhow::Result<()>>,
    stop: oneshot::Sender<()>,
    _data: TempDir,
}

/// What a tool told the assistant.
pub(crate) struct Told {
    pub(crate) is_error: bool,
    pub(crate) text: String,
    pub(crate) data: Value,
}

impl Told {
    /// The datum at a JSON pointer; null if there is none.
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.data.pointer(pointer).unwrap_or(&Value::Null)
    }
}

impl World {
    /// Starts all of it. With `usual_port` the server takes 8080 if that is free.
    pub(crate) async fn start(usual_port: bool) -> anyhow::Result<Self> {
        let spotify = Spotify::start().await;
        let data = tempfile::tempdir()?;
        let listener = match TcpListener::bind("127.0.0.1:8080").await {
            Ok(listener) if usual_port => listener,
            _ => TcpListener::bind("127.0.0.1:0").await?,
        };
        let url = format!("http://{}", listener.local_addr()?);
        let mut variables = spotify.variables();
        variables.extend([
            ("STAGEPASS_ACCESS__ALLOW".to_owned(), "local".to_owned()),
            ("STAGEPASS_PUBLIC_URL".to_owned(), url.clone()),
            ("STAGEPASS_DATA_DIR".to_owned(), data.path().display().to_string()),
        ]);
        let config = Config::load(None, variables)?;
        let app = App::builder(config).build().await?;
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(app.serve(listener, async {
            stopped.await.ok();
        }));
        let client = ClientConfig::default()
            .serve_with_lifecycle(
                StreamableHttpClientTransport::from_uri(format!("{url}/mcp")),
                ClientLifecycleMode::Discover {
                    preferred_versions: vec![ProtocolVersion::V_2026_07_28],
                },
            )
            .await
            .context("the client can't connect")?;
        Ok(Self { spotify, url, client, server, stop, _data: data })
    }

    /// Calls a tool.
    pub(crate) async fn call(&self, tool: &str, arguments: &Value) -> anyhow::Result<Told> {
        let mut request = CallToolRequestParams::new(tool.to_owned());
        request.arguments = arguments.as_object().cloned();
        let result = self.client.call_tool(request).await?;
        let texts = result.content.iter().filter_map(|block| block.as_text());
        Ok(Told {
            is_error: result.is_error.unwrap_or_default(),
            text: texts.map(|text| text.text.as_str()).collect(),
            data: result.structured_content.unwrap_or_default(),
        })
    }

    /// Stops all of it.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.client.cancel().await?;
        self.stop.send(()).ok();
        self.server.await?
    }
}
