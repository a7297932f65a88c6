//! Requests to a provider, written and proven as it wants them.

use reqwest::{
    RequestBuilder,
    header::{ACCEPT, HeaderMap, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use url::{Url, form_urlencoded::byte_serialize};

use super::ProviderClient;
use crate::config::{Body, ClientAuth, Method, Provider};

/// With what a request proves itself.
#[derive(Clone, Copy)]
pub(super) enum Proof<'a> {
    /// With the client's credentials (RFC 6749 §2.3.1), sent like this.
    Client(ClientAuth),
    /// With a token (RFC 6750 §2.1).
    Bearer(&'a SecretString),
    /// With nothing.
    None,
}

/// The headers that every request to `provider` has. What can't be one was refused before.
pub(super) fn headers(provider: &Provider) -> HeaderMap {
    let mut headers =
        HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
    for (name, value) in &provider.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers
}

impl ProviderClient {
    /// A request with `params` in its `body`, and `proof`.
    pub(super) fn request<'a>(
        &'a self,
        method: Method,
        url: Url,
        body: Body,
        mut params: Vec<(&'a str, &'a str)>,
        proof: Proof<'_>,
    ) -> RequestBuilder {
        let request = self.bare_request(method, url);
        let request = match proof {
            Proof::Client(way) => self.authenticated(request, way, &mut params),
            Proof::Bearer(token) => request.bearer_auth(token.expose_secret()),
            Proof::None => request,
        };
        match body {
            _ if params.is_empty() => request,
            Body::Form => request.form(&params),
            Body::Json => request.json(&params.into_iter().collect::<BTreeMap<_, _>>()),
            Body::Query => request.query(&params),
        }
    }

    /// A request with nothing but the headers that all have.
    pub(super) fn bare_request(&self, method: Method, url: Url) -> RequestBuilder {
        let method = match method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        self.http().request(method, url).headers(headers(self.provider()))
    }

    /// With a secret as the provider wants it, without one by client id alone.
    fn authenticated<'a>(
        &'a self,
        request: RequestBuilder,
        way: ClientAuth,
        params: &mut Vec<(&'a str, &'a str)>,
    ) -> RequestBuilder {
        let secret = self.provider().client_secret.as_ref().map(ExposeSecret::expose_secret);
        match (secret, way) {
            (Some(secret), ClientAuth::Basic) => {
                let encoded = |part: &str| byte_serialize(part.as_bytes()).collect::<String>();
                return request.basic_auth(encoded(self.client_id()), Some(encoded(secret)));
            }
            (Some(secret), ClientAuth::Post) => params.push(("client_secret", secret)),
            (_, ClientAuth::None) | (None, _) => {}
        }
        params.push(("client_id", self.client_id()));
        request
    }
}
