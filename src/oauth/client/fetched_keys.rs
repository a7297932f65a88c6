//! The public keys of clients that publish them at a URL of their own, kept for a while.

use std::sync::Arc;

use jsonwebtoken::jwk::Jwk;
use moka::sync::Cache;
use url::Url;

use super::{MetadataError, check_keys, keys::signing_keys};
use crate::{
    clock::Clock,
    http::{FetchError, GuardedClient, Kept, Missing},
};

/// How many clients' keys are kept.
const MOST: u64 = 256;
/// The largest key set, in bytes.
const LARGEST: usize = 64 * 1024;

/// The keys at each `jwks_uri` that was needed.
pub(in crate::oauth) struct FetchedKeys {
    guarded: GuardedClient,
    clock: Clock,
    sets: Cache<Url, Kept<Vec<Jwk>>>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
enum NoKeys {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    Content(#[from] MetadataError),
}

impl FetchedKeys {
    pub(in crate::oauth) fn new(guarded: GuardedClient, clock: Clock) -> Self {
        Self { guarded, clock, sets: Cache::new(MOST) }
    }

    /// The keys at `uri`, at most an hour old unless they can't be fetched.
    pub(super) async fn get(&self, uri: &Url) -> Option<Arc<Vec<Jwk>>> {
        heard(uri, self.set(uri).get(self.fetch(uri)).await)
    }

    /// The same anew, because none of them fits; at most once a minute.
    pub(super) async fn renewed(&self, uri: &Url) -> Option<Arc<Vec<Jwk>>> {
        heard(uri, self.set(uri).renewed(self.fetch(uri)).await)
    }

    fn set(&self, uri: &Url) -> Kept<Vec<Jwk>> {
        self.sets.get_with(uri.clone(), || Kept::new(self.clock.clone()))
    }

    fn fetch(&self, uri: &Url) -> impl Future<Output = Result<Vec<Jwk>, NoKeys>> + use<> {
        let (guarded, uri) = (self.guarded.clone(), uri.clone());
        async move {
            let fetched = guarded.get_json(&uri, LARGEST).await?;
            Ok(signing_keys(&check_keys(&fetched.body)?))
        }
    }
}

fn heard<T>(uri: &Url, keys: Result<T, Missing<NoKeys>>) -> Option<T> {
    if let Err(Missing::Failed(error)) = &keys {
        tracing::warn!(%error, host = uri.host_str(), "a client's keys can't be had");
    }
    keys.ok()
}
