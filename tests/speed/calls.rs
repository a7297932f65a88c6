//! A tool call through everything (identity, host, vault with warm caches) against the same tool
//! on a bare rmcp server.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use axum::{Router, middleware};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, JsonObject,
        ServerCapabilities, ServerConfig, Tool as Descriptor,
    },
    service::RequestContext,
    transport::streamable_http_server::{
        StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass::{
    clock::Clock,
    config::Config,
    connect::Connect,
    identity::{self, Principal},
    mcp::{
        Host,
        transport::{self, Origins},
    },
    providers::ProviderClient,
    store::Db,
    vault::{self, Vault},
    web::body::BodyLimits,
};
use stagepass_kit::{Attempt, Caller, Connections, Effect, Identity, Tool, ToolError, Toolset};
use stagepass_standin::{Browser, Spotify};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use crate::load;

const ROUNDS: usize = 5;

/// Prints how a full call compares with a bare one.
///
/// # Errors
/// When something doesn't work at all.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let bare = serve_bare().await?;
    let (full, _world) = serve_full().await?;
    println!("\ntool calls per second, {ROUNDS} rounds in turn (bare rmcp | stagepass | ratio)");
    for connections in [1, 32] {
        let mut ratios = Vec::new();
        for _ in 0..ROUNDS {
            let floor = load::run(&bare, "noop", connections).await?;
            let ours = load::run(&full, "noop", connections).await?;
            println!("  {connections:2} callers  {floor:8.0} | {ours:8.0} | {:.2}", ours / floor);
            ratios.push(ours / floor);
        }
        ratios.sort_by(f64::total_cmp);
        let median = ratios.get(ROUNDS / 2).context("no rounds")?;
        println!("  {connections:2} callers  median ratio {median:.2}");
    }
    Ok(())
}

/// The baseline: rmcp, JSON answers, no sign-in, nothing else.
#[derive(Clone)]
struct Bare;

impl ServerHandler for Bare {
    fn get_info(&self) -> ServerConfig {
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
    }

    fn get_tool(&self, _name: &str) -> Option<Descriptor> {
        Some(Descriptor::new("noop", "Does nothing.", Arc::new(JsonObject::new())))
    }

    async fn call_tool(
        &self,
        _request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let mut result = CallToolResult::success(vec![ContentBlock::text("done")]);
        result.structured_content = Some(serde_json::json!({"length": 4}));
        Ok(result.into())
    }
}

async fn serve_bare() -> anyhow::Result<String> {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true);
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(|| Ok(Bare), sessions, config);
    listen(Router::new().route_service("/mcp", service)).await
}

/// The same tool with a caller: it asks the vault for the person's token, and sends it nowhere.
struct Noop;

#[derive(Deserialize, JsonSchema)]
struct Nothing {}

#[derive(Serialize, JsonSchema)]
struct Done {
    length: usize,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("done")
    }
}

impl Tool for Noop {
    const NAME: &'static str = "noop";
    const TITLE: &'static str = "Nothing";
    const DESCRIPTION: &'static str = "Does nothing.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &["user-read-private"];
    type Args = Nothing;
    type Answer = Done;

    async fn call(&self, caller: &Caller, _: Nothing) -> Result<Done, ToolError> {
        caller
            .call("spotify", |token| async move {
                Ok(Attempt::Done(Done { length: token.expose().len().min(4) }))
            })
            .await
    }
}

async fn serve_full() -> anyhow::Result<(String, (Spotify, tempfile::TempDir))> {
    let spotify = Spotify::start().await;
    let data = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let public_url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    let config = Config::load(None, variables(&public_url, &spotify, data.path().display()))?;
    let clock = Clock::system();
    let db = Db::open(None, &config.data_dir).await?;
    let sealer = vault::unlock(&config, &db, &clock).await?;
    let (id, provider) = config.enabled_providers().next().context("no provider")?;
    let redirect = public_url.join("callback/spotify")?;
    let http = stagepass::http::client()?;
    let client = ProviderClient::new(id, provider, &[], redirect, http, clock.clone());
    let tasks = TaskTracker::new();
    let providers = [(id.to_owned(), client.clone())].into();
    let vault = Vault::new(db.clone(), sealer, clock.clone(), providers, tasks.clone());
    let connect = Connect::new(db, vault.clone(), clock, public_url.clone(), tasks);
    let connections: Arc<dyn Connections> = Arc::new(vault);
    let toolset = Toolset::new("bench", Some("spotify")).with(Noop);
    let host = Host::new(&[&toolset], connections, false, None);
    let limits = BodyLimits { bytes: 1 << 20, within: Duration::from_secs(30) };
    let stop = CancellationToken::new();
    let router = transport::routes("/mcp", host, &public_url, Origins::Own, limits, stop)
        .layer(middleware::from_fn_with_state(Principal::owner(), identity::everyone_is))
        .merge(connect.routes());
    tokio::spawn(axum::serve(listener, router).into_future());

    let link = connect.issue(&Identity::local(), &client).await?;
    let browser = Browser::new();
    let page = browser.get(link.url.as_str()).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    let page = spotify.sign_in(&browser, page, "alice").await;
    ensure!(page.has_text("is connected"), "{}", page.describe());
    Ok((format!("{public_url}mcp"), (spotify, data)))
}

/// The configuration of a server with this Spotify.
pub(crate) fn variables(
    public_url: &Url,
    spotify: &Spotify,
    data_dir: impl fmt::Display,
) -> HashMap<String, String> {
    let mut variables = spotify.variables();
    variables.extend([
        ("STAGEPASS_ACCESS__ALLOW".to_owned(), "local".to_owned()),
        ("STAGEPASS_LISTEN".to_owned(), public_url.authority().to_owned()),
        ("STAGEPASS_DATA_DIR".to_owned(), data_dir.to_string()),
    ]);
    variables
}

async fn listen(router: Router) -> anyhow::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/mcp", listener.local_addr()?);
    tokio::spawn(axum::serve(listener, router).into_future());
    Ok(url)
}
