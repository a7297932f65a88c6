//! `stagepass clients`: programs that the operator adds and removes, while the server runs.

use std::time::SystemTime;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};

use super::{Machine, answer, operate, refusal, within_seconds};
use crate::harness::{Answer, Bot, Connector, REDIRECT_URI, TestApp};

/// Adds a client, which is told its id and, if it has one, its secret.
async fn add(app: &TestApp, name: &str, options: &[&str]) -> (Connector, String) {
    let said = answer(app, &[&["clients", "add", name], options].concat()).await;
    let value = |label: &str| {
        let line = said.lines().find_map(|line| line.trim().strip_prefix(label));
        line.map(|value| value.trim().to_owned())
    };
    let (id, secret) = (value("client_id:").unwrap(), value("client_secret:"));
    app.gave(secret.as_deref().unwrap_or_default());
    (Connector::known(app, &id, secret.as_deref()), said)
}

async fn own_token(client: &Connector, scope: &str) -> Answer {
    client.post("/token", &[("grant_type", "client_credentials"), ("scope", scope)]).await
}

#[tokio::test]
async fn a_bot_speaks_for_its_chat_users_by_tokens_that_it_gets_or_is_given() {
    let app = TestApp::start_for("owner").await;
    let (bot, said) = add(&app, "Weather Bot", &["--act-as"]).await;
    assert!(said.contains("Stagepass-Chat-Id"), "{said}");
    assert!(said.contains(&format!("chat.{}.return_link", bot.client_id)), "{said}");
    let own = own_token(&bot, "mcp.read mcp.act_as").await;
    assert_eq!(Connector::tokens(&app, &own).scope, "mcp.read mcp.act_as");
    let said = answer(&app, &["clients", "list"]).await;
    assert!(said.contains("mcp.read mcp.write mcp.act_as"), "{said}");

    let said = answer(&app, &["tokens", "create", &bot.client_id, "--days", "7"]).await;
    let token =
        said.lines().find(|line| line.trim().starts_with("spa_")).unwrap().trim().to_owned();
    app.gave(&token);
    let speaking = Bot { client: bot.clone(), token: token.clone() };
    let told = speaking.call("tg:1", "Auth", json!({"action": "status"})).await;
    assert_eq!(told.body["result"]["structuredContent"]["identity"]["label"], "tg:1", "{told:?}");
    let known = bot.post("/introspect", &[("token", &token)]).await.body;
    assert_eq!((&known["active"], &known["client_id"]), (&json!(true), &json!(bot.client_id)));

    let said = answer(&app, &["tokens", "list"]).await;
    let row = said.lines().find(|line| line.contains(&bot.client_id)).unwrap();
    let id = row.split_whitespace().next().unwrap();
    assert_eq!(known["jti"], id);
    assert!(!said.contains(&token), "{said}");
    answer(&app, &["tokens", "revoke", id]).await;
    within_seconds("it is worth nothing", async || !bot.is_let_in(&token).await).await;
    let said = refusal(&app, &["tokens", "revoke", id]).await;
    assert!(said.contains("there is no token") && said.contains("tokens list"), "{said}");

    // Only who gets tokens of its own is given any.
    let (other, _) = add(&app, "Web", &["--redirect-uri", REDIRECT_URI]).await;
    let said = refusal(&app, &["tokens", "create", &other.client_id]).await;
    assert!(said.contains("--act-as"), "{said}");
    // A bot is no app that people sign in to.
    for option in [&["--public"][..], &["--redirect-uri", REDIRECT_URI]] {
        let ended = operate(&app, &[&["clients", "add", "X", "--act-as"], option].concat()).await;
        assert_eq!(ended.code, Some(2), "{option:?}");
        assert!(ended.stderr.contains(option[0]), "{}", ended.stderr);
    }
    app.finish().await;
}

#[tokio::test]
async fn a_token_that_was_made_ends_by_itself_and_by_its_client() {
    let app = TestApp::start_for("owner").await;
    let (bot, _) = add(&app, "Bot", &["--act-as"]).await;
    let make = async |days: &str| {
        let said = answer(&app, &["tokens", "create", &bot.client_id, "--days", days]).await;
        let token =
            said.lines().find(|line| line.trim().starts_with("spa_")).unwrap().trim().to_owned();
        app.gave(&token);
        token
    };
    let (short, long) = (make("1").await, make("3650").await);
    assert!(bot.is_let_in(&short).await && bot.is_let_in(&long).await);
    assert_eq!(bot.post("/revoke", &[("token", &long)]).await.status, 200);
    assert!(!bot.is_let_in(&long).await);
    assert!(bot.is_let_in(&short).await);
    answer(&app, &["clients", "remove", &bot.client_id]).await;
    assert!(bot.is_soon_out(&short).await);
    app.finish().await;
}

