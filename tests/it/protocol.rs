//! MCP on the wire: both eras on one endpoint, and what real clients get wrong.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Era, Setup, TestApp};

const MODERN: &str = "2026-07-28";
const LEGACY: [&str; 3] = ["2025-03-26", "2025-06-18", "2025-11-25"];

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    content_type: String,
    allow: String,
    body: String,
}

impl Answer {
    async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let header = |name| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (content_type, allow) = (header("content-type"), header("allow"));
        Self {
            status: response.status().as_u16(),
            content_type,
            allow,
            body: response.text().await.unwrap(),
        }
    }

    fn json(&self) -> Value {
        assert_eq!(self.content_type, "application/json", "{self:?}");
        serde_json::from_str(&self.body).unwrap()
    }

    /// The result of a request that went well.
    fn result(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        let answer = self.json();
        assert_eq!(answer["jsonrpc"], "2.0");
        assert_eq!(answer["id"], 7);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// The HTTP status and the code of a JSON-RPC error.
    fn refusal(&self) -> (u16, i64) {
        let answer = self.json();
        assert_eq!(answer["jsonrpc"], "2.0");
        (self.status, answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{answer}")))
    }
}

fn http(app: &TestApp, method: Method, path: &str) -> RequestBuilder {
    stagepass::http::client().unwrap().request(method, format!("{}{path}", app.url))
}

/// A JSON body to `/mcp`, and nothing more.
fn post(app: &TestApp, body: impl Into<reqwest::Body>) -> RequestBuilder {
    http(app, Method::POST, "/mcp").header("content-type", "application/json").body(body)
}

fn request(method: &str, params: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params}).to_string()
}

/// As clients before 2026-07-28 ask, without a single header of MCP's.
fn legacy(app: &TestApp, method: &str, params: &Value) -> RequestBuilder {
    post(app, request(method, params))
}

/// As clients of 2026-07-28 ask: everything in the request, and named in its headers.
fn modern(app: &TestApp, method: &str, params: Value) -> RequestBuilder {
    modern_as(app, MODERN, method, params)
}

fn modern_as(app: &TestApp, version: &str, method: &str, mut params: Value) -> RequestBuilder {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": version,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let mut builder = post(app, request(method, &params))
        .header("mcp-protocol-version", version)
        .header("mcp-method", method);
    if let Some(name) = params["name"].as_str() {
        builder = builder.header("mcp-name", name);
    }
    builder
}

fn auth_status() -> Value {
    json!({"name": "Auth", "arguments": {"action": "status"}})
}

fn assert_is_status(result: &Value) {
    assert_ne!(result["isError"], true, "{result}");
    assert_eq!(result["structuredContent"]["providers"][0]["state"], "not_connected");
    let page = result["structuredContent"]["account_url"].as_str().unwrap();
    let page = format!("\nTheir own page, if they want to see or end this: {page}");
    assert_eq!(result["content"][0]["text"], format!("spotify: not connected{page}"));
}

fn assert_lists_the_tools(result: &Value) {
    let names: Vec<_> =
        result["tools"].as_array().unwrap().iter().map(|tool| &tool["name"]).collect();
    assert!(
        names.contains(&&json!("Auth")) && names.contains(&&json!("spotify_search")),
        "{names:?}"
    );
}

#[tokio::test]
async fn a_modern_client_discovers_lists_and_calls() {
    let app = TestApp::start().await;

    let found = Answer::to(modern(&app, "server/discover", json!({}))).await.result();
    assert_eq!(found["resultType"], "complete");
    for version in [MODERN].iter().chain(&LEGACY) {
        assert!(found["supportedVersions"].as_array().unwrap().contains(&json!(version)));
    }
    assert!(found["capabilities"]["tools"].is_object());
    let instructions = found["instructions"].as_str().unwrap();
    assert!(instructions.contains("Auth") && instructions.contains("open.spotify.com"));
    assert!(found["ttlMs"].is_u64());
    assert_eq!(found["cacheScope"], "private");
    assert_names_the_server(&found);

    let listed = Answer::to(modern(&app, "tools/list", json!({}))).await.result();
    assert_eq!(listed["resultType"], "complete");
    assert!(listed["ttlMs"].is_u64());
    assert_eq!(listed["cacheScope"], "private");
    assert_lists_the_tools(&listed);
    assert_names_the_server(&listed);

    let called = Answer::to(modern(&app, "tools/call", auth_status())).await.result();
    assert_eq!(called["resultType"], "complete");
    assert_names_the_server(&called);
    assert_is_status(&called);
    app.finish().await;
}

