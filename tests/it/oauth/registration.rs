//! `POST /register`: who may be a client, as what, how many, and for how long.

use std::time::Duration;

use serde_json::{Value, json};
use stagepass_standin::Browser;

use crate::harness::{Connector, Setup, TestApp};

/// What clients in use register, and where each then asks to be sent back to.
fn in_use() -> Vec<(Value, Vec<&'static str>)> {
    let with = |name: &str, uris: &[&'static str]| {
        (json!({"client_name": name, "redirect_uris": uris}), uris.to_vec())
    };
    let asking = |name: &str, uri: &str, asked: &[&'static str]| {
        (json!({"client_name": name, "redirect_uris": [uri]}), asked.to_vec())
    };
    vec![
        with("Claude", &["https://claude.ai/api/mcp/auth_callback"]),
        with("Claude", &["https://claude.com/api/mcp/auth_callback"]),
        asking(
            "Claude Code",
            "http://localhost/callback",
            &["http://localhost:54321/callback", "http://localhost/callback"],
        ),
        asking("Claude Code", "http://127.0.0.1/callback", &["http://127.0.0.1:54321/callback"]),
        with("Claude Code", &["http://localhost:54321/callback"]),
        with("ChatGPT", &["https://chatgpt.com/connector/oauth/aB3_x-9"]),
        with("ChatGPT", &["https://chatgpt.com/connector_platform_oauth_redirect"]),
        asking("Codex", "http://127.0.0.1/callback", &["http://127.0.0.1:1455/callback"]),
        (
            json!({
                "client_name": "Visual Studio Code",
                "redirect_uris": ["https://insiders.vscode.dev/redirect",
                    "https://vscode.dev/redirect", "http://127.0.0.1/", "http://127.0.0.1:33418/"],
                "grant_types": ["authorization_code", "refresh_token",
                    "urn:ietf:params:oauth:grant-type:device_code"],
            }),
            vec![
                "https://vscode.dev/redirect",
                "https://insiders.vscode.dev/redirect",
                "http://127.0.0.1:33418/",
                "http://127.0.0.1:49152/",
            ],
        ),
        asking("Visual Studio Code", "http://127.0.0.1:33418", &["http://127.0.0.1:33418"]),
        with(
            "Cursor",
            &[
                "cursor://anysphere.cursor-mcp/oauth/callback",
                "https://www.cursor.com/agents/mcp/oauth/callback",
                "http://localhost:8787/callback",
            ],
        ),
        asking(
            "MCP CLI Proxy",
            "http://localhost:3334/oauth/callback",
            &["http://localhost:3334/oauth/callback", "http://localhost:29871/oauth/callback"],
        ),
        with("MCP Inspector", &["http://localhost:6274/oauth/callback"]),
        with("MCP Inspector", &["http://127.0.0.1:6276/oauth/callback"]),
        with("goose", &["http://localhost:40001/oauth_callback"]),
        with("goose", &["http://127.0.0.1:40001/oauth_callback"]),
        with("Gemini CLI", &["http://localhost:7777/oauth/callback"]),
        with("Antigravity", &["https://antigravity.google/oauth-callback"]),
        with("Copilot Studio", &["https://global.consent.azure-apim.net/redirect/spotify-5f1c0e"]),
        with("Open WebUI", &["https://chat.example.org/oauth/clients/mcp:stagepass/callback"]),
        with("LibreChat", &["https://chat.example.org/api/mcp/stagepass/oauth/callback"]),
    ]
}

async fn register(app: &TestApp, metadata: &Value) -> (u16, Value) {
    let url = format!("{}/register", app.url);
    let request = stagepass::http::client().unwrap().post(url).json(metadata);
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["content-type"], "application/json");
    let body: Value = answer.json().await.unwrap();
    app.gave(body["client_secret"].as_str().unwrap_or_default());
    (status, body)
}

async fn clients(app: &TestApp) -> i64 {
    app.count("SELECT COUNT(*) FROM clients").await
}