#[tokio::test]
async fn a_client_that_was_added_serves_people_until_it_is_removed() {
    let app = TestApp::start_for("open").await;
    let (mut client, said) = add(&app, "Weather Bot", &["--redirect-uri", REDIRECT_URI]).await;
    assert!(client.client_id.starts_with("spo_weather-bot-"), "{said}");
    assert!(client.client_secret.as_ref().unwrap().starts_with("spk_"), "{said}");
    assert!(said.contains(&app.mcp_url()), "{said}");
    let tokens = client.tokens_of(&app, "bob").await;
    assert_eq!(client.list("/mcp", Some(&tokens.access)).await.status, 200);
    assert_eq!(own_token(&client, "mcp.read").await.error(), "unauthorized_client");

    let said = answer(&app, &["clients", "list"]).await;
    let row = said.lines().find(|line| line.starts_with(&client.client_id)).unwrap();
    assert!(row.contains(" operator  Weather Bot  mcp.read mcp.write  20"), "{said}");

    let said = answer(&app, &["clients", "remove", &client.client_id]).await;
    assert!(said.contains("Removed Weather Bot"), "{said}");
    within_seconds("its tokens are worth nothing", async || {
        client.list("/mcp", Some(&tokens.access)).await.status == 401
    })
    .await;
    let refresh = tokens.refresh.unwrap();
    assert_eq!(client.refresh(&refresh).await.error(), "invalid_client");
    let said = refusal(&app, &["clients", "remove", &client.client_id]).await;
    assert!(said.contains("there is no client") && said.contains("clients list"), "{said}");

    // A secret that isn't the client's is worth nothing, and none doesn't do.
    (client, _) = add(&app, "Weather Bot", &["--credentials"]).await;
    assert_eq!(own_token(&client, "mcp.read").await.status, 200);
    for secret in [Some("spk_another".to_owned()), None] {
        client.client_secret = secret;
        assert_eq!(own_token(&client, "mcp.read").await.error(), "invalid_client");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_token_of_its_own_allows_what_the_operator_gave() {
    let app = TestApp::start_for("owner").await;
    let (client, said) = add(&app, "Nightly", &["--credentials"]).await;
    assert!(said.contains("grant_type=client_credentials"), "{said}");
    let tokens = Connector::tokens(&app, &own_token(&client, "mcp.read").await);
    assert_eq!((tokens.scope.as_str(), tokens.refresh), ("mcp.read", None));
    assert_eq!(client.list("/mcp", Some(&tokens.access)).await.status, 200);
    let asked = own_token(&client, "mcp.write mcp.admin").await;
    assert_eq!(asked.body["scope"], "mcp.write");
    app.gave(asked.body["access_token"].as_str().unwrap());

    let scope = ["--credentials", "--scope", "mcp.admin mcp.read"];
    let (client, _) = add(&app, "Admin", &scope).await;
    let tokens = Connector::tokens(&app, &own_token(&client, "mcp.write mcp.admin").await);
    assert_eq!(tokens.scope, "mcp.admin");
    app.finish().await;
}

#[tokio::test]
async fn a_public_client_has_no_secret() {
    let app = TestApp::start_for("open").await;
    let options = ["--public", "--redirect-uri", REDIRECT_URI];
    let (client, said) = add(&app, "App", &options).await;
    assert!(client.client_secret.is_none() && !said.contains("spk_"), "{said}");
    let tokens = client.tokens_of(&app, "bob").await;
    assert_eq!(client.list("/mcp", Some(&tokens.access)).await.status, 200);
    app.finish().await;
}

#[tokio::test]
async fn a_client_with_keys_proves_itself_by_signing() {
    let app = TestApp::start_for("open").await;
    let key = key(7);
    let public = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
    let file = app.data_dir().join("keys.json");
    std::fs::write(&file, json!({"keys": [public]}).to_string()).unwrap();
    let file = file.display().to_string();
    let (client, said) = add(&app, "Signer", &["--credentials", "--jwks", &file]).await;
    assert!(client.client_secret.is_none() && said.contains("private_key_jwt"), "{said}");
    for (key, status) in [(&key, 200), (&self::key(8), 401)] {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let claims = json!({
            "iss": client.client_id, "sub": client.client_id, "aud": app.url,
            "exp": now + 60, "jti": format!("{status}"),
        });
        let jwt = encode(&Header::new(Algorithm::EdDSA), &claims, key).unwrap();
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", kind),
            ("client_assertion", jwt.as_str()),
        ];
        let answer = client.post_bare("/token", &form).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
    app.finish().await;
}

/// An Ed25519 key with this seed, as PKCS#8 (RFC 8410 §7).
fn key(seed: u8) -> EncodingKey {
    let before = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
    EncodingKey::from_ed_der(&[before.as_slice(), &[seed; 32]].concat())
}

#[tokio::test]
async fn what_could_never_work_is_refused_in_words() {
    let app = TestApp::start_for("open").await;
    for (options, why) in [
        (&["Bot"][..], "--redirect-uri"),
        (&["Bot", "--redirect-uri", "http://example.com/cb"], "must be https"),
        (&["Bot", "--redirect-uri", "javascript:alert(1)"], "scheme"),
        (&["Bot", "--redirect-uri", "https://example.com/#x"], "fragment"),
        (&["Bot", "--public", "--credentials"], "cannot be used with"),
        (&["Bot", "--credentials", "--scope", "mcp.act_as"], "mcp.admin"),
        (&["Bot", "--credentials", "--jwks-uri", "http://example.com/k"], "must be https"),
        (&["B\u{1b}[2Jot", "--credentials"], "in one line"),
    ] {
        let ended = operate(&app, &[&["clients", "add"], options].concat()).await;
        assert_eq!(ended.code, Some(2), "{options:?}");
        assert!(ended.stderr.contains(why), "{options:?}: {}", ended.stderr);
    }
    let file = app.data_dir().join("keys.json");
    let private = json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}]});
    std::fs::write(&file, private.to_string()).unwrap();
    let file = file.display().to_string();
    let said = refusal(&app, &["clients", "add", "Bot", "--credentials", "--jwks", &file]).await;
    assert!(said.contains(&file) && said.contains("private"), "{said}");
    let nowhere = ["clients", "add", "Bot", "--credentials", "--jwks", "nowhere.json"];
    let said = refusal(&app, &nowhere).await;
    assert!(said.contains("can't read nowhere.json"), "{said}");
    assert_eq!(app.count("SELECT COUNT(*) FROM clients").await, 0);
    app.finish().await;
}

