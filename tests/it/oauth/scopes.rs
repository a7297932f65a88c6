//! What a token allows: looking, or changing as well.

use serde_json::{Value, json};
use stagepass_standin::spotify::Seen;

use crate::harness::{Answer, Connector, TestApp};

/// A server, a client, and a token of alice's that only reads.
async fn start() -> (TestApp, Connector, String) {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let token = client.tokens_with(&app, "alice", &[("scope", "mcp.read")]).await.access;
    (app, client, token)
}

fn challenge(app: &TestApp, path: &str) -> String {
    format!(
        "Bearer resource_metadata=\"{}/.well-known/oauth-protected-resource{path}\", \
         error=\"insufficient_scope\", error_description=\"This needs more than the access token \
         allows\", scope=\"mcp.read mcp.write\"",
        app.url
    )
}

/// The result of a tool that wasn't called.
fn assert_is_refusal(app: &TestApp, result: &Value) {
    assert_eq!(result["isError"], true, "{result}");
    assert_eq!(result["structuredContent"]["code"], "forbidden");
    let what_to_do = result["structuredContent"]["next_step"].as_str().unwrap();
    assert!(what_to_do.contains("connect this server again"), "{what_to_do}");
    assert_eq!(result["_meta"]["mcp/www_authenticate"], json!([challenge(app, "/mcp")]));
}

fn assert_forbidden(app: &TestApp, answer: &Answer) {
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.challenge, Some(challenge(app, "/mcp")));
    assert_eq!(answer.body["id"], 1);
    assert_is_refusal(app, &answer.body["result"]);
}

/// How often somebody's music was changed.
fn changes(app: &TestApp) -> usize {
    let changes = |seen: &Seen| seen.path.starts_with("/v1/") && seen.method != "GET";
    app.spotify.requests().iter().filter(|seen| changes(seen)).count()
}

async fn tools(client: &Connector, token: &str) -> Vec<Value> {
    let answer = client.list("/mcp", Some(token)).await;
    answer.body["result"]["tools"].as_array().unwrap_or_else(|| panic!("{answer:?}")).clone()
}

#[tokio::test]
async fn a_reader_reads_and_may_change_nothing() {
    let (app, client, token) = start().await;
    let mut refused = 0;
    for tool in tools(&client, &token).await {
        let name = tool["name"].as_str().unwrap();
        for answer in [
            client.call(&token, name, json!({})).await,
            client.modern(&token, "tools/call", json!({"name": name, "arguments": {}})).await,
        ] {
            if tool["annotations"]["readOnlyHint"] == true {
                assert_eq!((answer.status, answer.challenge.as_deref()), (200, None), "{name}");
                assert_ne!(answer.body["result"]["structuredContent"]["code"], "forbidden");
            } else {
                assert_forbidden(&app, &answer);
                refused += 1;
            }
        }
    }
    assert!(refused > 2, "{refused}");
    let now = client.call(&token, "spotify_now", json!({})).await;
    assert_ne!(now.body["result"]["isError"], true, "{now:?}");
    let pause = json!({"action": "pause"});
    assert_forbidden(&app, &client.call(&token, "spotify_control", pause.clone()).await);
    assert_eq!(changes(&app), 0);

    let more = client.tokens_of(&app, "alice").await.access;
    assert_eq!(client.call(&more, "spotify_control", pause).await.status, 200);
    assert_eq!(changes(&app), 1);
    app.finish().await;
}

#[tokio::test]
async fn whoever_may_change_may_read() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let tokens = client.tokens_with(&app, "alice", &[("scope", "mcp.write")]).await;
    assert_eq!(tokens.scope, "mcp.write");
    for (tool, arguments) in [("spotify_now", json!({})), ("Auth", json!({"action": "status"}))] {
        let answer = client.call(&tokens.access, tool, arguments).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_ne!(answer.body["result"]["isError"], true, "{answer:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_does_as_the_refusal_says_may_do_it_then() {
    let (app, client, token) = start().await;
    let refused = client.call(&token, "Auth", json!({"action": "status"})).await;
    let challenge = refused.challenge.unwrap();
    let (_, scope) = challenge.split_once("scope=\"").unwrap();
    let more = [("scope", scope.trim_end_matches('"'))];
    let token = client.tokens_with(&app, "alice", &more).await.access;
    let answer = client.call(&token, "Auth", json!({"action": "status"})).await;
    assert_eq!((answer.status, answer.challenge), (200, None));
    app.finish().await;
}

#[tokio::test]
async fn in_a_batch_one_refusal_is_no_refusal_of_all() {
    let (app, client, token) = start().await;
    let call = |id: u64, name: &str| {
        let params = json!({"name": name, "arguments": {}});
        json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params})
    };
    let batch = json!([call(1, "spotify_now"), call(2, "Auth"), call(3, "spotify_now")]);
    let request = client.begin("/mcp").json(&batch).bearer_auth(&token);
    let answer = Connector::send(request.header("mcp-protocol-version", "2025-03-26")).await;
    assert_eq!((answer.status, answer.challenge.as_deref()), (200, None), "{answer:?}");
    let all = answer.body.as_array().unwrap();
    assert_eq!(all.len(), 3);
    assert_is_refusal(&app, &all[1]["result"]);
    for read in [&all[0], &all[2]] {
        assert_ne!(read["result"]["isError"], true, "{read}");
    }
    app.finish().await;
}

