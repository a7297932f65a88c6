//! A call that takes its time.

use std::time::Duration;

use serde_json::{Value, json};
use stagepass_standin::mcp_server::Era;

use super::Boxed;

fn calling(boxed: &Boxed, tool: &str) -> reqwest::RequestBuilder {
    let params = json!({"name": tool, "arguments": {}, "_meta": {"progressToken": "theirs"}});
    let message = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
    let request = stagepass::http::client().unwrap().post(boxed.app.mcp_url()).json(&message);
    let request = request.header("accept", "application/json, text/event-stream");
    request.header("mcp-protocol-version", "2025-11-25")
}

#[tokio::test]
async fn progress_there_is_progress_here() {
    for era in [Era::Modern, Era::Legacy] {
        let boxed = Boxed::open(era).await;
        let response = calling(&boxed, "box_count").send().await.unwrap();
        let said = response.text().await.unwrap();
        let events = said.lines().filter_map(|line| line.strip_prefix("data:"));
        let events: Vec<Value> =
            events.filter_map(|event| serde_json::from_str(event).ok()).collect();
        let told = events.iter().filter(|event| event["params"]["progressToken"] == "theirs");
        let first = told.clone().next().unwrap_or_else(|| panic!("{said}"));
        assert_eq!(first["params"]["total"].as_f64(), Some(3.0), "{first}");
        assert_eq!(first["params"]["message"], "one more");
        assert_eq!(events.last().unwrap()["result"]["content"][0]["text"], "three", "{said}");
        boxed.finish().await;
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_ends_the_call_there() {
    for era in [Era::Modern, Era::Legacy] {
        let boxed = Boxed::open(era).await;
        boxed.tools().await;
        let waiting = tokio::spawn(calling(&boxed, "box_wait").send());
        until(|| boxed.server.with(|it| it.waiting) == 1).await;
        waiting.abort();
        until(|| boxed.server.with(|it| it.waiting) == 0).await;
        let told = boxed.server.seen("notifications/cancelled").len();
        assert_eq!(told, usize::from(era == Era::Legacy), "the modern way is to hang up");
        boxed.finish().await;
    }
}

pub(super) async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("it is never so");
}
