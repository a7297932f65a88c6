//! Connecting an account, or the same one again, from one's own page.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Account, Refusal};
use crate::web::sent::Sent;

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
    headers: HeaderMap,
    Sent(form): Sent<Chosen>,
) -> Result<Response, Refusal> {
    let visitor = account.pressed(&headers, &form.token).await?;
    // Nobody comes back here from a provider whose browsers go to a relay.
    let client = account.vault.providers().get(&form.provider).filter(|client| !client.has_relay());
    let client = client.ok_or(Refusal::NotThere)?;
    let link = account.connect.issue_from_account(&visitor.identity, client).await?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, link.url.path())]).into_response())
}
