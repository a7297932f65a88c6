//! Which clients may act for the person.

use maud::{Markup, html};
use stagepass_kit::Realm;

use super::{
    super::{Account, Refusal, TAKE_AWAY, Visitor},
    day,
};
use crate::{identity::Scope, oauth::ClientAccess, web::parts};

/// That part of the page; nothing where nobody can be allowed anything.
pub(super) async fn part(account: &Account, visitor: &Visitor) -> Result<Markup, Refusal> {
    let Some(oauth) = &account.oauth else { return Ok(html! {}) };
    if visitor.identity.realm() == Realm::Chat {
        return Ok(html! {
            h2 { "Who may use them" }
            p { "The bot named above, when you write to it in that chat. To end that, disconnect \
                 the accounts." }
        });
    }
    let given = oauth.access_of(&visitor.identity).await?;
    Ok(html! {
        h2 { "Apps with access" }
        @if given.is_empty() { p { "No app may use this server for you." } }
        @for client in &given { (section(visitor, client)) }
    })
}

fn section(visitor: &Visitor, client: &ClientAccess) -> Markup {
    let mut facts = vec![("Where it is", place(client))];
    facts.push(("It may", parts::list(client.scopes.iter().filter_map(Scope::in_words))));
    facts.push(("Since", day(client.since)));
    facts.extend(client.seen_at.map(|seen| ("Last seen", day(seen))));
    html! {
        section {
            h3 { (client.name) }
            (parts::facts(&facts))
            form method="post" action=(TAKE_AWAY) {
                (visitor.token())
                div.choices {
                    button.danger type="submit" name="client" value=(client.id)
                        aria-label={ "Take access away from " (client.name) } {
                        "Take access away"
                    }
                }
            }
        }
    }
}

/// What there is besides a name that anybody can choose.
fn place(client: &ClientAccess) -> Markup {
    html! {
        @if client.by_operator { p { "Added by whoever runs this server" } }
        @for host in &client.hosts { p { (host) } }
    }
}
