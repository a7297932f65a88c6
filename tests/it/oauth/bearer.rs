//! Who is let in at `/mcp`: whoever holds a token that this server gave for that very place.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Answer, ClientKey, Connector, ServerKey, TestApp, claims_of};

/// Begins every challenge.
fn metadata(app: &TestApp, path: &str) -> String {
    let url = &app.url;
    format!("Bearer resource_metadata=\"{url}/.well-known/oauth-protected-resource{path}\"")
}

/// A client without a token, or with a bad one, is told everything that it needs.
fn assert_challenged(app: &TestApp, answer: &Answer, path: &str, is_bad: bool) {
    assert_eq!(answer.status, 401, "{answer:?}");
    let error = "error=\"invalid_token\", error_description=\"The access token is expired, \
        revoked, or not for this resource\", ";
    let error = if is_bad { error } else { "" };
    let (begin, scope) = (metadata(app, path), "scope=\"mcp.read mcp.write\"");
    assert_eq!(answer.challenge.as_deref(), Some(format!("{begin}, {error}{scope}").as_str()));
}

async fn start() -> (TestApp, Connector, String) {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let tokens = client.tokens_of(&app, "alice").await;
    (app, client, tokens.access)
}

fn list() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
}

async fn status(request: RequestBuilder) -> u16 {
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn whoever_has_no_good_token_is_told_where_to_get_one_and_for_what() {
    let (app, client, token) = start().await;
    for path in ["/mcp", "/mcp/spotify"] {
        assert_challenged(&app, &client.list(path, None).await, path, false);
        for bad in ["nonsense", "a.b.c", "spr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_challenged(&app, &client.list(path, Some(bad)).await, path, true);
        }
        for other in [format!("Basic {token}"), token.clone(), "Bearer ".to_owned()] {
            let request = client.begin(path).json(&list()).header("authorization", other);
            assert_challenged(&app, &Connector::send(request).await, path, false);
        }
    }
    // What is asked for doesn't matter, nor whether it is sound.
    let request = client.begin("/mcp").body("{").header("content-type", "application/json");
    assert_challenged(&app, &Connector::send(request).await, "/mcp", false);
    assert_eq!(client.list("/mcp", Some(&token)).await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn a_token_counts_in_the_header_alone_and_once() {
    let (app, client, token) = start().await;
    let in_query = client.list(&format!("/mcp?access_token={token}"), None).await;
    assert_challenged(&app, &in_query, "/mcp", false);
    let form = [("access_token", token.as_str())];
    assert_challenged(&app, &client.post_bare("/mcp", &form).await, "/mcp", false);
    let twice = client.begin("/mcp").json(&list()).bearer_auth(&token).bearer_auth("other");
    assert_challenged(&app, &Connector::send(twice).await, "/mcp", false);
    let shouted = client.begin("/mcp").json(&list());
    let shouted = shouted.header("authorization", format!("BEARER {token}"));
    let shouted = shouted.header("mcp-protocol-version", "2025-11-25");
    assert_eq!(Connector::send(shouted).await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn a_token_is_good_for_the_resource_that_it_was_given_for() {
    let (app, client, all) = start().await;
    let toolset = format!("{}/mcp/spotify", app.url);
    let one = client.tokens_with(&app, "alice", &[("resource", &toolset)]).await.access;
    for _ in ["cold", "warm"] {
        assert_eq!(client.list("/mcp", Some(&all)).await.status, 200);
        assert_eq!(client.list("/mcp/", Some(&all)).await.status, 200);
        assert_eq!(client.list("/mcp/spotify", Some(&one)).await.status, 200);
        let astray = client.list("/mcp/spotify", Some(&all)).await;
        assert_challenged(&app, &astray, "/mcp/spotify", true);
        assert_challenged(&app, &client.list("/mcp", Some(&one)).await, "/mcp", true);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_token_lives_for_an_hour() {
    let (app, client, token) = start().await;
    app.advance(Duration::from_secs(3599));
    assert!(client.is_let_in(&token).await);
    app.advance(Duration::from_secs(1));
    assert_challenged(&app, &client.list("/mcp", Some(&token)).await, "/mcp", true);
    app.finish().await;
}

/// The claims of `token` with one changed; null takes it out.
fn with(token: &str, claim: &str, value: Value) -> Value {
    let mut claims = claims_of(token);
    claims[claim] = value;
    if claims[claim].is_null() {
        claims.as_object_mut().unwrap().remove(claim);
    }
    claims
}

/// Even whoever has our key gets in only with what we would have said.
#[tokio::test]
async fn a_token_says_everything_that_ours_say() {
    let (app, client, token) = start().await;
    let bobs = client.tokens_of(&app, "bob").await.access;
    let other_client = Connector::register(&app).await;
    let key = ServerKey::of(&app).await;
    let now = app.clock.now().timestamp();
    let same = key.sign(&key.header(), &with(&token, "jti", json!("another")));
    assert!(client.is_let_in(&same).await, "the forger forges well");
    for (claim, value) in [
        ("iss", json!("https://other.example")),
        ("iss", json!(format!("{}/", app.url))),
        ("iss", Value::Null),
        ("aud", json!(app.url)),
        ("aud", json!([app.mcp_url()])),
        ("aud", json!("https://other.example/mcp")),
        ("aud", Value::Null),
        ("exp", json!(now)),
        ("exp", json!(now - 3600)),
        ("exp", Value::Null),
        ("sub", claims_of(&bobs)["sub"].clone()),
        ("sub", json!("user:spotify:nobody")),
        ("sub", json!("local::owner")),
        ("sub", json!("nonsense")),
        ("client_id", json!(other_client.client_id)),
        ("gid", claims_of(&bobs)["gid"].clone()),
        ("gid", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("gid", Value::Null),
        // It would be remembered by thousands.
        ("padding", json!("x".repeat(4096))),
    ] {
        let forged = key.sign(&key.header(), &with(&token, claim, value.clone()));
        assert!(!client.is_let_in(&forged).await, "{claim}: {value}");
    }
    app.finish().await;
}

#[tokio::test]
async fn another_kind_of_signed_token_is_none() {
    let (app, client, token) = start().await;
    let key = ServerKey::of(&app).await;
    let claims = with(&token, "jti", json!("another"));
    let change = |change: fn(&mut Header)| {
        let mut header = key.header();
        change(&mut header);
        header
    };
    for header in [
        change(|header| header.typ = Some("JWT".to_owned())),
        change(|header| header.typ = None),
        change(|header| header.kid = Some("unknown".to_owned())),
        change(|header| header.kid = None),
    ] {
        let forged = key.sign(&header, &claims);
        assert!(!client.is_let_in(&forged).await, "{header:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn whoever_hasn_t_our_key_signs_nothing() {
    let (app, client, token) = start().await;
    let key = ServerKey::of(&app).await;
    let claims = with(&token, "scope", json!("mcp.read mcp.write mcp.admin"));
    let encoded = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let parts: Vec<_> = token.split('.').collect();
    let mut forged = vec![
        // Other claims under the old signature; none at all; half of it.
        format!("{}.{}.{}", parts[0], encoded(&claims), parts[2]),
        format!("{}.{}.", parts[0], encoded(&claims)),
        format!("{}.{}", parts[0], parts[1]),
        token[..token.len() - 20].to_owned(),
        format!("{token}.{}", parts[2]),
    ];
    for none in ["none", "None", "NONE", ""] {
        let header = json!({"alg": none, "typ": "at+jwt", "kid": key.public["kid"]});
        forged.push(format!("{}.{}.", encoded(&header), encoded(&claims)));
        forged.push(format!("{}.{}.{}", encoded(&header), encoded(&claims), parts[2]));
    }
    // The public key is no secret, whatever the header says that it is.
    let x = key.public["x"].as_str().unwrap();
    let raw = BASE64_URL_SAFE_NO_PAD.decode(x).unwrap();
    for secret in [raw.as_slice(), x.as_bytes(), key.public.to_string().as_bytes()] {
        let header = Header { alg: Algorithm::HS256, ..key.header() };
        forged.push(encode(&header, &claims, &EncodingKey::from_secret(secret)).unwrap());
    }
    // Their own keys: under the name of ours, and brought along.
    for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
        let theirs = ClientKey::new(algorithm, "theirs");
        let mut header = Header { alg: algorithm, ..key.header() };
        forged.push(theirs.sign_with(&header, &claims));
        header.jwk = Some(serde_json::from_value(theirs.jwk()).unwrap());
        header.jku = Some("https://client.example/jwks.json".to_owned());
        forged.push(theirs.sign_with(&header, &claims));
    }
    for forged in forged {
        let answer = client.list("/mcp", Some(&forged)).await;
        assert_challenged(&app, &answer, "/mcp", true);
    }
    assert!(client.is_let_in(&token).await);
    app.finish().await;
}

/// What people have at a provider opens nothing here, though it names them.
#[tokio::test]
async fn a_provider_s_token_is_none_of_ours() {
    let (app, client, token) = start().await;
    let secrets = app.spotify.secrets();
    assert!(!secrets.is_empty());
    for secret in &secrets {
        assert!(!client.is_let_in(secret).await);
    }
    let key = ClientKey::new(Algorithm::RS256, "google");
    let mut claims = claims_of(&token);
    claims["iss"] = json!("https://accounts.google.com");
    claims["nonce"] = json!("n");
    assert!(!client.is_let_in(&key.sign(&claims)).await);
    app.finish().await;
}

#[tokio::test]
async fn a_stream_is_refused_to_strangers_first_and_then_to_everybody() {
    let (app, client, token) = start().await;
    let get = || client.begin_as(Method::GET, "/mcp").header("accept", "text/event-stream");
    assert_challenged(&app, &Connector::send(get()).await, "/mcp", false);
    assert_eq!(status(get().bearer_auth("nonsense")).await, 401);
    assert_eq!(status(get().bearer_auth(&token)).await, 405);
    let delete = client.begin_as(Method::DELETE, "/mcp");
    assert_eq!(status(delete).await, 401);
    app.finish().await;
}

#[tokio::test]
async fn with_a_token_every_origin_may_call_that_is_one() {
    let (app, client, token) = start().await;
    let from = |origin: &str| {
        let request = client.begin("/mcp").json(&list()).header("origin", origin);
        request.header("mcp-protocol-version", "2025-11-25")
    };
    for origin in ["https://claude.ai", "http://localhost:6274", "vscode-webview://abc"] {
        assert_eq!(status(from(origin).bearer_auth(&token)).await, 200, "{origin}");
        assert_eq!(status(from(origin)).await, 401, "{origin}");
    }
    for no_origin in ["null", "", "claude.ai", "https://claude.ai/x", "https://a@claude.ai"] {
        assert_eq!(status(from(no_origin).bearer_auth(&token)).await, 403, "{no_origin}");
    }
    let two = from("https://claude.ai").header("origin", "https://evil.example");
    assert_eq!(status(two.bearer_auth(&token)).await, 403);
    app.finish().await;
}

#[tokio::test]
async fn a_revocation_reaches_the_other_replica_whose_memory_is_warm() {
    let (app, client, _) = start().await;
    let (url, stop) = app.twin().await;
    let twin = client.at(&url);
    let tokens = client.tokens_of(&app, "alice").await;
    let others = client.tokens_of(&app, "bob").await;
    for _ in 0..3 {
        assert!(twin.is_let_in(&tokens.access).await && twin.is_let_in(&others.access).await);
    }
    let form = [("token", tokens.refresh.as_deref().unwrap())];
    assert_eq!(client.post("/revoke", &form).await.status, 200);
    assert!(!client.is_let_in(&tokens.access).await, "here it is known at once");
    assert!(twin.is_soon_out(&tokens.access).await);
    assert!(twin.is_let_in(&others.access).await);
    stop.send(()).unwrap();
    app.finish().await;
}
