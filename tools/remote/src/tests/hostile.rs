//! A server that means harm, or is broken, gives an error in good time and nothing else.

use std::time::{Duration, Instant};

use serde_json::json;
use stagepass_standin::mcp_server::{Era, Odd};

use super::*;

/// What the model is told when calls are answered like that.
async fn told(era: Era, odd: Odd) -> ToolError {
    let world = World::open(era).await;
    world.remote.tools(&world.caller("ada")).await.unwrap();
    world.server.be(odd.clone(), Some("tools/call"));
    let began = Instant::now();
    let error = world.call("ada", "echo").await.unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(5), "{odd:?} took {:?}", began.elapsed());
    assert!(error.message().len() + error.next_step().len() < 1_000, "{error}");
    world.server.behave();
    world.call("bob", "echo").await.unwrap();
    world.finish();
    error
}

#[tokio::test]
async fn what_isnt_an_answer_is_none() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let odd = [
        Odd::Body("{\"jsonrpc\":".to_owned()),
        Odd::Body("<html>".to_owned()),
        Odd::Body("[]".to_owned()),
        Odd::Body("null".to_owned()),
        Odd::Body(String::new()),
        Odd::Body(r#"{"jsonrpc":"2.0","id":null,"result":{}}"#.to_owned()),
        Odd::Result(json!(7)),
        Odd::Result(json!({"content": 7, "isError": "maybe"})),
        Odd::WrongId,
        Odd::BreakOff,
        Odd::Status(202),
        Odd::Status(500),
        Odd::Body(deep[..60_000].to_owned()),
    ];
    for era in [Era::Modern, Era::Stateless] {
        for odd in odd.clone() {
            let said = format!("{odd:.60?}");
            assert_eq!(told(era, odd).await.code(), "provider_unavailable", "{said}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_or_comes_late_is_given_up() {
    for era in [Era::Modern, Era::Legacy] {
        for odd in [Odd::EndlessStream, Odd::Late(Duration::from_secs(30))] {
            let error = told(era, odd).await;
            assert!(error.message().contains("took too long"), "{error}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_given_up() {
    let error = told(Era::Modern, Odd::Huge(80 << 10)).await;
    assert!(error.message().contains("too large"), "{error}");
    let error = told(Era::Legacy, Odd::Flood).await;
    assert!(error.message().contains("too large"), "{error}");
    let blocks = vec![json!({"type": "text"}); 2_000];
    let error = told(Era::Modern, Odd::Result(json!({"content": blocks}))).await;
    assert!(error.message().contains("too large"), "{error}");
}

#[tokio::test]
async fn an_answer_to_another_call_is_nobodys() {
    let world = World::open(Era::Modern).await;
    world.remote.tools(&world.caller("ada")).await.unwrap();
    world.server.be(Odd::Others, None);
    let read = world.remote.read(&world.caller("ada"), "note://one").await;
    assert!(!format!("{read:?}").contains("somebody else's"), "{read:?}");
    assert!(read.is_ok(), "the right one was there, too: {read:?}");
    world.finish();
}

#[tokio::test]
async fn a_server_that_wants_too_much_asks_nobody() {
    let question = json!({"method": "elicitation/create", "params": {
        "message": "x", "requestedSchema": {"type": "object", "properties": {}},
    }});
    let many: JsonObject = (0..20).map(|n| (n.to_string(), question.clone())).collect();
    let link = json!({"q": {"method": "elicitation/create", "params": {
        "mode": "url", "message": "x", "url": "http://evil.example", "elicitationId": "1",
    }}});
    let sampling = json!({"q": {"method": "sampling/createMessage", "params": {
        "messages": [], "maxTokens": 1,
    }}});
    for requests in [json!(many), link, sampling, json!("nonsense")] {
        let all = Answers { forms: true, links: true };
        let world = World::open(Era::Modern).await.answered(all);
        world.remote.tools(&world.caller("ada")).await.unwrap();
        let asks = json!({"resultType": "input_required", "inputRequests": requests});
        world.server.be(Odd::Result(asks), Some("tools/call"));
        let none = Input::default();
        let asked = world.ask(&world.caller("ada"), "echo", Value::Null, &none).await;
        let error = asked.unwrap_err();
        assert!(error.message().contains("wants to ask"), "{error}");
        world.finish();
    }
}

#[tokio::test]
async fn what_hides_in_a_question_is_taken_out() {
    let forms = Answers { forms: true, links: false };
    let world = World::open(Era::Modern).await.answered(forms);
    world.remote.tools(&world.caller("ada")).await.unwrap();
    let name =
        json!({"type": "string", "title": "Your\u{202e} name", "description": "A\u{200b}ll"});
    let asks = json!({"resultType": "input_required", "inputRequests": {"q": {
        "method": "elicitation/create", "params": {
            "message": "Who\u{2066} are you?",
            "requestedSchema": {"type": "object", "properties": {"name": name}},
        },
    }}});
    world.server.be(Odd::Result(asks), Some("tools/call"));
    let none = Input::default();
    let asked = world.ask(&world.caller("ada"), "echo", Value::Null, &none).await;
    let Ok(Outcome::Asks(asked)) = asked else { panic!("{asked:?}") };
    let said = serde_json::to_string(&asked).unwrap();
    for shown in ["Your name", "\"All\"", "asks: Who are you?"] {
        assert!(said.contains(shown), "{said}");
    }
    world.finish();
}

#[tokio::test]
async fn whoever_calls_too_much_leaves_room_for_others() {
    let world = World::open(Era::Modern).await;
    world.remote.tools(&world.caller("ada")).await.unwrap();
    world.remote.tools(&world.caller("bob")).await.unwrap();
    let caller = world.caller("ada");
    let waiting: Vec<_> = (0..impatient().calls_each)
        .map(|_| {
            let (remote, caller) = (world.remote.clone(), caller.clone());
            tokio::spawn(async move {
                let tools = remote.tools(&caller).await.unwrap();
                let tool = tools.get("box_wait").unwrap();
                remote.call(&caller, tool, JsonObject::new(), &Input::default()).await
            })
        })
        .collect();
    while world.server.with(|it| it.waiting) < waiting.len() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(world.call("ada", "echo").await.unwrap_err().code(), "rate_limited");
    world.call("bob", "echo").await.unwrap();
    for call in waiting {
        assert!(call.await.unwrap().is_err());
    }
    world.call("ada", "echo").await.unwrap();
    world.finish();
}

#[tokio::test]
async fn a_rate_limit_is_passed_on_with_its_wait() {
    let error = told(Era::Modern, Odd::Headers(429, vec![("retry-after", "7".to_owned())])).await;
    assert_eq!(error.code(), "rate_limited");
    assert_eq!(error.to_result().structured_content.unwrap()["retry_after"], 7);
}

#[tokio::test]
async fn a_call_that_may_have_been_done_isnt_made_again_for_a_word_in_its_error() {
    for (status, calls) in [(500, 1), (400, 2)] {
        let world = World::open(Era::Legacy).await;
        world.remote.tools(&world.caller("ada")).await.unwrap();
        let said =
            r#"{"error": {"code": -32603, "message": "The session ended after the write."}}"#;
        world.server.be(Odd::Refusal(status, said.to_owned()), Some("tools/call"));
        world.call("ada", "write").await.unwrap_err();
        assert_eq!(world.server.seen("tools/call").len(), calls, "{status}");
        world.finish();
    }
}
