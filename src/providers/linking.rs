//! What linking asks of a provider, whichever place its endpoints come from.

use std::collections::BTreeSet;

use secrecy::SecretString;
use serde_json::Value;
use stagepass_kit::code;
use url::Url;

use super::{
    Account, AuthorizeRequest, McpServer, ProviderClient, ProviderError, TokenAnswer,
    mcp_server::{BY_HAND, MOVED},
    nonce_of,
};
use crate::{
    clock::Clock,
    config::{Advice, Provider, Remote},
};

impl ProviderClient {
    /// The client for the remote server `name`.
    #[must_use]
    pub fn of_server(
        name: &str,
        remote: &Remote,
        server: McpServer,
        redirect_uri: Url,
        http: reqwest::Client,
        clock: Clock,
    ) -> Self {
        let provider = described(name, remote);
        let mut client = Self::new(name, &provider, Some(&[]), redirect_uri, http, clock);
        client.set_server(server);
        client
    }

    /// Whether this is a remote server, whose scopes aren't known before it is asked.
    #[must_use]
    pub fn is_remote(&self) -> bool {
        self.server().is_some()
    }

    /// What to ask a person for who links an account, besides `more` that turned out to be needed.
    ///
    /// # Errors
    /// When that has to be discovered, and can't be.
    pub async fn scopes_to_ask(
        &self,
        more: &BTreeSet<String>,
    ) -> Result<Vec<String>, ProviderError> {
        match self.server() {
            Some(server) => server.scopes_to_ask(more).await,
            None => Ok(self.scopes().to_vec()),
        }
    }

    /// Where the browser goes, and what has to be kept until it comes back.
    ///
    /// # Errors
    /// When the provider's endpoints have to be discovered, and can't be.
    pub async fn begin(
        &self,
        request: &AuthorizeRequest<'_>,
    ) -> Result<(Url, Option<String>), ProviderError> {
        match self.server() {
            Some(server) => server.begin(request).await.map(|(url, begun)| (url, Some(begun))),
            None => Ok((self.authorize_url(request).await?, None)),
        }
    }

    /// Whether an authorization response with this `iss` answers what was `begun`.
    ///
    /// # Errors
    /// As [`ProviderClient::ensure_answer_of`].
    pub async fn ensure_answer_to(
        &self,
        begun: Option<&str>,
        iss: Option<&str>,
    ) -> Result<(), ProviderError> {
        match self.server() {
            Some(server) => server.ensure_answer_to(begun.unwrap_or_default(), iss).await,
            None => self.ensure_answer_of(iss).await,
        }
    }

    /// Exchanges a code that answers what was `begun`.
    ///
    /// # Errors
    /// As [`ProviderClient::exchange`].
    pub async fn finish(
        &self,
        code: &SecretString,
        verifier: &SecretString,
        begun: Option<&str>,
    ) -> Result<TokenAnswer, ProviderError> {
        match self.server() {
            Some(server) => server.exchange(code, verifier, begun.unwrap_or_default()).await,
            None => self.exchange(code, verifier).await,
        }
    }

    /// Who signed in to get `answer`, for `identity`.
    ///
    /// # Errors
    /// As [`ProviderClient::account`].
    pub async fn account_of(
        &self,
        answer: &TokenAnswer,
        verifier: &SecretString,
        begun: Option<&str>,
        identity: &str,
    ) -> Result<Account, ProviderError> {
        match self.server() {
            Some(server) => server.account(answer, begun.unwrap_or_default(), identity),
            None => self.account(answer, Some(&nonce_of(verifier))).await,
        }
    }

    /// The document that describes this server to the provider, if there is one.
    #[must_use]
    pub fn document_of_ours(&self) -> Option<Value> {
        self.server()?.document_of_ours()
    }
}

/// A remote server as a provider, as far as that is known before it is asked.
fn described(name: &str, remote: &Remote) -> Provider {
    let label = remote.label(name);
    let advice = |contains: &str, message: String, next_step: String| Advice {
        contains: contains.to_owned(),
        code: code::FORBIDDEN.to_owned(),
        message,
        next_step,
    };
    Provider {
        login: Some(false),
        scope_words: [(
            "offline_access".to_owned(),
            "stay connected while you are away".to_owned(),
        )]
        .into(),
        advice: vec![
            advice(
                BY_HAND,
                format!("{label} doesn't let this server register itself as an app."),
                format!("The operator registers one there and sets remote.{name}.client_id."),
            ),
            advice(
                MOVED,
                format!("{label} has another authorization server than before."),
                format!(
                    "The operator checks that this is meant, registers an app there, and sets \
                     remote.{name}.client_id anew."
                ),
            ),
        ],
        name: label,
        ..Provider::default()
    }
}
