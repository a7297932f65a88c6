//! The button of the sign-in page.

use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};

use super::{Account, Refusal};

/// On to the provider, and from there back to one's own page.
pub(super) async fn press(
    State(account): State<Account>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let oauth = account.oauth.as_ref().ok_or(Refusal::NotThere)?;
    Ok(oauth.begin_sign_in(&headers, &body).await)
}
