//! A client, as the endpoints need it: what it says of itself, how it makes itself known, and how
//! it proves itself.

mod assertion;
mod auth;
mod document;
mod fetched_keys;
mod id;
mod keys;
mod metadata;
mod names;
mod redirect;
pub(super) mod register;
mod uri;

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{OAuth, error::OAuthError};
use crate::{
    identity::{Scope, Scopes},
    store::{ClientKind, ClientRow},
};

pub(super) use assertion::chat_assertion;
pub use assertion::read_subject;
pub use auth::{Unreadable, read_basic};
pub(super) use fetched_keys::FetchedKeys;
pub use id::ClientIdUrl;
pub use keys::{ClientKeys, check_keys};
pub use metadata::{
    ClientMetadata, LARGEST_DOCUMENT, MetadataError, check_document, check_registration,
};
pub use names::{AuthMethod, GrantType};
pub use redirect::RedirectUri;
pub use uri::UriError;

/// How a client is stored that is described so. It may have what the tools need, whatever it asks.
#[must_use]
pub fn row(
    kind: ClientKind,
    id: String,
    metadata: &ClientMetadata,
    now: DateTime<Utc>,
) -> ClientRow {
    let uris: Vec<_> = metadata.redirect_uris.iter().map(RedirectUri::as_str).collect();
    let grant_types: Vec<_> = metadata.grant_types.iter().map(|kind| kind.as_str()).collect();
    let (jwks, jwks_uri) = match &metadata.keys {
        Some(ClientKeys::Set(set)) => (Some(set.to_string()), None),
        Some(ClientKeys::At(url)) => (None, Some(url.to_string())),
        None => (None, None),
    };
    ClientRow {
        kind,
        name: metadata.name.clone().unwrap_or_else(|| "an app without a name".to_owned()),
        auth_method: metadata.auth_method.as_str().to_owned(),
        secret_hash: None,
        redirect_uris: uris.join(" "),
        grant_types: grant_types.join(" "),
        scopes: Scopes::tools().to_string(),
        jwks,
        jwks_uri,
        created_at: now,
        used_at: None,
        fresh_until: None,
        id,
    }
}

/// A client that this server knows.
pub(super) struct Client(ClientRow);

impl Client {
    pub(super) fn id(&self) -> &str {
        &self.0.id
    }

    /// What it calls itself, cleaned, and claimed by anybody.
    pub(super) fn name(&self) -> &str {
        &self.0.name
    }

    pub(super) fn row(&self) -> &ClientRow {
        &self.0
    }

    /// The redirect URI that it means by `requested`: its own, or none. Left out is right for one
    /// that registered a single one.
    pub(super) fn redirect_uri(&self, requested: Option<&str>) -> Option<String> {
        let mut own = self.0.redirect_uris.split_whitespace();
        let Some(requested) = requested else {
            let only = own.next().map(str::to_owned);
            return only.filter(|_| own.next().is_none());
        };
        own.filter_map(|uri| RedirectUri::parse(uri).ok())
            .any(|uri| uri.matches(requested))
            .then(|| requested.to_owned())
    }

    /// What of `requested` it may have. Nothing asked for, or nothing that is known, means what the
    /// tools need: old clients ask for scopes of their own liking. To stay signed in is nothing to
    /// ask for alone.
    pub(super) fn scopes(&self, requested: Option<&str>) -> Scopes {
        let allowed = Scopes::parse(&self.0.scopes);
        let asked = Scopes::parse(requested.unwrap_or_default());
        let is_enough = asked.iter().any(|scope| scope != Scope::OfflineAccess);
        let asked = if is_enough { asked } else { Scopes::tools() };
        asked.within(allowed)
    }

    /// Whether it may use this grant type.
    pub(super) fn may_use(&self, grant_type: GrantType) -> bool {
        self.0.grant_types.split(' ').any(|own| own == grant_type.as_str())
    }

    /// Whether it may speak for chat users.
    pub(super) fn may_speak(&self) -> bool {
        Scopes::parse(&self.0.scopes).covers(Scope::ActAs)
    }

    /// Whether it proves at the token endpoint who it is (RFC 6749 §2.1).
    pub(super) fn is_confidential(&self) -> bool {
        self.0.auth_method != AuthMethod::None.as_str()
    }

    /// Whether it proves nothing: whoever has its id is it.
    pub(super) fn is_public(&self) -> bool {
        self.0.auth_method == AuthMethod::None.as_str()
    }

    /// Whether it is a stranger's, who may have made up everything about it.
    pub(super) fn is_strangers(&self) -> bool {
        self.0.kind != ClientKind::Operator
    }
}

impl OAuth {
    /// The client with this id: one that is stored, or one whose id is the URL of its document.
    pub(super) async fn find_client(&self, id: &str) -> Result<Option<Client>, OAuthError> {
        // RFC 6749 §A.1. Postgres refuses to look for a NUL.
        if !id.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Ok(None);
        }
        if id.starts_with("https://") {
            return Ok(document::client(self, id).await?.map(Client));
        }
        Ok(self.db().client(id).await?.map(Client))
    }

    /// Counts a request of `client` to `endpoint`. An error says how long it has to wait.
    pub(super) fn count(&self, endpoint: &str, client: &Client) -> Result<(), Duration> {
        self.clients().check((endpoint, client.id()))
    }
}
