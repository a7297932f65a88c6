//! A call that nobody waits for any more: what it has begun it finishes, and no more, and that is
//! recorded.

use std::time::Duration;

use reqwest::RequestBuilder;
use rmcp::{
    ServiceExt,
    model::{CallToolRequest, CallToolRequestParams, ClientConfig, ClientRequest},
    service::PeerRequestOptions,
};
use serde_json::{Value, json};
use stagepass::mcp::Host;
use stagepass_kit::Identity;

use crate::{
    calls::recorded,
    harness::{Bot, Connector, Setup, TestApp, Turnstile, encoded, shelf},
};

async fn with_shelf() -> TestApp {
    TestApp::start_with(Setup { toolset: Some(shelf), ..Setup::default() }).await
}

/// A call that sorts five books and waits at this gate before each, with a progress token.
fn sorting(gate: &str, id: u32) -> Value {
    let params = json!({
        "name": "shelf_sort", "arguments": {"books": 5, "gate": gate},
        "_meta": {"progressToken": "a"},
    });
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
}

fn cancelling(id: u32) -> Value {
    let params = json!({"requestId": id, "reason": "enough"});
    json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": params})
}

fn post(app: &TestApp, message: &Value) -> RequestBuilder {
    let request = stagepass::http::client().unwrap().post(app.mcp_url()).json(message);
    request.header("mcp-protocol-version", "2025-11-25")
}

async fn assert_recorded_as_cancelled(app: &TestApp) {
    let row = recorded(app, "tool.called", 1).await.remove(0);
    assert_eq!((row.outcome.as_str(), row.detail.as_deref()), ("done", Some("cancelled")));
}

#[tokio::test]
async fn a_client_that_hangs_up_before_the_answer_stops_the_call_between_two_steps() {
    let app = with_shelf().await;
    let gate = Turnstile::named("hangs up");
    let request = post(&app, &sorting("hangs up", 1)).send();
    let waiting = tokio::spawn(request);
    gate.begun().await;
    waiting.abort();
    gate.cancelled().await;
    gate.open();
    assert_recorded_as_cancelled(&app).await;
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_closes_the_stream_stops_the_call() {
    let app = with_shelf().await;
    let gate = Turnstile::named("closes");
    let accept = "application/json, text/event-stream";
    gate.open();
    let request = post(&app, &sorting("closes", 1)).header("accept", accept);
    let mut response = request.send().await.unwrap();
    let event = response.chunk().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&event).contains("1 sorted"), "{event:?}");
    gate.begun().await;
    gate.begun().await;
    drop(response);
    gate.cancelled().await;
    gate.open();
    assert_recorded_as_cancelled(&app).await;
    app.finish().await;
}

#[tokio::test]
async fn an_old_client_says_that_it_is_enough_and_gets_what_was_done() {
    let app = with_shelf().await;
    let gate = Turnstile::named("says");
    let waiting = tokio::spawn(post(&app, &sorting("says", 7)).send());
    gate.begun().await;
    for id in [8, 0] {
        let told = post(&app, &cancelling(id)).send().await.unwrap();
        assert_eq!(told.status(), 202);
    }
    assert!(!gate.is_cancelled(), "another call was meant");
    post(&app, &cancelling(7)).send().await.unwrap();
    assert!(gate.is_cancelled());
    gate.open();
    let answer: Value = waiting.await.unwrap().unwrap().json().await.unwrap();
    assert_eq!(answer["result"]["structuredContent"]["sorted"], 1, "{answer}");
    assert_recorded_as_cancelled(&app).await;
    app.finish().await;
}

