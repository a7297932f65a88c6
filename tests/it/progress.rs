//! How far a call is: told to whom asked for it, before its result.

use std::time::Duration;

use reqwest::Response;
use rmcp::ServiceExt;
use serde_json::{Value, json};
use stagepass::mcp::Host;
use stagepass_kit::Identity;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::harness::{Setup, TestApp, shelf};

const BOTH: &str = "application/json, text/event-stream";

async fn with_shelf() -> TestApp {
    TestApp::start_with(Setup { toolset: Some(shelf), ..Setup::default() }).await
}

/// A call that sorts so many books, with `token` if progress is asked for.
fn sorting(books: u32, token: Option<Value>, modern: bool) -> Value {
    let mut meta = json!({});
    if modern {
        meta["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
        meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
    }
    if let Some(token) = token {
        meta["progressToken"] = token;
    }
    let params = json!({"name": "shelf_sort", "arguments": {"books": books}, "_meta": meta});
    json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params})
}

async fn post(app: &TestApp, message: &Value, accept: &str, modern: bool) -> Response {
    let request = stagepass::http::client().unwrap().post(app.mcp_url()).json(message);
    let request = request.header("accept", accept);
    let request = if modern {
        let request = request.header("mcp-protocol-version", "2026-07-28");
        request.header("mcp-method", "tools/call").header("mcp-name", "shelf_sort")
    } else {
        request.header("mcp-protocol-version", "2025-11-25")
    };
    request.send().await.unwrap()
}

fn kind(response: &Response) -> &str {
    response.headers()["content-type"].to_str().unwrap()
}

/// The messages on a stream, in order.
async fn messages(response: Response) -> Vec<Value> {
    let text = response.text().await.unwrap();
    let events = text.lines().filter_map(|line| line.strip_prefix("data:"));
    events.filter_map(|event| serde_json::from_str(event).ok()).collect()
}

#[tokio::test]
async fn who_asked_hears_on_the_requests_own_stream_and_the_result_comes_last() {
    let app = with_shelf().await;
    for modern in [true, false] {
        for token in [json!("a-token"), json!(5)] {
            let message = sorting(3, Some(token.clone()), modern);
            let response = post(&app, &message, BOTH, modern).await;
            assert_eq!(kind(&response), "text/event-stream");
            let said = messages(response).await;
            let [first, last, result] = said.as_slice() else { panic!("{said:?}") };
            for (told, done) in [(first, 1), (last, 3)] {
                assert_eq!(told["method"], "notifications/progress", "{told}");
                let params = &told["params"];
                assert_eq!(params["progressToken"], token);
                assert_eq!(params["progress"].as_f64(), Some(f64::from(done)), "{told}");
                assert_eq!(params["total"].as_f64(), Some(3.0));
                assert_eq!(params["message"], format!("{done} sorted"));
            }
            assert_eq!(
                (&result["id"], &result["result"]["structuredContent"]["sorted"]),
                (&json!(7), &json!(3))
            );
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn however_many_steps_there_are_the_reports_are_few_and_the_last_is_among_them() {
    let app = with_shelf().await;
    let response = post(&app, &sorting(1000, Some(json!(1)), true), BOTH, true).await;
    let said = messages(response).await;
    let done: Vec<_> = said.iter().filter_map(|it| it["params"]["progress"].as_f64()).collect();
    assert_eq!(done, [1.0, 1000.0], "the clock stands still");
    app.finish().await;
}

#[tokio::test]
async fn who_did_not_ask_or_reads_no_streams_or_has_nothing_to_hear_gets_json() {
    let app = with_shelf().await;
    for modern in [true, false] {
        for (books, token, accept) in [
            (3, None, BOTH),
            (3, Some(json!("a")), "application/json"),
            (3, Some(json!("a")), "*/*"),
            (0, Some(json!("a")), BOTH),
        ] {
            let response = post(&app, &sorting(books, token, modern), accept, modern).await;
            assert_eq!(kind(&response), "application/json", "{books} {accept}");
            let answer: Value = response.json().await.unwrap();
            assert_eq!(answer["result"]["structuredContent"]["sorted"], books, "{answer}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn over_a_pipe_it_is_told_between_the_lines() {
    let mut app = with_shelf().await;
    app.stop().await;
    let (house, db) = app.house().await;
    let audit = house.audit.clone();
    let host = Host::new(&[&shelf()], house, false, Some(Identity::local()));
    let (here, there) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(async move { host.serve(there).await.unwrap().waiting().await });
    let (read, mut write) = tokio::io::split(here);
    let mut lines = BufReader::new(read).lines();
    let message = sorting(2, Some(json!("a")), true);
    write.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    let mut said = Vec::new();
    while said.len() < 3 {
        let line = lines.next_line().await.unwrap().expect("it hung up");
        said.push(serde_json::from_str::<Value>(&line).unwrap());
    }
    assert_eq!(said[0]["params"]["progress"].as_f64(), Some(1.0), "{said:?}");
    assert_eq!(said[1]["params"]["progress"].as_f64(), Some(2.0), "{said:?}");
    assert_eq!(said[2]["result"]["structuredContent"]["sorted"], 2, "{said:?}");
    drop((lines, write));
    server.await.unwrap().unwrap();
    audit.drain(Duration::from_secs(30)).await;
    db.close().await;
    app.finish().await;
}

/// It puts a progress token into every call.
#[tokio::test]
async fn a_client_of_the_sdk_gets_its_result() {
    let app = with_shelf().await;
    let told = app.chat().await.call("shelf_sort", json!({"books": 4})).await.ok();
    assert_eq!(told.data["sorted"], 4);
    app.finish().await;
}
