//! `stagepass keys`: a new signing key, while the server runs.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{answer, within_seconds};
use crate::harness::{Connector, TestApp};

/// The id of the key that signed a token.
fn kid(token: &str) -> String {
    let header = token.split('.').next().unwrap();
    let header = BASE64_URL_SAFE_NO_PAD.decode(header).unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn published(client: &Connector) -> Vec<Value> {
    client.get("/.well-known/jwks.json").await.body["keys"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_running_server_signs_with_the_new_key_and_believes_the_old_one() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let old = client.tokens_of(&app, "bob").await;
    assert_eq!(published(&client).await.len(), 1);

    let said = answer(&app, &["keys", "rotate-signing"]).await;
    within_seconds("two keys", async || published(&client).await.len() == 2).await;
    let new = client.refresh(old.refresh.as_deref().unwrap()).await;
    let new = Connector::tokens(&app, &new);
    assert_ne!(kid(&new.access), kid(&old.access));
    assert!(said.contains(&kid(&new.access)), "{said}");
    for token in [&old.access, &new.access] {
        assert_eq!(client.list("/mcp", Some(token)).await.status, 200);
    }

    let said = answer(&app, &["keys", "list"]).await;
    let does = |kid: &str| {
        let line = said.lines().find(|line| line.starts_with(kid)).unwrap();
        line.split_whitespace().nth(1).unwrap().to_owned()
    };
    assert_eq!(does(&kid(&new.access)), "signs", "{said}");
    assert_eq!(does(&kid(&old.access)), "checks", "{said}");
    assert_eq!(said.lines().count(), 3, "{said}");
    app.finish().await;
}

#[tokio::test]
async fn a_key_made_elsewhere_signs_even_if_nobody_asks_for_the_keys() {
    let app = TestApp::start_for("open").await;
    let client = Connector::register(&app).await;
    let old = client.tokens_of(&app, "bob").await;
    answer(&app, &["keys", "rotate-signing"]).await;
    let mut tokens = old.clone();
    within_seconds("the new key signs", async || {
        let answer = client.refresh(tokens.refresh.as_deref().unwrap()).await;
        tokens = Connector::tokens(&app, &answer);
        kid(&tokens.access) != kid(&old.access)
    })
    .await;
    app.finish().await;
}
