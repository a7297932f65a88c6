//! `private_key_jwt`: a client signs for this server, now, and once.

use std::{collections::BTreeMap, time::Duration};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Certificate;
use serde_json::{Value, json};
use stagepass::http::Rules;
use stagepass_standin::{ClientSite, client_site::Served};

use crate::harness::{Answer, ClientKey, Connector, Setup, TestApp};

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const HOST: &str = "client.example";
const KEYS: &str = "https://client.example/jwks.json";

/// A client with this key, registered by itself.
async fn register(app: &TestApp, keys: Value) -> Connector {
    let mut metadata = json!({
        "redirect_uris": ["https://client.example/callback"],
        "token_endpoint_auth_method": "private_key_jwt",
    });
    metadata.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    Connector::register_as(app, metadata).await
}

/// What a client says to prove itself; each time with another number.
fn claims(app: &TestApp, client: &Connector) -> Value {
    let jti: [u8; 8] = app.clock.random();
    json!({
        "iss": client.client_id,
        "sub": client.client_id,
        "aud": app.url,
        "exp": app.clock.now().timestamp() + 60,
        "iat": app.clock.now().timestamp(),
        "jti": u64::from_be_bytes(jti).to_string(),
    })
}

/// The same with one of them changed; null takes it out.
fn with(mut claims: Value, name: &str, value: Value) -> Value {
    claims[name] = value;
    if claims[name].is_null() {
        claims.as_object_mut().unwrap().remove(name);
    }
    claims
}

async fn refresh(client: &Connector, jwt: &str) -> Answer {
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "spr_unknown"),
        ("client_assertion_type", TYPE),
        ("client_assertion", jwt),
    ];
    client.post_bare("/token", &form).await
}

/// Whether the proof was taken: what it was for doesn't exist.
async fn is_taken(client: &Connector, jwt: &str) -> bool {
    let answer = refresh(client, jwt).await;
    match answer.error() {
        "invalid_grant" => true,
        // Keys that can't be had prove nothing, and send nobody away for good.
        "invalid_client" | "temporarily_unavailable" => false,
        _ => panic!("{answer:?}"),
    }
}

