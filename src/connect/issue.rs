//! `Auth(get_url)`: a link to show to the person.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use stagepass_kit::{Caller, ToolError};
use url::Url;

use super::{Connect, LIFETIME};
use crate::{
    audit::Entry,
    providers::ProviderClient,
    store::LinkRow,
    vault::{hash, mint},
};

/// A link, ready to be shown. Its ticket is a secret, so it has no `Debug`.
pub struct IssuedLink {
    /// Where the person goes.
    pub url: Url,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl Connect {
    /// Makes a link for `caller`. Earlier ones for the same provider no longer work.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn issue(
        &self,
        caller: &Caller,
        client: &ProviderClient,
    ) -> Result<IssuedLink, ToolError> {
        let ticket = mint(&self.clock, "spt_");
        let now = self.clock.now();
        let link = LinkRow {
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
        let issued = Entry::done("link.issued").person(caller.identity()).provider(client.id());
        self.audit.record(issued).await.map_err(ToolError::internal)?;
        let url = self
            .public_url
            .join(&format!("connect/{}", ticket.expose_secret()))
            .map_err(ToolError::internal)?;
        Ok(IssuedLink { url, expires_at: link.expires_at })
    }
}