#[tokio::test]
async fn nobody_ends_the_call_of_somebody_else() {
    let variables = vec![("ACCESS__ALLOW", "open".to_owned())];
    let setup = Setup { variables, toolset: Some(shelf), ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let bot = Bot::add(&app, "bot").await;
    let gate = Turnstile::named("of anna");
    let send = |id: &str, message: &Value| {
        let request = bot.client.begin("/mcp").json(message).bearer_auth(&bot.token);
        let request = request.header("mcp-protocol-version", "2025-11-25");
        Connector::send(request.header("stagepass-chat-id", encoded(id)))
    };
    let waiting = tokio::spawn(send("tg:anna", &sorting("of anna", 7)));
    gate.begun().await;
    assert_eq!(send("tg:ben", &cancelling(7)).await.status, 202);
    let client = Connector::register(&app).await;
    let token = client.tokens_of(&app, "alice").await.access;
    assert_eq!(client.mcp("/mcp", Some(&token), cancelling(7)).await.status, 202);
    assert!(!gate.is_cancelled());
    (0..5).for_each(|_| gate.open());
    let answer = waiting.await.unwrap();
    assert_eq!(answer.body["result"]["structuredContent"]["sorted"], 5, "{answer:?}");
    app.finish().await;
}

#[tokio::test]
async fn over_a_pipe_it_is_enough_to_say_so() {
    let mut app = with_shelf().await;
    app.stop().await;
    let (house, db) = app.house().await;
    let audit = house.audit.clone();
    let host = Host::new(&[&shelf()], house, false, Some(Identity::local()));
    let (here, there) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(async move { host.serve(there).await.unwrap().waiting().await });
    let client = ClientConfig::default().serve(here).await.unwrap();
    let gate = Turnstile::named("pipe");
    let arguments = json!({"books": 5, "gate": "pipe"}).as_object().cloned().unwrap();
    let request = CallToolRequestParams::new("shelf_sort").with_arguments(arguments);
    let request = ClientRequest::CallToolRequest(CallToolRequest::new(request));
    let options = PeerRequestOptions::no_options();
    let call = client.send_cancellable_request(request, options).await.unwrap();
    gate.begun().await;
    call.cancel(None).await.unwrap();
    gate.cancelled().await;
    gate.open();
    assert_recorded_as_cancelled(&app).await;
    client.cancel().await.unwrap();
    server.await.unwrap().unwrap();
    audit.drain(Duration::from_secs(30)).await;
    db.close().await;
    app.finish().await;
}

/// Two programs of one person count their requests anew.
#[tokio::test]
async fn where_two_calls_have_one_id_neither_is_meant() {
    let app = with_shelf().await;
    let (one, other) = (Turnstile::named("one"), Turnstile::named("other"));
    let first = tokio::spawn(post(&app, &sorting("one", 7)).send());
    one.begun().await;
    let second = tokio::spawn(post(&app, &sorting("other", 7)).send());
    other.begun().await;
    post(&app, &cancelling(7)).send().await.unwrap();
    assert!(!one.is_cancelled() && !other.is_cancelled());
    for (gate, waiting) in [(one, first), (other, second)] {
        (0..5).for_each(|_| gate.open());
        let answer: Value = waiting.await.unwrap().unwrap().json().await.unwrap();
        assert_eq!(answer["result"]["structuredContent"]["sorted"], 5, "{answer}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_call_that_falls_over_is_answered_and_recorded() {
    let app = with_shelf().await;
    let answer = post(&app, &sorting("falls", 1)).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["error"]["code"], -32603, "{answer}");
    let row = recorded(&app, "tool.called", 1).await.remove(0);
    assert_eq!((row.outcome.as_str(), row.detail.as_deref()), ("refused", Some("broken_off")));
    app.finish().await;
}

#[tokio::test]
async fn a_shutdown_lets_a_step_be_finished_and_its_row_be_written() {
    let mut app = with_shelf().await;
    let gate = Turnstile::named("shutdown");
    let waiting = tokio::spawn(post(&app, &sorting("shutdown", 1)).send());
    gate.begun().await;
    let opened = tokio::spawn({
        let gate = gate.clone();
        async move {
            gate.cancelled().await;
            gate.open();
        }
    });
    app.stop().await;
    opened.await.unwrap();
    waiting.abort();
    assert_recorded_as_cancelled(&app).await;
    app.finish().await;
}
