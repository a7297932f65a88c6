//! What a sign-in gave becomes a connection.

use stagepass_kit::Identity;

use super::{Connection, Grant, Refusal, Vault, choice::same_word};
use crate::{providers::ProviderClient, store::ConnectionRow};

impl Vault {
    /// Makes `grant` the connection of `identity` at `provider`, under `label` if one is given and
    /// no other account goes by it, and completes `link`. Answers with the connection; none if the
    /// link couldn't be completed any more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn activate(
        &self,
        link: &str,
        identity: &Identity,
        provider: &str,
        grant: &Grant,
        label: Option<&str>,
    ) -> Result<Option<Connection>, Refusal> {
        // A refresh may write between the read and the write; then the write is made again.
        for _ in 0..8 {
            let row = self.row_of(identity, provider, grant, label).await?;
            if self.0.db.complete_link(link, &row).await? {
                tracing::info!(provider, connection = row.id, "account connected");
                self.0.cache.forget(identity, provider);
                return Ok(Some(row.into()));
            }
            let newest = self.0.db.link_of(&identity.to_string(), provider).await?;
            if !newest.is_some_and(|row| row.id == link && row.is_live(self.0.clock.now())) {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Makes `grant` the connection of `identity` at `provider`, where the sign-in itself proves
    /// who asked. Answers with the connection's id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn adopt(
        &self,
        identity: &Identity,
        provider: &str,
        grant: &Grant,
    ) -> Result<String, Refusal> {
        // A refresh may write between the read and the write; then the write is made again.
        for _ in 0..8 {
            let row = self.row_of(identity, provider, grant, None).await?;
            if self.0.db.replace_connection(&row).await? {
                tracing::info!(provider, connection = row.id, "account connected");
                self.0.cache.forget(identity, provider);
                return Ok(row.id);
            }
        }
        Err(Refusal::Broken)
    }

    /// The row that `grant` makes, in place of the one that the account has.
    async fn row_of(
        &self,
        identity: &Identity,
        provider: &str,
        grant: &Grant,
        label: Option<&str>,
    ) -> Result<ConnectionRow, Refusal> {
        let client = self.0.providers.get(provider);
        let (mut rows, _) = self.accounts(identity, provider).await?;
        let place = rows.iter().position(|row| row.account_id == grant.account.id);
        let before = place.map(|place| rows.swap_remove(place));
        let label = label.filter(|label| !rows.iter().any(|row| goes_by(row, label)));
        let label = label.map(str::to_owned);
        let label = label.or_else(|| before.as_ref().and_then(|row| row.label.clone()));
        let (sealer, clock) = (&self.0.sealer, &self.0.clock);
        let provider = (provider, client.map(ProviderClient::provider));
        let row = grant.to_row(sealer, clock, identity, provider, before)?;
        Ok(ConnectionRow { label, ..row })
    }
}

/// Whether `label` would be taken for the account in `row`.
fn goes_by(row: &ConnectionRow, label: &str) -> bool {
    let words = row.label.iter().chain([&row.account_id, &row.account_name]);
    words.into_iter().any(|word| same_word(word, label))
}
