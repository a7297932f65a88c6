//! One provider: its endpoints, and what is asked of them for tokens.

use std::sync::Arc;

use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded::byte_serialize};

use super::{
    McpServer,
    answer::{self, ProviderError, TokenAnswer},
    issuer::{Discovered, Issuer},
};
use crate::{
    clock::Clock,
    config::{Advice, ClientAuth, Provider},
};

/// One provider, with the operator's credentials and the shared HTTP client.
#[derive(Clone)]
pub struct ProviderClient {
    id: String,
    client_id: String,
    provider: Provider,
    scopes: Vec<String>,
    redirect_uri: Url,
    http: reqwest::Client,
    issuer: Option<Arc<Issuer>>,
    server: Option<McpServer>,
}

/// What became of a revocation (RFC 7009).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokeOutcome {
    /// The provider said that it is done.
    Revoked,
    /// There was no token left to revoke.
    Nothing,
    /// The provider has no such endpoint.
    Unsupported,
    /// The provider was away, or refused.
    Failed,
}

impl RevokeOutcome {
    /// The word for it in the record.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Nothing => "nothing",
            Self::Unsupported => "unsupported",
            Self::Failed => "failed",
        }
    }
}

impl ProviderClient {
    /// The client for provider `id`. `tool_scopes` are what the tools need; `redirect_uri` is
    /// where the provider sends people back to.
    #[must_use]
    pub fn new(
        id: &str,
        provider: &Provider,
        tool_scopes: &[&str],
        redirect_uri: Url,
        http: reqwest::Client,
        clock: Clock,
    ) -> Self {
        let mut scopes = provider.scopes.clone();
        scopes.extend(tool_scopes.iter().map(|scope| (*scope).to_owned()));
        scopes.sort_unstable();
        scopes.dedup();
        let issuer = provider.issuer.clone();
        let issuer = issuer.map(|name| Arc::new(Issuer::new(name, http.clone(), clock)));
        Self {
            id: id.to_owned(),
            client_id: provider.client_id.clone().unwrap_or_default(),
            provider: provider.clone(),
            scopes,
            redirect_uri,
            http,
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

    /// Whether tools use it: then people are asked for more than who they are.
    #[must_use]
    pub fn has_tools(&self) -> bool {
        self.server.is_some()
            || self.scopes().iter().any(|scope| !self.sign_in_scopes().contains(scope))
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
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("code_verifier", verifier.expose_secret()),
        ])
        .await
    }

    /// Refreshes an access token (RFC 6749 §6).
    ///
    /// # Errors
    /// When the provider refuses the token or can't be reached.
    pub async fn refresh(&self, token: &SecretString) -> Result<TokenAnswer, ProviderError> {
        if let Some(server) = &self.server {
            return server.refresh(token).await;
        }
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())])
            .await
    }

    /// Revokes a token, as far as the provider can (RFC 7009).
    pub async fn revoke(&self, token: &SecretString) -> RevokeOutcome {
        if let Some(server) = &self.server {
            return server.revoke(token).await;
        }
        let own = self.provider.revoke_url.as_ref();
        let url = match self.endpoint(own, |found| found.revocation_endpoint.as_ref()).await {
            Ok(Some(url)) => url,
            Ok(None) => return RevokeOutcome::Unsupported,
            Err(error) => {
                tracing::warn!(provider = self.id, %error, "revocation failed");
                return RevokeOutcome::Failed;
            }
        };
        let request = self.http.post(url);
        let form = [("token", token.expose_secret())];
        outcome(&self.id, self.authenticated(request, &form).send().await)
    }

    /// What a refusal means that the provider words in prose.
    #[must_use]
    pub fn advice(&self, sentence: &str) -> Option<&Advice> {
        let sentence = sentence.to_lowercase();
        self.provider.advice.iter().find(|advice| sentence.contains(&advice.contains))
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<TokenAnswer, ProviderError> {
        let own = self.provider.token_url.as_ref();
        let url = self.endpoint(own, |found| Some(&found.token_endpoint)).await?;
        let request = self.http.post(url.ok_or_else(missing)?);
        let request = request.header(reqwest::header::ACCEPT, "application/json");
        answer::read_token(self.authenticated(request, form).send().await?).await
    }

    /// With a secret as the provider wants it (RFC 6749 §2.3.1), without one by client id alone.
    fn authenticated(&self, request: RequestBuilder, form: &[(&str, &str)]) -> RequestBuilder {
        let mut form = form.to_vec();
        if let Some(secret) = &self.provider.client_secret {
            let secret = secret.expose_secret();
            if self.provider.client_auth == ClientAuth::Basic {
                let encoded = |part: &str| byte_serialize(part.as_bytes()).collect::<String>();
                let (id, secret) = (encoded(&self.client_id), encoded(secret));
                return request.basic_auth(id, Some(secret)).form(&form);
            }
            form.push(("client_secret", secret));
        }
        form.push(("client_id", &self.client_id));
        request.form(&form)
    }

    /// An endpoint that is set in the configuration, or else stands in the discovery document.
    async fn endpoint(
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

/// What the answer of a revocation endpoint means.
pub(super) fn outcome(
    provider: &str,
    answer: Result<reqwest::Response, reqwest::Error>,
) -> RevokeOutcome {
    match answer {
        Ok(answer) if answer.status().is_success() => RevokeOutcome::Revoked,
        Ok(answer) if matches!(answer.status().as_u16(), 404 | 405 | 410 | 501) => {
            RevokeOutcome::Unsupported
        }
        Ok(answer) => {
            tracing::warn!(provider, status = %answer.status(), "revocation refused");
            RevokeOutcome::Failed
        }
        Err(error) => {
            let error = error.without_url();
            tracing::warn!(provider, %error, "revocation failed");
            RevokeOutcome::Failed
        }
    }
}

fn missing() -> ProviderError {
    ProviderError::unavailable("the provider has no such endpoint", None)
}