fn assert_names_the_server(result: &Value) {
    let server = &result["_meta"]["io.modelcontextprotocol/serverInfo"];
    assert_eq!(server["name"], "stagepass");
    assert_eq!(server["version"], env!("CARGO_PKG_VERSION"));
}

#[tokio::test]
async fn an_old_client_gets_the_version_that_it_asked_for() {
    let app = TestApp::start().await;
    let initialize = |version: &str| {
        let client = json!({"name": "old", "version": "1"});
        legacy(
            &app,
            "initialize",
            &json!({
                "protocolVersion": version, "capabilities": {}, "clientInfo": client,
            }),
        )
    };
    for version in LEGACY {
        let result = Answer::to(initialize(version)).await.result();
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "stagepass");
        assert!(result["capabilities"]["tools"].is_object());
        assert!(result.get("resultType").is_none(), "{result}");
    }
    for unknown in ["1999-01-01", "2099-01-01", MODERN] {
        let result = Answer::to(initialize(unknown)).await.result();
        assert_eq!(result["protocolVersion"], "2025-11-25", "asked for {unknown}");
    }
    app.finish().await;
}

#[tokio::test]
async fn an_old_client_is_served_without_a_session() {
    let app = TestApp::start().await;
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let answer = Answer::to(post(&app, initialized.to_string())).await;
    assert_eq!((answer.status, answer.body.as_str()), (202, ""));

    for version in LEGACY {
        for session in [None, Some("made-up"), Some("")] {
            let as_old = |request: RequestBuilder| {
                let request = request.header("mcp-protocol-version", version);
                match session {
                    Some(id) => request.header("mcp-session-id", id),
                    None => request,
                }
            };
            let listed = as_old(legacy(&app, "tools/list", &json!({})));
            assert_lists_the_tools(&Answer::to(listed).await.result());
            let called = as_old(legacy(&app, "tools/call", &auth_status()));
            assert_is_status(&Answer::to(called).await.result());
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_names_no_version_is_served_as_an_old_one() {
    let app = TestApp::start().await;
    let listed = Answer::to(legacy(&app, "tools/list", &json!({}))).await.result();
    assert_lists_the_tools(&listed);
    assert!(listed.get("resultType").is_none(), "a word of the newer era: {listed}");
    assert_is_status(&Answer::to(legacy(&app, "tools/call", &auth_status())).await.result());
    assert_eq!(Answer::to(legacy(&app, "ping", &json!({}))).await.result(), json!({}));
    app.finish().await;
}

#[tokio::test]
async fn a_real_client_of_every_era_lists_and_calls() {
    let app = TestApp::start().await;
    for era in [Era::Modern].into_iter().chain(LEGACY.map(Era::Legacy)) {
        let chat = app.chat_in(era).await;
        let tools = chat.tools().await;
        assert!(tools.iter().any(|tool| tool.name == "Auth"), "{era:?}");
        assert_eq!(chat.status().await["state"], "not_connected", "{era:?}");
        chat.end().await;
    }
    app.finish().await;
}

#[tokio::test]
async fn whatever_a_client_accepts_it_is_answered_in_json() {
    let app = TestApp::start().await;
    let accepts = [
        None,
        Some("*/*"),
        Some("application/json"),
        Some("text/event-stream"),
        Some("application/json, text/event-stream"),
        Some("text/event-stream;q=0.5, application/json"),
        Some("text/html"),
    ];
    for accept in accepts {
        let accepting = |request: RequestBuilder| match accept {
            Some(accept) => request.header("accept", accept),
            None => request,
        };
        let old = Answer::to(accepting(legacy(&app, "tools/list", &json!({})))).await;
        assert_lists_the_tools(&old.result());
        let new = Answer::to(accepting(modern(&app, "tools/call", auth_status()))).await;
        assert_is_status(&new.result());
    }
    app.finish().await;
}

#[tokio::test]
async fn a_trailing_slash_changes_nothing() {
    let app = TestApp::start().await;
    let body = request("tools/list", &json!({}));
    let with_slash = http(&app, Method::POST, "/mcp/").header("content-type", "application/json");
    assert_lists_the_tools(&Answer::to(with_slash.body(body)).await.result());
    assert_eq!(Answer::to(http(&app, Method::GET, "/mcp/")).await.status, 405);
    app.finish().await;
}

#[tokio::test]
async fn only_post_is_allowed() {
    let app = TestApp::start().await;
    for method in [Method::GET, Method::DELETE, Method::PUT, Method::PATCH] {
        for accept in ["*/*", "text/event-stream"] {
            let request = http(&app, method.clone(), "/mcp")
                .header("accept", accept)
                .header("mcp-session-id", "made-up");
            let answer = Answer::to(request).await;
            assert_eq!((answer.status, answer.allow.as_str()), (405, "POST"), "{method} {accept}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn headers_that_contradict_the_body_are_refused() {
    let app = TestApp::start().await;
    let call = |version: &str, method: &str, name: &str| {
        let mut params = auth_status();
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        post(&app, request("tools/call", &params))
            .header("mcp-protocol-version", version)
            .header("mcp-method", method)
            .header("mcp-name", name)
    };
    assert_is_status(&Answer::to(call(MODERN, "tools/call", "Auth")).await.result());
    for (version, method, name) in [
        ("2025-11-25", "tools/call", "Auth"),
        (MODERN, "tools/list", "Auth"),
        (MODERN, "tools/call", "spotify_search"),
    ] {
        let refusal = Answer::to(call(version, method, name)).await.refusal();
        assert_eq!(refusal, (400, -32020), "{version} {method} {name}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_modern_request_without_its_headers_is_refused() {
    let app = TestApp::start().await;
    let mut params = auth_status();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let bare = || post(&app, request("tools/call", &params));
    let versioned = || bare().header("mcp-protocol-version", MODERN);
    for request in [bare(), versioned(), versioned().header("mcp-method", "tools/call")] {
        assert_eq!(Answer::to(request).await.refusal(), (400, -32020));
    }
    app.finish().await;
}

#[tokio::test]
async fn a_modern_request_without_its_metadata_is_refused() {
    let app = TestApp::start().await;
    let partial = json!({"_meta": {"io.modelcontextprotocol/protocolVersion": MODERN}});
    for params in [json!({}), json!({"_meta": {}}), partial] {
        for method in ["tools/list", "server/discover"] {
            let request = post(&app, request(method, &params))
                .header("mcp-protocol-version", MODERN)
                .header("mcp-method", method);
            assert_eq!(Answer::to(request).await.refusal(), (400, -32602), "{method} {params}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn an_unsupported_version_is_refused_with_those_that_are() {
    let app = TestApp::start().await;
    let answer = Answer::to(modern_as(&app, "2099-01-01", "tools/list", json!({}))).await;
    assert_eq!(answer.refusal(), (400, -32022));
    let data = &answer.json()["error"]["data"];
    assert!(data["supported"].as_array().unwrap().contains(&json!(MODERN)), "{data}");
    app.finish().await;
}

#[tokio::test]
async fn unknown_methods_and_tools_are_refused() {
    let app = TestApp::start().await;
    // `ping` went away with 2026-07-28.
    for method in ["tools/dance", "ping"] {
        let answer = Answer::to(modern(&app, method, json!({}))).await;
        assert_eq!(answer.refusal(), (404, -32601), "{method}");
    }
    let answer = Answer::to(legacy(&app, "tools/dance", &json!({}))).await;
    assert_eq!(answer.refusal().1, -32601);

    let nobody = json!({"name": "nobody", "arguments": {}});
    assert_eq!(Answer::to(modern(&app, "tools/call", nobody.clone())).await.refusal().1, -32602);
    assert_eq!(Answer::to(legacy(&app, "tools/call", &nobody)).await.refusal().1, -32602);
    app.finish().await;
}

#[tokio::test]
async fn malformed_parameters_of_a_known_method_are_called_that() {
    let app = TestApp::start().await;
    for params in [json!({"name": 5}), json!({}), json!({"name": "Auth", "arguments": "status"})] {
        let answer = Answer::to(legacy(&app, "tools/call", &params)).await;
        assert_eq!(answer.refusal().1, -32602, "{params}");
    }
    app.finish().await;
}

#[tokio::test]
async fn arguments_that_do_not_fit_are_told_to_the_model() {
    let app = TestApp::start().await;
    let chat = app.chat().await;
    for (tool, arguments) in [
        ("Auth", json!({})),
        ("Auth", json!({"action": "dance"})),
        ("Auth", json!({"action": 5})),
        ("Auth", json!({"action": "status", "password": "x"})),
        ("Auth", json!({"action": "handle_callback"})),
        ("Auth", json!({"action": "status", "provider": "nobody"})),
        ("spotify_search", json!({"query": ["a", "list"]})),
        ("spotify_search", json!({"query": "blue", "unknown": 1})),
    ] {
        let told = chat.call(tool, arguments.clone()).await;
        assert_eq!(told.code(), "invalid_argument", "{tool} {arguments}");
        assert!(!told.data["next_step"].as_str().unwrap().is_empty());
        assert!(told.text.contains(told.data["message"].as_str().unwrap()));
    }
    chat.end().await;
    app.finish().await;
}

#[tokio::test]
async fn strangers_names_and_origins_are_refused() {
    let app = TestApp::start().await;
    let ping = || legacy(&app, "ping", &json!({}));
    let port = app.url.rsplit(':').next().unwrap().to_owned();
    for host in ["evil.example", "evil.example:80", "127.0.0.1:1", "127.0.0.1.evil.example"] {
        assert_eq!(Answer::to(ping().header("host", host)).await.status, 403, "{host}");
        let page = http(&app, Method::GET, "/").header("host", host);
        assert_eq!(Answer::to(page).await.status, 403, "{host}");
    }
    for name in ["127.0.0.1", "localhost", "[::1]", "LocalHost"] {
        let host = format!("{name}:{port}");
        assert_eq!(Answer::to(ping().header("host", &host)).await.status, 200, "{host}");
        let page = http(&app, Method::GET, "/").header("host", &host);
        assert_eq!(Answer::to(page).await.status, 200, "{host}");
    }
    let foreign = [
        "https://evil.example".to_owned(),
        "http://127.0.0.1".to_owned(),
        format!("https://127.0.0.1:{port}"),
        format!("{}.evil.example", app.url),
        "null".to_owned(),
        "nonsense".to_owned(),
    ];
    for origin in foreign {
        assert_eq!(Answer::to(ping().header("origin", &origin)).await.status, 403, "{origin}");
    }
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        let origin = format!("http://{name}:{port}");
        assert_eq!(Answer::to(ping().header("origin", &origin)).await.status, 200, "{origin}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let setup =
        Setup { variables: vec![("LIMITS__BODY_BYTES", "1024".to_owned())], ..Setup::default() };
    let app = TestApp::start_with(setup).await;
    let sized = |size: usize| {
        let mut body = request("ping", &json!({}));
        body.push_str(&" ".repeat(size - body.len()));
        post(&app, body)
    };
    assert_eq!(Answer::to(sized(1024)).await.status, 200);
    assert_eq!(Answer::to(sized(1025)).await.status, 413);
    app.finish().await;
}

#[tokio::test]
async fn what_is_not_json_is_a_parse_error() {
    let app = TestApp::start().await;
    for body in ["", "nonsense{", r#"{"jsonrpc":"2.0","#, r#"[{"jsonrpc":"#, "\u{0}"] {
        let answer = Answer::to(post(&app, body)).await;
        assert_eq!(answer.refusal(), (400, -32700), "{body}");
        assert_eq!(answer.json()["id"], Value::Null);
    }
    app.finish().await;
}

#[tokio::test]
async fn json_that_is_no_message_is_an_invalid_request() {
    let app = TestApp::start().await;
    let no_version = r#"{"id":7,"method":"ping"}"#;
    for body in ["{}", "5", "[]", r#"{"jsonrpc":"2.0","id":7}"#, no_version] {
        let answer = Answer::to(post(&app, body)).await;
        assert_eq!(answer.refusal(), (400, -32600), "{body}");
    }
    app.finish().await;
}

#[tokio::test]
async fn what_cannot_be_read_harms_nothing() {
    let app = TestApp::start().await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let arguments = format!(r#"{{"name":"Auth","arguments":{{"action":{deep}}}}}"#);
    let call = format!(r#"{{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{arguments}}}"#);
    let bodies = [
        deep.clone().into_bytes(),
        "[".repeat(10_000).into_bytes(),
        call.clone().into_bytes(),
        format!("[{call}]").into_bytes(),
        vec![b'"', 0xff, b'"'],
    ];
    for body in bodies {
        let start = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let answer = Answer::to(post(&app, body)).await;
        assert!(answer.status < 500, "{start}: {answer:?}");
        assert!(!answer.body.contains("result"), "{start}: {answer:?}");
    }
    assert_eq!(Answer::to(legacy(&app, "ping", &json!({}))).await.result(), json!({}));
    app.finish().await;
}

#[tokio::test]
async fn a_batch_is_answered_message_by_message() {
    let app = TestApp::start().await;
    let ask = |id: Value, method: &str, params: Value| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let initialized = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let batch = json!([
        ask(json!(1), "ping", json!({})),
        initialized,
        ask(json!("two"), "tools/call", auth_status()),
        ask(json!(3), "tools/dance", json!({})),
    ]);
    for version in [None, Some("2025-03-26")] {
        let request = post(&app, batch.to_string());
        let request = match version {
            Some(version) => request.header("mcp-protocol-version", version),
            None => request,
        };
        let answer = Answer::to(request).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let answers = answer.json();
        assert_eq!(answers.as_array().unwrap().len(), 3, "{answers}");
        let of = |id: Value| {
            answers.as_array().unwrap().iter().find(|answer| answer["id"] == id).unwrap()
        };
        assert_eq!(of(json!(1))["result"], json!({}));
        assert_is_status(&of(json!("two"))["result"]);
        assert_eq!(of(json!(3))["error"]["code"], -32601);
    }
    let notes = Answer::to(post(&app, json!([initialized, initialized]).to_string())).await;
    assert_eq!((notes.status, notes.body.as_str()), (202, ""));
    app.finish().await;
}

#[tokio::test]
async fn a_message_of_a_batch_that_cannot_be_read_is_answered_too() {
    let app = TestApp::start().await;
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let answer = Answer::to(post(&app, json!([5, ping]).to_string())).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let answers = answer.json();
    let codes: Vec<_> = answers.as_array().unwrap().iter().map(|a| &a["error"]["code"]).collect();
    assert_eq!(codes, [&json!(-32600), &Value::Null], "{answers}");
    app.finish().await;
}

#[tokio::test]
async fn a_batch_is_refused_for_what_a_message_is_refused_for() {
    let app = TestApp::start().await;
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let batch = || http(&app, Method::POST, "/mcp").body(json!([ping]).to_string());
    let typed = || batch().header("content-type", "application/json");
    assert_eq!(Answer::to(typed()).await.status, 200);
    for (status, request) in [
        (403, typed().header("host", "evil.example")),
        (403, typed().header("origin", "https://evil.example")),
        (415, batch().header("content-type", "text/plain")),
        (405, http(&app, Method::PUT, "/mcp").body(json!([ping]).to_string())),
    ] {
        assert_eq!(Answer::to(request).await.status, status);
    }
    app.finish().await;
}

#[tokio::test]
async fn only_the_first_revision_has_batches_and_they_are_bounded() {
    let app = TestApp::start().await;
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"});
    let batch = json!([ping, ping]).to_string();
    for version in ["2025-06-18", "2025-11-25", MODERN] {
        let request = post(&app, batch.clone()).header("mcp-protocol-version", version);
        let answer = Answer::to(request).await;
        assert_eq!(answer.refusal(), (400, -32600), "{version}");
    }
    let answer = Answer::to(post(&app, json!(vec![&ping; 50]).to_string())).await;
    assert_eq!(answer.json().as_array().unwrap().len(), 50);
    let answer = Answer::to(post(&app, json!(vec![&ping; 51]).to_string())).await;
    assert_eq!(answer.refusal(), (400, -32600));
    app.finish().await;
}

#[tokio::test]
async fn a_body_that_is_not_called_json_is_refused() {
    let app = TestApp::start().await;
    let typed = |content_type: Option<&str>| {
        let request = http(&app, Method::POST, "/mcp").body(request("ping", &json!({})));
        match content_type {
            Some(content_type) => request.header("content-type", content_type),
            None => request,
        }
    };
    // A page elsewhere may send these without asking the browser first.
    for wrong in [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data"),
    ] {
        assert_eq!(Answer::to(typed(wrong)).await.status, 415, "{wrong:?}");
    }
    let right = typed(Some("Application/JSON; charset=utf-8"));
    assert_eq!(Answer::to(right).await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn where_sign_in_is_off_nothing_announces_it() {
    let app = TestApp::start().await;
    for path in [
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/mcp",
        "/.well-known/oauth-authorization-server",
        "/.well-known/openid-configuration",
        "/register",
        "/authorize",
        "/token",
    ] {
        assert_eq!(Answer::to(http(&app, Method::GET, path)).await.status, 404, "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn every_tool_says_what_it_is_and_does() {
    let app = TestApp::start().await;
    let listed = Answer::to(modern(&app, "tools/list", json!({}))).await.result();
    for tool in listed["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        assert!((1..=64).contains(&name.len()), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c)), "{name}");
        for text in ["title", "description"] {
            assert!(tool[text].as_str().is_some_and(|text| !text.is_empty()), "{name}: {text}");
        }
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint"] {
            assert!(tool["annotations"][hint].is_boolean(), "{name}: {hint}");
        }
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{name}: {schema}");
            assert!(!tool[schema].to_string().contains("\"$ref\""), "{name}: {schema}");
        }
    }
    assert_lists_the_tools(&listed);
    app.finish().await;
}
