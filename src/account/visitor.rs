//! Whose page a browser may see, and whether a button was pressed on it.

use axum::http::{HeaderMap, HeaderValue};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use maud::{Markup, html};
use secrecy::ExposeSecret;
use serde::Deserialize;
use stagepass_kit::Identity;

use super::{Account, Refusal};
use crate::{
    vault::{hash, mint, same},
    web::guard,
};

/// Somebody who looks at their own page.
pub(super) struct Visitor {
    pub(super) identity: Identity,
    /// What their forms are bound to.
    key: String,
    /// For a browser that has nothing yet to bind a form to.
    pub(super) cookie: Option<HeaderValue>,
}

/// What a button sends that needs nothing more.
#[derive(Deserialize)]
pub(super) struct Pressed {
    pub(super) token: String,
}

impl Account {
    /// Whose page this browser may see. A chat user's, when there is one, because that was asked
    /// for last.
    pub(super) async fn visitor(&self, headers: &HeaderMap) -> Result<Option<Visitor>, Refusal> {
        let chats = self.connect.chat_sessions();
        if let (Some(identity), Some(key)) = (chats.identity(headers).await?, chats.key(headers)) {
            return Ok(Some(Visitor { identity, key, cookie: None }));
        }
        let Some(oauth) = &self.oauth else {
            let (key, cookie) = self.browser(headers);
            return Ok(Some(Visitor { identity: Identity::local(), key, cookie }));
        };
        let user = oauth.signed_in(headers).await?;
        let (Some(user), Some(key)) = (user, oauth.sessions().key(headers)) else {
            return Ok(None);
        };
        let identity = user.identity.parse().map_err(stagepass_kit::ToolError::internal)?;
        Ok(Some(Visitor { identity, key, cookie: None }))
    }

    /// Whoever pressed a button of theirs: on a page of ours, in this browser.
    pub(super) async fn pressed(
        &self,
        headers: &HeaderMap,
        token: &str,
    ) -> Result<Visitor, Refusal> {
        let visitor = self.visitor(headers).await?.ok_or(Refusal::NobodyThere)?;
        self.is_own(headers, token, &visitor.key, "").then_some(visitor).ok_or(Refusal::ForeignForm)
    }

    /// The secret of a browser without a session, and the line that gives it to the browser.
    pub(super) fn browser(&self, headers: &HeaderMap) -> (String, Option<HeaderValue>) {
        let known = self.cookie.read(headers);
        let key = known.unwrap_or_else(|| mint(&self.clock, "spb_").expose_secret().to_owned());
        let line = self.cookie.write(&key);
        (key, line)
    }

    /// Whether a form was sent by a page of ours, with the token of this key and page.
    pub(super) fn is_own(&self, headers: &HeaderMap, token: &str, key: &str, page: &str) -> bool {
        guard::is_own_form(headers, &self.origins)
            && same(token.as_bytes(), form_token(key, page).as_bytes())
    }
}

impl Visitor {
    /// What every form of theirs holds.
    pub(super) fn token(&self) -> Markup {
        hidden_token(&self.key, "")
    }
}

/// The token of a form on `page`, bound to the secret of the browser.
pub(super) fn hidden_token(key: &str, page: &str) -> Markup {
    html! { input type="hidden" name="token" value=(form_token(key, page)); }
}

fn form_token(key: &str, page: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hash(&format!("account\0{key}\0{page}")))
}