#[tokio::test]
async fn every_client_in_use_registers_and_is_sent_back_to_where_it_asks() {
    let app = TestApp::start_for("owner").await;
    for (mut metadata, asked) in in_use() {
        let name = metadata["client_name"].as_str().unwrap().to_owned();
        metadata["token_endpoint_auth_method"] = json!("none");
        let client = Connector::register_as(&app, metadata).await;
        for uri in asked {
            let browser = Browser::new().stop_at(uri);
            let page = browser.get(&client.authorize_url_with(&[("redirect_uri", uri)])).await;
            assert_eq!(page.status, 200, "{name} {uri}: {}", page.describe());
            assert!(page.has_text(&format!("calls itself {name}")), "{}", page.describe());
            let end = browser.submit(&page, "Cancel", &[]).await;
            assert!(end.url.starts_with(uri), "{name} {uri}: {}", end.describe());
            assert_eq!(end.param("error").as_deref(), Some("access_denied"), "{name} {uri}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn the_answer_says_what_was_registered_and_nothing_else() {
    let app = TestApp::start_for("owner").await;
    let uris = json!(["https://client.example/callback"]);
    let (status, body) = register(
        &app,
        &json!({
            "client_name": "A client",
            "redirect_uris": uris,
            "grant_types": ["authorization_code", "refresh_token", "client_credentials",
                "urn:ietf:params:oauth:grant-type:device_code"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "application_type": "native",
            "scope": "mcp.read mcp.admin openid",
            "logo_uri": "https://client.example/logo.png",
            "client_uri": null,
            "contacts": null,
            "software_id": "x",
        }),
    )
    .await;
    assert_eq!(status, 201);
    let id = body["client_id"].as_str().unwrap();
    assert!(id.starts_with("spd_") && id.len() > 20, "{id}");
    let issued = body["client_id_issued_at"].as_i64().unwrap();
    assert_eq!(issued, app.clock.now().timestamp());
    let rest = json!({
        "client_id": id,
        "client_id_issued_at": issued,
        "client_name": "A client",
        "redirect_uris": uris,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "scope": "mcp.read mcp.write",
    });
    assert_eq!(body, rest, "no nulls, no secret, and nothing that we don't do");
    app.finish().await;
}

#[tokio::test]
async fn only_a_client_that_uses_a_secret_gets_one() {
    let app = TestApp::start_for("owner").await;
    let key =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    for (more, method, secret) in [
        (json!({}), "client_secret_basic", true),
        (json!({"token_endpoint_auth_method": "client_secret_basic"}), "client_secret_basic", true),
        (json!({"token_endpoint_auth_method": "client_secret_post"}), "client_secret_post", true),
        (json!({"token_endpoint_auth_method": "none"}), "none", false),
        (
            json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key]}}),
            "private_key_jwt",
            false,
        ),
        (
            json!({"token_endpoint_auth_method": "private_key_jwt",
                "jwks_uri": "https://chatgpt.com/oauth/jwks.json"}),
            "private_key_jwt",
            false,
        ),
    ] {
        let mut metadata = json!({"redirect_uris": ["https://client.example/callback"]});
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, body) = register(&app, &metadata).await;
        assert_eq!((status, &body["token_endpoint_auth_method"]), (201, &json!(method)));
        assert_eq!(body.get("client_secret").is_some(), secret, "{body}");
        assert_eq!(body.get("client_secret_expires_at"), secret.then_some(&json!(0)), "{body}");
        for keys in ["jwks", "jwks_uri"] {
            assert_eq!(body.get(keys), metadata.get(keys), "{body}");
        }
    }
    app.finish().await;
}

