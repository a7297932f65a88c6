//! What a server of the old era asks the person while it answers a call.

use std::time::Duration;

use rmcp::model::InputRequiredResult;
use serde_json::json;
use stagepass_standin::mcp_server::{Era, Odd};

use super::*;
use crate::REMOTE_ERROR;

const FORMS: Answers = Answers { forms: true, links: false };
const ALL: Answers = Answers { forms: true, links: true };

async fn asking(answers: Answers) -> World {
    World::signed_in(Era::Legacy, &["ada", "bob"]).await.answered(answers)
}

/// A remote of the world that waits for people no longer than that, and takes no more calls that wait.
fn with(world: World, change: impl FnOnce(&mut Limits)) -> World {
    let mut limits = impatient();
    change(&mut limits);
    let (url, credentials) = (world.server.url().parse().unwrap(), box_tokens());
    let remote = Remote::with_limits("box", url, credentials, http(), limits).answered(ALL);
    World { remote, ..world }
}

fn box_tokens() -> Credentials {
    Credentials::Provider("box".into())
}

fn none() -> Input {
    Input::default()
}

async fn asked(world: &World, caller: &Caller, arguments: Value) -> InputRequiredResult {
    asked_again(world, caller, arguments, &none()).await
}

async fn asked_again(
    world: &World,
    caller: &Caller,
    arguments: Value,
    input: &Input,
) -> InputRequiredResult {
    match world.ask(caller, "ask", arguments, input).await.unwrap() {
        Outcome::Asks(asked) => asked,
        Outcome::Complete(told) => panic!("{told:?}"),
    }
}

async fn told(world: &World, caller: &Caller, arguments: Value, input: &Input) -> String {
    match world.ask(caller, "ask", arguments, input).await.unwrap() {
        Outcome::Complete(told) => text(&told),
        Outcome::Asks(asked) => panic!("{asked:?}"),
    }
}

/// What is brought to what was asked.
fn says(asked: &InputRequiredResult, response: &Value) -> Input {
    let names = asked.input_requests.iter().flat_map(|all| all.keys());
    let responses: JsonObject = names.map(|name| (name.clone(), response.clone())).collect();
    Input { responses: Some(responses.into()), state: asked.request_state.clone() }
}

fn colour(asked: &InputRequiredResult, colour: &str) -> Input {
    says(asked, &json!({"action": "accept", "content": {"colour": colour}}))
}

fn question(params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": "rude", "method": "elicitation/create", "params": params})
}

async fn until(is_so: impl Fn() -> bool) {
    let waiting = async {
        while !is_so() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.expect("it is never so");
}

#[tokio::test]
async fn an_answer_reaches_the_call_that_waits_for_it_and_the_next_question_the_person() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    let twice = json!({"times": 2});
    let first = asked(&world, &ada, twice.clone()).await;
    let said = serde_json::to_value(&first).unwrap();
    let question = &said["inputRequests"]["question"];
    assert_eq!(question["method"], "elicitation/create");
    assert_eq!(question["params"]["message"], "The server \"box\" asks: Which colour?");
    assert_eq!(question["params"]["requestedSchema"]["required"], json!(["colour"]));
    let declared = &world.server.seen("initialize")[0].params["capabilities"];
    assert_eq!(declared, &json!({"elicitation": {"form": {}}}));

    // Each round has its own ears.
    let (ada, _stop, heard) = watched(ada);
    let second = asked_again(&world, &ada, twice.clone(), &colour(&first, "green")).await;
    assert_ne!(second.request_state, first.request_state);
    assert_eq!(heard.0.lock().unwrap().len(), 1);
    let (ada, _stop, heard) = watched(ada);
    assert_eq!(told(&world, &ada, twice, &colour(&second, "red")).await, "green red");
    assert_eq!(heard.0.lock().unwrap()[0].0, 2);
    assert_eq!(world.server.seen("tools/call").len(), 1, "it was one call all the time");
    assert!(world.remote.inner.waiting.is_empty());
    world.finish();
}

