//! One event, as whoever saw it tells it.

use std::net::IpAddr;

use stagepass_kit::Identity;

use crate::{identity::Principal, store::AuditRow};

/// One event. No secret goes into it, and no text that a stranger wrote.
#[derive(Debug, Clone)]
pub struct Entry(pub(super) AuditRow);

impl Entry {
    /// Something was done, e.g. `token.issued`.
    #[must_use]
    pub fn done(event: &str) -> Self {
        Self(AuditRow {
            event: event.to_owned(),
            outcome: "done".to_owned(),
            ..AuditRow::default()
        })
    }

    /// Something was refused, for a reason that is one of ours, e.g. `invalid_grant`.
    #[must_use]
    pub fn refused(event: &str, why: &str) -> Self {
        Self::done(event).refusal(why)
    }

    /// The same, refused for such a reason.
    #[must_use]
    pub fn refusal(mut self, why: &str) -> Self {
        "refused".clone_into(&mut self.0.outcome);
        self.detail(why)
    }

    /// What it was about.
    #[must_use]
    pub fn detail(mut self, detail: &str) -> Self {
        self.0.detail = Some(detail.to_owned());
        self
    }

    /// Whom it was about, by the key of the identity.
    #[must_use]
    pub fn identity(mut self, identity: &str) -> Self {
        self.0.identity = Some(identity.to_owned());
        self
    }

    /// Whom it was about; if that is a chat user, through the bot that speaks for them.
    #[must_use]
    pub fn person(self, identity: &Identity) -> Self {
        let entry = self.identity(&identity.to_string());
        match identity.bot() {
            Some(bot) => entry.client(bot),
            None => entry,
        }
    }

    /// Through which client.
    #[must_use]
    pub fn client(mut self, id: &str) -> Self {
        self.0.client_id = Some(id.to_owned());
        self
    }

    /// By which access token (its `jti`).
    #[must_use]
    pub fn token(mut self, id: &str) -> Self {
        self.0.token_id = Some(id.to_owned());
        self
    }

    /// Under which grant.
    #[must_use]
    pub fn grant(mut self, id: &str) -> Self {
        self.0.grant_id = Some(id.to_owned());
        self
    }

    /// Which tool was called.
    #[must_use]
    pub fn tool(mut self, name: &str) -> Self {
        self.0.tool = Some(name.to_owned());
        self
    }

    /// At which provider.
    #[must_use]
    pub fn provider(mut self, id: &str) -> Self {
        self.0.provider = Some(id.to_owned());
        self
    }

    /// Which connection it was about.
    #[must_use]
    pub fn connection(mut self, id: &str) -> Self {
        self.0.connection_id = Some(id.to_owned());
        self
    }

    /// From where.
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.0.address = Some(address.to_string());
        self
    }

    /// By whom, with the token that was used.
    #[must_use]
    pub fn principal(self, principal: &Principal) -> Self {
        let entry = self.person(&principal.identity);
        match &principal.token {
            Some(token) => entry.client(&token.client_id).token(&token.id).grant(&token.grant_id),
            None => entry,
        }
    }
}
