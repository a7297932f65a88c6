//! `Auth(status)`: what is linked, and for how long yet.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use stagepass_kit::{Identity, Realm, ToolError};

use super::Connect;
use crate::{
    providers::{Account, ProviderClient},
    store::{LinkRow, LinkState, Problem},
    vault::Connection,
    webhooks::WARNING,
};

/// How a provider stands with an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No account is linked.
    NotConnected,
    /// Somebody is at it: the person has followed the link and isn't done.
    Pending,
    /// Linked.
    Connected,
    /// Linked, and the person will have to sign in again within a month.
    Expiring,
    /// The person has to sign in again now.
    NeedsReconnect,
}

impl State {
    /// How `connection` stands.
    #[must_use]
    pub fn of(connection: &Connection, now: DateTime<Utc>) -> Self {
        match (&connection.dead_reason, connection.reconnect_by) {
            (Some(_), _) => Self::NeedsReconnect,
            (None, Some(end)) if end <= now + WARNING => Self::Expiring,
            (None, _) => Self::Connected,
        }
    }

    /// The word for it, as `Auth(status)` says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::Pending => "pending",
            Self::Connected => "connected",
            Self::Expiring => "expiring",
            Self::NeedsReconnect => "needs_reconnect",
        }
    }
}

/// One account of one provider, or the lack of it.
#[derive(Debug)]
pub struct LinkStatus {
    /// The id of the provider.
    pub provider: String,
    /// The id of the connection.
    pub connection: Option<String>,
    /// How it stands.
    pub state: State,
    /// Who is linked.
    pub account: Option<Account>,
    /// What the person calls that account.
    pub label: Option<String>,
    /// Where several are linked: whether tools use this one if none is chosen.
    pub in_use: Option<bool>,
    /// Whether the person has signed in and only the one-time code is missing.
    pub awaits_code: bool,
    /// What was granted.
    pub scopes: BTreeSet<String>,
    /// What the tools need and wasn't granted.
    pub missing_scopes: Vec<String>,
    /// When the person last signed in.
    pub connected_at: Option<DateTime<Utc>>,
    /// When the access token ends; it is refreshed by itself.
    pub access_expires_at: Option<DateTime<Utc>>,
    /// When the person has to sign in again.
    pub reconnect_by: Option<DateTime<Utc>>,
    /// Why the last try to link failed, or why the person has to sign in again.
    pub problem: Option<Problem>,
}

impl Connect {
    /// How every provider stands with `identity`, or only `only`.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn status(
        &self,
        identity: &Identity,
        only: Option<&ProviderClient>,
    ) -> Result<Vec<LinkStatus>, ToolError> {
        let connections = self.vault.connections(identity).await.map_err(ToolError::internal)?;
        let mut all = Vec::new();
        for client in self.vault.providers().values() {
            if only.is_some_and(|only| only.id() != client.id()) {
                continue;
            }
            let link = self.db.link_of(&identity.to_string(), client.id()).await;
            let link = link.map_err(ToolError::internal)?;
            let problem = link.as_ref().and_then(LinkRow::problem);
            let mut own: Vec<_> = connections
                .iter()
                .filter(|connection| connection.provider == client.id())
                .map(|connection| self.connected(client, connection, problem.clone()))
                .collect();
            if own.len() > 1 {
                let used = self.vault.account_in_use(identity, client.id()).await;
                let used = used.map_err(ToolError::internal)?;
                for row in &mut own {
                    row.in_use = Some(row.account.is_some() && row.account == used);
                }
            }
            // Those that people only sign in with are none of the tools' business.
            if own.is_empty() && (only.is_some() || client.has_tools()) {
                own.push(self.unconnected(client, link.as_ref(), problem));
            }
            all.extend(own);
        }
        Ok(all)
    }

    /// What a person would call `identity`: whoever signed in here, by the account they used.
    ///
    /// # Errors
    /// `internal` when the database fails.
    pub async fn label(&self, identity: &Identity) -> Result<String, ToolError> {
        let user = match identity.realm() {
            Realm::User => self.db.user(&identity.to_string()).await,
            _ => Ok(None),
        };
        let Some(user) = user.map_err(ToolError::internal)? else {
            return Ok(identity.label().to_owned());
        };
        let provider = self.vault.providers().get(&user.provider);
        let provider = provider.map_or(&user.provider, |client| &client.provider().name);
        Ok(format!("{} ({provider})", user.account_name))
    }

    fn connected(
        &self,
        client: &ProviderClient,
        connection: &Connection,
        last_try: Option<Problem>,
    ) -> LinkStatus {
        let dead = connection.dead_reason.as_ref().map(|why| {
            super::problem(
                stagepass_kit::code::NEEDS_RECONNECT,
                why.clone(),
                "Call Auth with action \"get_url\" and show the link to the person.",
            )
        });
        // Whose it was that nobody has used for long, the next one in this chat doesn't learn.
        let known = (!connection.account.name.is_empty()).then_some(connection);
        LinkStatus {
            provider: connection.provider.clone(),
            connection: known.map(|known| known.id.clone()),
            state: State::of(connection, self.clock.now()),
            account: known.map(|known| known.account.clone()),
            label: connection.label.clone(),
            in_use: None,
            awaits_code: false,
            missing_scopes: known.map(|known| missing(client, &known.scopes)).unwrap_or_default(),
            scopes: known.map(|known| known.scopes.clone()).unwrap_or_default(),
            connected_at: known.map(|known| known.authorized_at),
            access_expires_at: known.and_then(|known| known.access_expires_at),
            reconnect_by: known.and_then(|known| known.reconnect_by),
            problem: last_try.or(dead),
        }
    }

    fn unconnected(
        &self,
        client: &ProviderClient,
        link: Option<&LinkRow>,
        problem: Option<Problem>,
    ) -> LinkStatus {
        let under_way = link
            .is_some_and(|link| link.is_live(self.clock.now()) && link.state != LinkState::Issued);
        LinkStatus {
            provider: client.id().to_owned(),
            connection: None,
            state: if under_way { State::Pending } else { State::NotConnected },
            account: None,
            label: None,
            in_use: None,
            awaits_code: under_way && link.is_some_and(|link| link.state == LinkState::Pending),
            scopes: BTreeSet::new(),
            missing_scopes: Vec::new(),
            connected_at: None,
            access_expires_at: None,
            reconnect_by: None,
            problem,
        }
    }
}

/// What `client`'s tools need and `granted` lacks. Microsoft never tells that `offline_access` was
/// granted; the refresh token does.
pub(crate) fn missing(client: &ProviderClient, granted: &BTreeSet<String>) -> Vec<String> {
    let lacks = |scope: &&String| *scope != "offline_access" && !granted.contains(*scope);
    client.scopes().iter().filter(lacks).cloned().collect()
}
