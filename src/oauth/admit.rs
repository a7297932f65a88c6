//! Whoever signed in comes in, or learns whom to ask.

use axum::http::StatusCode;
use maud::html;
use stagepass_kit::{Identity, Realm};

use super::{OAuth, arrive::Arrival, page::Stop};
use crate::{
    audit::Entry,
    providers::{Account, ProviderClient},
    store::UserRow,
    web::{layout, parts},
};

impl OAuth {
    /// Lets whoever signed in come in, if they may.
    pub(super) async fn admit(
        &self,
        arrival: &Arrival,
        client: &ProviderClient,
        account: &Account,
    ) -> Result<UserRow, Stop> {
        let now = self.clock().now();
        let identity = Identity::new(Realm::User, client.id(), account.id.as_str()).to_string();
        let before = self.db().user(&identity).await?;
        let was_here = before.is_some();
        let mut user = UserRow {
            provider: client.id().to_owned(),
            account_id: account.id.clone(),
            account_name: account.name.clone(),
            email: account.email.clone(),
            owner: before.and_then(|user| user.owner),
            created_at: now,
            signed_in_at: now,
            identity,
        };
        let entry =
            |entry: Entry| arrival.note(entry.identity(&user.identity).provider(client.id()));
        let (signed_in, claimed, refused) = (
            entry(Entry::done("sign_in")),
            entry(Entry::done("owner.claimed")),
            entry(Entry::refused("sign_in", "not invited")),
        );
        // Two may have given the code; only the first is stored for it.
        if arrival.row.claims && self.is_unclaimed().await? {
            self.db().save_user(&user).await?;
            if self.db().make_owner(&user.identity).await? {
                user.owner = Some(1);
                self.audit().record(claimed).await?;
            }
        }
        if !self.is_allowed(&user).await? {
            if was_here {
                // They came in as whom they were then: with another address, say.
                self.db().save_user(&user).await?;
                self.db().end_access(&user.identity).await?;
                self.forget_checked().await;
            }
            self.audit().refused(refused).await;
            return Err(self.not_invited(arrival, client, account));
        }
        self.db().save_user(&user).await?;
        self.audit().record(signed_in).await?;
        Ok(user)
    }

    /// Says whom to ask, and for what: the owner needs to know the account.
    fn not_invited(&self, arrival: &Arrival, client: &ProviderClient, account: &Account) -> Stop {
        let provider = &client.provider().name;
        let entry = format!("{}:{}", client.id(), account.id);
        let body = html! {
            p { "You signed in as " strong { (account.name) } " with " (provider)
                ". Whoever runs this server hasn't invited that account." }
            p { "Ask them for an invitation, and tell them this account:" }
            (parts::copy(&entry))
            p { "Then " (arrival.purpose.once_more()) "." }
            @if account.email.is_none() {
                p.soft { "Was your e-mail address invited? It doesn't count, because " (provider)
                    " doesn't say that it is verified." }
            }
            p.soft { "Do you have another account? Sign out at " (provider) " first, then connect \
                again." }
            (arrival.purpose.way_back(self.description().issuer()))
        };
        Stop::Shown(StatusCode::FORBIDDEN, Box::new(layout::page("You need an invitation", &body)))
    }
}
