//! From the URL of a remote server to its authorization server.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use reqwest::{
    StatusCode,
    header::{ACCEPT, WWW_AUTHENTICATE},
};
use serde_json::json;
use url::Url;

use super::{
    Challenge, McpServer, bearer,
    metadata::{self, Metadata},
    resource::{self, ResourceMetadata},
    scopes, unfetched,
};
use crate::{
    http::Missing,
    providers::{ProviderError, answer::unavailable},
};

/// How long all of it may take: somebody waits for a page.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long the first answer may take.
const FIRST: Duration = Duration::from_secs(5);

/// What was found.
pub(super) struct Found {
    /// What tokens are asked for (RFC 8707).
    pub(super) resource: String,
    /// What the server says that a client needs.
    pub(super) scopes: BTreeSet<String>,
    pub(super) server: Metadata,
    /// Whether the server itself names this issuer. Otherwise it published nothing when it was asked.
    pub(super) is_named: bool,
}

impl Found {
    /// Whether it is `issuer` that gives the tokens for this server.
    ///
    /// # Errors
    /// [`ProviderError::InvalidGrant`] if the server names another one. Where it names none, its
    /// documents may be back in a moment: nobody is signed out for that.
    pub(super) fn ensure_issuer(&self, issuer: &str) -> Result<(), ProviderError> {
        if self.server.issuer == issuer {
            Ok(())
        } else if self.is_named {
            Err(ProviderError::InvalidGrant)
        } else {
            Err(ProviderError::unavailable(
                "the server doesn't say any more who its issuer is",
                None,
            ))
        }
    }
}

impl McpServer {
    /// What is known of the server, at most an hour old.
    pub(super) async fn found(&self) -> Result<Arc<Found>, ProviderError> {
        self.0.found.get(self.clone().discover()).await.map_err(missing)
    }

    /// The same, at most a minute old: where somebody is about to sign in, the server may have moved,
    /// or want more than before.
    pub(super) async fn found_anew(&self) -> Result<Arc<Found>, ProviderError> {
        self.0.found.renewed(self.clone().discover()).await.map_err(missing)
    }

    async fn discover(self) -> Result<Found, ProviderError> {
        let late = |_| ProviderError::unavailable("the server's documents are too slow", None);
        tokio::time::timeout(PATIENCE, self.look()).await.map_err(late)?
    }

    async fn look(&self) -> Result<Found, ProviderError> {
        let challenge = self.challenge().await?;
        let resource = self.resource(challenge.resource_metadata.as_deref()).await?;
        let server = match &resource {
            Some(resource) => self
                .server(resource.issuer().map_err(ProviderError::Untrusted)?)
                .await?
                .ok_or_else(|| {
                    ProviderError::unavailable("the issuer publishes no metadata", None)
                })?,
            None => self.server_at_the_origin().await?,
        };
        // What the server asks for at the door counts (MCP, scope selection strategy).
        let asked = challenge.scope.as_deref().map(scopes::of_line).filter(|all| !all.is_empty());
        let listed = resource.as_ref().map(|it| scopes::of_list(&it.scopes_supported));
        Ok(Found {
            is_named: resource.is_some(),
            scopes: asked.or(listed).unwrap_or_default(),
            resource: resource.map_or_else(|| self.0.remote.url.to_string(), |it| it.resource),
            server,
        })
    }

    /// What the server says to somebody without a token.
    async fn challenge(&self) -> Result<Challenge, ProviderError> {
        let (http, url) = (&self.0.surroundings.http, &self.0.remote.url);
        let discover = json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "server/discover",
            "params": { "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientCapabilities": {},
            } },
        });
        let request = http.post(url).map_err(unfetched)?.timeout(FIRST).json(&discover);
        let request = request
            .header(ACCEPT, "application/json, text/event-stream")
            .header("MCP-Protocol-Version", "2026-07-28")
            .header("Mcp-Method", "server/discover");
        let answer = request.send().await.map_err(|error| ProviderError::from(error).not_lost())?;
        if unavailable(answer.status()) && !answer.status().is_redirection() {
            let why = format!("the server answers with status {}", answer.status());
            return Err(ProviderError::unavailable(why, None));
        }
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(Challenge::default());
        }
        let values = answer.headers().get_all(WWW_AUTHENTICATE).into_iter();
        Ok(bearer(values.filter_map(|value| value.to_str().ok())).unwrap_or_default())
    }

    /// The resource metadata, from where the challenge says or else from the well-known places.
    async fn resource(
        &self,
        said: Option<&str>,
    ) -> Result<Option<ResourceMetadata>, ProviderError> {
        let said = said.map(Url::parse).transpose().map_err(|_| {
            ProviderError::Untrusted("the server says that its metadata are at what is no URL")
        })?;
        let has_some = said.is_some();
        let own = &self.0.remote.url;
        for place in said.into_iter().chain(resource::places(own)) {
            if let Some(body) = self.document(&place).await? {
                return ResourceMetadata::read(&body, own)
                    .map(Some)
                    .map_err(ProviderError::Untrusted);
            }
        }
        if has_some {
            let why = "the server's metadata aren't where it says that they are";
            return Err(ProviderError::unavailable(why, None));
        }
        Ok(None)
    }

    /// The metadata of `issuer`; none if it publishes none.
    async fn server(&self, issuer: &str) -> Result<Option<Metadata>, ProviderError> {
        let url = Url::parse(issuer).ok().filter(|url| url.query().is_none());
        let url =
            url.ok_or(ProviderError::Untrusted("the server names an issuer that is no URL"))?;
        let http = &self.0.surroundings.http;
        for place in metadata::places(&url) {
            if let Some(body) = self.document(&place).await? {
                let read = Metadata::read(&body, issuer, http);
                return read.map(Some).map_err(ProviderError::Untrusted);
            }
        }
        Ok(None)
    }

    /// A server without resource metadata is its own authorization server, as in MCP 2025-03-26.
    async fn server_at_the_origin(&self) -> Result<Metadata, ProviderError> {
        let own = &self.0.remote.url;
        if let Some(found) = self.server(&own.origin().ascii_serialization()).await? {
            return Ok(found);
        }
        Metadata::by_default(own)
            .ok_or_else(|| ProviderError::unavailable("the server has no origin", None))
    }

    async fn document(&self, url: &Url) -> Result<Option<Vec<u8>>, ProviderError> {
        self.0.surroundings.http.document(url).await.map_err(unfetched)
    }
}

fn missing(missing: Missing<ProviderError>) -> ProviderError {
    match missing {
        Missing::Failed(error) => error,
        Missing::LeftAlone(wait) => ProviderError::unavailable(
            "the server's documents couldn't be had a moment ago",
            Some(wait),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_signed_out_because_a_server_names_no_issuer_for_a_while() {
        let found = |is_named| Found {
            resource: "https://mcp.example.org/mcp".to_owned(),
            scopes: BTreeSet::new(),
            server: Metadata::by_default(&"https://mcp.example.org/mcp".parse().unwrap()).unwrap(),
            is_named,
        };
        let ended = |is_named, issuer: &str| match found(is_named).ensure_issuer(issuer) {
            Ok(()) => None,
            Err(ProviderError::InvalidGrant) => Some(true),
            Err(_) => Some(false),
        };
        assert_eq!(ended(true, "https://login.example.org"), Some(true));
        assert_eq!(ended(false, "https://login.example.org"), Some(false));
        assert_eq!(ended(false, "https://mcp.example.org"), None);
    }
}
