//! Deleting everything about a person: a page that says what will go, and its button.

use axum::{
    extract::State,
    http::{HeaderMap, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse, Response},
};
use maud::{Markup, html};
use stagepass_kit::Realm;

use super::{Account, DELETE, Refusal, Visitor, visitor::Pressed};
use crate::{
    audit::Entry,
    store::UserRow,
    web::{ACCOUNT, address::ClientAddress, layout, parts, sent::Sent},
};

/// The page. It changes nothing.
pub(super) async fn show(
    State(account): State<Account>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let visitor = account.visitor(&headers).await?.ok_or(Refusal::NobodyThere)?;
    let is_owner = account.user(&visitor).await?.is_some_and(|user| user.owner.is_some());
    let whom = account.connect.label(&visitor.identity).await?;
    let own = account.vault.connections(&visitor.identity).await;
    let own = own.map_err(stagepass_kit::ToolError::internal)?;
    let names = own.iter().map(|own| own.account.name.as_str()).filter(|name| !name.is_empty());
    let body = html! {
        p { "This deletes, at once and for good:" }
        (parts::list(what_goes(visitor.identity.realm()).iter().copied()))
        @if !own.is_empty() {
            p { "These accounts are disconnected here, and this server gives back its access at \
                 the service:" }
            (parts::list(names))
        }
        (what_stays(visitor.identity.realm(), is_owner))
        form method="post" action=(DELETE) {
            (visitor.token())
            div.choices { button.danger type="submit" { "Delete everything about me" } }
        }
        p { a href=(ACCOUNT) { "Back, and delete nothing" } }
    };
    let title = match visitor.identity.realm() {
        Realm::User => format!("Delete everything about {whom}?"),
        _ => "Delete everything about you?".to_owned(),
    };
    let cookie = AppendHeaders(visitor.cookie.map(|line| (SET_COOKIE, line)));
    Ok((cookie, layout::page(&title, &body)).into_response())
}

/// The button.
pub(super) async fn press(
    State(account): State<Account>,
    address: ClientAddress,
    headers: HeaderMap,
    Sent(form): Sent<Pressed>,
) -> Result<Response, Refusal> {
    let visitor = account.pressed(&headers, &form.token).await?;
    let connect = account.connect.clone();
    connect.to_its_end(async move { account.delete(&visitor, address, &headers).await }).await?
}

impl Account {
    async fn delete(
        &self,
        visitor: &Visitor,
        address: ClientAddress,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        let identity = &visitor.identity;
        let entry = Entry::done("account.deleted").identity(&identity.to_string());
        self.audit.record(entry.address(address.0)).await?;
        // First, so that nobody comes back with a token while the rest goes.
        let mut cleared = None;
        if let Some(oauth) = &self.oauth {
            oauth.end_access(identity).await?;
            cleared = match identity.realm() {
                Realm::Chat => self.connect.chat_sessions().end(headers).await?,
                _ => oauth.sessions().end(headers).await?,
            };
        }
        let ended = self.connect.revoke_all(identity, None).await?;
        self.db.forget_user(&identity.to_string()).await?;
        let ended = ended.connections.iter();
        let left = ended.filter_map(|(own, outcome)| self.left_at_provider(own, *outcome));
        let body = html! {
            p { "Nothing is connected any more, and no app may act for you here." }
            @for left in left { (left) }
            p { "You can close this page." }
        };
        let cleared = AppendHeaders(cleared.map(|line| (SET_COOKIE, line)));
        Ok((cleared, layout::page("Everything is deleted", &body)).into_response())
    }

    /// The visitor, as somebody who signed in here.
    async fn user(&self, visitor: &Visitor) -> Result<Option<UserRow>, Refusal> {
        Ok(self.db.user(&visitor.identity.to_string()).await?)
    }
}

fn what_goes(realm: Realm) -> &'static [&'static str] {
    match realm {
        Realm::Local => &["the connected accounts and what this server keeps to use them"],
        Realm::Chat => &[
            "the connected accounts and what this server keeps to use them",
            "whatever lets the bot act for you with a token of its own",
            "the page that you see here",
        ],
        Realm::User | Realm::Client => &[
            "the connected accounts and what this server keeps to use them",
            "the access of every app that you allowed",
            "your sign-ins, here and in other browsers",
            "your name and your e-mail address",
        ],
    }
}

fn what_stays(realm: Realm, is_owner: bool) -> Markup {
    html! {
        p {
            "What stays for 400 days is the record of what was done here and when, with the id of "
            @if realm == Realm::Chat { "your chat" } @else { "your account" }
            ". Nobody's tokens are in it."
        }
        @if is_owner {
            (parts::warning(&html! {
                p {
                    "You own this server, and you stay its owner: the account that you sign in \
                     with is remembered for that, and nothing else of you."
                }
            }))
        }
        @if realm == Realm::Chat {
            p { "What the bot was told about your connections is kept for seven days. The bot can \
                 still write to you, and you can begin anew there." }
        }
    }
}
