//! How a client proves who it is: as it was registered, and in no other way.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::Method;
use serde_json::{Value, json};
use stagepass::store::{ClientKind, ClientRow};
use stagepass::vault::hash;
use url::form_urlencoded::byte_serialize;

use crate::harness::{Answer, Connector, Setup, TestApp, claims_of};

const WRONG: &str = "spk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

async fn register(app: &TestApp, method: &str) -> Connector {
    let metadata = json!({
        "redirect_uris": ["https://client.example/callback"],
        "token_endpoint_auth_method": method,
    });
    Connector::register_as(app, metadata).await
}

/// A client that the operator added, who may use its own credentials.
async fn added(app: &TestApp, change: impl FnOnce(&mut ClientRow)) -> Connector {
    let mut row = ClientRow {
        id: "bot".to_owned(),
        kind: ClientKind::Operator,
        name: "The bot".to_owned(),
        auth_method: "client_secret_basic".to_owned(),
        secret_hash: Some(hash("the secret of the bot")),
        redirect_uris: String::new(),
        grant_types: "client_credentials".to_owned(),
        scopes: "mcp.read".to_owned(),
        jwks: None,
        jwks_uri: None,
        created_at: app.clock.now(),
        used_at: None,
        fresh_until: None,
    };
    change(&mut row);
    let db = app.db().await;
    db.save_client(&row).await.unwrap();
    db.close().await;
    app.gave("the secret of the bot");
    Connector::known(app, &row.id, Some("the secret of the bot"))
}

fn assert_no_client(answer: &Answer) {
    assert_eq!((answer.status, answer.error()), (401, "invalid_client"), "{answer:?}");
    assert_eq!(answer.challenge.as_deref(), Some("Basic realm=\"stagepass\""));
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// `id:secret`, as HTTP Basic has it.
fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect()
}

async fn refresh(client: &Connector, header: Option<&str>, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", "spr_unknown")];
    form.extend(more);
    let mut request = client.begin("/token").form(&form);
    if let Some(header) = header {
        request = request.header("authorization", header);
    }
    Connector::send(request).await
}

/// Whether the proof was taken: what it was for doesn't exist.
fn assert_proven(answer: &Answer) {
    assert_eq!((answer.status, answer.error()), (400, "invalid_grant"), "{answer:?}");
}

#[tokio::test]
async fn a_secret_counts_in_the_header_and_in_the_form() {
    let app = TestApp::start_for("open").await;
    for method in ["client_secret_basic", "client_secret_post"] {
        let client = register(&app, method).await;
        let (id, secret) = (client.client_id.as_str(), client.client_secret.as_deref().unwrap());
        let in_form = [("client_id", id), ("client_secret", secret)];
        assert_proven(&refresh(&client, None, &in_form).await);
        assert_proven(&refresh(&client, Some(&basic(id, secret)), &[]).await);
        assert_proven(&refresh(&client, Some(&basic(id, secret)), &[("client_id", id)]).await);
        let other_case = basic(id, secret).replace("Basic", "bASIC");
        assert_proven(&refresh(&client, Some(&other_case), &[]).await);

        for wrong in [WRONG, "", &secret[1..], &format!("{secret}x"), id] {
            assert_no_client(&refresh(&client, Some(&basic(id, wrong)), &[]).await);
            let in_form = [("client_id", id), ("client_secret", wrong)];
            assert_no_client(&refresh(&client, None, &in_form).await);
        }
        assert_no_client(&refresh(&client, None, &[("client_id", id)]).await);
    }
    app.finish().await;
}

#[tokio::test]
async fn each_part_of_a_basic_header_is_form_encoded() {
    let app = TestApp::start_for("open").await;
    // What the operator may have chosen: RFC 6749 §2.3.1 has both parts encoded.
    let (id, secret) = ("the bot: no. 1 + 2", "100 % süß & geheim");
    let client = added(&app, |row| {
        row.id = id.to_owned();
        row.secret_hash = Some(hash(secret));
    });
    let client = client.await;
    assert_proven(&refresh(&client, Some(&basic(&encoded(id), &encoded(secret))), &[]).await);
    assert_no_client(&refresh(&client, Some(&basic(&encoded(id), secret)), &[]).await);
    for unreadable in ["Basic", "Basic !", "Basic Zm9v", "Basic /w=="] {
        let answer = refresh(&client, Some(unreadable), &[]).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_request"), "{unreadable}");
    }
    app.finish().await;
}

