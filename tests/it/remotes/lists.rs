//! What is offered.

use std::time::{Duration, Instant};

use serde_json::json;
use stagepass_standin::{
    McpServer,
    mcp_server::{Era, Odd},
};

use super::{Boxed, names, text};
use crate::harness::{Connector, Setup, TestApp};

#[tokio::test]
async fn what_a_server_of_either_era_has_stands_beside_our_own_for_clients_of_either() {
    for era in [Era::Modern, Era::Legacy] {
        let boxed = Boxed::signed_in(era).await;
        let client = Connector::register(&boxed.app).await;
        let token = boxed.person(&client, "alice").await;
        let listed = client.modern(&token, "tools/list", json!({})).await.body;
        assert_eq!(names(&listed).len(), 12, "{listed}");
        let all = listed["result"]["tools"].as_array().unwrap();
        let tool = |name: &str| all.iter().find(|tool| tool["name"] == name).unwrap();
        tool("spotify_now");
        tool("Auth");
        assert_eq!(tool("box_echo")["securitySchemes"][0]["scopes"], json!(["mcp.read"]));
        assert_eq!(tool("box_write")["securitySchemes"][0]["scopes"], json!(["mcp.write"]));
        assert_eq!(names(&client.list("/mcp", Some(&token)).await.body).len(), 12);

        let call = json!({"name": "box_echo", "arguments": {"a": 1}});
        let told = client.modern(&token, "tools/call", call).await.body;
        assert_eq!(text(&told["result"]), r#"{"a":1}"#, "{told}");
        let server = &told["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"];
        assert_eq!(server, "stagepass");
        assert_eq!(told["result"]["resultType"], "complete");
        let told = client.call(&token, "box_echo", json!({"a": 2})).await.body;
        assert_eq!(text(&told["result"]), r#"{"a":2}"#, "{told}");
        boxed.finish().await;
    }
}

#[tokio::test]
async fn a_server_has_an_endpoint_of_its_own() {
    let boxed = Boxed::open(Era::Modern).await;
    let own = boxed.ask_at("/mcp/box", "tools/list", json!({})).await;
    let all: Vec<_> = own["result"]["tools"].as_array().unwrap().iter().collect();
    assert_eq!((all.len(), names(&own).len()), (13, 12), "its tools, and Auth: {own}");
    let other = boxed.ask_at("/mcp/spotify", "tools/list", json!({})).await;
    assert!(names(&other).is_empty());
    let call = json!({"name": "box_echo"});
    let refused = boxed.ask_at("/mcp/spotify", "tools/call", call).await;
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
    boxed.finish().await;
}

#[tokio::test]
async fn prompts_resources_and_completion_are_there_too() {
    let boxed = Boxed::open(Era::Modern).await;
    let prompts = boxed.ask("prompts/list", json!({})).await;
    let has = |list: &serde_json::Value, key: &str, name: &str| {
        list.as_array().unwrap().iter().any(|it| it[key] == name)
    };
    assert!(has(&prompts["result"]["prompts"], "name", "box_greet"), "{prompts}");
    let params = json!({"name": "box_greet", "arguments": {"whom": "Bob"}});
    let greeting = boxed.ask("prompts/get", params).await;
    assert_eq!(greeting["result"]["messages"][0]["content"]["text"], "Greet Bob.", "{greeting}");
    let missing = boxed.ask("prompts/get", json!({"name": "box_none"})).await;
    assert!(missing["error"]["message"].as_str().unwrap().contains("no prompt"), "{missing}");

    let resources = boxed.ask("resources/list", json!({})).await;
    assert!(has(&resources["result"]["resources"], "uri", "box+note://one"), "{resources}");
    let templates = boxed.ask("resources/templates/list", json!({})).await;
    let templates = &templates["result"]["resourceTemplates"];
    assert!(has(templates, "uriTemplate", "box+note://{id}"), "{templates}");
    let read = boxed.ask("resources/read", json!({"uri": "box+note://7"})).await;
    assert_eq!(read["result"]["contents"][0]["uri"], "box+note://7", "{read}");
    assert_eq!(boxed.server.seen("resources/read")[0].params["uri"], "note://7");

    for of in [
        json!({"type": "ref/prompt", "name": "box_greet"}),
        json!({"type": "ref/resource", "uri": "box+note://{id}"}),
    ] {
        let params = json!({"ref": of, "argument": {"name": "whom", "value": "A"}});
        let completed = boxed.ask("completion/complete", params).await;
        assert_eq!(completed["result"]["completion"]["values"], json!(["Ada", "Alan"]));
    }
    boxed.finish().await;
}

#[tokio::test]
async fn a_dead_and_a_slow_server_leave_a_good_one_alone() {
    let (good, slow) = (McpServer::start(Era::Modern).await, McpServer::start(Era::Modern).await);
    slow.be(Odd::Late(Duration::from_mins(1)), None);
    let variables = vec![
        ("REMOTE__BOX__URL", good.url().to_owned()),
        ("REMOTE__BOX__AUTH", "none".to_owned()),
        ("REMOTE__SLOW__URL", slow.url().to_owned()),
        ("REMOTE__SLOW__AUTH", "none".to_owned()),
        ("REMOTE__DEAD__URL", "http://127.0.0.1:9/mcp".to_owned()),
        ("REMOTE__DEAD__AUTH", "none".to_owned()),
    ];
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let boxed = Boxed { app, server: good };
    let began = Instant::now();
    assert_eq!(boxed.tools().await.len(), 12);
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let began = Instant::now();
    assert_eq!(text(&boxed.call("box_echo").await), "{}");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let dead = boxed.call("dead_anything").await;
    assert_eq!(dead["structuredContent"]["code"], "provider_unavailable", "{dead}");
    boxed.finish().await;
}

#[tokio::test]
async fn names_of_others_are_nobodys() {
    let boxed = Boxed::open(Era::Modern).await;
    boxed.server.with(|it| {
        let tool = |name| stagepass_standin::mcp_server::tool(name, "Mine.", true);
        it.tools = vec![tool("Auth"), tool("spotify_now"), tool("../spotify_now")];
    });
    let listed = boxed.ask("tools/list", json!({})).await;
    let all = listed["result"]["tools"].as_array().unwrap();
    let mine = all.iter().filter(|tool| tool["description"] == "Mine.");
    let mine: Vec<_> = mine.map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(mine, ["box_Auth", "box_spotify_now"]);
    let missing = boxed.call("box_../spotify_now").await;
    assert_eq!(missing, json!(null), "no tool has such a name");
    boxed.finish().await;
}
