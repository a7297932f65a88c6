//! `stagepass serve`: MCP over streamable HTTP.

use anyhow::Context;
use tokio::net::TcpListener;

use super::asked_to_stop;
use crate::{
    app::{self, App},
    config::Config,
};

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    app::ensure_local(&config)?;
    let (listen, public_url) = (config.listen, config.public_url.clone());
    let app = App::builder(config).build().await?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("can't listen on {listen}; set `listen` to a free address"))?;
    tracing::info!("MCP endpoint: {public_url}mcp");
    app.serve(listener, asked_to_stop()).await
}