#[tokio::test]
async fn who_declines_or_cancels_is_heard_to() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    for (action, outcome) in [("decline", "declined"), ("cancel", "cancelled")] {
        let asked = asked(&world, &ada, Value::Null).await;
        // What a client has filled in before is nobody's business then.
        let said = says(&asked, &json!({"action": action, "content": {"colour": "secret"}}));
        assert_eq!(told(&world, &ada, Value::Null, &said).await, outcome);
    }
    world.finish();
}

#[tokio::test]
async fn a_link_is_opened_and_only_over_https_and_where_that_can_be_done() {
    let world = asking(ALL).await;
    let ada = world.caller("ada");
    let link = json!({"link": "https://box.example/pay"});
    let shown = asked(&world, &ada, link.clone()).await;
    let said = serde_json::to_value(&shown).unwrap();
    let params = &said["inputRequests"]["question"]["params"];
    assert_eq!((&params["mode"], &params["url"]), (&json!("url"), &link["link"]), "{said}");
    // Some clients fill in what isn't there.
    let opened = says(&shown, &json!({"action": "accept", "content": {}}));
    assert_eq!(told(&world, &ada, link.clone(), &opened).await, "opened");

    let plain = json!({"link": "http://box.example/pay"});
    assert!(told(&world, &ada, plain, &none()).await.starts_with("refused"));
    let world = world.answered(FORMS);
    assert_eq!(told(&world, &ada, link, &none()).await, "This client can't be asked.");
    world.finish();
}

#[tokio::test]
async fn a_link_that_comes_first_is_shown_once_and_the_call_made_again() {
    let world = asking(ALL).await;
    let ada = world.caller("ada");
    let first = json!({"first": "https://box.example/sign"});
    let shown = asked(&world, &ada, first.clone()).await;
    let said = serde_json::to_value(&shown).unwrap();
    assert_eq!(said["inputRequests"]["link-1"]["params"]["url"], first["first"], "{said}");
    let opened = says(&shown, &json!({"action": "accept"}));
    let error = world.ask(&ada, "ask", first.clone(), &opened).await.unwrap_err();
    assert!(error.message().contains("finish something in their browser"), "{error}");
    let declined = says(&shown, &json!({"action": "decline"}));
    let calls = world.server.seen("tools/call").len();
    let error = world.ask(&ada, "ask", first.clone(), &declined).await.unwrap_err();
    assert!(error.message().contains("didn't open the link"), "{error}");
    assert_eq!(world.server.seen("tools/call").len(), calls, "it isn't tried in vain");

    world.server.with(|it| it.opened = true);
    asked_again(&world, &ada, first.clone(), &opened).await;
    assert!(world.server.seen("tools/call")[2].params.get("inputResponses").is_none());
    world.server.with(|it| it.opened = false);
    let plain = json!({"first": "http://box.example/sign"});
    assert!(world.ask(&ada, "ask", plain, &none()).await.is_err());
    let world = world.answered(FORMS);
    assert!(world.ask(&ada, "ask", first, &none()).await.is_err());
    world.finish();
}

#[tokio::test]
async fn nobody_else_answers_and_nobody_twice() {
    let world = asking(FORMS).await;
    let (ada, bob) = (world.caller("ada"), world.caller("bob"));
    let asked = asked(&world, &ada, Value::Null).await;
    let green = colour(&asked, "green");
    let too_late = |error: ToolError| {
        assert_eq!(error.code(), REMOTE_ERROR);
        assert!(error.message().contains("doesn't wait"), "{error}");
        assert!(error.next_step().contains("Call the tool again"), "{error}");
    };
    too_late(world.ask(&bob, "ask", Value::Null, &green).await.unwrap_err());
    let world = world.answered(ALL);
    too_late(world.ask(&ada, "ask", Value::Null, &green).await.unwrap_err());
    let world = world.answered(FORMS);
    let another = Input { state: Some("another".to_owned()), ..green.clone() };
    too_late(world.ask(&ada, "ask", Value::Null, &another).await.unwrap_err());

    assert_eq!(told(&world, &ada, Value::Null, &green).await, "green");
    too_late(world.ask(&ada, "ask", Value::Null, &green).await.unwrap_err());
    assert_eq!(world.server.seen("tools/call").len(), 1);
    world.finish();
}

