//! What a call of another server's tool costs through this one, over the same call made directly.

use std::{
    future::pending,
    time::{Duration, Instant},
};

use serde_json::json;
use stagepass::{app::App, config::Config};
use stagepass_standin::Spotify;
use tokio::net::TcpListener;
use url::Url;

use crate::{
    bare,
    load::{self, Target},
    server::variables,
    spotify::Times,
};

/// Calls of one run.
const CALLS: u32 = 1_600;
const ROUNDS: usize = 5;

/// Prints p50 and p99 of both, for one caller and for many.
///
/// # Errors
/// When something doesn't work at all.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let bare = bare::start().await?;
    let spotify = Spotify::start().await;
    let data = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = Url::parse(&format!("http://{}", listener.local_addr()?))?;
    let mut variables = variables(&url, &spotify, "local", data.path().display());
    variables.insert("STAGEPASS_REMOTE__BARE__URL".to_owned(), bare.url.clone());
    variables.insert("STAGEPASS_REMOTE__BARE__AUTH".to_owned(), "none".to_owned());
    let app = App::builder(Config::load(None, variables)?).build().await?;
    tokio::spawn(app.serve(listener, pending()));
    let ours = Target { url: format!("{url}mcp"), token: None, chat: None };
    println!("\nA call of a server's tool directly, and through this one");
    for callers in [1, 32] {
        let (mut direct, mut through) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            direct.extend(run(callers, &bare, "noop").await?);
            through.extend(run(callers, &ours, "bare_noop").await?);
        }
        let [direct, through] = [direct, through].map(Times::of);
        println!(
            "  {callers:>2} callers  p50 {:6.0} → {:6.0} µs ({:.2})   p99 {:6.0} → {:6.0} µs ({:.2})",
            direct.p50,
            through.p50,
            through.p50 / direct.p50,
            direct.p99,
            through.p99,
            through.p99 / direct.p99,
        );
    }
    Ok(())
}

async fn run(callers: u32, target: &Target, tool: &'static str) -> anyhow::Result<Vec<Duration>> {
    let client = load::client()?;
    let workers = (0..callers).map(|_| {
        let (client, target) = (client.clone(), target.clone());
        tokio::spawn(async move {
            let mut times = Vec::new();
            for _ in 0..CALLS / callers {
                let begun = Instant::now();
                load::call(&client, &target, tool, json!({})).await?;
                times.push(begun.elapsed());
            }
            anyhow::Ok(times)
        })
    });
    let mut times = Vec::new();
    for worker in futures::future::join_all(workers).await {
        times.extend(worker??);
    }
    Ok(times)
}
