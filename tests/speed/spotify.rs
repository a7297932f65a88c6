//! What a Spotify tool adds to the time that Spotify itself takes: the same question, asked by a plain
//! HTTP client and by the tool.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow, ensure};
use async_trait::async_trait;
use rmcp::model::JsonObject;
use stagepass_kit::{
    AccessToken, Caller, Connections, Identity, LinkedAccount, RegisteredTool, ToolError,
};
use stagepass_standin::Spotify;

use crate::load;

/// Questions of one run.
const QUESTIONS: u32 = 640;
const ROUNDS: usize = 9;
const SCOPES: [&str; 2] = ["user-read-playback-state", "user-read-currently-playing"];

/// A tool, and the address that it asks.
const ASKED: [(&str, &str, &str); 2] = [
    ("spotify_now", "{}", "me/player?additional_types=track,episode"),
    (
        "spotify_search",
        r#"{"query": "lighthouse", "limit": 10}"#,
        "search?q=lighthouse&type=track&limit=10&offset=0",
    ),
];

/// Prints p50 and p99 of both, for one caller and for many.
///
/// # Errors
/// When something doesn't work at all.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let spotify = Spotify::start().await;
    let token = spotify.world(|world| {
        let alice = world.person("alice");
        alice.player.device = alice.devices.first().map(|device| device.id.clone());
        world.issue_access_token("alice", &SCOPES)
    });
    let asker = Arc::new(Asker::new(&spotify, token)?);
    println!("\nSpotify's own time, and with the tool");
    for callers in [1, 32] {
        for asked in ASKED {
            let (mut plain, mut tool) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                plain.extend(run(callers, &asker, asked, false).await?);
                tool.extend(run(callers, &asker, asked, true).await?);
            }
            let [plain, tool] = [plain, tool].map(Times::of);
            println!(
                "  {:<14} {callers:>2} callers  p50 {:6.0} → {:6.0} µs ({:.2})   p99 {:6.0} → {:6.0} µs ({:.2})",
                asked.0,
                plain.p50,
                tool.p50,
                tool.p50 / plain.p50,
                plain.p99,
                tool.p99,
                tool.p99 / plain.p99,
            );
        }
    }
    Ok(())
}

/// In microseconds.
struct Times {
    p50: f64,
    p99: f64,
}

impl Times {
    fn of(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        let at = |percent: usize| {
            let time = all.get(all.len() * percent / 100).copied().unwrap_or_default();
            time.as_secs_f64() * 1_000_000.0
        };
        Self { p50: at(50), p99: at(99) }
    }
}

async fn run(
    callers: u32,
    by: &Arc<Asker>,
    asked: (&'static str, &'static str, &'static str),
    by_tool: bool,
) -> anyhow::Result<Vec<Duration>> {
    let workers = (0..callers).map(|_| {
        let by = by.clone();
        tokio::spawn(async move {
            let mut times = Vec::new();
            for _ in 0..QUESTIONS / callers {
                let begun = Instant::now();
                if by_tool { by.tool(asked).await } else { by.plain(asked).await }?;
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

/// Asks in both ways, over the same connections.
struct Asker {
    http: reqwest::Client,
    api: String,
    token: String,
    caller: Caller,
    tools: Vec<Arc<RegisteredTool>>,
}

impl Asker {
    fn new(spotify: &Spotify, token: String) -> anyhow::Result<Self> {
        let (http, api) = (load::client()?, format!("{}/v1", spotify.url()));
        let toolset = stagepass_spotify::toolset(http.clone(), &api);
        let door = Arc::new(Door { token: token.clone(), people: AtomicU64::new(0) });
        let caller = Caller::new(Identity::local(), door);
        Ok(Self { http, api, token, caller, tools: toolset.tools().to_vec() })
    }

    async fn plain(&self, (_, _, path): (&str, &str, &str)) -> anyhow::Result<()> {
        let request = self.http.get(format!("{}/{path}", self.api)).bearer_auth(&self.token);
        let answer = request.send().await?;
        ensure!(answer.status().is_success(), "{}", answer.status());
        let _: serde_json::Value = answer.json().await?;
        Ok(())
    }

    async fn tool(&self, (name, arguments, _): (&str, &str, &str)) -> anyhow::Result<()> {
        let tool = self.tools.iter().find(|tool| tool.name() == name).context("no such tool")?;
        let arguments: JsonObject = serde_json::from_str(arguments)?;
        let result = tool.call(&self.caller, arguments).await;
        result.map(drop).map_err(|error| anyhow!("{error}"))
    }
}

/// A vault with as many people as there are calls: one would soon have asked too much, and those who
/// ask the same at the same time would share the answer.
struct Door {
    token: String,
    people: AtomicU64,
}

#[async_trait]
impl Connections for Door {
    async fn access_token(
        &self,
        _: &Identity,
        _: &str,
        _: Option<&str>,
    ) -> Result<AccessToken, ToolError> {
        let person = self.people.fetch_add(1, Ordering::Relaxed).to_string();
        let account = LinkedAccount {
            id: "alice".into(),
            name: "alice".into(),
            label: None,
            one_of_several: false,
        };
        let scopes = SCOPES.map(str::to_owned).into();
        let token = self.token.clone().into();
        Ok(AccessToken::new(token, person.into(), 1, Arc::new(scopes), Arc::new(account)))
    }

    async fn renewed_token(
        &self,
        _: &Identity,
        provider: &str,
        _: &AccessToken,
    ) -> Result<AccessToken, ToolError> {
        Err(ToolError::needs_reconnect(provider, "The stand-in refused the token."))
    }
}