#[tokio::test]
async fn what_cannot_be_a_client_is_told_why_and_not_kept() {
    let app = TestApp::start_for("owner").await;
    let with = |uri: &str| json!({"redirect_uris": ["https://client.example/cb", uri]});
    for uri in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "javascript://client.example/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "blob:https://client.example/x",
        "vbscript:x",
        "view-source:https://client.example/",
        "intent://x#Intent;scheme=x;end",
        "ms-settings:x",
        "http://client.example/cb",
        "http://localhost.evil.example/cb",
        "https://client.example/cb#x",
        "https://client.example@evil.example/cb",
        "https://client.example/a/../cb",
        "/cb",
        "",
    ] {
        let (status, body) = register(&app, &with(uri)).await;
        assert_eq!((status, &body["error"]), (400, &json!("invalid_redirect_uri")), "{uri}");
        let why = body["error_description"].as_str().unwrap();
        assert!(why.contains("number 2") && !why.contains("evil"), "{why}");
    }
    let kept = clients(&app).await;
    let many: Vec<_> = (0..11).map(|n| format!("https://client.example/{n}")).collect();
    for (metadata, error) in [
        (json!({}), "invalid_redirect_uri"),
        (json!({"redirect_uris": []}), "invalid_redirect_uri"),
        (json!({"redirect_uris": "https://client.example/cb"}), "invalid_redirect_uri"),
        (json!({"redirect_uris": many}), "invalid_redirect_uri"),
        (json!([]), "invalid_client_metadata"),
        (json!("https://client.example/cb"), "invalid_client_metadata"),
        (
            json!({"redirect_uris": ["https://client.example/cb"],
                "token_endpoint_auth_method": "tls_client_auth"}),
            "invalid_client_metadata",
        ),
        (
            json!({"redirect_uris": ["https://client.example/cb"],
                "grant_types": ["client_credentials"]}),
            "invalid_client_metadata",
        ),
    ] {
        let (status, body) = register(&app, &metadata).await;
        assert_eq!((status, &body["error"]), (400, &json!(error)), "{metadata}");
        assert!(body["error_description"].is_string(), "{body}");
    }
    assert_eq!(clients(&app).await, kept);
    app.finish().await;
}