#[tokio::test]
async fn who_brings_no_answer_is_asked_again() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    let mut shown = asked(&world, &ada, Value::Null).await;
    for response in [
        json!(null),
        json!({"action": "accept", "content": "green"}),
        json!({"action": "accept"}),
        json!({"action": "perhaps"}),
        json!("green"),
    ] {
        let brought = says(&shown, &response);
        shown = asked_again(&world, &ada, Value::Null, &brought).await;
    }
    let nothing = Input { responses: None, state: shown.request_state.clone() };
    shown = asked_again(&world, &ada, Value::Null, &nothing).await;
    assert_eq!(told(&world, &ada, Value::Null, &colour(&shown, "green")).await, "green");
    world.finish();
}

#[tokio::test]
async fn a_question_that_nobody_answers_is_given_up() {
    let world = asking(ALL).await;
    let world = with(world, |limits| limits.person = Duration::from_millis(300));
    let ada = world.caller("ada");
    let shown = asked(&world, &ada, Value::Null).await;
    until(|| world.server.with(|it| it.waiting) == 0).await;
    until(|| world.server.seen("notifications/cancelled").len() == 1).await;
    let late = world.ask(&ada, "ask", Value::Null, &colour(&shown, "green")).await.unwrap_err();
    assert!(late.message().contains("doesn't wait"), "{late}");
    world.finish();
}

#[tokio::test]
async fn asking_again_and_again_doesnt_prolong_the_wait() {
    let world = asking(ALL).await;
    let world = with(world, |limits| limits.person = Duration::from_millis(600));
    let ada = world.caller("ada");
    let mut shown = asked(&world, &ada, Value::Null).await;
    let began = std::time::Instant::now();
    while let Ok(Outcome::Asks(again)) =
        world.ask(&ada, "ask", Value::Null, &says(&shown, &json!(null))).await
    {
        shown = again;
        assert!(began.elapsed() < Duration::from_secs(10), "for ever");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(world.remote.inner.waiting.is_empty());
    world.finish();
}

#[tokio::test]
async fn a_person_may_take_their_time() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    let shown = asked(&world, &ada, json!({"times": 2})).await;
    // Longer than the server may be silent.
    tokio::time::sleep(impatient().silence * 2).await;
    let shown = asked_again(&world, &ada, json!({"times": 2}), &colour(&shown, "green")).await;
    tokio::time::sleep(impatient().call).await;
    let told = told(&world, &ada, json!({"times": 2}), &colour(&shown, "red")).await;
    assert_eq!(told, "green red");
    world.finish();
}

#[tokio::test]
async fn calls_that_wait_for_people_are_few_and_in_nobodys_way() {
    let world = asking(ALL).await;
    let world = with(world, |limits| {
        (limits.calls, limits.calls_each, limits.waiting, limits.waiting_each) = (1, 1, 3, 2);
    });
    let (ada, bob) = (world.caller("ada"), world.caller("bob"));
    let mut shown = Vec::new();
    for caller in [&ada, &ada, &bob] {
        shown.push(asked(&world, caller, Value::Null).await);
    }
    for caller in [&ada, &bob] {
        let refused = told(&world, caller, Value::Null, &none()).await;
        assert_eq!(refused, "refused", "as where nobody can be asked");
    }
    world.call("ada", "echo").await.unwrap();
    assert_eq!(told(&world, &ada, Value::Null, &colour(&shown[0], "green")).await, "green");
    asked(&world, &bob, Value::Null).await;
    world.finish();
}

