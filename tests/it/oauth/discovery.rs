//! What a client finds that knows nothing but the URL it was given.

use serde_json::{Value, json};

use crate::harness::{Connector, TestApp};

/// The documents, and the resource of those that are about one.
const RESOURCES: [(&str, &str); 3] = [
    ("/.well-known/oauth-protected-resource", "/mcp"),
    ("/.well-known/oauth-protected-resource/mcp", "/mcp"),
    ("/.well-known/oauth-protected-resource/mcp/spotify", "/mcp/spotify"),
];
const SERVER: &str = "/.well-known/oauth-authorization-server";
const OTHERS: [&str; 4] = [
    SERVER,
    "/.well-known/openid-configuration",
    "/.well-known/jwks.json",
    "/.well-known/mcp-manifest.json",
];

/// Every path of a document.
fn documents() -> impl Iterator<Item = &'static str> {
    RESOURCES.into_iter().map(|(path, _)| path).chain(OTHERS)
}

/// A client that isn't registered yet.
fn nobody(app: &TestApp) -> Connector {
    Connector::known(app, "nobody", None)
}

async fn document(app: &TestApp, path: &str) -> Value {
    let answer = nobody(app).get(path).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.body
}

fn words<'a>(document: &'a Value, name: &str) -> Vec<&'a str> {
    let list = document[name].as_array().unwrap_or_else(|| panic!("no {name} in {document}"));
    list.iter().map(|word| word.as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_refusal_leads_to_the_document_of_that_very_resource() {
    let app = TestApp::start_for("owner").await;
    let client = nobody(&app);
    for path in ["/mcp", "/mcp/", "/mcp/spotify", "/mcp/spotify/"] {
        let resource = path.trim_end_matches('/');
        let metadata = format!("{}/.well-known/oauth-protected-resource{resource}", app.url);
        let challenge =
            format!("Bearer resource_metadata=\"{metadata}\", scope=\"mcp.read mcp.write\"");
        for refused in [client.list(path, None).await, client.get(path).await] {
            assert_eq!(refused.status, 401, "{path}: {refused:?}");
            assert_eq!(refused.challenge.as_deref(), Some(challenge.as_str()), "{path}");
        }
        let found = document(&app, &metadata).await;
        assert_eq!(found["resource"], format!("{}{resource}", app.url), "as it was typed");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_document_about_a_resource_names_the_server_and_little_more() {
    let app = TestApp::start_for("owner").await;
    for (path, resource) in RESOURCES {
        let found = document(&app, path).await;
        assert_eq!(found["resource"], format!("{}{resource}", app.url), "{path}");
        assert_eq!(found["authorization_servers"], json!([app.url]), "{path}");
        assert_eq!(found["bearer_methods_supported"], json!(["header"]), "{path}");
        // No more than a client should ask for, and no `offline_access`.
        assert_eq!(found["scopes_supported"], json!(["mcp.read", "mcp.write"]), "{path}");
        assert!(found["resource_name"].as_str().unwrap().starts_with("Stagepass"), "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_servers_document_has_what_clients_insist_on() {
    let app = TestApp::start_for("owner").await;
    let server = document(&app, SERVER).await;
    assert_eq!(server["issuer"], app.url, "what was asked for, to the letter");
    assert_eq!(words(&server, "code_challenge_methods_supported"), ["S256"]);
    assert_eq!(words(&server, "response_types_supported"), ["code"]);
    assert_eq!(words(&server, "response_modes_supported"), ["query"]);
    let grants = words(&server, "grant_types_supported");
    assert!(["authorization_code", "refresh_token"].iter().all(|grant| grants.contains(grant)));
    // Without both of these Claude doesn't look at documents of clients.
    assert_eq!(server["client_id_metadata_document_supported"], true);
    let methods = words(&server, "token_endpoint_auth_methods_supported");
    for method in ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"] {
        assert!(methods.contains(&method), "{method}");
    }
    assert!(words(&server, "token_endpoint_auth_signing_alg_values_supported").contains(&"RS256"));
    assert_eq!(server["authorization_response_iss_parameter_supported"], true);
    let scopes = words(&server, "scopes_supported");
    assert!(scopes.contains(&"offline_access"), "or clients never ask to stay signed in");
    assert!(!scopes.contains(&"openid"), "or ChatGPT asks for it");
    app.finish().await;
}

#[tokio::test]
async fn old_clients_find_the_endpoints_by_their_default_paths() {
    let app = TestApp::start_for("owner").await;
    let server = document(&app, SERVER).await;
    for (name, path) in [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("registration_endpoint", "/register"),
        ("revocation_endpoint", "/revoke"),
        ("introspection_endpoint", "/introspect"),
        ("jwks_uri", "/.well-known/jwks.json"),
    ] {
        assert_eq!(server[name], format!("{}{path}", app.url));
        let answer = nobody(&app).get(path).await;
        assert_ne!(answer.status, 404, "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn no_document_contradicts_another() {
    let app = TestApp::start_for("owner").await;
    let server = document(&app, SERVER).await;
    assert_eq!(document(&app, "/.well-known/openid-configuration").await, server);
    let mut resources = Vec::new();
    for (path, _) in RESOURCES {
        let resource = document(&app, path).await;
        assert_eq!(resource["authorization_servers"][0], server["issuer"], "{path}");
        let scopes = words(&server, "scopes_supported");
        assert!(words(&resource, "scopes_supported").iter().all(|scope| scopes.contains(scope)));
        resources.push(resource["resource"].clone());
    }
    let manifest = document(&app, "/.well-known/mcp-manifest.json").await;
    for endpoint in ["authorization", "token", "revocation", "registration"] {
        let name = format!("{endpoint}_endpoint");
        assert_eq!(manifest["auth"][&name], server[&name]);
    }
    assert_eq!(manifest["auth"]["scopes"], server["scopes_supported"]);
    for transport in manifest["transports"].as_array().unwrap() {
        assert!(resources.contains(&transport["url"]), "{transport}");
    }
    app.finish().await;
}

#[tokio::test]
async fn the_manifest_says_what_the_server_is() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let manifest = document(&app, "/.well-known/mcp-manifest.json").await;
    assert_eq!(manifest["name"], "stagepass");
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["auth"]["type"], "oauth2");
    let transport =
        |path: &str| json!({"type": "streamable-http", "url": format!("{}{path}", app.url)});
    assert_eq!(manifest["transports"], json!([transport("/mcp"), transport("/mcp/spotify")]));
    // The same tools as a client is told of.
    let code = client.code_for_owner(&app, &stagepass_standin::Browser::new()).await;
    let tokens = Connector::tokens(&app, &client.redeem(&code).await);
    let listed = app.chat_with(&tokens.access).await.tools().await;
    let listed = listed.iter().map(|tool| json!({"name": tool.name, "title": tool.title}));
    let mut listed: Vec<_> = listed.map(|tool| tool.to_string()).collect();
    let mut named: Vec<_> =
        manifest["tools"].as_array().unwrap().iter().map(Value::to_string).collect();
    listed.sort();
    named.sort();
    assert_eq!(named, listed);
    app.finish().await;
}

#[tokio::test]
async fn the_keys_in_a_document_are_public() {
    let app = TestApp::start_for("owner").await;
    let keys = document(&app, "/.well-known/jwks.json").await;
    let keys = keys["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    for key in keys {
        assert_eq!((&key["alg"], &key["use"]), (&json!("EdDSA"), &json!("sig")));
        let parts: Vec<_> = key.as_object().unwrap().keys().collect();
        assert_eq!(parts, ["alg", "crv", "kid", "kty", "use", "x"], "no private part");
    }
    app.finish().await;
}

#[tokio::test]
async fn every_web_page_may_read_the_documents_and_use_the_endpoints() {
    let app = TestApp::start_for("owner").await;
    let http = stagepass::http::client().unwrap();
    let probed = ["/.well-known/nothing", "/.well-known/oauth-authorization-server/mcp"];
    let endpoints = ["/register", "/token", "/revoke", "/introspect"];
    for path in documents().chain(probed).chain(endpoints) {
        let url = format!("{}{path}", app.url);
        let asked = http.get(&url).header("origin", "https://inspector.example");
        let answer = asked.send().await.unwrap();
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!(header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(header("access-control-allow-credentials"), None, "{path}");
        assert_eq!(header("content-type"), Some("application/json"), "{path}");
        let asked = http.request(reqwest::Method::OPTIONS, &url);
        let preflight = asked.header("origin", "https://inspector.example").send().await.unwrap();
        assert_eq!(preflight.status(), 204, "{path}");
        let allowed = preflight.headers()["access-control-allow-headers"].to_str().unwrap();
        assert!(allowed.contains("Content-Type") && allowed.contains("Authorization"), "{path}");
    }
    // What people press isn't for other pages.
    for path in ["/authorize", "/consent", "/login", "/callback/spotify"] {
        let asked = http.request(reqwest::Method::OPTIONS, format!("{}{path}", app.url));
        let answer = asked.header("origin", "https://evil.example").send().await.unwrap();
        assert_eq!(answer.status(), 405, "{path}");
        assert!(!answer.headers().contains_key("access-control-allow-origin"), "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_document_that_there_is_not_is_not_found() {
    let app = TestApp::start_for("owner").await;
    for path in [
        "/.well-known/nothing",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/openid-configuration/mcp",
        "/mcp/.well-known/openid-configuration",
        "/.well-known/oauth-protected-resource/mcp/nothing",
        "/.well-known/oauth-protected-resource/elsewhere",
        "/.well-known/",
    ] {
        let answer = nobody(&app).get(path).await;
        assert_eq!((answer.status, &answer.body), (404, &json!({"error": "not_found"})), "{path}");
    }
    app.finish().await;
}

#[tokio::test]
async fn where_sign_in_is_off_nothing_says_that_there_is_any() {
    let app = TestApp::start().await;
    let http = stagepass::http::client().unwrap();
    let endpoints =
        ["/authorize", "/consent", "/login", "/token", "/register", "/revoke", "/introspect"];
    for path in documents().chain(endpoints) {
        let url = format!("{}{path}", app.url);
        for asked in [http.get(&url), http.post(&url)] {
            let answer = asked.header("origin", "https://inspector.example").send().await.unwrap();
            assert_eq!(answer.status(), 404, "{path}");
            assert!(!answer.headers().contains_key("access-control-allow-origin"), "{path}");
            assert!(!answer.headers().contains_key("www-authenticate"), "{path}");
            assert_eq!(answer.text().await.unwrap(), "{\"error\":\"not_found\"}", "{path}");
        }
    }
    let client = nobody(&app);
    for token in [None, Some("not.a.token")] {
        let answer = client.list("/mcp", token).await;
        assert_eq!((answer.status, answer.challenge), (200, None), "{token:?}");
    }
    app.finish().await;
}
