//! `/connect/<ticket>`: says what will be linked, and begins only after the button.
//!
//! `GET` changes nothing, so that a preview bot or a virus scanner does no harm.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::SET_COOKIE},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use maud::{Markup, html};
use secrecy::ExposeSecret;
use serde::Deserialize;
use stagepass_kit::{ToolError, code};
use url::Url;

use super::{Connect, begin::NoWay, link_expired, problem};
use crate::{
    providers::{ProviderClient, ProviderError},
    store::{LinkRow, LinkState, Problem},
    vault::{hash, mint, same},
    web::{
        guard, in_app, layout, parts,
        sent::{Named, Sent},
    },
};

#[derive(Deserialize)]
pub(super) struct Pressed {
    token: String,
}

/// The page.
pub(super) async fn show(
    State(connect): State<Connect>,
    Named(ticket): Named,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let (link, client) = connect.startable(&ticket).await?;
    if connect.is_signed_in(&link, &headers).await? == Some(false) {
        return Err(PageError::SomebodyElse);
    }
    let known = connect.cookie.read(&headers);
    let cookie = known.unwrap_or_else(|| mint(&connect.clock, "spb_").expose_secret().to_owned());
    let endpoint = client.authorize_endpoint().await;
    let endpoint = endpoint.map_err(|error| PageError::away(client, &error))?;
    let token = form_token(&cookie, &ticket);
    let whom = connect.whom(&link).await?;
    let advice = in_app::advice(&headers);
    let page = consent(&link, &whom, client, &endpoint, &token, advice.as_ref());
    let mut response = page.into_response();
    if let Some(line) = connect.cookie.write(&cookie) {
        response.headers_mut().insert(SET_COOKIE, line);
    }
    Ok(response)
}

/// The button.
pub(super) async fn start(
    State(connect): State<Connect>,
    Named(ticket): Named,
    headers: HeaderMap,
    Sent(pressed): Sent<Pressed>,
) -> Result<Response, PageError> {
    let (mut link, client) = connect.startable(&ticket).await?;
    let cookie = connect.cookie.read(&headers).ok_or(PageError::NoCookie)?;
    let expected = form_token(&cookie, &ticket);
    if !guard::is_own_form(&headers, &connect.origins)
        || !same(pressed.token.as_bytes(), expected.as_bytes())
    {
        return Err(PageError::ForeignForm);
    }
    let url = connect.begin(&mut link, client).await.map_err(|why| match why {
        NoWay::Away(error) => PageError::away(client, &error),
        NoWay::Internal(error) => PageError::Internal(error),
    })?;
    link.browser_hash = Some(hash(&cookie));
    if !connect.db.start_link(&link, connect.clock.now()).await.map_err(ToolError::internal)? {
        return Err(PageError::OtherBrowser);
    }
    Ok(layout::onward(&url, &client.provider().name))
}

impl Connect {
    /// The link with this ticket, if its button may be pressed.
    async fn startable(&self, ticket: &str) -> Result<(LinkRow, &ProviderClient), PageError> {
        let link = self.db.link_by_ticket(&hash(ticket)).await.map_err(ToolError::internal)?;
        let link = link.ok_or(PageError::Over(link_expired()))?;
        if let Some(problem) = link.problem() {
            return Err(PageError::Over(problem));
        }
        if link.state == LinkState::Completed {
            return Err(PageError::Over(problem(
                code::LINK_EXPIRED,
                "This link was used already, and the account was connected with it.",
                "Go back to your chat; nothing more is needed here.",
            )));
        }
        self.ensure_bot(&link).await?;
        let open = matches!(link.state, LinkState::Issued | LinkState::Started);
        match self.vault.providers().get(&link.provider) {
            Some(client) if open && link.is_live(self.clock.now()) => Ok((link, client)),
            _ => Err(PageError::Over(link_expired())),
        }
    }
}

