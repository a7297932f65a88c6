//! `stagepass serve`: MCP over streamable HTTP.

use anyhow::Context;
use tokio::net::TcpListener;

use super::asked_to_stop;
use crate::{
    app::App,
    config::{Allow, Config},
};

/// Sign-in over HTTP isn't built yet, so only the setting that turns it off is served.
const NO_SIGN_IN: &str = "this version can't sign people in over HTTP yet; it serves this \
machine's owner alone\nA correct line:\n  access.allow = \"local\"\nor the variable \
STAGEPASS_ACCESS__ALLOW=local. For a desktop client, `stagepass stdio` needs neither.";

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    anyhow::ensure!(config.access.allow == Allow::Local, NO_SIGN_IN);
    let (listen, public_url) = (config.listen, config.public_url.clone());
    let app = App::builder(config).build().await?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("can't listen on {listen}; set `listen` to a free address"))?;
    tracing::info!("MCP endpoint: {public_url}mcp");
    app.serve(listener, asked_to_stop()).await
}