#[tokio::test]
async fn a_server_that_asks_on_and_on_is_refused() {
    let world = asking(FORMS).await;
    let (ada, times) = (world.caller("ada"), json!({"times": 10}));
    let mut shown = asked(&world, &ada, times.clone()).await;
    let mut rounds = 1;
    let told = loop {
        match world.ask(&ada, "ask", times.clone(), &colour(&shown, "red")).await.unwrap() {
            Outcome::Asks(again) => (shown, rounds) = (again, rounds + 1),
            Outcome::Complete(told) => break text(&told),
        }
    };
    assert_eq!((rounds, told.matches("red").count(), told.matches("refused").count()), (8, 8, 2));
    world.finish();
}

#[tokio::test]
async fn whoever_stops_waiting_after_an_answer_ends_the_call_there() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    let shown = asked(&world, &ada, json!({"times": 1, "lasts": true})).await;
    let (ada, stop, _) = watched(ada);
    let arguments = json!({"times": 1, "lasts": true});
    let input = colour(&shown, "green");
    let ended = world.ask(&ada, "ask", arguments, &input);
    let cancel = async {
        until(|| world.server.with(|it| it.answered()) == 1).await;
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(ended, cancel);
    assert_eq!(ended.unwrap_err().code(), "cancelled");
    until(|| world.server.with(|it| it.waiting) == 0).await;
    assert_eq!(world.server.seen("notifications/cancelled").len(), 1);
    world.finish();
}

#[tokio::test]
async fn an_answer_is_brought_with_the_token_that_is_good_now() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    let shown = asked(&world, &ada, json!({"says": "token-of-ada newer-token"})).await;
    world.vault.tokens.lock().unwrap().insert(person("ada"), vec!["token-of-ada", "newer-token"]);
    world.server.with(|it| {
        it.tokens.remove("token-of-ada");
        it.tokens.insert("newer-token".to_owned(), "ada".to_owned());
    });
    let arguments = json!({"says": "token-of-ada newer-token"});
    let told = told(&world, &ada, arguments, &colour(&shown, "green")).await;
    assert_eq!(told, "green [removed] [removed]", "neither token is told to anybody");
    assert_eq!(*world.vault.renewed.lock().unwrap(), 1);
    world.finish();
}

#[tokio::test]
async fn a_server_that_forgets_the_session_or_the_call_is_asked_again() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    let shown = asked(&world, &ada, Value::Null).await;
    world.server.with(|it| it.sessions.clear());
    let late = world.ask(&ada, "ask", Value::Null, &colour(&shown, "green")).await.unwrap_err();
    assert!(late.message().contains("doesn't wait"), "{late}");
    let shown = asked(&world, &ada, Value::Null).await;
    assert_eq!(told(&world, &ada, Value::Null, &colour(&shown, "green")).await, "green");
    world.finish();
}

#[tokio::test]
async fn a_shutdown_gives_all_of_them_up() {
    let world = asking(FORMS).await;
    let (ada, bob) = (world.caller("ada"), world.caller("bob"));
    asked(&world, &ada, Value::Null).await;
    asked(&world, &bob, Value::Null).await;
    world.remote.close().await;
    assert_eq!(world.server.seen("notifications/cancelled").len(), 2);
    until(|| world.server.with(|it| it.waiting) == 0).await;
    assert_eq!(told(&world, &ada, Value::Null, &none()).await, "refused");
    world.finish();
}

