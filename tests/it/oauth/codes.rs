//! An authorization code is good once, for a minute, and in the hands that asked for it.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use stagepass_standin::Browser;

use crate::harness::{Answer, Connector, TestApp, claims_of, header_of};

const ALICE: &str = "user:spotify:yeE6RsXcNOPmeMjvqPVStN";

async fn start() -> (TestApp, Connector) {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    (app, client)
}

/// Redeems with other values; an empty one leaves the parameter out.
async fn redeem_with(client: &Connector, code: &str, changes: &[(&str, &str)]) -> Answer {
    let mut form = client.redemption(code);
    form.retain(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    form.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    client.post("/token", &form).await
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.error()), (400, "invalid_grant"), "{answer:?}");
    let what_to_do = answer.body["error_description"].as_str().unwrap();
    assert!(what_to_do.contains("authorization endpoint again"), "{what_to_do}");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_code_gives_what_was_agreed_and_says_so() {
    let (app, client) = start().await;
    let code = client.code_of(&app, "alice").await;
    let before = app.clock.now().timestamp();
    let answer = client.redeem(&code).await;
    let tokens = Connector::tokens(&app, &answer);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.body["expires_in"], 3600);
    assert_eq!(tokens.scope, "mcp.read mcp.write");
    assert!(tokens.refresh.unwrap().starts_with("spr_"));

    let jwks = client.get("/.well-known/jwks.json").await.body;
    let header = header_of(&tokens.access);
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(header["kid"], jwks["keys"][0]["kid"]);
    let claims = claims_of(&tokens.access);
    assert_eq!(claims["iss"], app.url);
    assert_eq!(claims["aud"], app.mcp_url());
    assert_eq!(claims["sub"], ALICE);
    assert_eq!(claims["client_id"], client.client_id);
    assert_eq!(claims["scope"], "mcp.read mcp.write");
    assert_eq!(claims["iat"], before);
    assert_eq!(claims["exp"], before + 3600);
    app.finish().await;
}

#[tokio::test]
async fn a_code_is_good_for_sixty_seconds_and_no_longer() {
    let (app, client) = start().await;
    let code = client.code_of(&app, "alice").await;
    app.advance(Duration::from_secs(59));
    Connector::tokens(&app, &client.redeem(&code).await);
    let code = client.code_of(&app, "alice").await;
    app.advance(Duration::from_mins(1));
    assert_refused(&client.redeem(&code).await);
    app.finish().await;
}

