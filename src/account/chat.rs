//! The link that a chat user was shown: a code in this browser, given back in that chat, opens their
//! own page here and nowhere else.

use axum::{
    extract::State,
    http::{
        HeaderMap, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{AppendHeaders, IntoResponse, Response},
};
use maud::{Markup, html};
use stagepass_kit::{Identity, ToolError};

use super::{
    Account, Refusal,
    visitor::{Pressed, hidden_token},
};
use crate::{
    audit::Entry,
    connect::masked,
    store::{VisitRow, VisitState},
    vault::{hash, same},
    web::{
        ACCOUNT,
        address::ClientAddress,
        layout, parts,
        sent::{Named, Sent},
    },
};

const OVER: &str = "It is too old, was used already, or a newer one was made.";

/// The page. It changes nothing, so that a preview bot does no harm.
pub(super) async fn show(
    State(account): State<Account>,
    Named(ticket): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let visit = account.visit(&ticket).await?;
    let (key, line) = account.browser(&headers);
    let page = if visit.state == VisitState::Issued {
        account.invitation(&visit, &ticket, &key).await?
    } else {
        ensure_own(&visit, &key)?;
        waiting(&ticket, &key)
    };
    Ok((AppendHeaders(line.map(|line| (SET_COOKIE, line))), page).into_response())
}

/// The button: the code, in this browser, this once.
pub(super) async fn bind(
    State(account): State<Account>,
    Named(ticket): Named,
    headers: HeaderMap,
    Sent(form): Sent<Pressed>,
) -> Result<Response, Refusal> {
    let visit = account.visit(&ticket).await?;
    let key = account.pressed_on(&ticket, &headers, &form)?;
    if let Some(code) = account.connect.bind_visit(&visit, &key).await? {
        return Ok(with_code(&ticket, &key, &code).into_response());
    }
    // A double click, or somebody was faster.
    let visit = account.visit(&ticket).await?;
    ensure_own(&visit, &key)?;
    Ok(waiting(&ticket, &key).into_response())
}

/// The button after the code: the person's own page, if the code has come back.
pub(super) async fn enter(
    State(account): State<Account>,
    Named(ticket): Named,
    address: ClientAddress,
    headers: HeaderMap,
    Sent(form): Sent<Pressed>,
) -> Result<Response, Refusal> {
    let visit = account.visit(&ticket).await?;
    let key = account.pressed_on(&ticket, &headers, &form)?;
    ensure_own(&visit, &key)?;
    if !account.db.use_visit(&visit.id, &hash(&key), account.clock.now()).await? {
        return Ok((StatusCode::CONFLICT, not_yet(&ticket, &key)).into_response());
    }
    let entry = Entry::done("account.opened").identity(&visit.identity).address(address.0);
    account.audit.record(entry).await?;
    let line = account.connect.chat_sessions().begin(&headers, &visit.identity).await?;
    let session = AppendHeaders(line.map(|line| (SET_COOKIE, line)));
    Ok((StatusCode::SEE_OTHER, session, [(LOCATION, ACCOUNT)]).into_response())
}

impl Account {
    /// The visit with this ticket, if it can still lead anywhere.
    async fn visit(&self, ticket: &str) -> Result<VisitRow, Refusal> {
        let visit = self.db.visit(&hash(ticket), self.clock.now()).await?;
        let visit = visit.ok_or_else(|| Refusal::LinkOver(OVER.to_owned()))?;
        match visit.state {
            VisitState::Issued | VisitState::Bound | VisitState::Proven => Ok(visit),
            VisitState::Used => Err(Refusal::LinkOver(OVER.to_owned())),
            VisitState::Failed => Err(Refusal::LinkOver(visit.problem.unwrap_or_default())),
        }
    }

    /// The secret of the browser in which a button on this link's page was pressed.
    fn pressed_on(
        &self,
        ticket: &str,
        headers: &HeaderMap,
        form: &Pressed,
    ) -> Result<String, Refusal> {
        let key = self.cookie.read(headers).ok_or(Refusal::ForeignForm)?;
        let own = self.is_own(headers, &form.token, &key, ticket);
        own.then_some(key).ok_or(Refusal::ForeignForm)
    }

    async fn invitation(
        &self,
        visit: &VisitRow,
        ticket: &str,
        key: &str,
    ) -> Result<Markup, Refusal> {
        let identity: Identity = visit.identity.parse().map_err(ToolError::internal)?;
        let body = html! {
            p { "A bot gave this link to one of its chats. It leads to the page of the person in \
                 that chat: which accounts are connected, and how to end that." }
            (self.chat_facts(&identity).await?)
            form method="post" {
                (hidden_token(key, ticket))
                button type="submit" { "Show me the code" }
            }
            p.soft { "You get a code, which you give to the bot in that chat. If it isn't your \
                      chat, close this page: without it you see nothing here." }
        };
        Ok(layout::page("Your own page", &body))
    }

    /// Which bot, and which chat, so far as the one who is in it recognises it.
    pub(super) async fn chat_facts(&self, identity: &Identity) -> Result<Markup, Refusal> {
        let bot = self.db.client(identity.namespace()).await?;
        let bot = bot.map_or_else(|| "a bot that was removed".to_owned(), |bot| bot.name);
        Ok(parts::facts(&[
            ("Bot", html! { (bot) }),
            ("Chat", html! { (masked(identity.label())) }),
        ]))
    }
}

/// Nothing is shown in any other browser than the one that has the code.
fn ensure_own(visit: &VisitRow, key: &str) -> Result<(), Refusal> {
    let own = visit.browser_hash.as_ref().is_some_and(|own| same(own, &hash(key)));
    own.then_some(()).ok_or(Refusal::OtherBrowser)
}

fn with_code(ticket: &str, key: &str, code: &str) -> Markup {
    let body = html! {
        p { "Give this code to the bot, in the chat that gave you the link:" }
        p { span.code { (code) } }
        p { "When the bot has taken it, come back to this page and go on." }
        (go_on(ticket, key))
        p.soft { "It works once, for ten minutes. Give it to nobody else: whoever wants it in \
                  another chat wants to see your accounts." }
    };
    layout::page("One step is left", &body)
}

/// A page that is loaded again shows no code.
fn waiting(ticket: &str, key: &str) -> Markup {
    let body = html! {
        p { "The code was shown once, on this page. Give it to the bot in your chat, and then go \
             on here. If you lost it, ask in your chat for a new link." }
        (go_on(ticket, key))
    };
    layout::page("One step is left", &body)
}

fn not_yet(ticket: &str, key: &str) -> Markup {
    let body = html! {
        div role="alert" {
            p { "The code hasn't come back through your chat yet." }
            p { "Give it to the bot there, wait for its answer, and then go on here." }
        }
        (go_on(ticket, key))
    };
    layout::page("One step is left", &body)
}

fn go_on(ticket: &str, key: &str) -> Markup {
    html! {
        form method="post" action={ (ACCOUNT) "/chat/" (ticket) "/enter" } {
            (hidden_token(key, ticket))
            button type="submit" { "Continue" }
        }
    }
}
