//! Which accounts are connected, and which could be.

use maud::{Markup, html};

use super::{
    super::{Account, CONNECT, DISCONNECT, Refusal, Visitor},
    day,
};
use crate::{
    connect::{LinkStatus, State},
    providers::ProviderClient,
    web::parts,
};

/// That part of the page.
pub(super) async fn part(account: &Account, visitor: &Visitor) -> Result<Markup, Refusal> {
    let rows = account.connect.status(&visitor.identity, None).await?;
    let mut sections = Vec::new();
    for row in &rows {
        let Some(client) = account.vault.providers().get(&row.provider) else { continue };
        sections.push(section(visitor, row, client));
    }
    Ok(html! {
        h2 { "Connected accounts" }
        p { "The tools of this server can use these for you." }
        @if sections.is_empty() { p { "So far none of them needs one." } }
        @for section in sections { (section) }
    })
}

fn section(visitor: &Visitor, row: &LinkStatus, client: &ProviderClient) -> Markup {
    let name = &client.provider().name;
    let title = match (&row.account, &row.label) {
        (Some(account), Some(label)) => format!("{name}: {}, called {label}", account.name),
        (Some(account), None) => format!("{name}: {}", account.name),
        (None, _) => name.clone(),
    };
    let mut facts = vec![("State", html! { (state(row)) })];
    if row.account.is_some() {
        facts.push(("The tools may", parts::list(in_words(client, row))));
    }
    if let Some(since) = row.connected_at {
        facts.push(("Connected on", day(since)));
    }
    if let Some(end) = row.reconnect_by {
        facts.push(("To be connected again by", day(end)));
    }
    html! {
        section {
            h3 { (title) }
            (parts::facts(&facts))
            (buttons(visitor, row, client))
        }
    }
}

fn buttons(visitor: &Visitor, row: &LinkStatus, client: &ProviderClient) -> Markup {
    let name = &client.provider().name;
    html! {
        form method="post" action=(CONNECT) {
            (visitor.token())
            div.choices {
                @match (&row.account, &row.connection) {
                    (Some(account), Some(connection)) => {
                        button.secondary type="submit" name="provider" value=(client.id())
                            aria-label={ "Reconnect " (name) ": " (account.name) } { "Reconnect" }
                        button.danger type="submit" formaction=(DISCONNECT)
                            name="connection" value=(connection)
                            aria-label={ "Disconnect " (name) ": " (account.name) } { "Disconnect" }
                    }
                    _ => button.primary type="submit" name="provider" value=(client.id()) {
                        "Connect " (name)
                    }
                }
            }
        }
    }
}

fn state(row: &LinkStatus) -> Markup {
    let words = match row.state {
        State::NotConnected => "Not connected",
        State::Pending => "Being connected",
        State::Connected => "Connected",
        State::Expiring => "Connected, but has to be connected again soon",
        State::NeedsReconnect => "Has to be connected again",
    };
    let why = row.problem.as_ref().map(|problem| problem.message.as_str());
    html! {
        p {
            (words) "."
            @if row.in_use == Some(true) { " Of these accounts the tools use this one." }
        }
        @if let Some(why) = why { p.error { (why) } }
        @if !row.missing_scopes.is_empty() {
            p.error { "Not everything that the tools need was allowed." }
        }
    }
}

fn in_words<'a>(client: &'a ProviderClient, row: &'a LinkStatus) -> Vec<&'a str> {
    let words = &client.provider().scope_words;
    let in_words = |scope: &'a String| words.get(scope).map_or(scope.as_str(), String::as_str);
    let all: Vec<_> = row.scopes.iter().map(in_words).collect();
    if all.is_empty() { vec!["know which account is yours"] } else { all }
}
