//! A bot that speaks for somebody who has linked an account in its chat.

use anyhow::Context;
use serde_json::{Value, json};
use stagepass::{
    clock::Clock,
    identity::{Scope, Scopes},
    oauth::{AuthMethod, ClientMetadata, GrantType, client_row},
    store::{ClientKind, ClientRow, Db},
    vault::hash,
};
use stagepass_standin::Browser;

use crate::{
    load::{self, Target},
    server::Server,
};

const ID: &str = "spo_benchmark";
const SECRET: &str = "spk_a-secret-for-the-benchmark-alone";
/// The chat user, as the header carries it.
const CHAT: &str = "telegram:12345678";

/// Adds a bot to `server`, and has its chat user link alice's account.
///
/// # Errors
/// When somebody refuses.
pub(crate) async fn speaking(server: &Server) -> anyhow::Result<Target> {
    add(&server.db().await?).await?;
    let http = load::client()?;
    let form = [("grant_type", "client_credentials"), ("scope", "mcp.write mcp.act_as")];
    let asked = http.post(server.url.join("token")?).basic_auth(ID, Some(SECRET)).form(&form);
    let tokens: Value = asked.send().await?.error_for_status()?.json().await?;
    let token = tokens.get("access_token").and_then(Value::as_str).context("a token")?;
    let target = Target { chat: Some(CHAT), ..server.target(Some(token.to_owned())) };
    let link = load::call(&http, &target, "Auth", json!({"action": "get_url"})).await?;
    let browser = Browser::new();
    let page = browser.get(link.get("url").and_then(Value::as_str).context("a link")?).await;
    let page = browser.submit(&page, "Continue to Spotify", &[]).await;
    let page = server.spotify.sign_in(&browser, page, "alice").await;
    let is_code = |word: &&str| word.len() == 9 && word.as_bytes().get(4) == Some(&b'-');
    let code = page.text().split_whitespace().find(is_code).context("a code")?.to_owned();
    let given = json!({"action": "handle_callback", "code": code});
    load::call(&http, &target, "Auth", given).await?;
    Ok(target)
}

async fn add(db: &Db) -> anyhow::Result<()> {
    let metadata = ClientMetadata {
        name: Some("Benchmark".to_owned()),
        redirect_uris: Vec::new(),
        auth_method: AuthMethod::ClientSecretBasic,
        grant_types: vec![GrantType::ClientCredentials],
        keys: None,
        application_type: None,
        scopes: None,
    };
    let scopes: Scopes = [Scope::Read, Scope::Write, Scope::ActAs].into_iter().collect();
    let row = ClientRow {
        secret_hash: Some(hash(SECRET)),
        scopes: scopes.to_string(),
        ..client_row(ClientKind::Operator, ID.to_owned(), &metadata, Clock::system().now())
    };
    Ok(db.save_client(&row).await?)
}