#[tokio::test]
async fn what_isnt_a_question_is_refused() {
    let form = |properties: Value| {
        let schema = json!({"type": "object", "properties": properties});
        question(&json!({"message": "x", "requestedSchema": schema}))
    };
    let mut long_id = form(json!({}));
    long_id["id"] = format!("rude{}", "q".repeat(2_000)).into();
    for asked in [
        question(&json!({"message": "x"})),
        form(json!({"a": {"type": "string", "title": "x".repeat(40_000)}})),
        form(json!({"a\u{fe01}": {"type": "string"}})),
        form(json!({"a": {"type": "string", "enum": ["no\u{3164}"]}})),
        long_id,
        question(
            &json!({"mode": "url", "message": "x", "url": "file:///etc", "elicitationId": "1"}),
        ),
        question(&json!(7)),
    ] {
        let world = asking(ALL).await;
        world.remote.tools(&world.caller("ada")).await.unwrap();
        world.server.be(Odd::Before(asked.clone()), Some("tools/call"));
        let told = world.call("ada", "echo").await.unwrap();
        assert_eq!(text(&told), "after");
        let refused = world.server.seen("");
        assert_eq!(refused.len(), 1, "it was told so: {asked}");
        world.finish();
    }
}

#[tokio::test]
async fn a_revision_without_links_asks_for_none() {
    let world = World::open(Era::Stateless).await.answered(ALL);
    let ada = world.caller("ada");
    world.remote.tools(&ada).await.unwrap();
    let link =
        json!({"mode": "url", "message": "x", "url": "https://a.example", "elicitationId": "1"});
    let form = json!({"message": "x", "requestedSchema": {"type": "object", "properties": {}}});
    for (params, is_asked) in [(link, false), (form, true)] {
        world.server.be(Odd::Before(question(&params)), Some("tools/call"));
        let came = world.ask(&ada, "echo", Value::Null, &none()).await.unwrap();
        assert_eq!(matches!(came, Outcome::Asks(_)), is_asked, "{params}");
    }
    world.finish();
}

#[tokio::test]
async fn a_server_that_dawdles_over_replies_is_given_up() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    world.remote.tools(&ada).await.unwrap();
    world.server.with(|it| it.dawdles = Duration::from_secs(30));
    let ping = json!({"jsonrpc": "2.0", "id": "rude", "method": "ping"});
    world.server.be(Odd::Before(ping), Some("tools/call"));
    let slow = world.ask(&ada, "echo", Value::Null, &none()).await.unwrap_err();
    assert!(slow.message().contains("took too long"), "{slow}");

    world.server.behave();
    let shown = asked(&world, &ada, Value::Null).await;
    let slow = world.ask(&ada, "ask", Value::Null, &colour(&shown, "green")).await.unwrap_err();
    assert!(slow.message().contains("took too long"), "{slow}");
    until(|| world.server.with(|it| it.waiting) == 0).await;
    assert!(world.remote.inner.waiting.is_empty());
    world.finish();
}

#[tokio::test]
async fn what_is_listed_may_depend_on_what_a_client_can_answer() {
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    world.remote.tools(&ada).await.unwrap();
    let others = world.remote.answered(Answers::default());
    others.tools(&ada).await.unwrap();
    others.tools(&ada).await.unwrap();
    assert_eq!(world.server.seen("tools/list").len(), 2);
    world.vault.tokens.lock().unwrap().clear();
    others.tools(&ada).await.unwrap_err();
    for answers in [FORMS, Answers::default()] {
        let last = world.remote.inner.tools.last(&person("ada"), answers);
        assert!(last.is_none(), "forgotten with the account");
    }
    world.finish();
}

