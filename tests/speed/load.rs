//! A fixed number of the same request over some connections: how many were answered a second, and
//! what each took.

use std::{fs, time::Instant};

use anyhow::ensure;
use serde_json::{Value, json};

/// Requests of one run.
const REQUESTS: u32 = 2_000;

/// An MCP endpoint, and the access token that opens it.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) url: String,
    pub(crate) token: Option<String>,
    /// For which chat user a bot asks.
    pub(crate) chat: Option<&'static str>,
}

/// The client of every load.
///
/// # Errors
/// When the operating system's trust store can't be read.
pub(crate) fn client() -> reqwest::Result<reqwest::Client> {
    #[expect(clippy::disallowed_methods, reason = "the load is no part of the server")]
    reqwest::Client::builder().build()
}

/// Sends `tools/call` as a client of 2026-07-28 does, and answers with the tool's data.
///
/// # Errors
/// When the answer isn't a result.
pub(crate) async fn call(
    client: &reqwest::Client,
    target: &Target,
    tool: &str,
    arguments: Value,
) -> anyhow::Result<Value> {
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {
            "name": tool,
            "arguments": arguments,
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    });
    let mut request = client
        .post(&target.url)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2026-07-28")
        .header("mcp-method", "tools/call")
        .header("mcp-name", tool);
    if let Some(token) = &target.token {
        request = request.bearer_auth(token);
    }
    if let Some(chat) = target.chat {
        request = request.header("stagepass-chat-id", chat);
    }
    let mut answer: Value = request.json(&body).send().await?.json().await?;
    let failed = answer.pointer("/result/isError") == Some(&Value::Bool(true));
    ensure!(!failed && answer.get("result").is_some(), "{answer}");
    Ok(answer.pointer_mut("/result/structuredContent").map(Value::take).unwrap_or_default())
}

/// How a run went.
#[derive(Clone, Copy)]
pub(crate) struct Speed {
    /// Calls per second: depends on what else the machine does.
    pub(crate) rate: f64,
    /// Microseconds of CPU time for each call, the client's included: depends on that far less.
    pub(crate) cpu: f64,
}

/// Calls `noop` over `connections` at once.
///
/// # Errors
/// When a call fails.
pub(crate) async fn run(target: &Target, connections: u32) -> anyhow::Result<Speed> {
    let client = client()?;
    let (begun, cpu) = (Instant::now(), cpu_micros()?);
    let workers = (0..connections).map(|_| {
        let (client, target) = (client.clone(), target.clone());
        tokio::spawn(async move {
            for _ in 0..REQUESTS / connections {
                call(&client, &target, "noop", json!({})).await?;
            }
            anyhow::Ok(())
        })
    });
    for worker in futures::future::join_all(workers).await {
        worker??;
    }
    let calls = f64::from(REQUESTS / connections * connections);
    Ok(Speed { rate: calls / begun.elapsed().as_secs_f64(), cpu: (cpu_micros()? - cpu) / calls })
}

/// What all threads of this process have used so far.
fn cpu_micros() -> anyhow::Result<f64> {
    let mut sum = 0.0;
    for thread in fs::read_dir("/proc/self/task")? {
        let Ok(used) = fs::read_to_string(thread?.path().join("schedstat")) else { continue };
        let nanos: f64 = used.split(' ').next().unwrap_or_default().parse()?;
        sum += nanos / 1_000.0;
    }
    Ok(sum)
}