#[tokio::test]
async fn of_fifty_at_once_one_is_answered_and_its_tokens_live() {
    let (app, client) = start().await;
    let (url, stop) = app.twin().await;
    let twin = client.at(&url);
    let code = client.code_of(&app, "alice").await;
    let clients = (0..50).map(|number| if number % 2 == 0 { &client } else { &twin });
    let answers = join_all(clients.map(|client| client.redeem(&code))).await;
    let (given, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(given.len(), 1);
    refused.into_iter().for_each(assert_refused);
    assert_eq!(app.count("SELECT COUNT(*) FROM grants").await, 1);
    let tokens = Connector::tokens(&app, given[0]);
    assert!(client.is_let_in(&tokens.access).await && twin.is_let_in(&tokens.access).await);
    Connector::tokens(&app, &twin.refresh(&tokens.refresh.unwrap()).await);
    stop.send(()).unwrap();
    app.finish().await;
}

#[tokio::test]
async fn a_code_that_comes_a_second_time_kills_what_it_gave() {
    let (app, client) = start().await;
    let code = client.code_of(&app, "alice").await;
    let tokens = Connector::tokens(&app, &client.redeem(&code).await);
    assert!(client.is_let_in(&tokens.access).await);

    // A client that sends its request twice is no thief.
    app.advance(Duration::from_millis(9_999));
    assert_refused(&client.redeem(&code).await);
    assert!(client.is_let_in(&tokens.access).await);

    app.advance(Duration::from_millis(1));
    assert_refused(&client.redeem(&code).await);
    assert!(!client.is_let_in(&tokens.access).await);
    let refused = client.refresh(tokens.refresh.as_deref().unwrap()).await;
    assert_eq!(refused.error(), "invalid_grant");

    // And again, which changes nothing any more.
    assert_refused(&client.redeem(&code).await);
    let rows = app.audit().await;
    let reuses: Vec<_> = rows.iter().filter(|row| row.event == "code.reused").collect();
    assert_eq!(reuses.len(), 1);
    let claims = claims_of(&tokens.access);
    assert_eq!(reuses[0].outcome, "refused");
    assert_eq!(reuses[0].identity.as_deref(), Some(ALICE));
    assert_eq!(reuses[0].client_id.as_deref(), Some(client.client_id.as_str()));
    assert_eq!(reuses[0].grant_id.as_deref(), claims["gid"].as_str());
    assert_eq!(reuses[0].address.as_deref(), Some("127.0.0.1"));
    app.finish().await;
}

#[tokio::test]
async fn a_code_is_worth_nothing_in_other_hands_and_its_owner_keeps_it() {
    let (app, client) = start().await;
    let code = client.code_of(&app, "alice").await;
    let thief = Connector::register(&app).await;
    assert_refused(&thief.redeem(&code).await);
    let seen = client.request();
    let (_, challenge) = seen.iter().find(|(name, _)| *name == "code_challenge").unwrap();
    for changes in [
        ("redirect_uri", "https://client.example/other"),
        ("redirect_uri", "https://client.example/callback/"),
        ("code_verifier", "another-verifier-of-at-least-forty-three-character"),
        // What went through the browser for everybody to see.
        ("code_verifier", challenge),
        ("code", "spc_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ] {
        assert_refused(&redeem_with(&client, &code, &[changes]).await);
    }
    let unproven = redeem_with(&client, &code, &[("code_verifier", "")]).await;
    assert_eq!((unproven.status, unproven.error()), (400, "invalid_request"));
    let elsewhere = format!("{}/mcp/spotify", app.url);
    for resource in [elsewhere.as_str(), "https://other.example/mcp", "no URL at all"] {
        let astray = redeem_with(&client, &code, &[("resource", resource)]).await;
        assert_eq!((astray.status, astray.error()), (400, "invalid_target"), "{resource}");
    }
    let tokens = Connector::tokens(&app, &client.redeem(&code).await);
    assert!(client.is_let_in(&tokens.access).await);

    // A code that was used is worth nothing to them, either: not even a denial of service.
    app.advance(Duration::from_mins(1));
    assert_refused(&thief.redeem(&code).await);
    let guessed = [("code_verifier", "another-verifier-of-at-least-forty-three-character")];
    assert_refused(&redeem_with(&client, &code, &guessed).await);
    assert!(client.is_let_in(&tokens.access).await);
    app.finish().await;
}

#[tokio::test]
async fn a_client_may_leave_out_what_the_code_says_anyway() {
    let (app, client) = start().await;
    let toolset = format!("{}/mcp/spotify", app.url);
    let code = client.code_with(&app, "alice", &[("resource", &toolset)]).await;
    let answer = redeem_with(&client, &code, &[("redirect_uri", "")]).await;
    assert_eq!(claims_of(&Connector::tokens(&app, &answer).access)["aud"], toolset);

    // One of before 2025-06-18 has never heard of resources.
    let code = client.code_with(&app, "alice", &[("resource", "")]).await;
    let answer = client.redeem(&code).await;
    assert_eq!(claims_of(&Connector::tokens(&app, &answer).access)["aud"], app.mcp_url());

    // And one that knows them may write them in its own way.
    let shouted = app.mcp_url().replace("http://", "HTTP://") + "/";
    let code = client.code_with(&app, "alice", &[("resource", &shouted)]).await;
    let answer = redeem_with(&client, &code, &[("resource", &shouted)]).await;
    assert_eq!(claims_of(&Connector::tokens(&app, &answer).access)["aud"], app.mcp_url());
    app.finish().await;
}

#[tokio::test]
async fn whoever_is_no_longer_welcome_gets_nothing_for_a_code() {
    let app = TestApp::start_for("owner").await;
    let client = Connector::register(&app).await;
    let db = app.db().await;
    let entry = "spotify:yeE6RsXcNOPmeMjvqPVStN";
    db.invite(entry, app.clock.now()).await.unwrap();
    let code = client.code_of(&app, "alice").await;
    assert!(db.uninvite(entry).await.unwrap());
    assert_refused(&client.redeem(&code).await);
    db.invite(entry, app.clock.now()).await.unwrap();
    Connector::tokens(&app, &client.redeem(&code).await);
    db.close().await;
    app.finish().await;
}

#[tokio::test]
async fn a_request_that_can_t_be_read_is_told_how_to_be_written() {
    let (app, client) = start().await;
    let code = client.code_of(&app, "alice").await;
    let body: serde_json::Map<_, _> = client
        .redemption(&code)
        .into_iter()
        .chain([("client_id", client.client_id.as_str())])
        .map(|(name, value)| (name.to_owned(), json!(value)))
        .collect();
    let answer = Connector::send(client.begin("/token").json(&body)).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_request"));
    assert!(answer.body["error_description"].as_str().unwrap().contains("x-www-form-urlencoded"));

    let mut form = client.redemption(&code);
    form.push(("code", &code));
    let answer = client.post("/token", &form).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_request"));
    assert!(answer.body["error_description"].as_str().unwrap().contains("more than once"));

    for (grant_type, error) in [
        ("", "invalid_request"),
        ("password", "unsupported_grant_type"),
        ("urn:ietf:params:oauth:grant-type:device_code", "unsupported_grant_type"),
    ] {
        let answer = redeem_with(&client, &code, &[("grant_type", grant_type)]).await;
        assert_eq!((answer.status, answer.error()), (400, error), "{grant_type}");
    }
    let answer = redeem_with(&client, "", &[("code", "")]).await;
    assert_eq!((answer.status, answer.error()), (400, "invalid_request"));
    Connector::tokens(&app, &client.redeem(&code).await);
    app.finish().await;
}

#[tokio::test]
async fn a_second_consent_makes_a_grant_of_its_own() {
    let (app, client) = start().await;
    let browser = Browser::new();
    let page = client.agree(&app, &browser, "alice").await;
    let first = Connector::tokens(&app, &client.redeem(&client.code_at(&app, &page)).await);
    let second = client.tokens_of(&app, "alice").await;
    let (one, other) = (claims_of(&first.access), claims_of(&second.access));
    assert_ne!(one["gid"], other["gid"]);
    assert_ne!(one["jti"], other["jti"]);
    let token = first.refresh.unwrap();
    assert_eq!(client.post("/revoke", &[("token", &token)]).await.status, 200);
    assert!(!client.is_let_in(&first.access).await);
    assert!(client.is_let_in(&second.access).await);
    app.finish().await;
}