#[tokio::test]
async fn a_star_stands_for_itself_alone() {
    let app = TestApp::start_for("owner").await;
    let uris = json!({"redirect_uris": ["https://client.example/*", "https://client.example/a.b"]});
    let client = Connector::register_as(&app, uris).await;
    for (uri, status) in [
        ("https://client.example/*", 200),
        ("https://client.example/evil", 400),
        ("https://client.example/a.b", 200),
        ("https://client.example/aXb", 400),
    ] {
        let url = client.authorize_url_with(&[("redirect_uri", uri)]);
        assert_eq!(Browser::new().get(&url).await.status, status, "{uri}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_body_is_json_and_no_longer_than_sense_makes() {
    let app = TestApp::start_for("owner").await;
    let http = stagepass::http::client().unwrap();
    let send = async |body: String| {
        let request = http.post(format!("{}/register", app.url)).body(body);
        let answer = request.header("content-type", "application/json").send().await.unwrap();
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        answer.status().as_u16()
    };
    let uri = "https://client.example/cb";
    for (body, status) in [
        (String::new(), 400),
        ("{".to_owned(), 400),
        ("redirect_uris=https%3A%2F%2Fclient.example%2Fcb".to_owned(), 400),
        ("[".repeat(60_000), 400),
        (format!(r#"{{"redirect_uris":["{uri}"],"x":"{}"}}"#, "x".repeat(60_000)), 201),
        (format!(r#"{{"redirect_uris":["{uri}"],"x":"{}"}}"#, "x".repeat(70_000)), 413),
        (format!(r#"{{"redirect_uris":["{uri}{}"]}}"#, "x".repeat(3_000)), 400),
    ] {
        assert_eq!(send(body.clone()).await, status, "{}", &body[..body.len().min(60)]);
    }
    assert_eq!(clients(&app).await, 1);
    app.finish().await;
}

#[tokio::test]
async fn whoever_registers_too_often_has_to_wait() {
    let variables = vec![
        ("ACCESS__ALLOW", "owner".to_owned()),
        ("LIMITS__REGISTER_PER_MINUTE", "3".to_owned()),
    ];
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let url = format!("{}/register", app.url);
    let body = json!({"redirect_uris": ["https://client.example/callback"], "token_endpoint_auth_method": "none"});
    for _ in 0..3 {
        assert_eq!(register(&app, &body).await.0, 201);
    }
    let request = stagepass::http::client().unwrap().post(&url).json(&body);
    let refused = request.header("origin", "https://inspector.example").send().await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.headers()["retry-after"], "20");
    assert_eq!(refused.headers()["access-control-allow-origin"], "*");
    let told: Value = refused.json().await.unwrap();
    assert_eq!(told["error"], "temporarily_unavailable");
    assert!(told["error_description"].as_str().unwrap().contains("20 seconds"), "{told}");
    assert_eq!(clients(&app).await, 3);
    // Everybody else goes on.
    let client = Connector::known(&app, "unknown", None);
    assert_eq!(client.redeem("spc_x").await.status, 401);
    assert_eq!(client.get("/.well-known/oauth-authorization-server").await.status, 200);
    app.advance(Duration::from_secs(20));
    assert_eq!(register(&app, &body).await.0, 201);
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_nobody_agreed_to_is_forgotten_after_a_day() {
    let app = TestApp::start_for("open").await;
    let used = Connector::register(&app).await;
    let page = used.agree(&app, &Browser::new(), "alice").await;
    let tokens = Connector::tokens(&app, &used.redeem(&used.code_at(&app, &page)).await);
    let unused = Connector::register(&app).await;
    app.advance(Duration::from_hours(23));
    app.oauth().await.sweep().await.unwrap();
    assert_eq!(clients(&app).await, 2);
    app.advance(Duration::from_hours(2));
    app.oauth().await.sweep().await.unwrap();
    assert_eq!(clients(&app).await, 1);
    let page = Browser::new().get(&unused.authorize_url()).await;
    assert_eq!(page.status, 400, "{}", page.describe());
    assert!(page.has_text("may have been forgotten") && page.has_text("add it again"));
    // One that has a grant stays as long as that does.
    app.advance(Duration::from_hours(20 * 24));
    let tokens = Connector::tokens(&app, &used.refresh(&tokens.refresh.unwrap()).await);
    app.advance(Duration::from_hours(20 * 24));
    app.oauth().await.sweep().await.unwrap();
    assert_eq!(clients(&app).await, 1);
    Connector::tokens(&app, &used.refresh(&tokens.refresh.unwrap()).await);
    // And a while longer, so that somebody who comes back needn't add it anew.
    app.sql("DELETE FROM grants").await;
    app.advance(Duration::from_hours(89 * 24));
    app.oauth().await.sweep().await.unwrap();
    assert_eq!(clients(&app).await, 1);
    app.advance(Duration::from_hours(2 * 24));
    app.oauth().await.sweep().await.unwrap();
    assert_eq!(clients(&app).await, 0);
    app.finish().await;
}

#[tokio::test]
async fn of_a_flood_of_clients_the_newest_stay() {
    let app = TestApp::start_for("open").await;
    let used = Connector::register(&app).await;
    let page = used.agree(&app, &Browser::new(), "alice").await;
    used.code_at(&app, &page);
    let now = app.clock.now().format("%Y-%m-%d %H:%M:%S+00:00");
    app.sql(&format!(
        "WITH RECURSIVE flood (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM flood WHERE n < 10050)
         INSERT INTO clients (id, kind, name, auth_method, redirect_uris, grant_types, scopes, created_at)
         SELECT 'spd_' || n, 'dynamic', 'A flood', 'none', 'https://evil.example/cb',
         'authorization_code', 'mcp.read', '{now}' FROM flood",
    ))
    .await;
    app.advance(Duration::from_mins(1));
    let newest = Connector::register(&app).await;
    app.oauth().await.sweep().await.unwrap();
    assert_eq!(clients(&app).await, 10_001, "the used one, and so many unused");
    for client in [&used, &newest] {
        let page = Browser::new().get(&client.authorize_url()).await;
        assert_eq!(page.status, 200, "{}", page.describe());
    }
    app.finish().await;
}

#[tokio::test]
async fn nobody_registers_more_than_a_person_can_give() {
    let app = TestApp::start_for("open").await;
    let metadata = json!({
        "redirect_uris": ["https://client.example/callback"],
        "scope": "mcp.read mcp.write mcp.admin mcp.act_as",
        "grant_types": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_method": "client_secret_post",
    });
    let client = Connector::register_as(&app, metadata).await;
    let own = [("grant_type", "client_credentials"), ("scope", "mcp.admin")];
    assert_eq!(client.post("/token", &own).await.error(), "unauthorized_client");
    let url = client.authorize_url_with(&[("scope", "mcp.read mcp.admin mcp.act_as")]);
    let page = client.agree_with(&app, &Browser::new(), "alice", &url, &[]).await;
    let tokens = Connector::tokens(&app, &client.redeem(&client.code_at(&app, &page)).await);
    assert_eq!(tokens.scope, "mcp.read");
    app.finish().await;
}