fn consent(
    link: &LinkRow,
    whom: &Markup,
    client: &ProviderClient,
    endpoint: &Url,
    token: &str,
    advice: Option<&Markup>,
) -> Markup {
    let (name, words) = (&client.provider().name, &client.provider().scope_words);
    let allows = link.scopes.split_whitespace();
    let allows: Vec<_> =
        allows.map(|scope| words.get(scope).map_or(scope, String::as_str)).collect();
    let allows = match (allows.is_empty(), client.is_remote()) {
        (false, _) => allows,
        (true, false) => vec!["know which account is yours"],
        (true, true) => vec!["use there what you may use"],
    };
    let body = html! {
        @if link.from_account {
            p { "You are about to connect an account at " strong { (name) } "." }
        } @else {
            p { "An assistant asked to use " strong { (name) } " for you." }
        }
        @if let Some(advice) = advice { (advice) }
        (parts::facts(&[
            ("Will be linked to", html! { (whom) }),
            ("It may then", parts::list(allows)),
            ("Where you sign in", html! { (parts::place(endpoint)) }),
        ]))
        form method="post" {
            input type="hidden" name="token" value=(token);
            button type="submit" { "Continue to " (name) }
        }
        p.soft {
            "Continue only if you asked for this yourself a moment ago, in that chat: a link that \
             somebody sent you would connect your account to theirs. The assistant never sees your \
             password."
        }
    };
    layout::page(&format!("Connect {name}"), &body)
}

/// Bound to this browser and this link, so that no other page can press the button.
fn form_token(cookie: &str, ticket: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hash(&format!("connect\0{cookie}\0{ticket}")))
}

/// Why there is no page.
pub enum PageError {
    /// The link is over; this is what became of it.
    Over(Problem),
    /// The browser keeps no cookies.
    NoCookie,
    /// The form wasn't ours, or is from another time.
    ForeignForm,
    /// The button was pressed in another browser before.
    OtherBrowser,
    /// The provider's pages can't be found just now; this is its name.
    Away(String),
    /// The link is for somebody else than who is signed in here.
    SomebodyElse,
    /// A fault of ours.
    Internal(ToolError),
}

impl PageError {
    fn away(client: &ProviderClient, error: &ProviderError) -> Self {
        tracing::warn!(provider = client.id(), %error, "no way to the provider");
        Self::Away(client.provider().name.clone())
    }
}

impl From<ToolError> for PageError {
    fn from(error: ToolError) -> Self {
        Self::Internal(error)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, title, message, next_step) = match &self {
            Self::Over(problem) => (
                StatusCode::GONE,
                "This link is over",
                problem.message.as_str(),
                problem.next_step.as_str(),
            ),
            Self::NoCookie => (
                StatusCode::BAD_REQUEST,
                "This browser keeps no cookies",
                "Without a cookie nobody can tell that it is still you when you come back.",
                "Open the link in your usual browser, or allow cookies for this page.",
            ),
            Self::ForeignForm => (
                StatusCode::FORBIDDEN,
                "Please press the button again",
                "The form was sent from another page, or is too old.",
                "Open the link from your chat again and press the button there.",
            ),
            Self::OtherBrowser => (
                StatusCode::CONFLICT,
                "Opened in another browser",
                "This link was begun in another browser already.",
                "Go on there, or ask the assistant for a new link.",
            ),
            Self::Away(name) => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Not just now",
                &*format!("{name} doesn't answer at the moment, so there is no way to it."),
                "Wait a minute and load this page again; the link stays good for ten minutes.",
            ),
            Self::SomebodyElse => (
                StatusCode::FORBIDDEN,
                "This link isn't yours",
                "You are signed in here as somebody else than the person who asked for this link.",
                "If you didn't ask for it yourself, close this page. Otherwise ask your assistant \
                 for a new link and open it where you are signed in.",
            ),
            Self::Internal(error) => {
                tracing::error!(error = error as &dyn std::error::Error, "page failed");
                (
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "Something went wrong",
                    error.message(),
                    error.next_step(),
                )
            }
        };
        layout::problem(status, title, message, next_step)
    }
}
