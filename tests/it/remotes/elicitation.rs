//! A server that wants to be told something first.

use serde_json::{Value, json};
use stagepass_standin::mcp_server::Era;

use super::{Boxed, text};
use crate::harness::{Answer, Connector};

/// Calls `box_ask` as a client of today whose person answers forms.
pub(super) async fn ask(client: &Connector, token: &str, more: Value) -> Answer {
    Connector::send(asking(client, token, &more)).await
}

pub(super) fn asking(client: &Connector, token: &str, more: &Value) -> reqwest::RequestBuilder {
    let mut params = json!({"name": "box_ask", "arguments": {}, "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}}},
    }});
    params.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let request = client.begin("/mcp").json(&message).bearer_auth(token);
    let request = request.header("mcp-protocol-version", "2026-07-28");
    request.header("mcp-method", "tools/call").header("mcp-name", "box_ask")
}

fn green(state: &Value) -> Value {
    let answer = json!({"colour": {"action": "accept", "content": {"colour": "green"}}});
    json!({"inputResponses": answer, "requestState": state})
}

#[tokio::test]
async fn a_question_reaches_the_person_and_its_answer_the_server() {
    let boxed = Boxed::signed_in(Era::Modern).await;
    let client = Connector::register(&boxed.app).await;
    let (alice, bob) = (boxed.person(&client, "alice").await, boxed.person(&client, "bob").await);
    let asked = ask(&client, &alice, json!({})).await.body["result"].clone();
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let question = &asked["inputRequests"]["colour"]["params"];
    assert_eq!(question["message"], "The server \"box\" asks: Which colour?");
    let state = &asked["requestState"];
    assert!(!state.as_str().unwrap().contains("the-state"));

    // A state is its caller's alone, and of its call alone, and as it was given.
    let stolen = ask(&client, &bob, green(state)).await;
    assert_eq!((stolen.status, &stolen.body["error"]["code"]), (200, &json!(-32602)), "{stolen:?}");
    let mut other = green(state);
    other["arguments"] = json!({"a": 1});
    assert_eq!(ask(&client, &alice, other).await.body["error"]["code"], -32602);
    let (first, last) = state.as_str().unwrap().split_at(60);
    let other_first = if last.starts_with('A') { "B" } else { "A" };
    let altered = json!(format!("{first}{other_first}{}", &last[1..]));
    assert_eq!(ask(&client, &alice, green(&altered)).await.body["error"]["code"], -32602);
    assert_eq!(boxed.server.seen("tools/call").len(), 1, "none of that got through");

    let told = ask(&client, &alice, green(state)).await.body;
    assert_eq!(text(&told["result"]), "green", "{told}");
    assert_eq!(boxed.server.seen("tools/call")[1].params["requestState"], "the-state");
    boxed.finish().await;
}

#[tokio::test]
async fn answers_that_nobody_asked_for_arent_passed_on() {
    let boxed = Boxed::signed_in(Era::Modern).await;
    let client = Connector::register(&boxed.app).await;
    let alice = boxed.person(&client, "alice").await;
    let mut unasked = green(&json!(null));
    unasked.as_object_mut().unwrap().remove("requestState");
    ask(&client, &alice, unasked).await;
    let sent = &boxed.server.seen("tools/call")[0].params;
    assert!(sent.get("inputResponses").is_none(), "{sent}");
    boxed.finish().await;
}

#[tokio::test]
async fn a_client_that_asks_nobody_is_told_why_there_is_no_answer() {
    for era in [Era::Modern, Era::Legacy] {
        let boxed = Boxed::open(era).await;
        let call = json!({"name": "box_ask", "arguments": {"anyway": true}});
        let told = boxed.ask("tools/call", call).await["result"].clone();
        assert_eq!(told["isError"], true, "{told}");
        assert!(told["content"].to_string().contains("wants to ask the person"), "{told}");
        boxed.finish().await;
    }
}
