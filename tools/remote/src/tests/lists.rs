//! What is listed, what is left out, and how long it is believed.

use std::time::Duration;

use serde_json::json;
use stagepass_standin::mcp_server::{Era, Odd, tool};

use super::*;
use crate::link::Whose;

async fn names(world: &World, who: &str) -> Vec<String> {
    let tools = world.remote.tools(&world.caller(who)).await.unwrap();
    tools.entries.iter().map(|entry| entry.name.clone()).collect()
}

#[tokio::test]
async fn names_that_would_pass_for_others_are_under_the_remotes_name_or_left_out() {
    let world = World::open(Era::Modern).await;
    let odd =
        ["Auth", "spotify_play", "a b", "a/b", "ä", "", "a\u{202e}b", &"x".repeat(61), "Auth"];
    let tools: Vec<_> = odd.iter().map(|name| tool(name, "d", true)).collect();
    world.server.with(|it| {
        it.tools = tools;
        it.tools.push(json!({"description": "nameless"}));
        it.tools.push(json!("no object"));
        it.tools.push(json!({"name": "no-schema"}));
        let mut task = tool("task", "Can only be run as a task.", true);
        task["execution"] = json!({"taskSupport": "required"});
        it.tools.push(task);
        it.tools.push(json!({"name": "odd-schema", "inputSchema": [1]}));
        it.resources.push(json!({"uri": "no uri", "name": "x"}));
    });
    assert_eq!(names(&world, "ada").await, ["box_Auth", "box_spotify_play"]);
    let resources = world.remote.resources(&world.caller("ada")).await.unwrap();
    assert_eq!(resources.entries.len(), 1);
    world.finish();
}

#[tokio::test]
async fn what_hides_in_a_description_is_taken_out_and_a_trap_is_left_out() {
    let world = World::open(Era::Modern).await;
    let with_schema = |name: &str, schema: Value| json!({"name": name, "inputSchema": schema});
    let deep = (0..40).fold(json!({}), |inner, _| json!({"items": inner}));
    world.server.with(|it| {
        let mut hidden = tool("hidden", "Reads\u{202e} a\u{200b} file.\u{e0041}", true);
        hidden["_meta"] = json!({"mcp/www_authenticate": "x", "securitySchemes": []});
        it.tools = vec![
            hidden,
            with_schema("deep", json!({"type": "object", "properties": {"a": deep}})),
            with_schema("refers", json!({"type": "object", "$ref": "http://127.0.0.1/x"})),
            with_schema("wide", json!({"type": "object", "enum": vec![0; 6_000]})),
            tool("long", &"x".repeat(5_000), true),
            with_schema("secret", json!({"type": "object", "properties": {"a\u{202e}": {}}})),
        ];
    });
    let tools = world.remote.tools(&world.caller("ada")).await.unwrap();
    let [hidden] = tools.entries.as_slice() else { panic!("{tools:?}") };
    assert_eq!(hidden.shown.description.as_deref(), Some("Reads a file."));
    assert_eq!(hidden.shown.meta, None);
    world.finish();
}

#[tokio::test]
async fn a_changed_description_has_another_hash_and_an_equal_one_hasnt() {
    let world = World::open(Era::Modern).await;
    let hash = async |who: &str| {
        let tools = world.remote.tools(&world.caller(who)).await.unwrap();
        tools.get("box_echo").unwrap().hash.clone()
    };
    let (ada, bob) = (hash("ada").await, hash("bob").await);
    assert_eq!(ada, bob);
    world.server.with(|it| it.tools[0]["annotations"]["readOnlyHint"] = false.into());
    let eve = hash("eve").await;
    assert_ne!(ada, eve);
    world.server.with(|it| {
        it.tools[0] = json!({
            "inputSchema": {"type": "object"},
            "annotations": {"readOnlyHint": false},
            "description": "Says what it is told.",
            "name": "echo",
        });
    });
    assert_eq!(hash("joe").await, eve, "the order of fields says nothing");
    world.finish();
}

#[tokio::test]
async fn a_list_is_kept_as_long_as_the_server_says_or_until_it_says_otherwise() {
    let world = World::open(Era::Modern).await;
    world.server.with(|it| it.ttl_ms = Some(0));
    names(&world, "ada").await;
    names(&world, "ada").await;
    assert_eq!(world.server.seen("tools/list").len(), 1, "for a second at least");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    world.server.with(|it| it.ttl_ms = Some(3_600_000));
    names(&world, "ada").await;
    assert_eq!(world.server.seen("tools/list").len(), 2);
    world.call("ada", "change").await.unwrap();
    assert!(names(&world, "ada").await.contains(&"box_made".to_owned()));
    assert_eq!(world.server.seen("tools/list").len(), 3);
    world.finish();
}

