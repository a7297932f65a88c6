//! An OpenID Connect issuer: what its discovery document says, and the keys of its id tokens.

use std::{sync::Arc, time::Duration};

use reqwest::{StatusCode, header::ACCEPT};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use url::Url;
use zeroize::Zeroizing;

use super::{
    answer::{self, ProviderError},
    id_token::{self, Expected, Keys},
};
use crate::{
    clock::Clock,
    config::is_loopback,
    http::{Kept, Missing},
};

/// How long the issuer may take for a document: somebody waits for a page.
const PATIENCE: Duration = Duration::from_secs(5);

/// One issuer, with copies of its documents, which clones share.
#[derive(Clone)]
pub(super) struct Issuer {
    name: String,
    http: reqwest::Client,
    clock: Clock,
    documents: Kept<Discovered>,
    keys: Kept<Keys>,
}

/// What a discovery document says, as far as it matters here (OpenID Connect Discovery §3).
#[derive(Deserialize)]
pub(super) struct Discovered {
    issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) revocation_endpoint: Option<Url>,
    pub(super) userinfo_endpoint: Option<Url>,
    jwks_uri: Url,
    /// Whether every authorization response carries `iss` (RFC 9207 §3).
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

impl Issuer {
    pub(super) fn new(name: String, http: reqwest::Client, clock: Clock) -> Self {
        let (documents, keys) = (Kept::new(clock.clone()), Kept::new(clock.clone()));
        Self { name, http, clock, documents, keys }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The discovery document.
    pub(super) async fn document(&self) -> Result<Arc<Discovered>, ProviderError> {
        let issuer = self.clone();
        let discover = async move { issuer.discover().await };
        self.documents.get(discover).await.map_err(unavailable)
    }

    /// The claims of an id token of this issuer's (OpenID Connect Core §3.1.3.7).
    pub(super) async fn claims(
        &self,
        token: &SecretString,
        client_id: &str,
        nonce: Option<&str>,
    ) -> Result<Map<String, Value>, ProviderError> {
        let token = token.expose_secret();
        let header = id_token::header(token).map_err(ProviderError::Untrusted)?;
        let keys = self.keys.get(self.clone().fetch_keys()).await.map_err(unavailable)?;
        let claims = if let Some(claims) = keys.open(token, &header) {
            claims
        } else {
            // The keys may have been rotated.
            let keys = self.keys.renewed(self.clone().fetch_keys()).await.map_err(unavailable)?;
            keys.open(token, &header).ok_or(ProviderError::Untrusted(
                "no key of the issuer's fits the id token's signature",
            ))?
        };
        let expected = Expected { issuer: &self.name, client_id, nonce, now: self.clock.now() };
        id_token::check(&claims, &expected).map_err(ProviderError::Untrusted)?;
        Ok(claims)
    }

    async fn discover(&self) -> Result<Discovered, ProviderError> {
        // A name may end in a slash, which the document's address has only once (Discovery §4).
        let name = self.name.trim_end_matches('/');
        let body = self.fetch(&format!("{name}/.well-known/openid-configuration")).await?;
        let found: Discovered = serde_json::from_slice(&body).map_err(|error| {
            let at = (error.line(), error.column());
            ProviderError::unavailable(
                format!("the discovery document can't be read: {at:?}"),
                None,
            )
        })?;
        found.check(&self.name).map_err(ProviderError::Untrusted)?;
        Ok(found)
    }

    async fn fetch_keys(self) -> Result<Keys, ProviderError> {
        let document = self.document().await?;
        let body = self.fetch(document.jwks_uri.as_str()).await?;
        Keys::read(&body)
            .ok_or_else(|| ProviderError::unavailable("the issuer's keys can't be read", None))
    }

    async fn fetch(&self, url: &str) -> Result<Zeroizing<Vec<u8>>, ProviderError> {
        let request = self.http.get(url).header(ACCEPT, "application/json").timeout(PATIENCE);
        let response =
            request.send().await.map_err(|error| ProviderError::from(error).not_lost())?;
        match response.status() {
            StatusCode::OK => answer::body(response).await.map_err(ProviderError::not_lost),
            status => Err(ProviderError::unavailable(
                format!("an issuer's document: {status}"),
                answer::retry_after(&response),
            )),
        }
    }
}

fn unavailable(missing: Missing<ProviderError>) -> ProviderError {
    match missing {
        Missing::Failed(error) => error,
        Missing::LeftAlone(wait) => ProviderError::unavailable(
            "an issuer's document couldn't be had a moment ago",
            Some(wait),
        ),
    }
}

impl Discovered {
    /// Whether this is the document of the issuer called `name`, and leads to where it may.
    ///
    /// The document comes by TLS from the issuer that the operator named, without a redirect, and
    /// names that issuer (Discovery §4.3). Its endpoints may be on other hosts, as Google's are:
    /// who could write them into it could as well answer in the issuer's place. What may not
    /// happen is that a secret leaves in the clear: they are https, unless the issuer itself is
    /// plain http on loopback; then they may be that, too.
    fn check(&self, name: &str) -> Result<(), &'static str> {
        if self.issuer != name {
            return Err("the discovery document is another issuer's");
        }
        let is_plain = |url: &Url| url.scheme() == "http" && is_loopback(url);
        let plain = Url::parse(name).is_ok_and(|name| is_plain(&name));
        let endpoints = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        let others = [self.revocation_endpoint.as_ref(), self.userinfo_endpoint.as_ref()];
        let mut all = endpoints.into_iter().chain(others.into_iter().flatten());
        if all.all(|url| url.scheme() == "https" || plain && is_plain(url)) {
            Ok(())
        } else {
            Err("the discovery document has an endpoint that isn't https")
        }
    }
}

#[cfg(test)]
mod tests;
