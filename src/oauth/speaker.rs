//! For which chat user a bot's request speaks, as far as its headers say. What the body says of it
//! is read where the body is.

use axum::http::HeaderMap;
use stagepass_kit::Realm;

use super::{OAuth, client::chat_assertion};
use crate::identity::{
    CHAT_ASSERTION, ChatError, ChatId, Principal, Scope, chat_name, names_a_chat, shown_name,
};

impl OAuth {
    /// `principal` as whomever it speaks for in a request to `resource`; unchanged if the headers
    /// name nobody.
    pub(super) async fn speaker(
        &self,
        principal: Principal,
        headers: &HeaderMap,
        resource: &str,
    ) -> Result<Principal, ChatError> {
        if !names_a_chat(headers) {
            return Ok(principal);
        }
        let mut speaker = principal;
        if headers.contains_key(CHAT_ASSERTION) {
            speaker = self.asserted(&speaker, headers, resource).await?;
        }
        if let Some(chat) = ChatId::in_headers(headers)? {
            speaker = speaker.speaking_for(&chat)?;
        }
        if let Some(name) = chat_name(headers)? {
            if speaker.identity.realm() != Realm::Chat && !speaker.speaks_for_nobody() {
                return Err(speaker.may_not_speak());
            }
            // What the bot has signed counts.
            speaker.chat_name.get_or_insert(name);
        }
        Ok(speaker)
    }

    /// `bot` as whom its assertion names.
    async fn asserted(
        &self,
        bot: &Principal,
        headers: &HeaderMap,
        resource: &str,
    ) -> Result<Principal, ChatError> {
        let token = bot.token.as_ref().filter(|_| bot.scopes.covers(Scope::ActAs));
        let token = token.ok_or_else(|| bot.may_not_speak())?;
        let mut lines = headers.get_all(CHAT_ASSERTION).iter();
        let (Some(jwt), None) = (lines.next(), lines.next()) else {
            return Err(ChatError::Assertion);
        };
        let jwt = jwt.to_str().map_err(|_| ChatError::Assertion)?;
        let client = self.db().client(&token.client_id).await.map_err(|_| ChatError::Away)?;
        let client = client.filter(|client| client.jwks.is_some() || client.jwks_uri.is_some());
        let client = client.ok_or(ChatError::NoKey)?;
        let said =
            chat_assertion(self, &client, jwt, resource).await.map_err(|_| ChatError::Away)?;
        let said = said.ok_or(ChatError::Assertion)?;
        let mut speaker = bot.speaking_for(&ChatId::parse(&said.sub)?)?;
        speaker.chat_name = said.name.as_deref().map(shown_name);
        Ok(speaker)
    }
}
