//! A fixed number of the same request over some connections, and how many were answered a second.

use std::time::Instant;

use anyhow::ensure;
use serde_json::{Value, json};

/// Requests of one run.
const REQUESTS: usize = 6_000;

/// `tools/call` of `tool` as a client of 2026-07-28 sends it.
pub(crate) fn call(tool: &str) -> Value {
    json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {
            "name": tool,
            "arguments": {},
            "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            },
        },
    })
}

/// Sends `body` over `connections` at once and answers with requests per second.
///
/// # Errors
/// When an answer isn't a result.
pub(crate) async fn run(url: &str, tool: &str, connections: usize) -> anyhow::Result<f64> {
    #[expect(clippy::disallowed_methods, reason = "the load is no part of the server")]
    let client = reqwest::Client::builder().build()?;
    let body = call(tool);
    let begun = Instant::now();
    let workers = (0..connections).map(|_| {
        let (client, body) = (client.clone(), body.clone());
        let (url, tool) = (url.to_owned(), tool.to_owned());
        tokio::spawn(async move {
            for _ in 0..REQUESTS / connections {
                let request = client
                    .post(&url)
                    .header("accept", "application/json, text/event-stream")
                    .header("mcp-protocol-version", "2026-07-28")
                    .header("mcp-method", "tools/call")
                    .header("mcp-name", &tool);
                let answer: Value = request.json(&body).send().await?.json().await?;
                let failed = answer.pointer("/result/isError") == Some(&Value::Bool(true));
                ensure!(!failed && answer.get("result").is_some(), "{answer}");
            }
            anyhow::Ok(())
        })
    });
    for worker in futures::future::join_all(workers).await {
        worker??;
    }
    #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
    Ok(REQUESTS as f64 / begun.elapsed().as_secs_f64())
}
