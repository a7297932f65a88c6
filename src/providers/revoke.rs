//! How a grant ends at the provider.

use reqwest::Response;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::{
    ProviderClient,
    answer::{self, ProviderError, TokenAnswer},
    fields::Fields,
    request::Proof,
};
use crate::config::{ClientAuth, RevokeAuth, RevokeToken};

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

/// The tokens of a grant that ends.
#[derive(Debug, Clone, Default)]
pub struct Tokens {
    /// The access token, if it hasn't expired.
    pub access: Option<SecretString>,
    /// The refresh token.
    pub refresh: Option<SecretString>,
}

impl From<&TokenAnswer> for Tokens {
    fn from(answer: &TokenAnswer) -> Self {
        Self { access: Some(answer.access_token.clone()), refresh: answer.refresh_token.clone() }
    }
}

impl ProviderClient {
    /// Revokes a grant, as far as the provider can: by the token that takes the other with it.
    pub async fn revoke(&self, tokens: Tokens) -> RevokeOutcome {
        match self.try_revoke(tokens).await {
            Ok(outcome) => outcome,
            // What the provider doesn't know any more can do no harm.
            Err(ProviderError::InvalidGrant) => RevokeOutcome::Nothing,
            Err(error) => {
                tracing::warn!(provider = self.id(), %error, "revocation failed");
                RevokeOutcome::Failed
            }
        }
    }

    async fn try_revoke(&self, tokens: Tokens) -> Result<RevokeOutcome, ProviderError> {
        if let Some(server) = self.server() {
            return server.give_back(tokens).await;
        }
        let provider = self.provider();
        let own = provider.revoke_url.as_ref();
        let url = self.endpoint(own, |found| found.revocation_endpoint.as_ref()).await?;
        let Some(url) = url else { return Ok(RevokeOutcome::Unsupported) };
        let Tokens { access, refresh } = tokens;
        let (token, refresh) = match provider.revoke_token {
            RevokeToken::Refresh => (refresh.or(access), None),
            RevokeToken::Access => (access, refresh),
        };
        let outcome = match token {
            Some(token) => self.revoke_token(url.clone(), &token).await?,
            None => RevokeOutcome::Nothing,
        };
        match (outcome, refresh) {
            // The access token has expired, or has without our knowing.
            (RevokeOutcome::Nothing | RevokeOutcome::Failed, Some(refresh)) => {
                let newer = self.refresh(&refresh).await?.access_token;
                self.revoke_token(url, &newer).await
            }
            (outcome, _) => Ok(outcome),
        }
    }

    async fn revoke_token(
        &self,
        url: Url,
        token: &SecretString,
    ) -> Result<RevokeOutcome, ProviderError> {
        let provider = self.provider();
        let name = provider.revoke_param.as_deref().unwrap_or("token");
        let named = vec![(name, token.expose_secret())];
        let (params, proof) = match provider.revoke_auth {
            RevokeAuth::Client => (named, Proof::Client(provider.client_auth)),
            RevokeAuth::Basic => (named, Proof::Client(ClientAuth::Basic)),
            RevokeAuth::Bearer => (Vec::new(), Proof::Bearer(token)),
            RevokeAuth::None => (named, Proof::None),
        };
        let request =
            self.request(provider.revoke_method, url, provider.revoke_body, params, proof);
        outcome(self.id(), request.send().await?).await
    }
}

/// What the answer of a revocation endpoint means.
pub(super) async fn outcome(
    provider: &str,
    answer: Response,
) -> Result<RevokeOutcome, ProviderError> {
    let status = answer.status();
    if status.is_success() {
        // Some say no with a status that says yes.
        let body = answer::body(answer).await?;
        let told: Fields = serde_json::from_slice(&body).unwrap_or_default();
        if told.get("ok").and_then(serde_json::Value::as_bool) != Some(false) {
            return Ok(RevokeOutcome::Revoked);
        }
    } else if matches!(status.as_u16(), 404 | 405 | 410 | 501) {
        return Ok(RevokeOutcome::Unsupported);
    }
    tracing::warn!(provider, %status, "revocation refused");
    Ok(RevokeOutcome::Failed)
}