#[tokio::test]
async fn a_client_signs_with_whichever_algorithm_it_has() {
    let app = TestApp::start_for("open").await;
    for algorithm in [Algorithm::RS256, Algorithm::PS256, Algorithm::ES256, Algorithm::EdDSA] {
        let key = ClientKey::new(algorithm, "k");
        let client = register(&app, json!({"jwks": key.set()})).await;
        assert!(is_taken(&client, &key.sign(&claims(&app, &client))).await, "{algorithm:?}");
        // The token endpoint's address, which older texts have; among others; without an id.
        let endpoint = format!("{}/token", app.url);
        for audience in [json!(endpoint), json!([app.url]), json!(["https://x.example", endpoint])]
        {
            let jwt = key.sign(&with(claims(&app, &client), "aud", audience.clone()));
            assert!(is_taken(&client, &jwt).await, "{audience}");
        }
        let unnamed = Header::new(algorithm);
        assert!(is_taken(&client, &key.sign_with(&unnamed, &claims(&app, &client))).await);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_signs_gets_and_keeps_its_tokens() {
    let app = TestApp::start_for("open").await;
    let key = ClientKey::new(Algorithm::ES256, "k");
    let client = register(&app, json!({"jwks": key.set()})).await;
    let code = client.code_of(&app, "alice").await;
    // It names itself by its assertion alone, or once more.
    let jwt = key.sign(&claims(&app, &client));
    let mut form = client.redemption(&code);
    form.extend([("client_assertion_type", TYPE), ("client_assertion", jwt.as_str())]);
    let tokens = Connector::tokens(&app, &client.post("/token", &form).await);
    let jwt = key.sign(&claims(&app, &client));
    let form = [
        ("token", tokens.access.as_str()),
        ("client_assertion_type", TYPE),
        ("client_assertion", &jwt),
    ];
    assert_eq!(client.post("/introspect", &form).await.body["active"], true);
    let unproven = client.refresh(tokens.refresh.as_deref().unwrap()).await;
    assert_eq!((unproven.status, unproven.error()), (401, "invalid_client"));
    app.finish().await;
}

#[tokio::test]
async fn an_assertion_is_for_this_server_now_and_from_whom_it_names() {
    let app = TestApp::start_for("open").await;
    let key = ClientKey::new(Algorithm::ES256, "k");
    let client = register(&app, json!({"jwks": key.set()})).await;
    let other = register(&app, json!({"jwks": key.set()})).await;
    let now = app.clock.now().timestamp();
    for (name, value) in [
        ("aud", json!("https://other.example")),
        ("aud", json!(format!("{}/", app.url))),
        ("aud", json!(app.mcp_url())),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("iss", json!(other.client_id)),
        ("iss", json!("https://client.example")),
        ("iss", Value::Null),
        ("exp", json!(now - 61)),
        ("exp", json!(now + 601)),
        ("exp", json!(i64::MAX)),
        ("exp", Value::Null),
        ("nbf", json!(now + 61)),
    ] {
        let jwt = key.sign(&with(claims(&app, &client), name, value.clone()));
        assert!(!is_taken(&client, &jwt).await, "{name}: {value}");
    }
    // Clocks differ a little.
    for (name, value) in [("exp", now - 60), ("exp", now + 600), ("nbf", now + 60)] {
        let jwt = key.sign(&with(claims(&app, &client), name, json!(value)));
        assert!(is_taken(&client, &jwt).await, "{name}: {value}");
    }
    // Whoever is named has to be whom the form names.
    let jwt = key.sign(&claims(&app, &client));
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", other.client_id.as_str()),
        ("client_assertion_type", TYPE),
        ("client_assertion", &jwt),
    ];
    let answer = client.post_bare("/token", &form).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_request"));
    app.finish().await;
}

#[tokio::test]
async fn an_assertion_is_good_once() {
    let app = TestApp::start_for("open").await;
    let key = ClientKey::new(Algorithm::EdDSA, "k");
    let client = register(&app, json!({"jwks": key.set()})).await;
    let (url, stop) = app.twin().await;
    let said = claims(&app, &client);
    let jwt = key.sign(&said);
    assert!(is_taken(&client, &jwt).await);
    assert!(!is_taken(&client, &jwt).await);
    assert!(!is_taken(&client.at(&url), &jwt).await, "on no replica");
    // Signed anew it is still the same number.
    let exp = json!(app.clock.now().timestamp() + 61);
    assert!(!is_taken(&client, &key.sign(&with(said.clone(), "exp", exp))).await);
    // Another client may count as it likes.
    let other = register(&app, json!({"jwks": key.set()})).await;
    let others = with(claims(&app, &other), "jti", said["jti"].clone());
    assert!(is_taken(&other, &key.sign(&others)).await);
    stop.send(()).unwrap();
    app.finish().await;
}

/// Of a signature of ECDSA anybody makes a second one that is as good: `s` becomes `n - s`.
#[tokio::test]
async fn an_assertion_without_a_number_is_good_once_however_it_is_signed() {
    let app = TestApp::start_for("open").await;
    let key = ClientKey::new(Algorithm::ES256, "k");
    let client = register(&app, json!({"jwks": key.set()})).await;
    let said = with(claims(&app, &client), "jti", Value::Null);
    let jwt = key.sign(&said);
    assert!(is_taken(&client, &jwt).await);
    assert!(!is_taken(&client, &jwt).await);
    assert!(!is_taken(&client, &key.sign(&said)).await, "ECDSA throws dice each time");
    let exp = json!(app.clock.now().timestamp() + 61);
    assert!(is_taken(&client, &key.sign(&with(said, "exp", exp))).await);
    app.finish().await;
}

#[tokio::test]
async fn whoever_hasn_t_the_clients_key_proves_nothing() {
    let app = TestApp::start_for("open").await;
    let key = ClientKey::new(Algorithm::RS256, "k");
    let client = register(&app, json!({"jwks": key.set()})).await;
    let said = claims(&app, &client);
    let theirs = ClientKey::new(Algorithm::RS256, "k");
    let mut forged = vec![theirs.sign(&said), key.sign(&said).replace("ey", "fy")];
    // The public key is no secret.
    let public = key.jwk();
    let header = Header { alg: Algorithm::HS256, ..key.header() };
    for secret in [public["n"].as_str().unwrap().to_owned(), public.to_string()] {
        forged.push(encode(&header, &said, &EncodingKey::from_secret(secret.as_bytes())).unwrap());
    }
    let mut header = theirs.header();
    header.jwk = Some(serde_json::from_value(theirs.jwk()).unwrap());
    forged.push(theirs.sign_with(&header, &said));
    let mut header = key.header();
    header.kid = Some("another".to_owned());
    forged.push(key.sign_with(&header, &said));
    header.kid = Some("k".to_owned());
    header.crit = Some(vec!["b64".to_owned()]);
    forged.push(key.sign_with(&header, &said));
    let signed = key.sign(&said);
    let (_, rest) = signed.split_once('.').unwrap();
    let (payload, _) = rest.split_once('.').unwrap();
    // {"alg":"none"}
    forged.push(format!("eyJhbGciOiJub25lIn0.{payload}."));
    for jwt in forged {
        assert!(!is_taken(&client, &jwt).await, "{jwt}");
    }
    for unreadable in ["x", "a.b.c", &"x".repeat(10_000)] {
        assert!(!is_taken(&client, unreadable).await);
    }
    assert!(is_taken(&client, &signed).await);
    let form = [("grant_type", "refresh_token"), ("client_assertion", signed.as_str())];
    let answer = client.post_bare("/token", &form).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_request"), "of which type?");
    app.finish().await;
}

#[tokio::test]
async fn a_client_with_a_key_has_no_secret_and_one_with_a_secret_no_key() {
    let app = TestApp::start_for("open").await;
    let key = ClientKey::new(Algorithm::ES256, "k");
    let signer = register(&app, json!({"jwks": key.set()})).await;
    assert_eq!(signer.client_secret, None);
    for secret in ["", "x", "spk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let form = [("client_secret", secret), ("token", "x")];
        assert_eq!(signer.post("/introspect", &form).await.error(), "invalid_client");
    }
    let secretive = json!({"redirect_uris": ["https://client.example/callback"]});
    for method in ["client_secret_basic", "none"] {
        let metadata = with(secretive.clone(), "token_endpoint_auth_method", json!(method));
        let client = Connector::register_as(&app, metadata).await;
        assert!(!is_taken(&client, &key.sign(&claims(&app, &client))).await, "{method}");
    }
    app.finish().await;
}

/// A client whose keys are at `KEYS`.
async fn with_a_site() -> (TestApp, ClientSite, Connector) {
    let site = ClientSite::start(&[HOST]).await;
    let rules = Rules {
        names: Some(BTreeMap::from([(HOST.to_owned(), vec![site.address()])])),
        allowed: vec![site.address()],
        roots: vec![Certificate::from_der(site.root()).unwrap()],
    };
    let variables = vec![("ACCESS__ALLOW", "open".to_owned())];
    let app = TestApp::start_with(Setup { variables, rules, ..Setup::default() }).await;
    let client = register(&app, json!({"jwks_uri": KEYS})).await;
    (app, site, client)
}

#[tokio::test]
async fn keys_are_fetched_once_an_hour_and_anew_when_they_are_rotated() {
    let (app, site, client) = with_a_site().await;
    let key = ClientKey::new(Algorithm::ES256, "one");
    site.put(KEYS, Served::Json(key.set()));
    for _ in 0..5 {
        assert!(is_taken(&client, &key.sign(&claims(&app, &client))).await);
    }
    assert_eq!(site.requests().len(), 1);
    app.advance(Duration::from_hours(1));
    assert!(is_taken(&client, &key.sign(&claims(&app, &client))).await);
    assert_eq!(site.requests().len(), 2);

    // Rotated a minute later: the first that is signed with the new key gets through.
    app.advance(Duration::from_mins(1));
    let newer = ClientKey::new(Algorithm::ES256, "two");
    site.put(KEYS, Served::Json(newer.set()));
    assert!(is_taken(&client, &newer.sign(&claims(&app, &client))).await);
    assert_eq!(site.requests().len(), 3);
    assert!(!is_taken(&client, &key.sign(&claims(&app, &client))).await, "it is gone there");

    // Whoever makes up keys doesn't make us ask for each.
    for number in 0..5 {
        let made_up = ClientKey::new(Algorithm::EdDSA, &format!("made up {number}"));
        assert!(!is_taken(&client, &made_up.sign(&claims(&app, &client))).await);
    }
    assert_eq!(site.requests().len(), 3);
    app.finish().await;
}

#[tokio::test]
async fn while_the_keys_can_t_be_fetched_those_that_are_known_go_on() {
    let (app, site, client) = with_a_site().await;
    let key = ClientKey::new(Algorithm::ES256, "one");
    site.put(KEYS, Served::Json(key.set()));
    assert!(is_taken(&client, &key.sign(&claims(&app, &client))).await);
    site.put(KEYS, Served::Answer(503, Vec::new(), Vec::new()));
    app.advance(Duration::from_hours(2));
    assert!(is_taken(&client, &key.sign(&claims(&app, &client))).await);
    app.finish().await;
}

#[tokio::test]
async fn keys_that_can_t_be_had_prove_nothing_and_are_left_alone_for_a_while() {
    let (app, site, client) = with_a_site().await;
    let key = ClientKey::new(Algorithm::ES256, "one");
    let json = || vec![("content-type", "application/json".to_owned())];
    let private = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]});
    for broken in [
        Served::Answer(404, Vec::new(), Vec::new()),
        Served::Redirect("https://client.example/other.json".to_owned()),
        Served::Json(json!({"keys": []})),
        Served::Json(private),
        Served::Answer(200, json(), b"{".to_vec()),
        Served::Answer(200, json(), vec![b' '; 70_000]),
        Served::Endless,
        Served::Cut,
    ] {
        site.put(KEYS, broken.clone());
        app.advance(Duration::from_mins(1));
        let before = site.requests().len();
        for _ in 0..3 {
            let jwt = key.sign(&claims(&app, &client));
            assert!(!is_taken(&client, &jwt).await, "{broken:?}");
        }
        assert_eq!(site.requests().len(), before + 1, "{broken:?}");
    }
    site.put(KEYS, Served::Json(key.set()));
    app.advance(Duration::from_secs(10));
    assert!(is_taken(&client, &key.sign(&claims(&app, &client))).await);
    app.finish().await;
}

#[tokio::test]
async fn a_key_of_an_unknown_kind_is_in_nobodys_way() {
    let (app, site, client) = with_a_site().await;
    let key = ClientKey::new(Algorithm::EdDSA, "mine");
    let mut encrypts = key.jwk();
    encrypts["use"] = json!("enc");
    encrypts["kid"] = json!("enc");
    let unknown = json!({"kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "future"});
    let broken = json!({"kty": "RSA", "kid": "mine"});
    site.put(KEYS, Served::Json(json!({"keys": [unknown, broken, encrypts, key.jwk()]})));
    assert!(is_taken(&client, &key.sign(&claims(&app, &client))).await);
    let mut header = key.header();
    header.kid = Some("enc".to_owned());
    let jwt = key.sign_with(&header, &claims(&app, &client));
    assert!(!is_taken(&client, &jwt).await, "that one is for something else");
    app.finish().await;
}
