//! The real server with one more tool, and alice's account at its Spotify.

use std::{collections::HashMap, fmt, future::pending};

use anyhow::{Context, ensure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass::{app::App, config::Config, store::Db};
use stagepass_kit::{Attempt, Caller, Effect, Tool, ToolError, Toolset};
use stagepass_standin::{Browser, Spotify};
use tempfile::TempDir;
use tokio::net::TcpListener;
use url::Url;

use crate::load::{self, Target};

/// A server that runs to the end of the process, as its clients find it.
pub(crate) struct Server {
    pub(crate) url: Url,
    pub(crate) spotify: Spotify,
    data: TempDir,
}

impl Server {
    /// Starts one for those whom `allow` lets in.
    ///
    /// # Errors
    /// When it doesn't start.
    pub(crate) async fn start(allow: &str) -> anyhow::Result<Self> {
        let spotify = Spotify::start().await;
        let data = tempfile::tempdir()?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
        let config = Config::load(None, variables(&url, &spotify, allow, data.path().display()))?;
        let toolset = Toolset::new("bench", Some("spotify")).with(Noop);
        let app = App::builder(config).toolset(toolset).build().await?;
        tokio::spawn(app.serve(listener, pending()));
        Ok(Self { url, spotify, data })
    }

    /// Its endpoint for whoever has `token`.
    pub(crate) fn target(&self, token: Option<String>) -> Target {
        Target { url: format!("{}mcp", self.url), token, chat: None }
    }

    /// Its database, beside it.
    ///
    /// # Errors
    /// When it can't be opened.
    pub(crate) async fn db(&self) -> anyhow::Result<Db> {
        Ok(Db::open(None, self.data.path()).await?)
    }

    /// Links alice's account where sign-in is off: by the tool, as a chat would.
    ///
    /// # Errors
    /// When somebody refuses.
    pub(crate) async fn link(&self) -> anyhow::Result<Target> {
        let target = self.target(None);
        let get_url = json!({"action": "get_url"});
        let link = load::call(&load::client()?, &target, "Auth", get_url).await?;
        let link = link.get("url").and_then(|url| url.as_str()).context("no link")?;
        let browser = Browser::new();
        let page = browser.get(link).await;
        let page = browser.submit(&page, "Continue to Spotify", &[]).await;
        let page = self.spotify.sign_in(&browser, page, "alice").await;
        ensure!(page.has_text("is connected"), "{}", page.describe());
        Ok(target)
    }
}

/// The configuration of a server with this Spotify.
pub(crate) fn variables(
    public_url: &Url,
    spotify: &Spotify,
    allow: &str,
    data_dir: impl fmt::Display,
) -> HashMap<String, String> {
    let mut variables = spotify.variables();
    variables.extend([
        ("STAGEPASS_ACCESS__ALLOW".to_owned(), allow.to_owned()),
        ("STAGEPASS_LISTEN".to_owned(), public_url.authority().to_owned()),
        ("STAGEPASS_DATA_DIR".to_owned(), data_dir.to_string()),
    ]);
    variables
}

/// The baseline's tool with a caller: it asks the vault for the person's token, and sends it
/// nowhere.
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
