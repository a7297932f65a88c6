//! Tokens of bots, and of chat users.

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::harness::{Answer, Bot, ClientKey, Connector, TestApp, claims_of, encoded};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const CHAT_ID: &str = "urn:stagepass:chat-id";

/// Asks for a chat user's token, with other values; an empty one leaves the parameter out.
async fn exchange(client: &Connector, changes: &[(&str, &str)]) -> Answer {
    let usual = [
        ("grant_type", EXCHANGE),
        ("subject_token", "whatsapp:+49151"),
        ("subject_token_type", CHAT_ID),
    ];
    let kept = usual.iter().filter(|(name, _)| !changes.iter().any(|(other, _)| other == name));
    let given = changes.iter().filter(|(_, value)| !value.is_empty());
    client.post("/token", &kept.chain(given).copied().collect::<Vec<_>>()).await
}

fn label(answer: &Answer) -> &Value {
    &answer.body["result"]["structuredContent"]["identity"]["label"]
}

#[tokio::test]
async fn a_chat_users_token_names_them_and_the_bot_and_lives_ten_minutes() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let answer = exchange(&bot.client, &[]).await;
    let tokens = Connector::tokens(&app, &answer);
    let body = &answer.body;
    assert_eq!(body["issued_token_type"], "urn:ietf:params:oauth:token-type:access_token");
    assert_eq!(body["expires_in"], 600);
    assert_eq!(body["refresh_token"], Value::Null);
    assert_eq!(tokens.scope, "mcp.read mcp.write");
    let claims = claims_of(&tokens.access);
    assert_eq!(claims["sub"], bot.key("whatsapp:+49151"));
    assert_eq!(claims["act"], json!({"sub": "client::spo_bot"}));
    let said = bot.client.post("/introspect", &[("token", &tokens.access)]).await.body;
    assert_eq!((&said["sub"], &said["act"]), (&claims["sub"], &claims["act"]));
    let own = bot.client.call(&tokens.access, "Auth", json!({"action": "status"})).await;
    assert_eq!(label(&own), "whatsapp:+49151", "{own:?}");
    app.advance(std::time::Duration::from_mins(10));
    assert!(!bot.client.is_let_in(&tokens.access).await);
    app.finish().await;
}

#[tokio::test]
async fn a_chat_users_token_speaks_for_nobody_else() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let token = Connector::tokens(&app, &exchange(&bot.client, &[]).await).access;
    let theirs = Bot { token: token.clone(), client: bot.client.clone() };
    let status = json!({"name": "Auth", "arguments": {"action": "status"}});
    let other = theirs.call_with(&[("stagepass-chat-id", encoded("tg:1"))], status.clone()).await;
    assert_eq!(other.status, 400, "{other:?}");
    let same = theirs.call_with(&[("stagepass-chat-id", encoded("whatsapp:+49151"))], status).await;
    assert_eq!(label(&same), "whatsapp:+49151");
    // Nor is it exchanged for another.
    let form = [
        ("subject_token", token.as_str()),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
    ];
    assert_eq!(exchange(&bot.client, &form).await.error(), "invalid_request");
    app.finish().await;
}

#[tokio::test]
async fn an_exchange_is_refused_in_words_that_say_what_is_wrong() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let long = "x".repeat(257);
    for (changes, error) in [
        (vec![("subject_token", "")], "invalid_request"),
        (vec![("subject_token", long.as_str())], "invalid_request"),
        (vec![("subject_token", "a\nb")], "invalid_request"),
        (vec![("subject_token_type", "")], "invalid_request"),
        (vec![("subject_token_type", "urn:ietf:params:oauth:token-type:jwt")], "invalid_request"),
        (
            vec![("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")],
            "invalid_request",
        ),
        (vec![("actor_token", "x")], "invalid_request"),
        (vec![("resource", "https://elsewhere.example/mcp")], "invalid_target"),
        (vec![("scope", "mcp.act_as")], "invalid_scope"),
    ] {
        let answer = exchange(&bot.client, &changes).await;
        assert_eq!((answer.status, answer.error()), (400, error), "{changes:?}");
    }
    let reading = exchange(&bot.client, &[("scope", "mcp.read mcp.act_as mcp.admin")]).await;
    assert_eq!(Connector::tokens(&app, &reading).scope, "mcp.read");
    app.finish().await;
}

#[tokio::test]
async fn a_bots_own_token_acts_for_its_people_whatever_it_asked_for() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    for (asked, given) in [
        ("", "mcp.read mcp.write mcp.act_as"),
        ("mcp.read", "mcp.read mcp.act_as"),
        ("mcp.act_as", "mcp.read mcp.write mcp.act_as"),
        ("mcp.write mcp.admin offline_access", "mcp.write mcp.act_as"),
    ] {
        let form = [("grant_type", "client_credentials"), ("scope", asked)];
        let form = if asked.is_empty() { &form[..1] } else { &form[..] };
        let tokens = Connector::tokens(&app, &bot.client.post("/token", form).await);
        assert_eq!(tokens.scope, given, "{asked}");
        // Never as itself, with one account for all.
        let answer = bot.client.call(&tokens.access, "spotify_now", json!({})).await;
        assert_eq!(answer.body["result"]["structuredContent"]["code"], "invalid_argument");
    }
    app.finish().await;
}

