//! `/callback/<provider>`: where the provider sends the browser back to.

use axum::{
    http::{HeaderMap, StatusCode, header::LOCATION},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use stagepass_kit::{Identity, Realm, ToolError};
use url::Url;

use super::{
    Connect,
    finish::{Connected, Finished},
    link_expired,
    page::PageError,
};
use crate::{
    config::{Chat, Confirm},
    providers::AuthorizationAnswer,
    store::{LinkRow, LinkState},
    vault::{hash, same},
    web::{ACCOUNT, address::ClientAddress, layout, parts, qr},
};

impl Connect {
    /// The browser comes back with `answer`.
    ///
    /// # Errors
    /// The page that says why the link is over.
    pub async fn arrive(
        &self,
        provider: &str,
        answer: AuthorizationAnswer,
        headers: &HeaderMap,
        address: ClientAddress,
    ) -> Result<Response, PageError> {
        let link = self.link_of_answer(provider, &answer).await?;
        let from_account = link.from_account;
        if link.state == LinkState::Completed {
            let body = html! {
                p { "This account is connected already. You can close this page." }
            };
            return Ok(layout::page("Connected", &body).into_response());
        }
        if link.state == LinkState::Pending {
            return Ok(code_was_shown());
        }
        if let Some(problem) = link.problem() {
            return Err(PageError::Over(problem));
        }
        self.ensure_bot(&link).await?;
        let proven = self.is_proven(&link, headers).await?;
        let whom = self.whom(&link).await?;
        let way_back = self.way_back(&link);
        match self.finish(link, answer, proven, Some(address.0)).await {
            // That page shows what is connected.
            Ok(Finished::Connected { .. }) if from_account => {
                Ok((StatusCode::SEE_OTHER, [(LOCATION, ACCOUNT)]).into_response())
            }
            Ok(Finished::Connected { provider, connected }) => Ok(done(&provider, &connected)),
            Ok(Finished::Pending { provider, code }) => {
                let way_back = way_back.and_then(|chat| chat.return_url(&code));
                Ok(confirm(&provider, &whom, &code, way_back.as_ref()))
            }
            Err(error) => Ok(failed(&error, from_account)),
        }
    }

    /// What the operator has set for the bot that `link` is for.
    fn way_back(&self, link: &LinkRow) -> Option<Chat> {
        let identity: Identity = link.identity.parse().ok()?;
        self.chat_of(&identity).cloned()
    }

    /// Whether the browser that ended the sign-in proves who asked: it began it, and belongs to the
    /// owner of a local process, because nobody else can open a loopback page, or to somebody who is
    /// signed in here. That of a chat user proves it only where the operator says so, or if they have
    /// opened their own page in it.
    async fn is_proven(&self, link: &LinkRow, headers: &HeaderMap) -> Result<bool, PageError> {
        let cookie = self.cookie.read(headers).map(|cookie| hash(&cookie));
        let same_browser = match (&cookie, &link.browser_hash) {
            (Some(cookie), Some(begun)) => same(cookie, begun),
            _ => false,
        };
        let Ok(identity) = link.identity.parse::<Identity>() else { return Ok(false) };
        Ok(same_browser
            && match identity.realm() {
                Realm::Local => true,
                Realm::User => self.is_signed_in(link, headers).await? == Some(true),
                Realm::Chat => self.is_of_chat(&identity, headers).await?,
                Realm::Client => false,
            })
    }

    async fn is_of_chat(
        &self,
        identity: &Identity,
        headers: &HeaderMap,
    ) -> Result<bool, PageError> {
        if self.chat_of(identity).is_some_and(|chat| chat.confirm == Confirm::Auto) {
            return Ok(true);
        }
        let chat = self.chat_sessions.identity(headers).await.map_err(ToolError::internal)?;
        Ok(chat.as_ref() == Some(identity))
    }

    /// Whether this browser is signed in as whom the link is for; none if nobody is, or if the link
    /// is for nobody who signs in here.
    pub(super) async fn is_signed_in(
        &self,
        link: &LinkRow,
        headers: &HeaderMap,
    ) -> Result<Option<bool>, PageError> {
        if !matches!(link.identity.parse::<Identity>().map(|who| who.realm()), Ok(Realm::User)) {
            return Ok(None);
        }
        let user = self.sessions.user(headers).await.map_err(ToolError::internal)?;
        Ok(user.map(|user| user.identity == link.identity))
    }

    /// The link that an authorization response belongs to.
    pub(super) async fn link_of_answer(
        &self,
        provider: &str,
        answer: &AuthorizationAnswer,
    ) -> Result<LinkRow, PageError> {
        let state = answer.state.as_deref().ok_or(PageError::Over(link_expired()))?;
        let link = self.db.link_by_state(&hash(state)).await.map_err(ToolError::internal)?;
        // A response meant for another provider's callback is no response at all.
        let link = link.filter(|link| link.provider == provider);
        link.ok_or(PageError::Over(link_expired()))
    }
}

fn done(provider: &str, connected: &Connected) -> Response {
    let (account, in_use) = (&connected.account, &connected.in_use);
    let body = html! {
        p { "The account " strong { (account.name) } " is connected." }
        @if let Some(label) = &connected.label {
            p { "You call it " strong { (label) } "." }
        }
        @if let Some(label) = &connected.taken_label {
            p { "It isn't called " strong { (label) } ": another account goes by that." }
        }
        @if account.id != in_use.id {
            p { "The assistant goes on using " strong { (in_use.name) } ", which was connected \
                 first, unless you ask for this one." }
        }
        p { "Go back to your chat; the assistant can go on. You can close this page." }
    };
    layout::page(&format!("{provider} is connected"), &body).into_response()
}

/// The code, for `whom`, and `way_back` into their chat with it.
fn confirm(provider: &str, whom: &Markup, code: &str, way_back: Option<&Url>) -> Response {
    let body = html! {
        p { "You signed in at " (provider) ". One step is left: give this code to the assistant, in \
             the chat in which you asked." }
        p { span.code { (code) } }
        (parts::facts(&[("It is for", whom.clone())]))
        @if let Some(url) = way_back {
            p { a.button href=(url) { "Back to the chat with this code" } }
            @if let Some(code) = qr::code(url.as_str(), "The same link, for your phone") {
                p.soft { "Is the chat on your phone? Scan this with its camera." }
                (code)
            }
        }
        p.soft { "The code works once, for ten minutes, and only in that chat. If you didn't ask for this \
                  there yourself, close this page and give the code to nobody: without it nothing is \
                  connected." }
        p.soft { "Load this page again to see what became of it." }
    };
    layout::page("One step is left", &body).into_response()
}

/// A page that is loaded again shows no code: it may be somebody else who looks.
fn code_was_shown() -> Response {
    let body = html! {
        p { "You signed in, and the code was shown once, on this page." }
        p { "Give it to the assistant in your chat. If you lost it, ask for a new link." }
    };
    layout::page("One step is left", &body).into_response()
}

fn failed(error: &ToolError, from_account: bool) -> Response {
    if let Some(cause) = std::error::Error::source(error) {
        tracing::error!(cause, "linking failed");
    }
    if !from_account {
        let (message, next_step) = (error.message(), error.next_step());
        return layout::problem(StatusCode::BAD_REQUEST, "Not connected", message, next_step);
    }
    let body = html! {
        div role="alert" { p { (error.message()) } }
        p { a href=(ACCOUNT) { "Back to your own page" } }
    };
    (StatusCode::BAD_REQUEST, layout::page("Not connected", &body)).into_response()
}
