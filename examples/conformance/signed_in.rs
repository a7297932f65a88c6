//! `--public-url`: the same transport where a token is asked for, as a hosted server's is.
//!
//! The suite sends none, so a proxy at that URL adds it. One client is there, the operator's, and it
//! gets tokens of its own: nobody has to sign in for it.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context;
use axum::{Router, middleware};
use secrecy::{ExposeSecret, SecretString};
use stagepass::{
    audit::Audit,
    clock::Clock,
    config::Config,
    http::{GuardedClient, Rules},
    oauth::{self, AuthMethod, ClientMetadata, Description, GrantType, Guarded, OAuth, client_row},
    store::{ClientKind, ClientRow, Db},
    vault::{self, IdleDays, Vault, hash, mint},
    web::cors::cors,
};
use tempfile::TempDir;
use tokio_util::task::TaskTracker;
use url::Url;

/// The id of the client.
pub(crate) const CLIENT: &str = "conformance";

/// An authorization server, and a client of it.
pub(crate) struct SignedIn {
    oauth: OAuth,
    pub(crate) secret: SecretString,
    _data: TempDir,
}

impl SignedIn {
    /// The authorization server at `public_url`, with a database of its own.
    ///
    /// # Errors
    /// When there is no place for the database.
    pub(crate) async fn at(public_url: &Url) -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let variables = HashMap::from([
            ("STAGEPASS_PUBLIC_URL".to_owned(), public_url.to_string()),
            ("STAGEPASS_DATA_DIR".to_owned(), data.path().display().to_string()),
        ]);
        let config = Config::load(None, variables)?;
        let clock = Clock::system();
        let db = Db::open(config.database_url.as_ref(), &config.data_dir).await?;
        let secret = add_client(&db, &clock).await?;
        let sealer = vault::unlock(&config, &db, &clock).await?;
        let tasks = TaskTracker::new();
        let (providers, idle) = (BTreeMap::new(), IdleDays::default());
        let vault = Vault::new(db.clone(), sealer, clock.clone(), providers, idle, tasks);
        let description = Description::new(public_url, Vec::new(), std::iter::empty());
        let guarded = GuardedClient::new(Rules::default()).context("no HTTP client")?;
        let audit = Audit::new(db.clone(), clock.clone());
        let oauth = OAuth::new(&config, description, db, vault, clock, audit, guarded).await?;
        Ok(Self { oauth, secret, _data: data })
    }

    /// `mcp` for those who have a token, and where to get one.
    pub(crate) fn around(&self, mcp: Router) -> Router {
        let guarded = Guarded::new(&self.oauth, None);
        mcp.layer(middleware::from_fn_with_state(guarded, oauth::bearer))
            .merge(self.oauth.documents())
            .merge(self.oauth.token_endpoints())
            .layer(middleware::from_fn(cors))
    }
}

/// Adds the client, as `stagepass clients add --credentials` does; its secret.
async fn add_client(db: &Db, clock: &Clock) -> anyhow::Result<SecretString> {
    let metadata = ClientMetadata {
        name: None,
        redirect_uris: Vec::new(),
        auth_method: AuthMethod::ClientSecretBasic,
        grant_types: vec![GrantType::ClientCredentials],
        keys: None,
        application_type: None,
        scopes: None,
    };
    let secret = mint(clock, "spk_");
    let row = ClientRow {
        secret_hash: Some(hash(secret.expose_secret())),
        ..client_row(ClientKind::Operator, CLIENT.to_owned(), &metadata, clock.now())
    };
    db.save_client(&row).await?;
    Ok(secret)
}
