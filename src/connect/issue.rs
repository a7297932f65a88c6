//! Links to show to the person: a new one for `Auth(get_url)`, or the one that is under way.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use stagepass_kit::{Caller, ToolError};
use url::Url;

use super::{Connect, LIFETIME};
use crate::{
    audit::Entry,
    providers::ProviderClient,
    store::{LinkRow, LinkState, Offered, Problem},
    vault::{Place, hash, mint},
};

/// A link, ready to be shown. Its ticket is a secret, so it has no `Debug`.
pub struct IssuedLink {
    /// Its id, which opens nothing.
    pub id: String,
    /// Where the person goes.
    pub url: Url,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

/// How an account that is missing comes to be connected.
pub enum Offer {
    /// By this new link. If the last sign-in failed, this is why.
    New(IssuedLink, Option<Problem>),
    /// By this link, which was shown before.
    Again(IssuedLink),
    /// The person has signed in, and the one-time code from the page is awaited.
    CodeAwaited,
    /// The provider is just being asked who signed in.
    Finishing,
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
        let (mut link, ticket) = self.new_link(caller, client)?;
        link.label = label;
        let earlier = self.db.add_link(&link).await.map_err(ToolError::internal)?;
        self.give_back_pending(earlier);
        self.shown(caller, &link, &ticket).await
    }

    /// The way for `caller` to connect an account at `client`, for whoever didn't ask for it: a
    /// sign-in that is under way goes on, and its link is given once more.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn offer(
        &self,
        caller: &Caller,
        client: &ProviderClient,
    ) -> Result<Offer, ToolError> {
        let (link, ticket) = self.new_link(caller, client)?;
        let offered = self.db.offer_link(&link, self.clock.now()).await;
        let living = match offered.map_err(ToolError::internal)? {
            Offered::New(earlier) => {
                let failed = earlier.as_ref().and_then(LinkRow::problem);
                self.give_back_pending(earlier);
                return Ok(Offer::New(self.shown(caller, &link, &ticket).await?, failed));
            }
            Offered::Kept(living) => living,
        };
        match living.state {
            LinkState::Pending => Ok(Offer::CodeAwaited),
            LinkState::Exchanging => Ok(Offer::Finishing),
            _ => match self.ticket_of(&living) {
                Some(ticket) => Ok(Offer::Again(self.url(&living, &ticket)?)),
                // Sealed with a key that is gone, or never: nobody can be shown it again.
                None => Ok(Offer::New(self.issue(caller, client, None).await?, None)),
            },
        }
    }

    fn new_link(
        &self,
        caller: &Caller,
        client: &ProviderClient,
    ) -> Result<(LinkRow, SecretString), ToolError> {
        let ticket = mint(&self.clock, "spt_");
        let now = self.clock.now();
        let mut link = LinkRow::issued(
            BASE64_URL_SAFE_NO_PAD.encode(self.clock.random::<16>()),
            hash(ticket.expose_secret()),
            caller.identity().to_string(),
            client.id().to_owned(),
            client.scopes().join(" "),
            now,
            now + LIFETIME,
        );
        link.chat_name = caller.name().map(ToString::to_string);
        let plain = ticket.expose_secret().as_bytes();
        let sealed = self.vault.sealer().seal(ticket_place(&link.id), plain);
        link.sealed_ticket = Some(sealed.map_err(ToolError::internal)?);
        Ok((link, ticket))
    }

    fn ticket_of(&self, link: &LinkRow) -> Option<SecretString> {
        let sealed = link.sealed_ticket.as_deref()?;
        let opened = self.vault.sealer().open(ticket_place(&link.id), sealed).ok()?;
        str::from_utf8(&opened).ok().map(SecretString::from)
    }

    /// A new link, once it is recorded.
    async fn shown(
        &self,
        caller: &Caller,
        link: &LinkRow,
        ticket: &SecretString,
    ) -> Result<IssuedLink, ToolError> {
        let issued = Entry::done("link.issued").person(caller.identity()).provider(&link.provider);
        self.audit.record(issued).await.map_err(ToolError::internal)?;
        self.url(link, ticket)
    }

    fn url(&self, link: &LinkRow, ticket: &SecretString) -> Result<IssuedLink, ToolError> {
        let path = format!("connect/{}", ticket.expose_secret());
        let url = self.public_url.join(&path).map_err(ToolError::internal)?;
        Ok(IssuedLink { id: link.id.clone(), url, expires_at: link.expires_at })
    }
}

/// Where the ticket of link `id` is sealed for.
fn ticket_place(id: &str) -> Place<'_> {
    Place { table: "links", row: id, field: "sealed_ticket", version: 1 }
}
