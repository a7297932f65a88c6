//! For whom.

use serde_json::json;
use stagepass_standin::mcp_server::{Era, Odd};

use super::{Boxed, names, text};
use crate::{
    calls::recorded,
    harness::{Bot, Connector},
};

#[tokio::test]
async fn two_people_are_never_mixed_even_in_one_session() {
    for era in [Era::Modern, Era::Legacy] {
        let boxed = Boxed::signed_in(era).await;
        boxed.server.be(Odd::OneSession, None);
        let client = Connector::register(&boxed.app).await;
        let mut people = Vec::new();
        for who in ["alice", "bob"] {
            people.push((who, boxed.person(&client, who).await));
        }
        let private = stagepass_standin::mcp_server::tool("private", "Of alice alone.", true);
        boxed.server.with(|it| it.tools_of.insert("alice".to_owned(), vec![private]));
        for _ in 0..3 {
            for (who, token) in &people {
                let told = client.call(token, "box_whoami", json!({})).await.body;
                assert_eq!(text(&told["result"]), *who);
            }
        }
        let mut lists = Vec::new();
        for (_, token) in &people {
            lists.push(names(&client.list("/mcp", Some(token)).await.body));
        }
        assert_eq!((lists[0].len(), lists[1].len()), (13, 12));
        let read = client.modern(&people[0].1, "resources/read", json!({"uri": "box+note://one"}));
        assert!(read.await.body.to_string().contains("alice"));
        boxed.finish().await;
    }
}

#[tokio::test]
async fn nothing_of_the_client_but_the_call_reaches_the_server() {
    let boxed = Boxed::signed_in(Era::Modern).await;
    let client = Connector::register(&boxed.app).await;
    let token = boxed.person(&client, "alice").await;
    let call = json!({"jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": {
        "name": "box_echo",
        "arguments": {},
        "_meta": {"openai/subject": "canary-meta", "progressToken": "canary-token"},
    }});
    let request = client.begin("/mcp").json(&call).bearer_auth(&token);
    let request = request.header("mcp-protocol-version", "2025-11-25");
    let request = request.header("cookie", "a=canary-cookie").header("x-own", "canary-header");
    let told = Connector::send(request.header("user-agent", "canary-agent")).await;
    assert_eq!(text(&told.body["result"]), "{}", "{told:?}");
    let seen = boxed.server.all_seen();
    assert!(!seen.is_empty());
    let names = ["accept", "authorization", "content-length", "content-type", "host", "user-agent"];
    for seen in seen {
        let said = format!("{seen:?}");
        assert!(!said.contains("canary") && !said.contains(&token), "{said}");
        for name in seen.headers.keys() {
            assert!(names.contains(&name.as_str()) || name.starts_with("mcp-"), "{name}");
        }
        assert!(seen.headers["user-agent"].starts_with("stagepass/"));
    }
    boxed.finish().await;
}

#[tokio::test]
async fn a_chat_user_without_an_account_is_given_the_link_and_is_in_the_record() {
    let boxed = Boxed::signed_in(Era::Modern).await;
    boxed.introduce();
    let bot = Bot::add(&boxed.app, "bot").await;
    let told = bot.call("tg:anna", "box_echo", json!({})).await.body;
    let data = &told["result"]["structuredContent"];
    assert_eq!(data["code"], "not_connected", "{told}");
    assert!(data["url"].as_str().unwrap().contains("/connect/"), "{told}");
    assert!(boxed.server.all_seen().is_empty(), "nobody else's token did");
    let row = recorded(&boxed.app, "tool.called", 1).await.remove(0);
    assert_eq!((row.tool.as_deref(), row.provider.as_deref()), (Some("box_echo"), Some("spotify")));
    assert_eq!(row.detail.as_deref(), Some("not_connected"));

    // Nobody speaks: nobody is asked.
    let nobody = bot.call_with(&[], json!({"name": "box_echo", "arguments": {}})).await.body;
    assert_eq!(nobody["result"]["structuredContent"]["code"], "invalid_argument", "{nobody}");
    boxed.finish().await;
}

#[tokio::test]
async fn a_call_is_recorded_with_its_connection() {
    let boxed = Boxed::signed_in(Era::Modern).await;
    let client = Connector::register(&boxed.app).await;
    let token = boxed.person(&client, "alice").await;
    client.call(&token, "box_write", json!({})).await;
    let row = recorded(&boxed.app, "tool.called", 1).await.remove(0);
    assert_eq!((row.tool.as_deref(), row.outcome.as_str()), (Some("box_write"), "done"));
    assert_eq!(row.provider.as_deref(), Some("spotify"));
    assert!(row.connection_id.is_some());
    client.modern(&token, "resources/read", json!({"uri": "box+note://one"})).await;
    let row = recorded(&boxed.app, "resource.read", 1).await.remove(0);
    assert_eq!((row.tool.as_deref(), row.connection_id.is_some()), (Some("box"), true));
    boxed.finish().await;
}

#[tokio::test]
async fn who_may_only_look_changes_nothing_there_either() {
    let boxed = Boxed::signed_in(Era::Modern).await;
    let client = Connector::register(&boxed.app).await;
    let tokens = client.tokens_with(&boxed.app, "alice", &[("scope", "mcp.read")]).await;
    boxed.introduce();
    let told = client.call(&tokens.access, "box_echo", json!({})).await;
    assert_eq!((told.status, text(&told.body["result"])), (200, "{}"));
    let told = client.call(&tokens.access, "box_write", json!({})).await;
    assert_eq!(told.body["result"]["structuredContent"]["code"], "forbidden", "{told:?}");
    let listed = client.list("/mcp", Some(&tokens.access)).await.body;
    assert!(names(&listed).contains(&"box_write".to_owned()));
    let told = client.call(&tokens.access, "box_write", json!({})).await;
    assert_eq!(told.status, 403, "once it is known what the tool does: {told:?}");
    assert!(told.challenge.unwrap().contains("insufficient_scope"));
    assert_eq!(boxed.server.seen("tools/call").len(), 1);
    boxed.finish().await;
}
