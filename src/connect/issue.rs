//! `Auth(get_url)`: a link to show to the person.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use stagepass_kit::{Caller, Identity, ToolError};
use url::Url;

use super::{Connect, LIFETIME};
use crate::{
    providers::{ProviderClient, clean},
    store::LinkRow,
    vault::{Connection, hash, mint, same_word},
};

/// The longest label, in characters.
const LABEL: usize = 60;

/// A link, ready to be shown. Its ticket is a secret, so it has no `Debug`.
pub struct IssuedLink {
    /// Where the person goes.
    pub url: Url,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl Connect {
    /// Makes a link for `caller`, to an account that the person will call `label`. Earlier ones for
    /// the same provider no longer work.
    ///
    /// # Errors
    /// `invalid_argument` when `label` can't be one or is another account's; `internal` when the
    /// database fails.
    pub async fn issue(
        &self,
        caller: &Caller,
        client: &ProviderClient,
        label: Option<&str>,
    ) -> Result<IssuedLink, ToolError> {
        let label = match label {
            Some(label) => Some(self.free_label(caller.identity(), client, label).await?),
            None => None,
        };
        let ticket = mint(&self.clock, "spt_");
        let now = self.clock.now();
        let link = LinkRow {
            label,
            chat_name: caller.name().map(ToString::to_string),
            ..LinkRow::issued(
                BASE64_URL_SAFE_NO_PAD.encode(self.clock.random::<16>()),
                hash(ticket.expose_secret()),
                caller.identity().to_string(),
                client.id().to_owned(),
                client.scopes().join(" "),
                now,
                now + LIFETIME,
            )
        };
        let earlier = self.db.add_link(&link).await.map_err(ToolError::internal)?;
        self.give_back_pending(earlier);
        let url = self
            .public_url
            .join(&format!("connect/{}", ticket.expose_secret()))
            .map_err(ToolError::internal)?;
        Ok(IssuedLink { url, expires_at: link.expires_at })
    }

    /// `label` as it is kept, if it may name one more account. One whose account has to be connected
    /// again is free: that is what the link will be for.
    async fn free_label(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        label: &str,
    ) -> Result<String, ToolError> {
        let label = clean(label);
        if !(1..=LABEL).contains(&label.chars().count()) {
            return Err(ToolError::invalid_argument(
                "`account` can't be the label of an account.",
                format!(
                    "Set it to 1 to {LABEL} visible characters, such as \"work\", or leave it out."
                ),
            ));
        }
        let connections = self.vault.connections(identity).await.map_err(ToolError::internal)?;
        let is_taken = |known: &Connection| {
            known.provider == client.id()
                && known.dead_reason.is_none()
                && known.label.as_deref().is_some_and(|known| same_word(known, &label))
        };
        match connections.iter().find(|known| is_taken(known)) {
            None => Ok(label),
            Some(known) => Err(ToolError::invalid_argument(
                format!("Another account is called that already: {}.", known.account.name),
                "To connect that one again, leave `account` out; to connect one more, set it to \
                 another label.",
            )),
        }
    }
}
