//! A remote MCP server with an authorization server of its own: the third place that endpoints come
//! from, besides the configuration and OpenID Connect (MCP 2026-07-28, authorization).
//!
//! The operator names the server. Whatever its documents name is a stranger's word: it is fetched
//! by the guarded client, and no secret goes anywhere but to the issuer that gave it. So what was
//! begun, and every refresh token, is bound to its issuer, our client id there, and the resource.

mod account;
mod binding;
mod challenge;
mod discover;
mod document;
mod metadata;
mod register;
mod resource;
mod scopes;
mod token;

use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Mutex;
use url::Url;

use super::{ProviderError, TokenAnswer};
use crate::{
    clock::Clock,
    config::Remote,
    http::{FetchError, Kept, RemoteHttp},
    seal::Sealer,
    store::Db,
};
use binding::{Binding, BoundToken};
pub use challenge::{Challenge, bearer};
use discover::Found;
pub(crate) use document::DOCUMENTS;
pub(super) use register::{BY_HAND, MOVED};

/// How a client proves itself at the token endpoint (RFC 7591 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AuthMethod {
    None,
    Basic,
    Post,
}

impl AuthMethod {
    fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
        }
    }
}

/// What a remote server needs of this one.
pub struct Surroundings {
    /// The client for what its documents name.
    pub http: RemoteHttp,
    /// Where registrations are kept.
    pub db: Db,
    /// What seals them.
    pub sealer: Arc<Sealer>,
    /// The time.
    pub clock: Clock,
}

/// One remote server. Clones share everything.
#[derive(Clone)]
pub struct McpServer(Arc<Inner>);

struct Inner {
    name: String,
    remote: Remote,
    redirect_uri: Url,
    /// The URL of our own metadata document, where others may fetch it.
    document: Option<Url>,
    surroundings: Surroundings,
    found: Kept<Found>,
    /// Held by whoever registers.
    registering: Mutex<()>,
}

impl McpServer {
    /// The remote server `name`. `public_url` is this server's own.
    #[must_use]
    pub fn new(
        name: &str,
        remote: &Remote,
        public_url: &Url,
        redirect_uri: Url,
        surroundings: Surroundings,
    ) -> Self {
        Self(Arc::new(Inner {
            name: name.to_owned(),
            remote: remote.clone(),
            redirect_uri,
            document: document::url(public_url, name),
            found: Kept::new(surroundings.clock.clone()),
            registering: Mutex::new(()),
            surroundings,
        }))
    }

    /// The page where people sign in, without a request.
    pub(super) async fn authorize_endpoint(&self) -> Result<Url, ProviderError> {
        Ok(self.found().await?.server.authorization_endpoint.clone())
    }

    /// Whether an authorization response with this `iss` answers what was begun (RFC 9207 §2.4).
    pub(super) async fn ensure_answer_to(
        &self,
        begun: &str,
        iss: Option<&str>,
    ) -> Result<(), ProviderError> {
        let begun = Binding::read(begun)?;
        match iss {
            Some(iss) if iss == begun.issuer => Ok(()),
            Some(_) => Err(ProviderError::Untrusted("the answer is another issuer's (iss)")),
            None if self.always_says_iss().await? => {
                Err(ProviderError::Untrusted("the answer doesn't say whose it is (iss)"))
            }
            None => Ok(()),
        }
    }

    /// Whether every authorization response says whose it is.
    pub(super) async fn always_says_iss(&self) -> Result<bool, ProviderError> {
        Ok(self.found().await?.server.authorization_response_iss_parameter_supported)
    }

    /// Exchanges an authorization code that answers what was begun.
    pub(super) async fn exchange(
        &self,
        code: &SecretString,
        verifier: &SecretString,
        begun: &str,
    ) -> Result<TokenAnswer, ProviderError> {
        self.redeem(code, verifier, Binding::read(begun)?).await
    }

    /// Refreshes an access token at the issuer that gave it, for the same resource.
    pub(super) async fn refresh(&self, token: &SecretString) -> Result<TokenAnswer, ProviderError> {
        self.renew(BoundToken::read(token).ok_or(ProviderError::InvalidGrant)?).await
    }
}

/// What couldn't be fetched, or may not be.
fn unfetched(error: FetchError) -> ProviderError {
    match error {
        FetchError::Url => {
            ProviderError::Untrusted("the server's documents lead to a URL that isn't https")
        }
        FetchError::NotPublic => {
            ProviderError::Untrusted("the server's documents lead to a private address")
        }
        FetchError::TooLarge => ProviderError::Untrusted("a document of the server's is too large"),
        away => ProviderError::unavailable(away.to_string(), None),
    }
}

/// What our own database did.
fn unstored(error: &sqlx::Error) -> ProviderError {
    tracing::error!(%error, "a registration can't be read or stored");
    ProviderError::unavailable("the database failed", None)
}