#[tokio::test]
async fn strangers_are_listed_and_their_names_reach_no_terminal() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    app.sql("UPDATE clients SET name = 'a\u{1b}[2J\nb\u{202e}'").await;
    let said = answer(&app, &["clients", "list"]).await;
    assert_eq!(said.lines().count(), 2, "{said:?}");
    let row = said.lines().last().unwrap();
    assert!(row.starts_with(&format!("{}  dynamic ", client.client_id)), "{said:?}");
    assert!(row.contains(" a\\u{1b}[2J\\nb\\u{202e} ") && row.ends_with(" never"), "{said:?}");
    let said = answer(&app, &["clients", "remove", &client.client_id]).await;
    assert!(said.contains("again") && !said.contains('\u{1b}'), "{said:?}");
    app.finish().await;
}

#[tokio::test]
async fn before_the_first_start_nothing_is_there_and_no_key_is_made() {
    let machine = Machine::without_credentials().await;
    let mut said = Vec::new();
    for (arguments, words) in [
        (&["clients", "list"][..], "No clients yet"),
        (&["access", "list"], "Nobody has signed in yet"),
        (&["keys", "list"], "No keys yet"),
        (&["audit"], ""),
        (&["clients", "add", "Bot", "--credentials"], "client_id: spo_bot-"),
        (&["access", "allow", "spotify:bob"], "Invited spotify:bob"),
    ] {
        let ended = machine.start(arguments).ended().await;
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stdout.join("\n").contains(words), "{arguments:?}: {:?}", ended.stdout);
        said.push(ended);
    }
    assert!(!machine.key_file().exists(), "nothing was sealed or opened");
    let ended = machine.start(&["keys", "rotate-signing"]).ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let listed = machine.start(&["keys", "list"]).ended().await;
    assert_eq!(listed.stdout.len(), 2, "one key, not two: {:?}", listed.stdout);
    said.extend([ended, listed]);
    let json = machine.start(&["audit", "--json"]).ended().await;
    let events = json.stdout.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let events: Vec<_> = events.map(|event| event["event"].clone()).collect();
    assert_eq!(events, ["client.added", "access.allowed", "key.rotated"]);
    machine.finish(&said.iter().collect::<Vec<_>>());
}
