//! Who this server is to an authorization server, in the specification's order: the operator's own
//! client, the client that our document describes, or one that is registered (RFC 7591) once for
//! everybody.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::DateTime;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use super::{AuthMethod, Found, McpServer, unfetched, unstored};
use crate::{
    providers::{
        ProviderError,
        answer::{body, retry_after, unavailable},
    },
    seal::Place,
    store::RemoteClientRow,
};

/// No client id is longer, in bytes.
const LONGEST_ID: usize = 2048;
/// The sentences of two refusals, for [`crate::config::Advice`].
pub(in crate::providers) const BY_HAND: &str = "clients are registered by hand";
pub(in crate::providers) const MOVED: &str = "another issuer than before";

/// Us, as one authorization server knows us.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) secret: Option<SecretString>,
    pub(super) method: AuthMethod,
}

/// What a registration gave, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Registration<'a> {
    client_id: String,
    #[serde(borrow)]
    client_secret: Option<Cow<'a, str>>,
    /// Seconds since 1970; none or zero if it never ends.
    client_secret_expires_at: Option<i64>,
    token_endpoint_auth_method: Option<String>,
}

impl McpServer {
    /// Who we are at the server that was found; registers us if need be.
    pub(super) async fn client(&self, found: &Found) -> Result<Client, ProviderError> {
        if let Some(client) = self.operators(found).await? {
            return Ok(client);
        }
        if let Some(client) = self.described(found) {
            return Ok(client);
        }
        let Some(endpoint) = &found.server.registration_endpoint else {
            tracing::error!(provider = self.0.name, "the remote server needs a client_id");
            return Err(ProviderError::Refused(BY_HAND.to_owned()));
        };
        let _turn = self.0.registering.lock().await;
        if let Some(client) = self.registered(found).await? {
            return Ok(client);
        }
        let row = self.register(found, endpoint).await?;
        self.0.surroundings.db.add_remote_client(&row).await.map_err(|why| unstored(&why))?;
        // Another process may have been faster; then its registration is the one that counts.
        let client = self.registered(found).await?;
        client.ok_or_else(|| ProviderError::unavailable("the registration is gone again", None))
    }

    /// The same, if we are called `id` there. What was begun or given under another name is lost.
    pub(super) async fn client_called(
        &self,
        id: &str,
        found: &Found,
    ) -> Result<Client, ProviderError> {
        let own = match self.operators(found).await? {
            Some(client) => Some(client),
            None => self.described(found).filter(|client| client.id == id),
        };
        let client = match own {
            Some(client) => Some(client),
            None => self.registered(found).await?,
        };
        client.filter(|client| client.id == id).ok_or(ProviderError::InvalidGrant)
    }

    /// Whether the client `id` was registered: any other comes back when somebody has mended it.
    pub(super) fn is_registered(&self, id: &str) -> bool {
        let described = self.0.document.as_ref().is_some_and(|url| url.as_str() == id);
        self.0.remote.client_id.is_none() && !described
    }

    /// The server no longer knows the client `id`: if it was registered, it is once more.
    pub(super) async fn forget_client(&self, issuer: &str, id: &str) -> Result<(), ProviderError> {
        tracing::warn!(
            provider = self.0.name,
            "the authorization server has forgotten this client"
        );
        let forgotten = self.0.surroundings.db.forget_remote_client(&self.0.name, issuer, id).await;
        forgotten.map_err(|why| unstored(&why))
    }

    /// The operator's own client. It belongs to the issuer that it was first used at: a remote that
    /// names another one later doesn't get its secret.
    async fn operators(&self, found: &Found) -> Result<Option<Client>, ProviderError> {
        let Some(id) = &self.0.remote.client_id else { return Ok(None) };
        let first = self.0.surroundings.db.remote_issuer(&self.0.name, id).await;
        if let Some(first) = first.map_err(|why| unstored(&why))? {
            self.ensure_not_moved(found, &first)?;
        }
        let secret = self.0.remote.client_secret.clone();
        let method = match &secret {
            None => AuthMethod::None,
            Some(_) if found.server.takes(AuthMethod::Basic) => AuthMethod::Basic,
            Some(_) => AuthMethod::Post,
        };
        Ok(Some(Client { id: id.clone(), secret, method }))
    }

    /// `client` is known there. The operator's belongs to this issuer from now on, if it hasn't been used
    /// before. Only now: a server that is asked in a bad moment may seem to be its own issuer.
    pub(super) async fn settle(&self, found: &Found, client: &Client) -> Result<(), ProviderError> {
        if self.0.remote.client_id.as_ref() != Some(&client.id) {
            return Ok(());
        }
        let (db, issuer) = (&self.0.surroundings.db, &found.server.issuer);
        let first = db.settle_remote_issuer(&self.0.name, &client.id, issuer).await;
        self.ensure_not_moved(found, &first.map_err(|why| unstored(&why))?)
    }

    fn ensure_not_moved(&self, found: &Found, first: &str) -> Result<(), ProviderError> {
        found.ensure_issuer(first).map_err(|error| match error {
            ProviderError::InvalidGrant => {
                tracing::error!(provider = self.0.name, "the remote server has another issuer now");
                ProviderError::Refused(MOVED.to_owned())
            }
            unnamed => unnamed,
        })
    }

