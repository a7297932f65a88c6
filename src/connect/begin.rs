//! The way to the provider: `state` and PKCE verifier of a link, and the request that carries them.

use secrecy::ExposeSecret;
use stagepass_kit::ToolError;
use url::Url;

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
            scopes: client.scopes(),
            again: self.is_linked(link).await?,
        };
        let url = client.authorize_url(&request).await.map_err(NoWay::Away)?;
        link.state_hash = Some(hash(state.expose_secret()));
        let plain = verifier.expose_secret().as_bytes();
        let sealed = self.vault.sealer().seal(verifier_place(&link.id), plain);
        link.sealed_verifier = Some(sealed.map_err(ToolError::internal)?);
        Ok(url)
    }

    async fn is_linked(&self, link: &LinkRow) -> Result<bool, ToolError> {
        let rows = self.db.connections_of(&link.identity).await.map_err(ToolError::internal)?;
        Ok(rows.iter().any(|row| row.provider == link.provider))
    }
}

/// Where the PKCE verifier of link `id` is sealed for.
pub(super) fn verifier_place(id: &str) -> Place<'_> {
    Place { table: "links", row: id, field: "sealed_verifier", version: 1 }
}