#[tokio::test]
async fn two_proofs_are_none() {
    let app = TestApp::start_for("open").await;
    let (client, other) =
        (register(&app, "client_secret_basic").await, register(&app, "none").await);
    let (id, secret) = (client.client_id.as_str(), client.client_secret.as_deref().unwrap());
    let header = basic(id, secret);
    for (header, form) in [
        (Some(&header), vec![("client_secret", secret)]),
        (Some(&header), vec![("client_assertion", "a.b.c")]),
        (None, vec![("client_id", id), ("client_secret", secret), ("client_assertion", "a.b.c")]),
        // And one proof is for one client.
        (Some(&header), vec![("client_id", other.client_id.as_str())]),
    ] {
        let answer = refresh(&client, header.map(String::as_str), &form).await;
        assert_eq!((answer.status, answer.error()), (400, "invalid_request"), "{form:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_client_without_a_secret_has_none_to_send() {
    let app = TestApp::start_for("open").await;
    let client = register(&app, "none").await;
    let id = client.client_id.as_str();
    assert_proven(&refresh(&client, None, &[("client_id", id)]).await);
    assert_proven(&refresh(&client, None, &[("client_id", id), ("client_secret", "")]).await);
    assert_no_client(&refresh(&client, Some(&basic(id, WRONG)), &[]).await);
    let in_form = [("client_id", id), ("client_secret", WRONG)];
    assert_no_client(&refresh(&client, None, &in_form).await);
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_isn_t_there_is_none() {
    let app = TestApp::start_for("open").await;
    let nobody = Connector::known(&app, "spd_AAAAAAAAAAAAAAAAAAAAAA", None);
    for id in ["spd_AAAAAAAAAAAAAAAAAAAAAA", "x", "http://client.example/c", "https://"] {
        assert_no_client(&refresh(&nobody, None, &[("client_id", id)]).await);
        let in_form = [("client_id", id), ("client_secret", WRONG)];
        assert_no_client(&refresh(&nobody, None, &in_form).await);
    }
    assert_no_client(&refresh(&nobody, None, &[]).await);
    for path in ["/revoke", "/introspect"] {
        assert_no_client(&nobody.post(path, &[("token", "x")]).await);
    }
    let get = nobody.begin_as(Method::GET, "/token?grant_type=refresh_token");
    assert_eq!(Connector::send(get).await.status, 405);
    app.finish().await;
}

async fn credentials(client: &Connector, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![("grant_type", "client_credentials")];
    form.extend(more);
    client.post("/token", &form).await
}

#[tokio::test]
async fn a_client_of_the_operators_gets_a_token_of_its_own() {
    let app = TestApp::start_for("open").await;
    let client = added(&app, |_| {}).await;
    let answer = credentials(&client, &[]).await;
    let tokens = Connector::tokens(&app, &answer);
    assert_eq!((tokens.scope.as_str(), tokens.refresh), ("mcp.read", None));
    assert_eq!(answer.body.get("refresh_token"), None);
    let claims = claims_of(&tokens.access);
    assert_eq!(claims["sub"], "client::bot");
    assert_eq!(claims["aud"], app.mcp_url());
    assert_eq!(client.call(&tokens.access, "spotify_now", json!({})).await.status, 200);
    assert_eq!(client.call(&tokens.access, "Auth", json!({})).await.status, 403);

    let toolset = format!("{}/mcp/spotify", app.url);
    let answer = credentials(&client, &[("resource", &toolset), ("scope", "mcp.read")]).await;
    let narrow = Connector::tokens(&app, &answer);
    assert_eq!(claims_of(&narrow.access)["aud"], toolset);
    for (more, error) in [
        (("scope", "mcp.admin"), "invalid_scope"),
        (("scope", "mcp.write"), "invalid_scope"),
        (("resource", "https://other.example/mcp"), "invalid_target"),
    ] {
        let answer = credentials(&client, &[more]).await;
        assert_eq!((answer.status, answer.error()), (400, error), "{more:?}");
    }

    // With the client goes what it has.
    let db = app.db().await;
    assert!(db.remove_client("bot").await.unwrap());
    db.close().await;
    assert!(client.is_soon_out(&tokens.access).await);
    assert_no_client(&credentials(&client, &[]).await);
    app.finish().await;
}

#[tokio::test]
async fn nobody_else_gets_a_token_without_a_person() {
    let app = TestApp::start_for("open").await;
    let asks = json!({
        "redirect_uris": ["https://client.example/callback"],
        "grant_types": ["authorization_code", "client_credentials"],
        "token_endpoint_auth_method": "client_secret_post",
    });
    let cases = [
        ("registered itself", Connector::register_as(&app, asks).await),
        ("without a secret", {
            let mut client = added(&app, |row| {
                row.id = "public".to_owned();
                row.auth_method = "none".to_owned();
                row.secret_hash = None;
            })
            .await;
            client.client_secret = None;
            client
        }),
        ("for another grant", {
            let code = |row: &mut ClientRow| row.grant_types = "authorization_code".to_owned();
            added(&app, code).await
        }),
    ];
    for (what, client) in cases {
        let answer = credentials(&client, &[]).await;
        assert_eq!((answer.status, answer.error()), (400, "unauthorized_client"), "{what}");
    }
    app.finish().await;
}

#[tokio::test]
async fn one_client_that_asks_too_often_waits_and_the_others_don_t() {
    let limit = ("LIMITS__CLIENT_PER_MINUTE", "3".to_owned());
    let variables = vec![("ACCESS__ALLOW", "open".to_owned()), limit];
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    let (client, other) = (register(&app, "none").await, register(&app, "none").await);
    for path in ["/token", "/revoke", "/introspect"] {
        assert_ne!(client.post(path, &[("token", "x")]).await.status, 429);
    }
    for path in ["/token", "/revoke", "/introspect"] {
        let answer = client.post(path, &[("token", "x")]).await;
        assert_eq!((answer.status, answer.error()), (429, "temporarily_unavailable"));
        assert_eq!(answer.header("retry-after"), "20");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_ne!(other.post(path, &[("token", "x")]).await.status, 429);
    }
    // People on their way are counted for themselves.
    let visit = |client: &Connector| {
        let url = client.authorize_url();
        let path = url.strip_prefix(&app.url).unwrap().to_owned();
        Connector::send(client.begin_as(Method::GET, &path))
    };
    for _ in 0..3 {
        assert_eq!(visit(&client).await.status, 200);
    }
    let refused = visit(&client).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "20"));
    assert!(refused.header("content-type").starts_with("text/html"));
    assert_eq!(visit(&other).await.status, 200);
    let record: Vec<Value> = app.audit().await.iter().map(|row| json!(row.event)).collect();
    assert!(!record.contains(&json!("client.authenticated")), "{record:?}");
    app.finish().await;
}
