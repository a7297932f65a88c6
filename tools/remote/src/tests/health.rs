//! What is the operator's business, and what is somebody else's.

use reqwest::header::AUTHORIZATION;
use serde_json::json;
use stagepass_standin::mcp_server::{Era, Odd, tool};

use super::*;
use crate::State;

/// Somebody lists the tools, whatever comes of it: how the server stands then.
async fn listed(world: &World) -> Option<State> {
    world.remote.tools(&world.caller("ada")).await.ok();
    world.remote.inner.health.state()
}

#[tokio::test]
async fn what_is_wrong_for_everybody_is_how_a_server_stands_until_it_answers() {
    for (era, odd, state) in [
        (Era::Modern, Odd::Status(401), State::RefusesHeader(401)),
        (Era::Legacy, Odd::Status(401), State::RefusesHeader(401)),
        (Era::Modern, Odd::Status(403), State::RefusesHeader(403)),
        (Era::Legacy, Odd::Status(404), State::Absent(404)),
        (Era::Legacy, Odd::Status(405), State::Absent(405)),
        (Era::Modern, Odd::Status(308), State::Moved(308)),
        (Era::Legacy, Odd::Status(500), State::Status(500)),
        (Era::Legacy, Odd::Body("<html>".to_owned()), State::Nonsense),
        (Era::Modern, Odd::Late(Duration::from_secs(9)), State::Slow),
    ] {
        let header = Credentials::Header(AUTHORIZATION, "Bearer canary-12345".into());
        let world = World::with(era, header).await;
        world.server.be(odd, None);
        listed(&world).await;
        // Who waits for a list waits for less than it may take.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(world.remote.inner.health.state(), Some(state));
        assert_eq!(world.remote.look().await, state);
        world.server.behave();
        assert_eq!(listed(&world).await, None, "{state}");
        assert_eq!(world.remote.look().await, State::Answers);
    }
}

#[tokio::test]
async fn what_may_be_due_to_one_person_is_not_how_a_server_stands() {
    let signed_in = World::signed_in(Era::Legacy, &["ada"]).await;
    for status in [400, 401, 403, 429, 500] {
        signed_in.server.be(Odd::Status(status), None);
        assert_eq!(listed(&signed_in).await, None, "{status}");
    }
    signed_in.server.be(Odd::Status(404), None);
    assert_eq!(listed(&signed_in).await, Some(State::Absent(404)));
    signed_in.server.be(Odd::Status(401), None);
    assert_eq!(listed(&signed_in).await, None, "it is there again");
    signed_in.server.behave();
    assert_eq!(listed(&signed_in).await, None);
    for status in [401, 404, 500] {
        signed_in.server.be(Odd::Status(status), Some("prompts/list"));
        signed_in.remote.prompts(&signed_in.caller("ada")).await.unwrap_err();
        assert_eq!(signed_in.remote.inner.health.state(), None, "{status}");
    }

    let open = World::open(Era::Modern).await;
    assert_eq!(listed(&open).await, None);
    for status in [401, 403, 404, 500, 503] {
        open.server.be(Odd::Status(status), Some("tools/call"));
        open.call("ada", "echo").await.unwrap_err();
        assert_eq!(open.remote.inner.health.state(), None, "{status}");
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_or_wants_somebodys_token_is_seen_without_anybody() {
    let url = "http://127.0.0.1:9/mcp".parse().unwrap();
    let dead = Remote::new("dead", url, Credentials::None, http());
    assert_eq!(dead.look().await, State::Unreachable);
    assert_eq!(dead.left_out().await, Vec::<String>::new());
    let signed_in = World::signed_in(Era::Legacy, &["ada"]).await;
    assert_eq!(signed_in.remote.look().await, State::WantsToken);
    assert!(signed_in.server.seen("tools/list").is_empty());
}

#[tokio::test]
async fn a_call_to_a_wrong_address_says_who_can_do_something_about_it() {
    let world = World::open(Era::Legacy).await;
    world.server.be(Odd::Status(404), None);
    let error = world.remote.tools(&world.caller("ada")).await.unwrap_err();
    assert_eq!(error.code(), "forbidden");
    assert!(error.message().contains("isn't at the address"), "{error}");
}

#[tokio::test]
async fn what_is_left_out_is_named_with_the_reason() {
    let world = World::open(Era::Modern).await;
    world.server.with(|it| {
        let mut task = tool("task", "Can only be run as a task.", true);
        task["execution"] = json!({"taskSupport": "required"});
        let deep = (0..40).fold(json!({}), |inner, _| json!({"items": inner}));
        it.tools = vec![
            task,
            tool("twice", "One.", true),
            tool("twice", "Two.", true),
            tool(&"a b\u{202e}\n".repeat(90), "No client calls it so.", true),
            json!({"name": "deep", "inputSchema": {"type": "object", "properties": deep}}),
        ];
        it.tools.extend((0..60).map(|n| tool(&format!("n{n}"), "One of many.", true)));
        it.resources.push(json!({"uri": "no uri", "name": "x"}));
    });
    let told = world.remote.left_out().await;
    let has = |line: &str| told.iter().any(|told| told.contains(line));
    for line in [
        "The tool \"task\": it can only be run as a task.",
        "The tool \"twice\": another one has that name.",
        "The tool \"a b a b",
        "The tool \"deep\": its schema is too large or too deep",
        "The tool \"n49\": there are too many before it.",
        "The resource \"no uri\": no client could call it by its name.",
    ] {
        assert!(has(line), "no {line}: {told:#?}");
    }
    let hidden = |line: &String| line.contains(['\n', '\u{202e}']) || line.chars().count() > 200;
    assert!(!told.iter().any(hidden), "{told:#?}");
    world.finish();
}
