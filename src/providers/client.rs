//! One provider's endpoints: authorize, token, user info, revoke.

use std::time::Duration;

use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded::byte_serialize};

use super::{
    answer::{self, ProviderError, TokenAnswer},
    userinfo::{self, Account},
};
use crate::config::{Advice, Provider};

/// Before asking a second time whose token it is: a new token isn't known everywhere at once.
const AGAIN: Duration = Duration::from_millis(500);

/// One provider, with the operator's credentials and the shared HTTP client.
#[derive(Clone)]
pub struct ProviderClient {
    id: String,
    client_id: String,
    provider: Provider,
    scopes: Vec<String>,
    redirect_uri: Url,
    http: reqwest::Client,
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
    ) -> Self {
        let mut scopes = provider.scopes.clone();
        scopes.extend(tool_scopes.iter().map(|scope| (*scope).to_owned()));
        scopes.sort_unstable();
        scopes.dedup();
        Self {
            id: id.to_owned(),
            client_id: provider.client_id.clone().unwrap_or_default(),
            provider: provider.clone(),
            scopes,
            redirect_uri,
            http,
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

    /// Every scope that a person is asked for.
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        &self.scopes
    }

    /// Where the browser goes: the authorization request (RFC 6749 §4.1.1) with PKCE (RFC 7636).
    /// `again` makes the provider ask even somebody who has agreed before.
    #[must_use]
    pub fn authorize_url(&self, state: &str, verifier: &SecretString, again: bool) -> Url {
        let verifier = PkceCodeVerifier::new(verifier.expose_secret().to_owned());
        let state = state.to_owned();
        let client = oauth2::basic::BasicClient::new(ClientId::new(self.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(self.provider.authorize_url.clone()))
            .set_redirect_uri(RedirectUrl::from_url(self.redirect_uri.clone()));
        let mut request = client
            .authorize_url(|| CsrfToken::new(state))
            .add_scopes(self.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        if again {
            for (name, value) in &self.provider.reauthorize {
                request = request.add_extra_param(name.clone(), value.clone());
            }
        }
        request.url().0
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
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token.expose_secret())])
            .await
    }

    /// Asks whose token it is, and once more if the first answer is no answer.
    ///
    /// # Errors
    /// When the provider refuses the account or can't be reached.
    pub async fn account(&self, access_token: &SecretString) -> Result<Account, ProviderError> {
        match self.ask_account(access_token).await {
            Err(ProviderError::Unavailable { .. }) => {
                tokio::time::sleep(AGAIN).await;
                self.ask_account(access_token).await
            }
            answered => answered,
        }
    }

    async fn ask_account(&self, access_token: &SecretString) -> Result<Account, ProviderError> {
        let url = format!(
            "{}{}",
            self.provider.api_url.as_str().trim_end_matches('/'),
            self.provider.userinfo_path
        );
        let request = self.http.get(url).bearer_auth(access_token.expose_secret());
        userinfo::read(&self.provider, request.send().await?).await
    }

    /// Revokes a token, as far as the provider can (RFC 7009).
    pub async fn revoke(&self, token: &SecretString) -> RevokeOutcome {
        let Some(url) = &self.provider.revoke_url else { return RevokeOutcome::Unsupported };
        let request = self.http.post(url.clone());
        let form = [("token", token.expose_secret())];
        match self.authenticated(request, &form).send().await {
            Ok(answer) if answer.status().is_success() => RevokeOutcome::Revoked,
            Ok(answer) if matches!(answer.status().as_u16(), 404 | 405 | 410 | 501) => {
                RevokeOutcome::Unsupported
            }
            Ok(answer) => {
                tracing::warn!(provider = self.id, status = %answer.status(), "revocation refused");
                RevokeOutcome::Failed
            }
            Err(error) => {
                let error = error.without_url();
                tracing::warn!(provider = self.id, %error, "revocation failed");
                RevokeOutcome::Failed
            }
        }
    }

    /// What a refusal means that the provider words in prose.
    #[must_use]
    pub fn advice(&self, sentence: &str) -> Option<&Advice> {
        let sentence = sentence.to_lowercase();
        self.provider.advice.iter().find(|advice| sentence.contains(&advice.contains))
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<TokenAnswer, ProviderError> {
        let request = self.http.post(self.provider.token_url.clone());
        let request = request.header(reqwest::header::ACCEPT, "application/json");
        answer::read_token(self.authenticated(request, form).send().await?).await
    }

    /// With a secret by HTTP Basic (RFC 6749 §2.3.1), without one by client id alone.
    fn authenticated(&self, request: RequestBuilder, form: &[(&str, &str)]) -> RequestBuilder {
        if let Some(secret) = &self.provider.client_secret {
            let encoded = |part: &str| byte_serialize(part.as_bytes()).collect::<String>();
            let secret = encoded(secret.expose_secret());
            return request.basic_auth(encoded(&self.client_id), Some(secret)).form(form);
        }
        let mut form = form.to_vec();
        form.push(("client_id", &self.client_id));
        request.form(&form)
    }
}
