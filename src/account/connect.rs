//! Connecting an account, or the same one again, from one's own page.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Account, Refusal};
use crate::{
    audit::Entry,
    web::{address::ClientAddress, sent::Sent},
};

/// Which provider.
#[derive(Deserialize)]
pub(super) struct Chosen {
    token: String,
    provider: String,
}

/// The button: on to the page that says what will be linked. It needs no code, because the session
/// proves who asked, and it leads back.
pub(super) async fn press(
    State(account): State<Account>,
    address: ClientAddress,
    headers: HeaderMap,
    Sent(form): Sent<Chosen>,
) -> Result<Response, Refusal> {
    let visitor = account.pressed(&headers, &form.token).await?;
    let client = account.vault.providers().get(&form.provider).ok_or(Refusal::NotThere)?;
    let entry = Entry::done("link.begun").identity(&visitor.identity.to_string());
    account.audit.record(entry.provider(client.id()).address(address.0)).await?;
    let link = account.connect.issue_from_account(&visitor.identity, client).await?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, link.url.path())]).into_response())
}
