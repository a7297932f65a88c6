//! `/account`: what is linked, who may use it, and a button to end each of it.

mod accounts;
mod apps;

use axum::{
    extract::State,
    http::{HeaderMap, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse, Response},
};
use chrono::{DateTime, SecondsFormat, Utc};
use maud::{Markup, html};
use stagepass_kit::Realm;

use super::{Account, DELETE, Refusal, SIGN_OUT, Visitor};
use crate::web::layout;

/// The page. It changes nothing.
pub(super) async fn show(
    State(account): State<Account>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let Some(visitor) = account.visitor(&headers).await? else {
        let oauth = account.oauth.as_ref().ok_or(Refusal::NotThere)?;
        return Ok(oauth.sign_in_page(&headers).await);
    };
    let body = html! {
        (account.who(&visitor).await?)
        (accounts::part(&account, &visitor).await?)
        (apps::part(&account, &visitor).await?)
        (leaving(&visitor))
    };
    let cookie = AppendHeaders(visitor.cookie.map(|line| (SET_COOKIE, line)));
    Ok((cookie, layout::page("Your own page", &body)).into_response())
}

impl Account {
    /// Whose page it is, in words.
    async fn who(&self, visitor: &Visitor) -> Result<Markup, Refusal> {
        Ok(match visitor.identity.realm() {
            Realm::Chat => self.chat_facts(&visitor.identity).await?,
            Realm::Local => html! {
                p.who { "This server is for the owner of this computer alone, so this is the \
                         owner's page." }
            },
            Realm::User | Realm::Client => {
                let label = self.connect.label(&visitor.identity).await?;
                html! { p.who { "Signed in as " strong { (label) } } }
            }
        })
    }
}

fn leaving(visitor: &Visitor) -> Markup {
    html! {
        h2 { "Leaving" }
        @if visitor.identity.realm() != Realm::Local {
            form method="post" action=(SIGN_OUT) {
                (visitor.token())
                div.choices { button.secondary type="submit" { "Sign out" } }
            }
        }
        p { a href=(DELETE) { "Delete everything about me" } }
    }
}

/// A day, as people write it.
fn day(time: DateTime<Utc>) -> Markup {
    let machine = time.to_rfc3339_opts(SecondsFormat::Secs, true);
    html! { time datetime=(machine) { (time.format("%-d %B %Y")) } }
}
