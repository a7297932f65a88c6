//! `stagepass serve`: MCP over streamable HTTP.

use anyhow::Context;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;

use super::asked_to_stop;
use crate::{app::App, config::Config};

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let (listen, public_url) = (config.listen, config.public_url.clone());
    let app = App::builder(config).build().await?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("can't listen on {listen}; set `listen` to a free address"))?;
    if let Some(code) = app.claim_code().await? {
        // To the operator's terminal, and not into the log.
        eprintln!("{}", claim_words(code.expose_secret()));
    }
    tracing::info!("MCP endpoint: {public_url}mcp");
    app.serve(listener, asked_to_stop()).await
}

fn claim_words(code: &str) -> String {
    format!(
        "This server has no owner yet. Add it to your assistant, and when its page asks for the \
         claim code, enter:\n\n    {code}\n"
    )
}
