//! A bot that speaks for the users of its chat, as `stagepass clients add Bot --act-as` adds one.

use secrecy::{ExposeSecret, SecretString};
use stagepass::{
    clock::Clock,
    config::Config,
    identity::{Scope, Scopes},
    oauth::{AuthMethod, ClientMetadata, GrantType, client_row},
    store::{ClientKind, ClientRow, Db},
    vault::{hash, mint},
};

/// Its id.
pub(crate) const ID: &str = "spo_example-bot";

/// Stores it, and returns its secret.
///
/// # Errors
/// When there is no database.
pub(crate) async fn add(config: &Config, clock: &Clock) -> anyhow::Result<SecretString> {
    let metadata = ClientMetadata {
        name: Some("Example bot".to_owned()),
        redirect_uris: Vec::new(),
        auth_method: AuthMethod::ClientSecretBasic,
        grant_types: vec![GrantType::ClientCredentials, GrantType::TokenExchange],
        keys: None,
        application_type: None,
        scopes: None,
    };
    let secret = mint(&Clock::system(), "spk_");
    let scopes: Scopes = [Scope::Read, Scope::Write, Scope::ActAs].into_iter().collect();
    let row = ClientRow {
        secret_hash: Some(hash(secret.expose_secret())),
        scopes: scopes.to_string(),
        ..client_row(ClientKind::Operator, ID.to_owned(), &metadata, clock.now())
    };
    let db = Db::open(config.database_url.as_ref(), &config.data_dir).await?;
    db.save_client(&row).await?;
    db.close().await;
    Ok(secret)
}
