//! What a server is shown, and what happens when it doesn't like it.

use reqwest::header::{AUTHORIZATION, HeaderName};
use stagepass_standin::mcp_server::{Era, Odd};

use super::*;

#[tokio::test]
async fn a_rejected_token_is_renewed_once_and_the_call_made_once_more() {
    for era in [Era::Modern, Era::Legacy] {
        let world = World::signed_in(era, &["ada"]).await;
        world.call("ada", "whoami").await.unwrap();
        world.server.with(|it| {
            it.tokens.clear();
            it.tokens.insert("token-2".to_owned(), "ada".to_owned());
        });
        let tokens = vec!["token-of-ada", "token-2"];
        world.vault.tokens.lock().unwrap().insert(person("ada"), tokens);
        assert_eq!(text(&world.call("ada", "whoami").await.unwrap()), "ada");
        assert_eq!(*world.vault.renewed.lock().unwrap(), 1);
        world.finish();
    }
}

#[tokio::test]
async fn a_server_that_rejects_every_token_has_the_person_sign_in_again() {
    let world = World::signed_in(Era::Modern, &["ada"]).await;
    let tools = world.remote.tools(&world.caller("ada")).await.unwrap();
    world.server.be(Odd::Status(401), Some("tools/call"));
    let called = world.call("ada", "whoami").await.unwrap_err();
    assert_eq!((called.code(), called.provider()), ("needs_reconnect", Some("box")));
    assert_eq!(world.server.seen("tools/call").len(), 2, "once more, and no more");
    assert_eq!(*world.vault.renewed.lock().unwrap(), 1);
    assert!(!tools.entries.is_empty());
    world.finish();
}

#[tokio::test]
async fn a_scope_that_is_wanted_is_named() {
    let world = World::signed_in(Era::Modern, &["ada"]).await;
    world.remote.tools(&world.caller("ada")).await.unwrap();
    world.server.with(|it| it.wants_scope = Some("files:write".to_owned()));
    let called = world.call("ada", "write").await.unwrap_err();
    assert_eq!((called.code(), called.provider()), ("missing_scope", Some("box")));
    assert!(called.message().contains("files:write"), "{called}");
    world.server.be(Odd::Status(403), Some("tools/call"));
    world.server.with(|it| it.wants_scope = None);
    let called = world.call("ada", "write").await.unwrap_err();
    assert_eq!((called.code(), called.provider()), ("forbidden", None));
    world.finish();
}

#[tokio::test]
async fn a_server_that_repeats_the_token_tells_it_to_nobody() {
    for era in [Era::Modern, Era::Legacy] {
        let world = World::signed_in(era, &["ada"]).await;
        let said = text(&world.call("ada", "leak").await.unwrap());
        assert!(said.contains("Bearer [removed]"), "{said}");
        assert!(!said.contains("token-of-ada"), "{said}");
        world.finish();
    }
}

#[tokio::test]
async fn a_header_of_the_operators_is_sent_and_never_told() {
    for (name, value) in
        [(AUTHORIZATION, "Bearer canary-12345"), (HeaderName::from_static("x-key"), "canary-12345")]
    {
        let credentials = Credentials::Header(name.clone(), value.into());
        assert!(!format!("{credentials:?}").contains("canary"));
        let world = World::with(Era::Modern, credentials).await;
        world.server.with(|it| it.header = Some((name.to_string(), value.to_owned())));
        let said = text(&world.call("ada", "leak").await.unwrap());
        assert!(!said.contains("canary"), "{said}");
        world.server.with(|it| it.header = Some((name.to_string(), "another".to_owned())));
        let refused = world.call("ada", "echo").await.unwrap_err();
        assert_eq!((refused.code(), refused.provider()), ("forbidden", None));
        assert!(!format!("{refused:?}").contains("canary"));
        world.finish();
    }
}

#[tokio::test]
async fn a_server_doesnt_sign_people_in_in_our_name() {
    let world = World::open(Era::Modern).await;
    let signed = world.call("ada", "sign").await.unwrap();
    let said = serde_json::to_value(&signed).unwrap();
    assert_eq!(said["_meta"], serde_json::json!({"example.org/own": 1}), "{said}");
    assert!(!said.to_string().contains("www_authenticate"), "{said}");
    world.finish();
}

#[tokio::test]
async fn a_redirect_is_followed_nowhere() {
    let thief = McpServer::start(Era::Modern).await;
    let world = World::signed_in(Era::Modern, &["ada"]).await;
    world.remote.tools(&world.caller("ada")).await.unwrap();
    for status in [302, 307, 308] {
        let headers = vec![("location", thief.url().to_owned())];
        world.server.be(Odd::Headers(status, headers), None);
        let moved = world.call("ada", "echo").await.unwrap_err();
        assert_eq!(moved.code(), "forbidden");
        assert!(moved.message().contains("moved"), "{moved}");
    }
    assert_eq!(thief.sockets(), 0);
    world.finish();
}
