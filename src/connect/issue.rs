//! Links to show to the person: a new one for `Auth(get_url)`, or the one that is under way.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use stagepass_kit::{Caller, Identity, ToolError};
use url::Url;

use super::{Connect, LIFETIME, begin::NoWay, finish::explain, tool_error};
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
    /// `invalid_argument` when `label` can't be one or is another account's; `provider_unavailable`
    /// when the link would be the provider's own and its pages can't be found; `internal` when the
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
        let (mut link, way) = self.new_link(caller.identity(), client).await?;
        link.chat_name = caller.name().map(ToString::to_string);
        link.label = label;
        let earlier = self.db.add_link(&link).await.map_err(ToolError::internal)?;
        self.give_back_pending(earlier);
        self.shown(caller.identity(), &link, &way).await
    }

    /// A link for `identity` that is begun on the person's own page, and leads back there.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn issue_from_account(
        &self,
        identity: &Identity,
        client: &ProviderClient,
    ) -> Result<IssuedLink, ToolError> {
        let (mut link, way) = self.new_link(identity, client).await?;
        link.from_account = true;
        let earlier = self.db.add_link(&link).await.map_err(ToolError::internal)?;
        self.give_back_pending(earlier);
        self.shown(identity, &link, &way).await
    }

    /// The way for `caller` to connect an account at `client`, for whoever didn't ask for it: a
    /// sign-in that is under way goes on, and its link is given once more.
    ///
    /// # Errors
    /// `provider_unavailable` as with [`Connect::issue`]; `internal` when the database fails.
    pub async fn offer(
        &self,
        caller: &Caller,
        client: &ProviderClient,
    ) -> Result<Offer, ToolError> {
        let (mut link, way) = self.new_link(caller.identity(), client).await?;
        link.chat_name = caller.name().map(ToString::to_string);
        let offered = self.db.offer_link(&link, self.clock.now()).await;
        let living = match offered.map_err(ToolError::internal)? {
            Offered::New(earlier) => {
                let failed = earlier.as_ref().and_then(LinkRow::problem);
                self.give_back_pending(earlier);
                let shown = self.shown(caller.identity(), &link, &way).await?;
                return Ok(Offer::New(shown, failed));
            }
            Offered::Kept(living) => living,
        };
        match living.state {
            LinkState::Pending => Ok(Offer::CodeAwaited),
            LinkState::Exchanging => Ok(Offer::Finishing),
            _ => match self.way_to(&living) {
                Some(way) => Ok(Offer::Again(self.link(&living, &way)?)),
                // Sealed with a key that is gone, or never: nobody can be shown it again.
                None => Ok(Offer::New(self.issue(caller, client, None).await?, None)),
            },
        }
    }

    /// A link, and what leads to it: a ticket for our page, or the provider's own link where no
    /// browser gets to a page of ours. That one is begun by being made.
    async fn new_link(
        &self,
        identity: &Identity,
        client: &ProviderClient,
    ) -> Result<(LinkRow, SecretString), ToolError> {
        let mut way = mint(&self.clock, "spt_");
        let now = self.clock.now();
        let mut link = LinkRow::issued(
            BASE64_URL_SAFE_NO_PAD.encode(self.clock.random::<16>()),
            hash(way.expose_secret()),
            identity.to_string(),
            client.id().to_owned(),
            client.scopes().join(" "),
            now,
            now + LIFETIME,
        );
        if client.has_relay() {
            link.state = LinkState::Started;
            let url = self.begin(&mut link, client).await.map_err(|why| match why {
                NoWay::Away(error) => tool_error(&explain(client, &error)),
                NoWay::Internal(error) => error,
            })?;
            way = String::from(url).into();
        }
        let plain = way.expose_secret().as_bytes();
        let sealed = self.vault.sealer().seal(ticket_place(&link.id), plain);
        link.sealed_ticket = Some(sealed.map_err(ToolError::internal)?);
        Ok((link, way))
    }

    fn way_to(&self, link: &LinkRow) -> Option<SecretString> {
        let sealed = link.sealed_ticket.as_deref()?;
        let opened = self.vault.sealer().open(ticket_place(&link.id), sealed).ok()?;
        str::from_utf8(&opened).ok().map(SecretString::from)
    }

    /// A new link, once it is recorded.
    async fn shown(
        &self,
        identity: &Identity,
        link: &LinkRow,
        way: &SecretString,
    ) -> Result<IssuedLink, ToolError> {
        let issued = Entry::done("link.issued").person(identity).provider(&link.provider);
        self.audit.record(issued).await.map_err(ToolError::internal)?;
        self.link(link, way)
    }

    fn link(&self, link: &LinkRow, way: &SecretString) -> Result<IssuedLink, ToolError> {
        let way = way.expose_secret();
        // A ticket is no URL: there is no colon in it.
        let url = Url::parse(way).or_else(|_| self.public_url.join(&format!("connect/{way}")));
        let url = url.map_err(ToolError::internal)?;
        Ok(IssuedLink { id: link.id.clone(), url, expires_at: link.expires_at })
    }
}

/// Where the ticket of link `id`, or what is shown instead, is sealed for.
fn ticket_place(id: &str) -> Place<'_> {
    Place { table: "links", row: id, field: "sealed_ticket", version: 1 }
}
