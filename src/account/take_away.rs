//! Taking away from one client what one gave it.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Account, Refusal};
use crate::{
    audit::Entry,
    web::{ACCOUNT, address::ClientAddress, sent::Sent},
};

/// Which client.
#[derive(Deserialize)]
pub(super) struct Chosen {
    token: String,
    client: String,
}

/// The button.
pub(super) async fn press(
    State(account): State<Account>,
    address: ClientAddress,
    headers: HeaderMap,
    Sent(form): Sent<Chosen>,
) -> Result<Response, Refusal> {
    let visitor = account.pressed(&headers, &form.token).await?;
    let oauth = account.oauth.as_ref().ok_or(Refusal::NotThere)?;
    let given = oauth.access_of(&visitor.identity).await?;
    let chosen = given.into_iter().find(|given| given.id == form.client);
    let chosen = chosen.ok_or(Refusal::NotThere)?;
    let entry = Entry::done("access.taken").identity(&visitor.identity.to_string());
    account.audit.record(entry.client(&chosen.id).address(address.0)).await?;
    oauth.take_access(&visitor.identity, &chosen.id).await?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, ACCOUNT)]).into_response())
}
