//! Signing out, in this browser.

use axum::{
    extract::State,
    http::{HeaderMap, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse, Response},
};
use maud::html;
use stagepass_kit::Realm;

use super::{Account, Refusal, visitor::Pressed};
use crate::{
    audit::Entry,
    web::{ACCOUNT, address::ClientAddress, layout, sent::Sent},
};

/// The button.
pub(super) async fn press(
    State(account): State<Account>,
    address: ClientAddress,
    headers: HeaderMap,
    Sent(form): Sent<Pressed>,
) -> Result<Response, Refusal> {
    let visitor = account.pressed(&headers, &form.token).await?;
    let entry = Entry::done("account.signed_out").identity(&visitor.identity.to_string());
    account.audit.record(entry.address(address.0)).await?;
    let is_chat = visitor.identity.realm() == Realm::Chat;
    let line = match &account.oauth {
        _ if is_chat => account.connect.chat_sessions().end(&headers).await?,
        Some(oauth) => oauth.sessions().end(&headers).await?,
        None => None,
    };
    let body = html! {
        @if is_chat {
            p { "This browser shows your page no more. Ask in your chat for a new link when you \
                 want to see it again." }
        } @else {
            p { "Nobody is signed in in this browser now. Apps that you allowed go on as before." }
            p { a href=(ACCOUNT) { "Sign in again" } }
        }
    };
    let cleared = AppendHeaders(line.map(|line| (SET_COOKIE, line)));
    Ok((cleared, layout::page("Signed out", &body)).into_response())
}