#[tokio::test]
async fn a_server_may_ask_where_it_speaks_unasked_as_long_as_a_call_is_under_way() {
    let world = asking(FORMS).await;
    world.server.with(|it| it.has_lines = true);
    let (ada, twice) = (world.caller("ada"), json!({"times": 2, "unasked": true}));
    let shown = asked(&world, &ada, twice.clone()).await;
    let again = asked_again(&world, &ada, twice.clone(), &colour(&shown, "green")).await;
    assert_eq!(world.server.with(|it| it.open_lines()), 1);
    assert_eq!(told(&world, &ada, twice.clone(), &colour(&again, "red")).await, "green red");
    until(|| world.server.with(|it| it.open_lines()) == 0).await;

    // Of several calls it may be any's, and their clients may be allowed different things.
    let (one, other) =
        (json!({"unasked": true, "says": "1"}), json!({"unasked": true, "says": "2"}));
    let shown = asked(&world, &ada, one.clone()).await;
    assert_eq!(told(&world, &ada, other, &none()).await, "refused 2");
    assert_eq!(world.server.with(|it| it.open_lines()), 1);
    assert_eq!(told(&world, &ada, one, &colour(&shown, "blue")).await, "blue 1");
    until(|| world.server.with(|it| it.open_lines()) == 0).await;

    world.finish();
}

#[tokio::test]
async fn nobody_listens_where_nobody_is_asked_or_nothing_is_said() {
    let lines = |world: &World| world.server.with(|it| it.lines_asked_for);
    let world = asking(FORMS).await;
    let ada = world.caller("ada");
    for _ in 0..3 {
        world.call("ada", "echo").await.unwrap();
    }
    assert_eq!(lines(&world), 1, "a server that has no such line is asked for it once");
    world.remote.read(&ada, "note://one").await.unwrap();
    let world = world.answered(Answers::default());
    world.server.with(|it| it.has_lines = true);
    world.call("ada", "echo").await.unwrap();
    assert_eq!(lines(&world), 1, "nobody can be asked anything");
    world.finish();
}

#[tokio::test]
async fn what_else_a_server_says_unasked_does_no_harm() {
    let world = asking(FORMS).await;
    world.server.with(|it| it.has_lines = true);
    let ada = world.caller("ada");
    let lasts = json!({"times": 0, "lasts": true});
    let (ada_waits, stop, _) = watched(ada.clone());
    let nothing = none();
    world.remote.tools(&ada).await.unwrap();
    let call = world.ask(&ada_waits, "ask", lasts, &nothing);
    let meanwhile = async {
        until(|| world.server.with(|it| it.open_lines()) == 1).await;
        world.server.with(|it| {
            it.say_unasked("data: nonsense\n\n");
            it.say_unasked(&"x".repeat(100 << 10));
        });
        assert_eq!(text(&world.call("ada", "echo").await.unwrap()), "{}");
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(call, meanwhile);
    assert_eq!(ended.unwrap_err().code(), "cancelled");
    world.finish();
}

#[tokio::test]
async fn a_line_that_has_broken_is_opened_anew_for_the_next_call() {
    let world = asking(FORMS).await;
    world.server.with(|it| it.has_lines = true);
    let lines = || world.server.with(|it| it.lines_asked_for);
    let ada = world.caller("ada");
    world.remote.tools(&ada).await.unwrap();
    let (ada_waits, stop, _) = watched(ada.clone());
    let nothing = none();
    let call = world.ask(&ada_waits, "ask", json!({"times": 0, "lasts": true}), &nothing);
    let meanwhile = async {
        until(|| world.server.with(|it| it.open_lines()) == 1).await;
        world.server.with(stagepass_standin::mcp_server::World::close_lines);
        // The call hears of the end some time, and the next one then finds no line that lives.
        while lines() == 1 {
            world.call("ada", "echo").await.unwrap();
        }
        let shown = asked(&world, &ada, json!({"unasked": true})).await;
        assert_eq!(
            told(&world, &ada, json!({"unasked": true}), &colour(&shown, "blue")).await,
            "blue"
        );
        stop.cancel();
    };
    let both = Box::pin(async { tokio::join!(call, meanwhile).0 });
    let ended = tokio::time::timeout(Duration::from_secs(20), both).await;
    assert_eq!(ended.expect("no line is opened anew").unwrap_err().code(), "cancelled");
    world.finish();
}