/// Two readers of one message might take it for two different ones.
#[tokio::test]
async fn a_message_that_says_two_things_smuggles_no_call() {
    let (app, client, token) = start().await;
    let read = r#""name":"spotify_now","arguments":{}"#;
    let write = r#""name":"spotify_control","arguments":{"action":"next"}"#;
    let call = r#""jsonrpc":"2.0","id":1,"method":"tools/call""#;
    for body in [
        format!(r#"{{{call},"method":"tools/list","params":{{{write}}}}}"#),
        format!(r#"{{"method":"tools/list",{call},"params":{{{write}}}}}"#),
        format!(r#"{{{call},"params":{{{read}}},"params":{{{write}}}}}"#),
        format!(r#"{{{call},"params":{{{write}}},"params":{{{read}}}}}"#),
        format!(r#"{{{call},"params":{{{read},{write}}}}}"#),
        format!(r#"{{{call},"params":{{{write},{read}}}}}"#),
        format!(r#"{{{call},"params":{{"n\u0061me":"spotify_now",{write}}}}}"#),
        format!(r#"{{{call},"params":{{{write},"n\u0061me":"spotify_now"}}}}"#),
        format!(r#"{{{call},"params":[{{{write}}}]}}"#),
    ] {
        let request = client.begin("/mcp").body(body.clone()).bearer_auth(&token);
        let request = request.header("content-type", "application/json");
        let answer = Connector::send(request.header("mcp-protocol-version", "2025-11-25")).await;
        let answered = answer.body["result"].is_object() || answer.body["error"].is_object();
        assert!(answered, "{answer:?}");
        assert_eq!(changes(&app), 0, "{body}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_tool_that_isn_t_there_is_no_matter_of_scopes() {
    let (app, client, token) = start().await;
    let answer = client.call(&token, "no_such_tool", json!({})).await;
    assert_eq!((answer.status, answer.challenge.as_deref()), (200, None), "{answer:?}");
    assert_eq!(answer.body["error"]["code"], -32602);
    app.finish().await;
}

/// A token that was tried at the wrong place first.
#[tokio::test]
async fn a_refusal_names_the_resource_that_it_is_about() {
    let (app, client, token) = start().await;
    assert_eq!(client.list("/mcp/spotify", Some(&token)).await.status, 401);
    assert_forbidden(&app, &client.call(&token, "Auth", json!({})).await);

    let toolset = format!("{}/mcp/spotify", app.url);
    let changes = [("scope", "mcp.read"), ("resource", toolset.as_str())];
    let token = client.tokens_with(&app, "alice", &changes).await.access;
    let params = json!({"name": "Auth", "arguments": {}});
    let message = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let answer = client.mcp("/mcp/spotify", Some(&token), message).await;
    assert_eq!((answer.status, answer.challenge), (403, Some(challenge(&app, "/mcp/spotify"))));
    app.finish().await;
}

#[tokio::test]
async fn every_tool_says_what_it_needs_and_what_it_does() {
    let (app, client, token) = start().await;
    for path in ["/mcp", "/mcp/spotify"] {
        let resource = format!("{}{path}", app.url);
        let tokens = client.tokens_with(&app, "alice", &[("resource", &resource)]).await;
        let answer = client.list(path, Some(&tokens.access)).await;
        let tools = answer.body["result"]["tools"].as_array().unwrap();
        assert!(tools.len() > 5, "{answer:?}");
        tools.iter().for_each(assert_described);
    }
    let modern = client.modern(&token, "tools/list", json!({})).await;
    let tools = modern.body["result"]["tools"].as_array().unwrap();
    assert!(tools.len() > 5, "{modern:?}");
    tools.iter().for_each(assert_described);
    app.finish().await;
}

fn assert_described(tool: &Value) {
    let name = tool["name"].as_str().unwrap();
    assert!(name.len() <= 64, "{name}");
    assert!(tool["title"].as_str().is_some_and(|title| !title.is_empty()), "{tool}");
    assert!(tool["description"].as_str().is_some_and(|text| text.len() > 20), "{tool}");
    let hints = &tool["annotations"];
    for hint in ["readOnlyHint", "destructiveHint", "idempotentHint"] {
        assert!(hints[hint].is_boolean(), "{name}: {hint} in {hints}");
    }
    let scope = if hints["readOnlyHint"] == true { "mcp.read" } else { "mcp.write" };
    let schemes = json!([{"type": "oauth2", "scopes": [scope]}]);
    assert_eq!(tool["securitySchemes"], schemes, "{name}");
    assert_eq!(tool["_meta"]["securitySchemes"], schemes, "{name}");
}

#[tokio::test]
async fn where_nobody_signs_in_no_tool_asks_for_it() {
    let app = TestApp::start().await;
    let client = Connector::known(&app, "nobody", None);
    let answer = client.list("/mcp", None).await;
    let tools = answer.body["result"]["tools"].as_array().unwrap();
    assert!(tools.len() > 5, "{answer:?}");
    for tool in tools {
        assert_eq!(tool["securitySchemes"], json!([{"type": "noauth"}]), "{tool}");
        assert_eq!(tool["_meta"]["securitySchemes"], json!([{"type": "noauth"}]), "{tool}");
    }
    let answer = client.mcp(
        "/mcp",
        None,
        json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": {"name": "Auth", "arguments": {"action": "status"}},
        }),
    );
    assert_eq!(answer.await.status, 200);
    app.finish().await;
}
