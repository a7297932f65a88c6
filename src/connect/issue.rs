//! Links to show to the person: a new one for `Auth(get_url)`, or the one that is under way.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use stagepass_kit::{Caller, Identity, ToolError};
use url::Url;

use super::{
    Connect, LIFETIME,
    begin::{NoWay, scopes_of},
    finish::explain,
    tool_error,
};
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
        self.issue_for(caller, client, label, &[]).await
    }

    async fn issue_for(
        &self,
        caller: &Caller,
        client: &ProviderClient,
        label: Option<String>,
        lacking: &[String],
    ) -> Result<IssuedLink, ToolError> {
        let (mut link, way) = self.new_link(caller.identity(), client, lacking).await?;
        link.chat_name = caller.name().map(ToString::to_string);
        link.label = label;
        let earlier = self.db.add_link(&link).await.map_err(ToolError::internal)?;
        self.give_back_pending(earlier);
        self.shown(caller.identity(), &link, &way).await
    }

    /// A link for `identity` that is begun on the person's own page, and leads back there.
    ///
    /// # Errors
    /// `provider_unavailable` when it has to be asked first, and is away; `internal` when the database
    /// fails.
    pub async fn issue_from_account(
        &self,
        identity: &Identity,
        client: &ProviderClient,
    ) -> Result<IssuedLink, ToolError> {
        let (mut link, way) = self.new_link(identity, client, &[]).await?;
        link.from_account = true;
        let earlier = self.db.add_link(&link).await.map_err(ToolError::internal)?;
        self.give_back_pending(earlier);
        self.shown(identity, &link, &way).await
    }

    /// The way for `caller` to connect an account at `client`, for whoever didn't ask for it: a
    /// sign-in that is under way goes on, and its link is given once more, unless it doesn't ask for
    /// what was `lacking`.
    ///
    /// # Errors
    /// `provider_unavailable` as with [`Connect::issue`]; `internal` when the database fails.
    pub async fn offer(
        &self,
        caller: &Caller,
        client: &ProviderClient,
        lacking: &[String],
    ) -> Result<Offer, ToolError> {
        let (mut link, way) = self.new_link(caller.identity(), client, lacking).await?;
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
            _ => {
                // Sealed with a key that is gone, or never: nobody can be shown it again.
                let way = self.way_to(&living).filter(|_| asks_for_all(&living, &link));
                if let Some(way) = way {
                    return Ok(Offer::Again(self.link(&living, &way)?));
                }
                let label = living.label;
                Ok(Offer::New(self.issue_for(caller, client, label, lacking).await?, None))
            }
        }
    }

    /// What a link has to ask for, besides what every one does: what was `lacking`, what the account
    /// has already, and what a link asks for that is under way. Only a remote server is asked for
    /// more than the tools need.
    async fn more_scopes(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        lacking: &[String],
    ) -> Result<BTreeSet<String>, ToolError> {
        let mut all: BTreeSet<_> = lacking.iter().cloned().collect();
        let known = self.vault.connections(identity).await.map_err(ToolError::internal)?;
        let known = known.into_iter().filter(|connection| connection.provider == client.id());
        all.extend(known.flat_map(|connection| connection.scopes));
        let link = self.db.link_of(&identity.to_string(), client.id()).await;
        let link = link.map_err(ToolError::internal)?;
        let link = link.filter(|link| link.is_live(self.clock.now()));
        all.extend(link.iter().flat_map(scopes_of));
        Ok(all)
    }

    /// A link, and what leads to it: a ticket for our page, or the provider's own link where no
    /// browser gets to a page of ours. That one is begun by being made.
    async fn new_link(
        &self,
        identity: &Identity,
        client: &ProviderClient,
        lacking: &[String],
    ) -> Result<(LinkRow, SecretString), ToolError> {
        let away = |error| tool_error(&explain(client, &error));
        let more = self.more_scopes(identity, client, lacking).await?;
        let scopes = client.scopes_to_ask(&more).await.map_err(away)?;
        let mut way = mint(&self.clock, "spt_");
        let now = self.clock.now();
        let mut link = LinkRow::issued(
            BASE64_URL_SAFE_NO_PAD.encode(self.clock.random::<16>()),
            hash(way.expose_secret()),
            identity.to_string(),
            client.id().to_owned(),
            scopes.join(" "),
            now,
            now + LIFETIME,
        );
        if client.has_relay() {
            link.state = LinkState::Started;
            let url = self.begin(&mut link, client).await.map_err(|why| match why {
                NoWay::Away(error) => away(error),
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

/// Whether `living` asks for no less than the new `link` would.
fn asks_for_all(living: &LinkRow, link: &LinkRow) -> bool {
    let asked = scopes_of(living);
    scopes_of(link).iter().all(|scope| asked.contains(scope))
}

/// Where the ticket of link `id`, or what is shown instead, is sealed for.
fn ticket_place(id: &str) -> Place<'_> {
    Place { table: "links", row: id, field: "sealed_ticket", version: 1 }
}