#[tokio::test]
async fn only_a_bot_exchanges() {
    let app = TestApp::start_for("owner").await;
    let stranger = Connector::register(&app).await;
    assert_eq!(exchange(&stranger, &[]).await.error(), "unauthorized_client");
    // One that asks for it when it registers doesn't get it.
    let asking = json!({
        "client_name": "Bot",
        "redirect_uris": ["https://client.example/callback"],
        "grant_types": ["authorization_code", EXCHANGE],
        "token_endpoint_auth_method": "client_secret_post",
        "scope": "mcp.act_as",
    });
    let asking = Connector::register_as(&app, asking).await;
    assert_eq!(exchange(&asking, &[]).await.error(), "unauthorized_client");
    app.finish().await;
}

#[tokio::test]
async fn removing_a_bot_ends_what_it_got_for_its_people() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let theirs = Connector::tokens(&app, &exchange(&bot.client, &[]).await).access;
    assert!(bot.client.is_let_in(&theirs).await);
    let db = app.db().await;
    db.remove_client("spo_bot").await.unwrap();
    db.close().await;
    assert!(bot.client.is_soon_out(&theirs).await);
    assert!(bot.client.is_soon_out(&bot.token).await);
    app.finish().await;
}

fn key() -> ClientKey {
    ClientKey::new(Algorithm::ES256, "k1")
}

/// A bot that signs, and its token.
async fn signing(app: &TestApp, key: &ClientKey) -> Bot {
    let row = Bot::stored(app, "signer", Some(key.set())).await;
    let client = Connector::known(app, &row.id, None);
    let proof = key.sign(&json!({
        "iss": row.id, "sub": row.id, "aud": app.url, "jti": "first",
        "exp": app.clock.now().timestamp() + 60,
    }));
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "mcp.write mcp.act_as"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("client_assertion", proof.as_str()),
    ];
    let token = Connector::tokens(app, &client.post("/token", &form).await).access;
    Bot { client, token }
}

fn assertion(app: &TestApp, changes: &[(&str, Value)]) -> Value {
    let now = app.clock.now().timestamp();
    let mut claims = json!({
        "iss": "spo_signer", "sub": "tg:1", "name": "Anna", "aud": app.mcp_url(),
        "iat": now, "exp": now + 60, "jti": "one",
    });
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims
}

async fn asserted(bot: &Bot, jwt: &str) -> Answer {
    let status = json!({"name": "Auth", "arguments": {"action": "status"}});
    bot.call_with(&[("stagepass-chat-assertion", jwt.parse().unwrap())], status).await
}

#[tokio::test]
async fn a_signed_assertion_names_a_chat_user_once() {
    let app = TestApp::start_for("owner").await;
    let key = key();
    let bot = signing(&app, &key).await;
    let jwt = key.sign(&assertion(&app, &[]));
    assert_eq!(label(&asserted(&bot, &jwt).await), "tg:1");
    assert_eq!(asserted(&bot, &jwt).await.status, 403);
    // Two that disagree.
    let jwt = key.sign(&assertion(&app, &[("jti", json!("two"))]));
    let headers = [
        ("stagepass-chat-assertion", jwt.parse().unwrap()),
        ("stagepass-chat-id", encoded("tg:2")),
    ];
    let status = json!({"name": "Auth", "arguments": {"action": "status"}});
    assert_eq!(bot.call_with(&headers, status).await.status, 400);
    app.finish().await;
}

#[tokio::test]
async fn an_assertion_that_is_not_for_here_and_now_names_nobody() {
    let app = TestApp::start_for("owner").await;
    let (key, other) = (key(), ClientKey::new(Algorithm::ES256, "k1"));
    let bot = signing(&app, &key).await;
    let now = app.clock.now().timestamp();
    let wrong = [
        ("iss", json!("spo_other")),
        ("aud", json!(app.url)),
        ("aud", json!([app.mcp_url()])),
        ("aud", json!(format!("{}/mcp/spotify", app.url))),
        ("exp", json!(now + 61)),
        ("exp", json!(now - 11)),
        ("exp", json!(i64::MAX)),
        ("iat", json!(i64::MIN)),
        ("iat", json!(now + 30)),
        ("jti", Value::Null),
        ("sub", Value::Null),
    ];
    for (number, (name, value)) in wrong.into_iter().enumerate() {
        let mut claims = assertion(&app, &[("jti", json!(number.to_string()))]);
        claims[name] = value;
        let answer = asserted(&bot, &key.sign(&claims)).await;
        assert_eq!(answer.status, 403, "{claims}: {answer:?}");
    }
    for jwt in [other.sign(&assertion(&app, &[])), "a.b.c".to_owned(), "x".repeat(9000)] {
        assert_eq!(asserted(&bot, &jwt).await.status, 403);
    }
    // An id that is none, rightly signed.
    let bad = key.sign(&assertion(&app, &[("sub", json!("x".repeat(257)))]));
    assert_eq!(asserted(&bot, &bad).await.status, 400);
    app.finish().await;
}

#[tokio::test]
async fn a_bot_without_a_key_of_its_own_signs_nothing() {
    let app = TestApp::start_for("owner").await;
    let bot = Bot::add(&app, "bot").await;
    let jwt = key().sign(&assertion(&app, &[("iss", json!("spo_bot"))]));
    let answer = asserted(&bot, &jwt).await;
    assert_eq!(answer.status, 403);
    assert!(answer.body["error"]["message"].as_str().unwrap().contains("--jwks"), "{answer:?}");
    app.finish().await;
}
