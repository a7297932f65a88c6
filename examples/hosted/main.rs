//! A server that people sign in to, for other people's clients: `cargo run --example hosted`.
//!
//! A stand-in Spotify, a website where a client describes itself, and the real server around them,
//! all on loopback. An hour passes there when somebody says so, and whoever drives a client can ask
//! what the server recorded of it. With `--bot` there is a bot, too, ready for `examples/chatbot-…`.
#![expect(clippy::print_stdout, reason = "whoever starts it has to know where everything is")]

mod bot;
mod control;

use std::{collections::BTreeMap, sync::Arc};

use anyhow::Context;
use reqwest::Certificate;
use secrecy::ExposeSecret;
use serde_json::json;
use stagepass::{app::App, clock::Clock, config::Config, http::Rules};
use stagepass_standin::{ClientSite, Spotify, client_site::Served};
use tokio::net::TcpListener;

/// Where a client describes itself, and the host of that.
const DOCUMENT: &str = "https://client.example/metadata.json";
const HOST: &str = "client.example";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let spotify = Arc::new(Spotify::start().await);
    let site = client_site().await;
    let data = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let mut variables = spotify.variables();
    variables.extend([
        ("STAGEPASS_PUBLIC_URL".to_owned(), url.clone()),
        ("STAGEPASS_DATA_DIR".to_owned(), data.path().display().to_string()),
    ]);
    let config = Config::load(None, variables)?;
    let clock = Clock::fixed(Clock::system().now(), 0);
    let control = control::start(&config, &spotify, &clock).await?;
    if std::env::args().any(|argument| argument == "--bot") {
        let secret = bot::add(&config, &clock).await?;
        println!(
            "Bot: BOT_SERVER={url}/mcp BOT_CLIENT_ID={} BOT_CLIENT_SECRET={}",
            bot::ID,
            secret.expose_secret()
        );
    }
    let builder = App::builder(config).clock(clock).rules(rules(&site)?);
    let app = builder.build().await?;
    let code = app.claim_code().await?.context("a new server has no owner")?;
    println!(
        "MCP endpoint: {url}/mcp\nStand-in Spotify: {}\nClaim code: {}\n\
         Client document: {DOCUMENT}\nControl: {control}\n\
         Ctrl-C ends it all.",
        spotify.url(),
        code.expose_secret(),
    );
    let stop = async {
        tokio::signal::ctrl_c().await.ok();
    };
    app.serve(listener, stop).await
}

/// A client's website, with a document for native clients: on loopback they take any port.
async fn client_site() -> ClientSite {
    let site = ClientSite::start(&[HOST]).await;
    let document = json!({
        "client_id": DOCUMENT,
        "client_name": "A client with a website",
        "redirect_uris": ["http://127.0.0.1/callback", "http://127.0.0.1/oauth/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    site.put(DOCUMENT, Served::Json(document));
    site
}

/// A world in which that website is the only one.
fn rules(site: &ClientSite) -> anyhow::Result<Rules> {
    Ok(Rules {
        names: Some(BTreeMap::from([(HOST.to_owned(), vec![site.address()])])),
        allowed: vec![site.address()],
        roots: vec![Certificate::from_der(site.root())?],
    })
}
