//! The server that the MCP conformance suite tests; `cargo run --example conformance -- --port 8931`.
//!
//! Its tools, prompts and resources are the ones that the suite prescribes. What is really tested
//! is what lies below them: the same transport that `stagepass serve` speaks through.
//! `tests/conformance/run` starts this server and runs the suite against it.

#![expect(deprecated, reason = "the suite still tests logging and sampling")]

use std::{
    io::{Write, stdout},
    net::Ipv4Addr,
    time::Duration,
};

use anyhow::Context;
use clap::Parser;
use secrecy::ExposeSecret;
use stagepass::{
    mcp::transport::{self, Origins},
    web::body::BodyLimits,
};
use tokio::{net::TcpListener, signal};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::{
    fixture::Fixture,
    signed_in::{CLIENT, SignedIn},
};

mod fixture;
mod mrtr;
mod prompts;
mod resources;
mod signed_in;
mod tools;

/// More than any request of the suite needs.
const LIMITS: BodyLimits = BodyLimits { bytes: 1 << 20, within: Duration::from_secs(30) };

/// A server with the fixtures of the MCP conformance suite, on loopback.
#[derive(Parser)]
struct Arguments {
    /// The port to listen on; 0 takes any free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Asks for a token, at this URL, where a proxy has to be.
    #[arg(long)]
    public_url: Option<Url>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
        .await
        .with_context(|| format!("can't listen on port {}", arguments.port))?;
    let own_url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    let shutdown = CancellationToken::new();
    let fixture = Fixture::new()?;
    let stop = shutdown.child_token();
    let routes = |url, origins| transport::routes("/mcp", fixture, url, origins, LIMITS, stop);
    let signed_in;
    let routes = if let Some(public_url) = &arguments.public_url {
        signed_in = SignedIn::at(public_url).await?;
        writeln!(stdout(), "client {CLIENT} {}", signed_in.secret.expose_secret())?;
        signed_in.around(routes(public_url, Origins::Any))
    } else {
        routes(&own_url, Origins::Own)
    };
    writeln!(stdout(), "listening on {}", own_url.join("/mcp")?)?;
    axum::serve(listener, routes)
        .with_graceful_shutdown(async move {
            // Without a signal handler there is nothing to wait for; the process then ends hard.
            let _ = signal::ctrl_c().await;
            shutdown.cancel();
        })
        .await?;
    Ok(())
}
