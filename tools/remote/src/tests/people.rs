//! Nobody sees what is somebody else's, and a server sees nothing that isn't its own.

use serde_json::json;
use stagepass_standin::mcp_server::{Era, Odd, tool};

use super::*;
use crate::link::Whose;

#[tokio::test]
async fn people_who_call_at_once_get_their_own_answers() {
    for era in [Era::Modern, Era::Legacy] {
        let people = ["ada", "bob", "eve"];
        let world = World::signed_in(era, &people).await;
        let calls = (0..30).map(|n| {
            let (world, who) = (&world, people[n % 3]);
            async move { (who, text(&world.call(who, "whoami").await.unwrap())) }
        });
        let mut all = Vec::new();
        for call in calls.collect::<Vec<_>>() {
            all.push(call);
        }
        for (who, said) in join(all).await {
            assert_eq!(who, said, "{era:?}");
        }
        world.finish();
    }
}

/// All of them at once.
async fn join<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut pinned: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, done) in pinned.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(output) = future.as_mut().poll(context)
            {
                *done = Some(output);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_server_that_gives_everybody_one_session_mixes_nobody_here() {
    let world = World::signed_in(Era::Legacy, &["ada", "bob"]).await;
    world.server.be(Odd::OneSession, None);
    assert_eq!(text(&world.call("ada", "whoami").await.unwrap()), "ada");
    // The session is bob's now, at a server that binds it; ada is given a new one, with ada's token.
    assert_eq!(text(&world.call("bob", "whoami").await.unwrap()), "bob");
    assert_eq!(text(&world.call("ada", "whoami").await.unwrap()), "ada");
    let wrong = world.server.all_seen().into_iter().filter(|seen| {
        let token = seen.headers.get("authorization").map(String::as_str);
        seen.person.as_ref().is_some_and(|who| token != Some(&format!("Bearer token-of-{who}")))
    });
    assert_eq!(wrong.count(), 0);
    world.finish();
}

#[tokio::test]
async fn everybody_sees_their_own_list() {
    let world = World::signed_in(Era::Modern, &["ada", "bob"]).await;
    let secret = vec![tool("project-x", "Ada's own.", true)];
    world.server.with(|it| it.tools_of.insert("ada".to_owned(), secret));
    let has = async |who: &str| {
        let tools = world.remote.tools(&world.caller(who)).await.unwrap();
        tools.get("box_project-x").is_some()
    };
    assert!(has("ada").await);
    assert!(!has("bob").await);
    let nobody = world.remote.tools(&world.caller("eve")).await.unwrap_err();
    assert_eq!((nobody.code(), nobody.provider()), ("not_connected", Some("box")));
    world.finish();
}

#[tokio::test]
async fn another_account_of_a_person_has_its_own_list_and_session() {
    let world = World::signed_in(Era::Legacy, &["ada", "bob"]).await;
    world.remote.tools(&world.caller("ada")).await.unwrap();
    let identity = person("ada");
    let own = Some(format!("connection of {identity}").into());
    let whose = Whose { identity, connection: own, answers: Answers::default() };
    let others = Whose { connection: Some("another connection".into()), ..whose.clone() };
    assert!(world.remote.inner.tools.of(&whose).is_some());
    assert!(world.remote.inner.tools.of(&others).is_none());
    world.finish();
}

#[tokio::test]
async fn a_server_gets_what_the_protocol_wants_and_nothing_more() {
    let known = [
        "accept",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "mcp-method",
        "mcp-name",
        "mcp-protocol-version",
        "mcp-session-id",
    ];
    for era in [Era::Modern, Era::Legacy] {
        let world = World::signed_in(era, &["ada"]).await;
        world.call_with("ada", "echo", json!({"a": 1})).await.unwrap();
        for seen in world.server.all_seen() {
            let more = seen.headers.keys().find(|name| !known.contains(&name.as_str()));
            assert_eq!(more, None, "{seen:?}");
            assert!(
                !seen.params.to_string().contains("ada"),
                "whose it is says the token: {seen:?}"
            );
        }
        world.finish();
    }
}

#[tokio::test]
async fn a_line_is_used_again_after_a_stream() {
    let world = World::open(Era::Modern).await;
    for _ in 0..4 {
        world.call("ada", "count").await.unwrap();
    }
    assert!(world.server.sockets() < 3, "{} lines", world.server.sockets());
    world.finish();
}

#[tokio::test]
async fn many_people_need_few_lines() {
    let names: Vec<&'static str> =
        (0..200).map(|n| &*Box::leak(format!("person-{n}").into_boxed_str())).collect();
    let world = World::signed_in(Era::Legacy, &names).await;
    for name in &names {
        assert_eq!(text(&world.call(name, "whoami").await.unwrap()), *name);
    }
    let sockets = world.server.sockets();
    assert!(sockets < 5, "{sockets} lines for {} people", names.len());
    world.finish();
}

#[tokio::test]
async fn who_makes_a_server_fail_makes_it_rest_for_nobody_else() {
    let world = World::open(Era::Modern).await;
    for who in ["ada", "bob", "eve", "mia"] {
        world.call(who, "echo").await.unwrap();
    }
    world.server.be(Odd::Status(502), Some("tools/call"));
    let fail = async |who: &str| {
        let failed = world.call(who, "echo").await.unwrap_err();
        assert_eq!(failed.code(), "provider_unavailable", "{who}");
        world.server.seen("tools/call").len()
    };
    let before = world.server.seen("tools/call").len();
    for _ in 0..5 {
        fail("ada").await;
    }
    assert_eq!(world.server.seen("tools/call").len(), before + 3, "it rests for ada");
    world.server.behave();
    world.call("bob", "echo").await.unwrap();
    assert_eq!(fail("ada").await, before + 4, "it has answered bob, and not ada");

    world.server.be(Odd::Status(502), Some("tools/call"));
    assert_eq!(fail("bob").await, before + 5);
    assert_eq!(fail("bob").await, before + 6, "one person costs nobody else anything");
    assert_eq!(fail("eve").await, before + 7);
    assert_eq!(fail("mia").await, before + 8);
    for who in ["bob", "eve", "mia"] {
        assert_eq!(fail(who).await, before + 8, "several people's calls failed: {who}");
    }
    world.finish();
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_rests_for_everybody() {
    // Nobody listens there.
    let url = "http://127.0.0.1:9/mcp".parse().unwrap();
    let remote = Remote::with_limits("box", url, Credentials::None, http(), impatient());
    let vault = Arc::<Vault>::default();
    let ask = async |who: &str| {
        let caller = Caller::new(person(who), vault.clone());
        let failed = remote.tools(&caller).await.unwrap_err();
        assert_eq!(failed.code(), "provider_unavailable");
        std::error::Error::source(&failed).is_some()
    };
    for _ in 0..3 {
        assert!(ask("ada").await, "it is tried, and why it failed is known");
    }
    assert!(!ask("bob").await, "it rests");
}
