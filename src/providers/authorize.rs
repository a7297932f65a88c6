//! The authorization request, and whether an answer to it comes from where it went.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    basic::BasicClient,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use url::Url;

use super::{ProviderClient, ProviderError, answer};

/// One authorization request (RFC 6749 §4.1.1).
pub struct AuthorizeRequest<'a> {
    /// What the answer has to bring back.
    pub state: &'a str,
    /// The PKCE verifier (RFC 7636); only its hash is sent.
    pub verifier: &'a SecretString,
    /// What the id token has to carry; [`nonce_of`] makes it. Only issuers are sent one.
    pub nonce: Option<&'a str>,
    /// What the person is asked for.
    pub scopes: &'a [String],
    /// Ask even somebody who has agreed before.
    pub again: bool,
}

/// The authorization response (RFC 6749 §4.1.2). The provider's `error_description` isn't read: it
/// would be a stranger's text on our page.
#[derive(Deserialize)]
pub struct AuthorizationAnswer {
    /// What the request was sent with.
    pub state: Option<String>,
    /// The authorization code.
    pub code: Option<SecretString>,
    /// Why there is none.
    pub error: Option<String>,
    /// Whose answer it is (RFC 9207).
    pub iss: Option<String>,
    /// What the person granted, where a provider says so here and not with the tokens.
    pub scope: Option<String>,
}

impl AuthorizationAnswer {
    /// The answer of which only the code is known.
    #[must_use]
    pub fn of_code(code: SecretString) -> Self {
        Self { state: None, code: Some(code), error: None, iss: None, scope: None }
    }

    /// The granted scopes; none where it doesn't say.
    #[must_use]
    pub fn scopes(&self) -> Option<BTreeSet<String>> {
        answer::scopes(Some(&self.scope.clone()?.into()))
    }
}

/// The nonce of the sign-in with this PKCE verifier (OpenID Connect Core §15.5.2): made from it, so
/// that it needs no keeping, and telling nothing of it.
#[must_use]
pub fn nonce_of(verifier: &SecretString) -> String {
    let hash = Sha256::new().chain_update("nonce").chain_update(verifier.expose_secret());
    BASE64_URL_SAFE_NO_PAD.encode(hash.finalize())
}

impl ProviderClient {
    /// Where the browser goes: the authorization request, with PKCE.
    ///
    /// # Errors
    /// When the provider's endpoints have to be discovered, and can't be.
    pub async fn authorize_url(
        &self,
        request: &AuthorizeRequest<'_>,
    ) -> Result<Url, ProviderError> {
        let endpoint = self.authorize_endpoint().await?;
        let verifier = PkceCodeVerifier::new(request.verifier.expose_secret().to_owned());
        let state = request.state.to_owned();
        let client = BasicClient::new(ClientId::new(self.client_id().to_owned()))
            .set_auth_uri(AuthUrl::from_url(endpoint))
            .set_redirect_uri(RedirectUrl::from_url(self.redirect_uri().clone()));
        let provider = self.provider();
        let mut url = client.authorize_url(|| CsrfToken::new(state));
        if provider.pkce {
            url = url.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        }
        if !request.scopes.is_empty() {
            let name = provider.scope_param.as_deref().unwrap_or("scope");
            url = url.add_extra_param(name, request.scopes.join(provider.scope_separator.as_str()));
        }
        if let Some(nonce) = request.nonce.filter(|_| self.issuer().is_some()) {
            url = url.add_extra_param("nonce", nonce.to_owned());
        }
        let mut more = provider.authorize_params.clone();
        if request.again {
            more.extend(provider.reauthorize.clone());
        }
        for (name, value) in more {
            url = url.add_extra_param(name, value);
        }
        Ok(url.url().0)
    }

    /// Whether an authorization response with this `iss` is this provider's (RFC 9207 §2.4). To be
    /// asked before the code in it is sent anywhere: it may be another provider's.
    ///
    /// # Errors
    /// [`ProviderError::Untrusted`] if it is another's, or doesn't say whose it is although this
    /// provider always does; `Unavailable` if that can't be found out.
    pub async fn ensure_answer_of(&self, iss: Option<&str>) -> Result<(), ProviderError> {
        let Some(issuer) = self.issuer_of_id_tokens() else { return Ok(()) };
        match iss {
            Some(iss) if iss == issuer.name() => Ok(()),
            Some(_) => Err(ProviderError::Untrusted("the answer is another issuer's (iss)")),
            None if self.always_says_iss().await? => {
                Err(ProviderError::Untrusted("the answer doesn't say whose it is (iss)"))
            }
            None => Ok(()),
        }
    }

    /// Whether this provider's every authorization response carries `iss` (RFC 9207 §3).
    ///
    /// # Errors
    /// When that has to be discovered, and can't be.
    pub async fn always_says_iss(&self) -> Result<bool, ProviderError> {
        if let Some(server) = self.server() {
            return server.always_says_iss().await;
        }
        let Some(issuer) = self.issuer_of_id_tokens() else { return Ok(false) };
        Ok(issuer.document().await?.authorization_response_iss_parameter_supported)
    }
}
