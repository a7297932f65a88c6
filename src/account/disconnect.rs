//! Disconnecting one account.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Account, Refusal};
use crate::{
    providers::RevokeOutcome,
    vault::Connection,
    web::{ACCOUNT, address::ClientAddress, layout, sent::Sent},
};

/// Which connection, by its id.
#[derive(Deserialize)]
pub(super) struct Chosen {
    token: String,
    connection: String,
}

/// The button.
pub(super) async fn press(
    State(account): State<Account>,
    address: ClientAddress,
    headers: HeaderMap,
    Sent(form): Sent<Chosen>,
) -> Result<Response, Refusal> {
    let visitor = account.pressed(&headers, &form.token).await?;
    // Only among one's own: an id says nothing of whose it is.
    let own = account.vault.connections(&visitor.identity).await;
    let own = own.map_err(stagepass_kit::ToolError::internal)?;
    let chosen = own.into_iter().find(|own| own.id == form.connection).ok_or(Refusal::NotThere)?;
    let (connect, whose, what) = (account.connect.clone(), visitor.identity, chosen.clone());
    let ending = async move { connect.disconnect(&whose, &what, address.0).await };
    let outcome = account.connect.to_its_end(ending).await??;
    let Some(left) = account.left_at_provider(&chosen, outcome) else {
        return Ok((StatusCode::SEE_OTHER, [(LOCATION, ACCOUNT)]).into_response());
    };
    let body = html! {
        p { "The account " strong { (chosen.account.name) } " is disconnected, and what was kept \
             of it here is deleted." }
        (left)
        p { a href=(ACCOUNT) { "Back to your own page" } }
    };
    Ok(layout::page("Disconnected", &body).into_response())
}

impl Account {
    /// What a person has to do at the provider themselves, if it wasn't told or didn't listen.
    pub(super) fn left_at_provider(
        &self,
        connection: &Connection,
        outcome: RevokeOutcome,
    ) -> Option<Markup> {
        if !matches!(outcome, RevokeOutcome::Unsupported | RevokeOutcome::Failed) {
            return None;
        }
        let provider = self.vault.providers().get(&connection.provider)?.provider();
        let name = &provider.name;
        Some(html! {
            p {
                (name) " itself wasn't told. To be sure, remove this server there, "
                @match &provider.manage_url {
                    Some(url) => { "at " a href=(url) rel="noreferrer" { (url) } "." }
                    None => "in the settings of your account.",
                }
            }
        })
    }
}
