//! The way to the provider: `state` and PKCE verifier of a link, and the request that carries them.

use secrecy::{ExposeSecret, SecretString};
use stagepass_kit::ToolError;
use url::Url;
use zeroize::Zeroizing;

use super::Connect;
use crate::{
    providers::{AuthorizeRequest, ProviderClient, ProviderError, nonce_of},
    store::LinkRow,
    vault::{Place, hash, mint},
};

/// Why there is no way to the provider.
pub(super) enum NoWay {
    /// Its pages can't be found just now.
    Away(ProviderError),
    /// A fault of ours.
    Internal(ToolError),
}

impl From<ToolError> for NoWay {
    fn from(error: ToolError) -> Self {
        Self::Internal(error)
    }
}

impl Connect {
    /// Notes a new `state` and verifier in `link`, which isn't stored by this, and answers with
    /// where the browser goes.
    pub(super) async fn begin(
        &self,
        link: &mut LinkRow,
        client: &ProviderClient,
    ) -> Result<Url, NoWay> {
        let state = mint(&self.clock, "");
        let verifier = mint(&self.clock, "");
        let request = AuthorizeRequest {
            state: state.expose_secret(),
            verifier: &verifier,
            nonce: Some(&nonce_of(&verifier)),
            scopes: &scopes_of(link),
            again: self.is_linked(link).await?,
        };
        let (url, begun) = client.begin(&request).await.map_err(NoWay::Away)?;
        link.state_hash = Some(hash(state.expose_secret()));
        // A verifier has no space in it.
        let begun = begun.map(|begun| format!(" {begun}")).unwrap_or_default();
        let plain = Zeroizing::new(format!("{}{begun}", verifier.expose_secret()));
        let sealed = self.vault.sealer().seal(verifier_place(&link.id), plain.as_bytes());
        link.sealed_verifier = Some(sealed.map_err(ToolError::internal)?);
        Ok(url)
    }

    /// The verifier of a link that was begun, and what else its provider wanted to be kept.
    pub(super) fn begun(
        &self,
        link: &LinkRow,
    ) -> Result<Option<(SecretString, Option<String>)>, ToolError> {
        let Some(sealed) = link.sealed_verifier.as_deref() else { return Ok(None) };
        let plain = self.vault.sealer().open(verifier_place(&link.id), sealed);
        let plain = plain.map_err(ToolError::internal)?;
        let plain = str::from_utf8(&plain).map_err(ToolError::internal)?;
        let (verifier, begun) = match plain.split_once(' ') {
            Some((verifier, begun)) => (verifier, Some(begun.to_owned())),
            None => (plain, None),
        };
        Ok(Some((SecretString::from(verifier), begun)))
    }

    async fn is_linked(&self, link: &LinkRow) -> Result<bool, ToolError> {
        let rows = self.db.connections_of(&link.identity).await.map_err(ToolError::internal)?;
        Ok(rows.iter().any(|row| row.provider == link.provider))
    }
}

/// What a person is asked for by `link`.
pub(super) fn scopes_of(link: &LinkRow) -> Vec<String> {
    link.scopes.split_whitespace().map(str::to_owned).collect()
}

/// Where the PKCE verifier of link `id` is sealed for.
fn verifier_place(id: &str) -> Place<'_> {
    Place { table: "links", row: id, field: "sealed_verifier", version: 1 }
}