    /// The client that our document describes, if the server reads such documents.
    fn described(&self, found: &Found) -> Option<Client> {
        let server = &found.server;
        let takes = server.client_id_metadata_document_supported && server.takes_public_clients();
        let url = self.0.document.as_ref().filter(|_| takes)?;
        Some(Client { id: url.as_str().to_owned(), secret: None, method: AuthMethod::None })
    }

    /// The client that was registered, as long as it is good.
    async fn registered(&self, found: &Found) -> Result<Option<Client>, ProviderError> {
        let (name, issuer, around) = (&self.0.name, &found.server.issuer, &self.0.surroundings);
        let row = around.db.remote_client(name, issuer).await.map_err(|why| unstored(&why))?;
        let Some(row) = row else { return Ok(None) };
        let opened = around.sealer.open(place(&row.id), &row.sealed_registration);
        // Sealed with a key that is gone: it can be had anew.
        let opened = opened.unwrap_or_default();
        let given: Option<Registration<'_>> = serde_json::from_slice(&opened).ok();
        let now = around.clock.now();
        let lives = |given: &Registration<'_>| {
            let end = given.client_secret_expires_at.filter(|end| *end != 0);
            let end = end.and_then(|end| DateTime::from_timestamp(end, 0));
            end.is_none_or(|end| now < end)
        };
        let given =
            given.filter(|given| row.redirect_uri == self.0.redirect_uri.as_str() && lives(given));
        let Some(given) = given else {
            self.forget_client(issuer, &row.client_id).await?;
            return Ok(None);
        };
        Ok(Some(client_of(given, found)))
    }

    async fn register(
        &self,
        found: &Found,
        endpoint: &Url,
    ) -> Result<RemoteClientRow, ProviderError> {
        let around = &self.0.surroundings;
        let order = [AuthMethod::Basic, AuthMethod::Post];
        let method = order.into_iter().find(|method| found.server.takes(*method));
        let introduction = self.introduction(method.unwrap_or(AuthMethod::None));
        let request = around.http.post(endpoint).map_err(unfetched)?.json(&introduction);
        let answer = request.send().await.map_err(|error| ProviderError::from(error).not_lost())?;
        let (status, wait) = (answer.status(), retry_after(&answer));
        if unavailable(status) {
            let why = format!("registration endpoint: {status}");
            return Err(ProviderError::unavailable(why, wait));
        }
        if !matches!(status, StatusCode::OK | StatusCode::CREATED) {
            tracing::error!(provider = self.0.name, %status, "registration refused");
            return Err(ProviderError::Refused(BY_HAND.to_owned()));
        }
        let body = body(answer).await.map_err(ProviderError::not_lost)?;
        let given = serde_json::from_slice::<Registration<'_>>(&body).ok();
        let given = given.filter(|given| is_id(&given.client_id)).ok_or_else(|| {
            ProviderError::unavailable("registration endpoint: no usable client id", None)
        })?;
        let id = BASE64_URL_SAFE_NO_PAD.encode(around.clock.random::<16>());
        let sealed = serde_json::to_vec(&given).map(Zeroizing::new).ok();
        let sealed = sealed.and_then(|plain| around.sealer.seal(place(&id), &plain).ok());
        tracing::info!(provider = self.0.name, "registered at the remote's authorization server");
        Ok(RemoteClientRow {
            id,
            remote: self.0.name.clone(),
            issuer: found.server.issuer.clone(),
            redirect_uri: self.0.redirect_uri.to_string(),
            client_id: given.client_id,
            sealed_registration: sealed.ok_or_else(|| {
                ProviderError::unavailable("the registration can't be kept", None)
            })?,
            created_at: around.clock.now(),
        })
    }
}

/// The client that was given. What it doesn't say about itself is as the server takes it.
fn client_of(given: Registration<'_>, found: &Found) -> Client {
    let secret = given.client_secret.filter(|secret| !secret.is_empty());
    let secret = secret.map(|secret| SecretString::from(&*secret));
    let said = [AuthMethod::None, AuthMethod::Basic, AuthMethod::Post]
        .into_iter()
        .find(|method| given.token_endpoint_auth_method.as_deref() == Some(method.as_str()));
    let method = match (&secret, said) {
        (None, _) => AuthMethod::None,
        (Some(_), Some(said)) => said,
        (Some(_), None) if found.server.takes(AuthMethod::Basic) => AuthMethod::Basic,
        (Some(_), None) => AuthMethod::Post,
    };
    Client { id: given.client_id, secret, method }
}

fn is_id(id: &str) -> bool {
    (1..=LONGEST_ID).contains(&id.len()) && !id.chars().any(char::is_control)
}

/// Where the registration with this id is sealed for.
fn place(id: &str) -> Place<'_> {
    Place { table: "remote_clients", row: id, field: "sealed_registration", version: 1 }
}

impl Client {
    /// The fields and the secret for HTTP Basic with which this client proves itself.
    pub(super) fn proof(&self) -> (Vec<(&str, &str)>, Option<&SecretString>) {
        let id = ("client_id", self.id.as_str());
        match (&self.secret, self.method) {
            (Some(secret), AuthMethod::Basic) => (Vec::new(), Some(secret)),
            (Some(secret), AuthMethod::Post) => {
                (vec![id, ("client_secret", secret.expose_secret())], None)
            }
            _ => (vec![id], None),
        }
    }
}
