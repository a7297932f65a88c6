//! One provider: its endpoints, and what is asked of them for tokens.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    McpServer,
    answer::{ProviderError, TokenAnswer},
    issuer::{Discovered, Issuer},
    request::Proof,
    token::{self, Step},
};
use crate::{
    clock::Clock,
    config::{Advice, Method, Provider},
};

/// One provider, with the operator's credentials and the shared HTTP client.
#[derive(Clone)]
pub struct ProviderClient {
    id: String,
    client_id: String,
    provider: Provider,
    scopes: Vec<String>,
    has_tools: bool,
    redirect_uri: Url,
    http: reqwest::Client,
    clock: Clock,
    issuer: Option<Arc<Issuer>>,
    server: Option<McpServer>,
}

impl ProviderClient {
    /// The client for provider `id`. `tool_scopes` are what the tools need, `None` where no tool
    /// uses it; `redirect_uri` is where the provider sends people back to.
    #[must_use]
    pub fn new(
        id: &str,
        provider: &Provider,
        tool_scopes: Option<&[&str]>,
        redirect_uri: Url,
        http: reqwest::Client,
        clock: Clock,
    ) -> Self {
        let mut scopes = provider.scopes.clone();
        scopes.extend(tool_scopes.into_iter().flatten().map(|scope| (*scope).to_owned()));
        scopes.sort_unstable();
        scopes.dedup();
        let issuer = provider.issuer.clone();
        let issuer = issuer.map(|name| Arc::new(Issuer::new(name, http.clone(), clock.clone())));
        Self {
            id: id.to_owned(),
            client_id: provider.client_id.clone().unwrap_or_default(),
            provider: provider.clone(),
            scopes,
            has_tools: tool_scopes.is_some(),
            redirect_uri,
            http,
            clock,
            issuer,
            server: None,
        }
    }

    /// Its id in the configuration.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is, as data.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The scopes that tell who somebody is: all that signing in needs.
    #[must_use]
    pub fn sign_in_scopes(&self) -> &[String] {
        &self.provider.scopes
    }

    /// Whether tools use its accounts.
    #[must_use]
    pub fn has_tools(&self) -> bool {
        self.has_tools
    }

    /// Every scope that a person is asked for who connects an account: those of signing in, and
    /// those of the tools.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// The issuer, letter by letter, if this is an OpenID Connect provider.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref().map(Issuer::name)
    }

    /// Whether it sends people back to a page elsewhere, which shows them what to paste.
    #[must_use]
    pub fn has_relay(&self) -> bool {
        self.provider.redirect_url.is_some()
    }

    /// Where the provider sends people back to.
    #[must_use]
    pub fn redirect_uri(&self) -> &Url {
        &self.redirect_uri
    }

    /// The page where people sign in, without a request.
    ///
    /// # Errors
    /// When it has to be discovered, and can't be.
    pub async fn authorize_endpoint(&self) -> Result<Url, ProviderError> {
        if let Some(server) = &self.server {
            return server.authorize_endpoint().await;
        }
        let own = self.provider.authorize_url.as_ref();
        self.endpoint(own, |found| Some(&found.authorization_endpoint)).await?.ok_or_else(missing)
    }

    /// Exchanges an authorization code (RFC 6749 §4.1.3).
    ///
    /// # Errors
    /// When the provider refuses the code or can't be reached.
    pub async fn exchange(
        &self,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<TokenAnswer, ProviderError> {
        let mut params = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", self.redirect_uri.as_str()),
        ];
        if self.provider.pkce {
            params.push(("code_verifier", verifier.expose_secret()));
        }
        self.token(self.provider.token_url.as_ref(), params, Step::Exchange).await
    }

    /// Refreshes an access token (RFC 6749 §6).
    ///
    /// # Errors
    /// When the provider refuses the token or can't be reached.
    pub async fn refresh(&self, token: &SecretString) -> Result<TokenAnswer, ProviderError> {
        if let Some(server) = &self.server {
            return server.refresh(token).await;
        }
        let params =
            vec![("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())];
        let own = self.provider.refresh_url.as_ref().or(self.provider.token_url.as_ref());
        self.token(own, params, Step::Refresh).await
    }

    /// What a refusal means that the provider words in prose.
    #[must_use]
    pub fn advice(&self, sentence: &str) -> Option<&Advice> {
        let sentence = sentence.to_lowercase();
        self.provider.advice.iter().find(|advice| sentence.contains(&advice.contains))
    }

    async fn token(
        &self,
        own: Option<&Url>,
        params: Vec<(&str, &str)>,
        step: Step,
    ) -> Result<TokenAnswer, ProviderError> {
        let url = self.endpoint(own, |found| Some(&found.token_endpoint)).await?;
        let proof = Proof::Client(self.provider.client_auth);
        let (url, body) = (url.ok_or_else(missing)?, self.provider.token_body);
        let answer = self.request(Method::Post, url, body, params, proof).send().await?;
        token::read_token(answer, &self.provider, step, self.clock.now()).await
    }

    /// An endpoint that is set in the configuration, or else stands in the discovery document.
    pub(super) async fn endpoint(
        &self,
        own: Option<&Url>,
        discovered: impl Fn(&Discovered) -> Option<&Url>,
    ) -> Result<Option<Url>, ProviderError> {
        match (own, &self.issuer) {
            (Some(own), _) => Ok(Some(own.clone())),
            (None, Some(issuer)) => Ok(discovered(&*issuer.document().await?).cloned()),
            (None, None) => Ok(None),
        }
    }

    /// The URL that tells whose token it is.
    pub(super) async fn userinfo_url(&self) -> Result<Url, ProviderError> {
        let own = self.provider.userinfo_url();
        let url = self.endpoint(own.as_ref(), |found| found.userinfo_endpoint.as_ref()).await?;
        url.ok_or_else(missing)
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// The remote MCP server that this is, if it is one.
    pub(super) fn server(&self) -> Option<&McpServer> {
        self.server.as_ref()
    }

    pub(super) fn set_server(&mut self, server: McpServer) {
        self.server = Some(server);
    }

    pub(super) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(super) fn issuer_of_id_tokens(&self) -> Option<&Issuer> {
        self.issuer.as_deref()
    }
}

fn missing() -> ProviderError {
    ProviderError::unavailable("the provider has no such endpoint", None)
}
