//! A server of the old era that asks the person while a call of a client of today is under way.

use std::time::Duration;

use serde_json::{Value, json};
use stagepass_standin::mcp_server::Era;

use super::{
    Boxed,
    elicitation::{ask, asking},
    text,
    under_way::until,
};
use crate::harness::{Answer, Connector};

/// What the call with these arguments asks.
async fn question(client: &Connector, token: &str, call: Value) -> Value {
    let asked = ask(client, token, call).await.body["result"].clone();
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    asked
}

/// The call once more, with what the person says to what was `asked`.
fn says(call: &Value, asked: &Value, response: &Value) -> Value {
    let mut again = call.clone();
    let names = asked["inputRequests"].as_object().unwrap().keys();
    let all: serde_json::Map<_, _> = names.map(|name| (name.clone(), response.clone())).collect();
    again["inputResponses"] = all.into();
    again["requestState"] = asked["requestState"].clone();
    again
}

fn colour(colour: &str) -> Value {
    json!({"action": "accept", "content": {"colour": colour}})
}

/// The call as a client makes it whose person opens links, too.
fn with_links(arguments: &Value) -> Value {
    json!({"arguments": arguments, "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {"elicitation": {"form": {}, "url": {}}},
    }})
}

fn refused(told: &Answer) -> &str {
    let data = &told.body["result"]["structuredContent"];
    assert_eq!(data["code"], "remote_error", "{told:?}");
    data["message"].as_str().unwrap()
}

#[tokio::test]
async fn its_questions_reach_the_person_one_by_one_and_their_answers_the_call_that_waits() {
    let boxed = Boxed::signed_in(Era::Legacy).await;
    let client = Connector::register(&boxed.app).await;
    let (alice, bob) = (boxed.person(&client, "alice").await, boxed.person(&client, "bob").await);
    let call = json!({"arguments": {"times": 2}});
    let first = question(&client, &alice, call.clone()).await;
    let params = &first["inputRequests"]["question"]["params"];
    assert_eq!(params["message"], "The server \"box\" asks: Which colour?");
    assert_eq!(params["requestedSchema"]["properties"]["colour"]["title"], "Colour");

    // Nobody else answers it, and no other call.
    let green = says(&call, &first, &colour("canary-green"));
    let stolen = ask(&client, &bob, green.clone()).await;
    assert_eq!(stolen.body["error"]["code"], -32602, "{stolen:?}");
    let mut other = green.clone();
    other["arguments"] = json!({"times": 1});
    assert_eq!(ask(&client, &alice, other).await.body["error"]["code"], -32602);
    assert_eq!(boxed.server.with(|it| it.answered()), 0);

    let second = question(&client, &alice, green.clone()).await;
    let reused = ask(&client, &alice, green).await;
    assert!(refused(&reused).contains("doesn't wait for the person's answer"), "{reused:?}");
    let red = says(&call, &second, &colour("canary-red"));
    let told = ask(&client, &alice, red).await.body;
    assert_eq!(text(&told["result"]), "canary-green canary-red", "{told}");
    assert_eq!(boxed.server.seen("tools/call").len(), 1, "it was one call all the time");
    let person = boxed.server.seen("")[1].person.clone();
    assert_eq!(person.as_deref(), Some("alice"), "with her own token");
    boxed.finish_without(["canary-green", "canary-red"].map(str::to_owned).into()).await;
}

#[tokio::test]
async fn the_person_may_decline_and_open_links() {
    let boxed = Boxed::signed_in(Era::Legacy).await;
    let client = Connector::register(&boxed.app).await;
    let alice = boxed.person(&client, "alice").await;
    for (action, outcome) in [("decline", "declined"), ("cancel", "cancelled")] {
        let asked = question(&client, &alice, json!({})).await;
        let no = says(&json!({}), &asked, &json!({"action": action}));
        assert_eq!(text(&ask(&client, &alice, no).await.body["result"]), outcome);
    }
    let call = with_links(&json!({"link": "https://box.example/pay"}));
    let asked = question(&client, &alice, call.clone()).await;
    let params = &asked["inputRequests"]["question"]["params"];
    assert_eq!((&params["mode"], &params["url"]), (&json!("url"), &call["arguments"]["link"]));
    let opened = says(&call, &asked, &json!({"action": "accept"}));
    assert_eq!(text(&ask(&client, &alice, opened).await.body["result"]), "opened");

    // Where the server doesn't wait for it, the call is made again.
    let call = with_links(&json!({"first": "https://box.example/sign"}));
    let asked = question(&client, &alice, call.clone()).await;
    boxed.server.with(|it| it.opened = true);
    let opened = says(&call, &asked, &json!({"action": "accept"}));
    question(&client, &alice, opened).await;
    boxed.finish().await;
}

#[tokio::test]
async fn an_answer_to_a_call_that_nobody_knows_any_more_starts_it_again() {
    let mut boxed = Boxed::signed_in(Era::Legacy).await;
    let client = Connector::register(&boxed.app).await;
    let alice = boxed.person(&client, "alice").await;
    let asked = question(&client, &alice, json!({})).await;
    let green = says(&json!({}), &asked, &colour("green"));
    boxed.app.restart().await;
    let cancelled = boxed.server.seen("notifications/cancelled").len();
    assert_eq!(cancelled, 1, "the server is told that nobody answers");
    until(|| boxed.server.with(|it| it.waiting) == 0).await;
    let late = ask(&client, &alice, green.clone()).await;
    assert!(refused(&late).contains("doesn't wait for the person's answer"), "{late:?}");
    boxed.app.advance(Duration::from_mins(11));
    let tokens = boxed.app.spotify.world(|world| world.living_access_tokens());
    boxed.server.with(|it| it.tokens = tokens);
    let old = ask(&client, &alice, green).await;
    assert_eq!(old.body["error"]["code"], -32602, "{old:?}");
    boxed.finish().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_after_its_answer_ends_the_call_there() {
    let boxed = Boxed::signed_in(Era::Legacy).await;
    let client = Connector::register(&boxed.app).await;
    let alice = boxed.person(&client, "alice").await;
    let call = json!({"arguments": {"lasts": true}});
    let asked = question(&client, &alice, call.clone()).await;
    let green = says(&call, &asked, &colour("green"));
    let waiting = tokio::spawn(asking(&client, &alice, &green).send());
    until(|| boxed.server.with(|it| it.answered()) == 1).await;
    waiting.abort();
    until(|| boxed.server.with(|it| it.waiting) == 0).await;
    assert_eq!(boxed.server.seen("notifications/cancelled").len(), 1);
    boxed.finish().await;
}

#[tokio::test]
async fn a_session_is_one_clients_kind_and_says_what_it_can_answer() {
    let boxed = Boxed::signed_in(Era::Legacy).await;
    let client = Connector::register(&boxed.app).await;
    let alice = boxed.person(&client, "alice").await;
    question(&client, &alice, json!({})).await;
    let older = client.call(&alice, "box_ask", json!({})).await.body;
    assert_eq!(text(&older["result"]), "This client can't be asked.", "{older}");
    let declared = boxed.server.seen("initialize");
    let declared: Vec<_> = declared.iter().map(|seen| &seen.params["capabilities"]).collect();
    assert_eq!(declared, [&json!({"elicitation": {"form": {}}}), &json!({})]);
    boxed.finish().await;
}
