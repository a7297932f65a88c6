//! The way to a token, and what is done with tokens.

use std::sync::Arc;

use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use secrecy::{ExposeSecret, SecretString};
use url::{Url, form_urlencoded::byte_serialize};

use super::{Binding, BoundToken, Found, McpServer, register::Client, unfetched};
use crate::{
    config::Provider,
    providers::{
        AuthorizeRequest, ProviderError, RevokeOutcome, TokenAnswer,
        revoke::{Tokens, outcome},
        token::{Step, read_token},
    },
};

type Form<'a> = Vec<(&'a str, &'a str)>;

impl McpServer {
    /// Where the browser goes, and what the sign-in is bound to, which has to be brought back.
    pub(in crate::providers) async fn begin(
        &self,
        request: &AuthorizeRequest<'_>,
    ) -> Result<(Url, String), ProviderError> {
        let found = self.found().await?;
        let client = self.client(&found).await?;
        let verifier = PkceCodeVerifier::new(request.verifier.expose_secret().to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        let mut url = found.server.authorization_endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", &client.id)
            .append_pair("redirect_uri", self.0.redirect_uri.as_str())
            .append_pair("state", request.state)
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", "S256")
            .append_pair("resource", &found.resource);
        if !request.scopes.is_empty() {
            query.append_pair("scope", &request.scopes.join(" "));
        }
        // Some issuers give no refresh token to somebody whom they don't ask (OpenID Connect Core §11).
        if request.scopes.iter().any(|scope| Some(scope.as_str()) == found.server.offline_scope()) {
            query.append_pair("prompt", "consent");
        }
        drop(query);
        let (issuer, resource) = (found.server.issuer.clone(), found.resource.clone());
        Ok((url, Binding { issuer, client_id: client.id, resource }.write()))
    }

    /// Exchanges a code (RFC 6749 §4.1.3).
    pub(super) async fn redeem(
        &self,
        code: &SecretString,
        verifier: &SecretString,
        begun: Binding,
    ) -> Result<TokenAnswer, ProviderError> {
        let redirect_uri = self.0.redirect_uri.as_str();
        let form = vec![
            ("grant_type", "authorization_code"),
            ("code", code.expose_secret()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier.expose_secret()),
        ];
        self.token(form, begun, Step::Exchange).await
    }

    /// Refreshes an access token (RFC 6749 §6).
    pub(super) async fn renew(&self, old: BoundToken) -> Result<TokenAnswer, ProviderError> {
        let token = old.token.expose_secret();
        let form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        self.token(form, old.binding, Step::Refresh).await
    }

    /// Asks the issuer that `binding` names, as the client that it names, or nobody.
    async fn token(
        &self,
        mut form: Form<'_>,
        binding: Binding,
        step: Step,
    ) -> Result<TokenAnswer, ProviderError> {
        let (mut found, client) = self.known_at(&binding).await?;
        match step {
            // One that seems to be its own issuer, maybe in a bad moment, is asked again before it sees
            // a secret.
            Step::Exchange if !found.is_named && client.secret.is_some() => {
                found = self.found_anew().await?;
                found.ensure_issuer(&binding.issuer)?;
            }
            Step::Exchange => {}
            // What a server rotates has to be kept, and nothing may come between.
            Step::Refresh => self.settle(&found, &client).await?,
        }
        form.push(("resource", &binding.resource));
        let request = self.request(&found.server.token_endpoint, &client, form)?;
        let answer = request.header(reqwest::header::ACCEPT, "application/json").send().await?;
        let now = self.0.surroundings.clock.now();
        let mut answer = match read_token(answer, &Provider::default(), step, now).await {
            // It would be so for everybody from now on. One that knows us and refuses all the same
            // (`unauthorized_client`) would refuse a new registration, too.
            Err(ProviderError::InvalidClient) if self.is_registered(&client.id) => {
                self.forget_client(&binding.issuer, &client.id).await?;
                return Err(ProviderError::InvalidGrant);
            }
            answer => answer?,
        };
        if step == Step::Exchange {
            self.settle(&found, &client).await?;
        }
        let token = answer.refresh_token.take();
        let token = token.map(|token| BoundToken { binding, token }.write()).transpose()?;
        answer.refresh_token = token;
        Ok(answer)
    }

    /// Revokes a grant (RFC 7009), by its refresh token if there is one. An access token isn't bound to
    /// an issuer, but the remote server is shown it with every call: whomever that names learns nothing
    /// new.
    pub(in crate::providers) async fn give_back(
        &self,
        tokens: Tokens,
    ) -> Result<RevokeOutcome, ProviderError> {
        let bound = tokens.refresh.as_ref().and_then(BoundToken::read);
        let (found, client, token) = match (&bound, &tokens.access) {
            (Some(bound), _) => match self.known_at(&bound.binding).await {
                Ok((found, client)) => (found, client, &bound.token),
                // It may live on there, where nobody can be asked any more.
                Err(ProviderError::InvalidGrant) => return Ok(RevokeOutcome::Failed),
                Err(error) => return Err(error),
            },
            (None, Some(access)) => {
                let found = self.found().await?;
                let client = self.client(&found).await?;
                (found, client, access)
            }
            (None, None) => return Ok(RevokeOutcome::Nothing),
        };
        let Some(endpoint) = &found.server.revocation_endpoint else {
            return Ok(RevokeOutcome::Unsupported);
        };
        self.settle(&found, &client).await?;
        let request = self.request(endpoint, &client, vec![("token", token.expose_secret())])?;
        outcome(&self.0.name, request.send().await?).await
    }

    /// What was found, and who we are there, if it is what `binding` says still. Another issuer isn't
    /// asked for what it didn't give, nor as another client.
    async fn known_at(&self, binding: &Binding) -> Result<(Arc<Found>, Client), ProviderError> {
        let mut found = self.found().await?;
        if found.server.issuer != binding.issuer {
            found = self.found_anew().await?;
            found.ensure_issuer(&binding.issuer)?;
        }
        let client = self.client_called(&binding.client_id, &found).await?;
        Ok((found, client))
    }

    fn request<'a>(
        &'a self,
        endpoint: &Url,
        client: &'a Client,
        mut form: Form<'a>,
    ) -> Result<reqwest::RequestBuilder, ProviderError> {
        let request = self.0.surroundings.http.post(endpoint).map_err(unfetched)?;
        let (fields, basic) = client.proof();
        form.extend(fields);
        let request = request.form(&form);
        Ok(match basic {
            None => request,
            Some(secret) => {
                // RFC 6749 §2.3.1.
                let encoded = |part: &str| byte_serialize(part.as_bytes()).collect::<String>();
                let (id, secret) = (encoded(&client.id), encoded(secret.expose_secret()));
                request.basic_auth(id, Some(secret))
            }
        })
    }
}
