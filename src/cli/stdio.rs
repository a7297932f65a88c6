//! `stagepass stdio`: MCP on standard input and output, for desktop clients.
//!
//! The person's browser still needs somewhere to come back to: a loopback port of our own. The
//! configured one is used if it is free; otherwise any other, which providers accept for redirect
//! URIs that were registered without a port (RFC 8252 §7.3).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use anyhow::Context;
use tokio::net::TcpListener;
use url::Url;

use super::asked_to_stop;
use crate::{
    app::App,
    config::{Allow, Config, is_loopback},
};

pub(super) async fn run(mut config: Config) -> anyhow::Result<()> {
    let listener = listen(config.listen).await?;
    let address = listener.local_addr()?;
    if is_loopback(&config.public_url) {
        config.public_url = Url::parse(&format!("http://{address}"))?;
    }
    // Whoever started this process owns it.
    config.access.allow = Allow::Local;
    let app = App::builder(config).build().await?;
    Box::pin(app.stdio(listener, asked_to_stop())).await
}

async fn listen(wanted: SocketAddr) -> anyhow::Result<TcpListener> {
    let any = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    if wanted.ip().is_loopback()
        && let Ok(listener) = TcpListener::bind(wanted).await
    {
        return Ok(listener);
    }
    let listener = TcpListener::bind(any).await.context("no loopback port is free")?;
    tracing::info!(%wanted, used = %listener.local_addr()?, "using another port for sign-ins");
    Ok(listener)
}