#[tokio::test]
async fn a_list_without_an_end_is_cut() {
    let world = World::open(Era::Modern).await;
    world.server.be(Odd::EndlessPages, Some("tools/list"));
    assert_eq!(names(&world, "ada").await.len(), 12, "the same names again are no more tools");
    assert_eq!(world.server.seen("tools/list").len(), impatient().pages);
    world.server.behave();
    let many = (0..200).map(|n| tool(&format!("t{n}"), "d", true)).collect();
    world.server.with(|it| it.tools = many);
    assert_eq!(names(&world, "bob").await.len(), impatient().entries);
    world.finish();
}

#[tokio::test]
async fn a_dead_server_is_remembered_by_its_last_list_and_left_alone() {
    let world = World::open(Era::Modern).await;
    let before = names(&world, "ada").await;
    world.server.be(Odd::Status(503), None);
    for _ in 0..4 {
        let ada = Whose { identity: person("ada"), connection: None, answers: Answers::default() };
        world.remote.inner.tools.expire(&ada);
        assert_eq!(names(&world, "ada").await, before);
    }
    let asked = world.server.all_seen().len();
    let refused = world.call("ada", "echo").await.unwrap_err();
    assert_eq!(refused.code(), "provider_unavailable");
    assert_eq!(world.server.all_seen().len(), asked, "it rests");
    world.finish();
}

#[tokio::test]
async fn who_waits_behind_somebody_for_a_dead_server_waits_once() {
    let world = World::open(Era::Modern).await;
    world.server.be(Odd::Late(Duration::from_secs(30)), None);
    let began = std::time::Instant::now();
    let calls: Vec<_> = (0..6)
        .map(|_| {
            let (remote, caller) = (world.remote.clone(), world.caller("ada"));
            tokio::spawn(async move { remote.read(&caller, "note://one").await.map(drop) })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().unwrap_err().code(), "provider_unavailable");
    }
    assert_eq!(world.server.all_seen().len(), 1, "{:?}", began.elapsed());
    world.finish();
}

#[tokio::test]
async fn who_waits_behind_somebody_for_a_slow_list_asks_for_it_no_more() {
    let world = World::open(Era::Modern).await;
    world.remote.prompts(&world.caller("ada")).await.unwrap();
    world.server.be(Odd::Late(Duration::from_secs(30)), Some("tools/list"));
    let lists: Vec<_> = (0..6)
        .map(|_| {
            let (remote, caller) = (world.remote.clone(), world.caller("ada"));
            tokio::spawn(async move { remote.tools(&caller).await.map(drop) })
        })
        .collect();
    for list in lists {
        assert_eq!(list.await.unwrap().unwrap_err().code(), "provider_unavailable");
    }
    tokio::time::sleep(impatient().list * 2).await;
    assert_eq!(world.server.seen("tools/list").len(), 1);
    world.server.behave();
    assert!(!names(&world, "ada").await.is_empty(), "who comes later does");
    world.finish();
}

#[tokio::test]
async fn a_token_that_is_slow_to_come_delays_no_list() {
    let world = World::signed_in(Era::Modern, &["ada", "bob"]).await;
    let before = names(&world, "ada").await;
    world.vault.stuck.store(true, Ordering::Relaxed);
    let soon = Duration::from_secs(5);
    let ada = tokio::time::timeout(soon, names(&world, "ada")).await;
    assert_eq!(ada.expect("the last one is there at once"), before);
    let bob = world.caller("bob");
    let bob = tokio::time::timeout(soon, world.remote.tools(&bob)).await;
    let none = bob.expect("nobody waits for ever").unwrap_err();
    assert_eq!(none.code(), "provider_unavailable");
    world.finish();
}

#[tokio::test]
async fn a_slow_list_is_not_waited_for_and_is_there_later() {
    let world = World::open(Era::Modern).await;
    world.remote.prompts(&world.caller("ada")).await.unwrap();
    world.server.be(Odd::Late(Duration::from_millis(600)), Some("tools/list"));
    let late = world.remote.tools(&world.caller("ada")).await.unwrap_err();
    assert_eq!(late.code(), "provider_unavailable");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!names(&world, "ada").await.is_empty());
    assert_eq!(world.server.seen("tools/list").len(), 1, "it was fetched on");
    world.finish();
}

#[tokio::test]
async fn who_cant_use_their_account_just_now_keeps_the_list_and_who_has_none_doesnt() {
    let world = World::signed_in(Era::Modern, &["ada"]).await;
    let before = names(&world, "ada").await;
    world.vault.tokens.lock().unwrap().clear();
    let gone = world.remote.tools(&world.caller("ada")).await.unwrap_err();
    assert_eq!(gone.code(), "not_connected");
    assert!(!before.is_empty());
    assert!(
        world.remote.inner.tools.last(&person("ada"), Answers::default()).is_none(),
        "forgotten with the account"
    );
    world.finish();
}

#[tokio::test]
async fn equal_lists_are_kept_once() {
    let world = World::signed_in(Era::Modern, &["ada", "bob"]).await;
    let ada = world.remote.tools(&world.caller("ada")).await.unwrap();
    let bob = world.remote.tools(&world.caller("bob")).await.unwrap();
    assert!(Arc::ptr_eq(&ada, &bob));
    world.finish();
}
