//! For which chat user a bot speaks. A request names them by a header, by an assertion, in its
//! `_meta`, or by a token that was made for them; all of these end in [`Principal::speaking_for`].

use std::{fmt, str::FromStr, sync::Arc};

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::WWW_AUTHENTICATE},
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use serde_json::json;
use stagepass_kit::{Identity, Realm};

use super::{Principal, Scope};
use crate::providers::clean;

/// The header that names a chat user: UTF-8, percent-encoded.
pub const CHAT_ID: HeaderName = HeaderName::from_static("stagepass-chat-id");
/// The header with what the bot calls them, encoded likewise. For people's eyes alone.
pub const CHAT_NAME: HeaderName = HeaderName::from_static("stagepass-chat-name");
/// The header with a JWT that names them, signed by the bot's own key.
pub const CHAT_ASSERTION: HeaderName = HeaderName::from_static("stagepass-chat-assertion");
/// The key in `_meta` that names them, as plain text.
pub const CHAT_ID_META: &str = "io.stagepass/chat-id";

/// The longest id, in bytes of UTF-8.
const LONGEST: usize = 256;
/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// A chat user, as a bot names them: any text, e.g. `whatsapp:+4915112345678`. Two ids are the same
/// if every byte is: what only looks alike is somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatId(Arc<str>);

impl ChatId {
    /// Reads it as plain text.
    ///
    /// # Errors
    /// [`ChatError::Unreadable`] when it is empty, longer than 256 bytes, or has control characters
    /// or spaces around it.
    pub fn parse(text: &str) -> Result<Self, ChatError> {
        let fits = (1..=LONGEST).contains(&text.len())
            && text.trim() == text
            && !text.chars().any(char::is_control);
        fits.then(|| Self(text.into())).ok_or(ChatError::Unreadable)
    }

    /// The one that the headers name, if they name one.
    ///
    /// # Errors
    /// [`ChatError::Unreadable`] when it is no percent-encoded id, or there are several.
    pub fn in_headers(headers: &HeaderMap) -> Result<Option<Self>, ChatError> {
        let text = decoded(headers, &CHAT_ID)?;
        text.as_deref().map(Self::parse).transpose()
    }
}

/// As an operator types it.
impl FromStr for ChatId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let what = "a chat user's id has 1 to 256 bytes, and no control characters";
        Self::parse(text).map_err(|_| what)
    }
}

impl fmt::Display for ChatId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the headers call the chat user, if anything: cleaned, and for people's eyes alone.
///
/// # Errors
/// [`ChatError::UnreadableName`] when it isn't percent-encoded UTF-8, or there are several.
pub fn chat_name(headers: &HeaderMap) -> Result<Option<Arc<str>>, ChatError> {
    let name = decoded(headers, &CHAT_NAME).map_err(|_| ChatError::UnreadableName)?;
    let name = name.map(|name| shown_name(&name));
    Ok(name.filter(|name| !name.is_empty()))
}

/// A name as people are shown it.
#[must_use]
pub fn shown_name(name: &str) -> Arc<str> {
    clean(name).chars().take(LONGEST_NAME).collect::<String>().into()
}

/// Whether the headers name a chat user in any way.
#[must_use]
pub fn names_a_chat(headers: &HeaderMap) -> bool {
    [CHAT_ID, CHAT_NAME, CHAT_ASSERTION].iter().any(|name| headers.contains_key(name))
}

/// The only header `name`, percent-decoded. Whatever could be read in two ways isn't read at all.
fn decoded(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, ChatError> {
    let mut lines = headers.get_all(name).iter();
    let (line, None) = (lines.next(), lines.next()) else { return Err(ChatError::Unreadable) };
    let Some(line) = line else { return Ok(None) };
    let text = line.to_str().map_err(|_| ChatError::Unreadable)?;
    let is_encoded = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !text.split('%').skip(1).all(is_encoded) {
        return Err(ChatError::Unreadable);
    }
    let text = percent_decode_str(text).decode_utf8().map_err(|_| ChatError::Unreadable)?;
    Ok(Some(text.into_owned()))
}

/// Why a request speaks for nobody.
#[derive(Debug)]
pub enum ChatError {
    /// The id isn't one.
    Unreadable,
    /// The name isn't text.
    UnreadableName,
    /// Two different chat users are named in one request.
    Disagree,
    /// The token doesn't allow it. The challenge says what would.
    NotAllowed(Option<String>),
    /// Sign-in is off, so there is only the owner.
    SignInOff,
    /// The assertion isn't this bot's, isn't for here, is too old, or was used before.
    Assertion,
    /// A bot that has no public key can't sign.
    NoKey,
    /// It couldn't be checked just now.
    Away,
}

impl ChatError {
    fn in_words(&self) -> (StatusCode, &'static str) {
        match self {
            Self::Unreadable => (
                StatusCode::BAD_REQUEST,
                "The chat user's id can't be read. It is 1 to 256 bytes of UTF-8 without control \
                 characters or spaces around it: percent-encoded in the header Stagepass-Chat-Id, \
                 once, e.g. whatsapp:%2B4915112345678, or as plain text in \
                 _meta[\"io.stagepass/chat-id\"]",
            ),
            Self::UnreadableName => (
                StatusCode::BAD_REQUEST,
                "The header Stagepass-Chat-Name can't be read. Send it once, as percent-encoded \
                 UTF-8, or leave it out",
            ),
            Self::Disagree => (
                StatusCode::BAD_REQUEST,
                "This request names two different chat users. Name one, in one place",
            ),
            Self::NotAllowed(_) => (
                StatusCode::FORBIDDEN,
                "This token may not speak for chat users: it lacks the scope mcp.act_as. Use a \
                 token of a bot that was added with `stagepass clients add NAME --act-as`",
            ),
            Self::SignInOff => (
                StatusCode::FORBIDDEN,
                "Sign-in is off on this server, so every request is its owner's, and nobody can \
                 speak for chat users. Set access.allow to something else than \"local\"",
            ),
            Self::Assertion => (
                StatusCode::FORBIDDEN,
                "The chat assertion is no good. It is a JWT signed by the bot's key with iss (the \
                 client id), sub (the chat user's id), aud (this endpoint's URL), iat, exp at \
                 most 60 seconds later, and a jti that was never used",
            ),
            Self::NoKey => (
                StatusCode::FORBIDDEN,
                "This bot has no public key, so it can't sign chat assertions. Add it with --jwks \
                 or --jwks-uri, or send Stagepass-Chat-Id",
            ),
            Self::Away => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The chat assertion can't be checked just now. Try again in a few seconds",
            ),
        }
    }
}

impl fmt::Display for ChatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.in_words().1)
    }
}

impl IntoResponse for ChatError {
    /// As an answer that clients of MCP show to whoever wrote the bot.
    fn into_response(self) -> Response {
        let (status, message) = self.in_words();
        tracing::debug!(status = status.as_u16(), message, "a request speaks for nobody");
        let body = json!({
            "jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": message},
        });
        let mut response = (status, Json(body)).into_response();
        if let Self::NotAllowed(Some(challenge)) = &self
            && let Ok(challenge) = HeaderValue::from_str(challenge)
        {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}

impl Principal {
    /// This bot, speaking for `chat` inside its own namespace. The one place in which that is made.
    ///
    /// # Errors
    /// [`ChatError::NotAllowed`] or [`ChatError::SignInOff`] when it may not, and
    /// [`ChatError::Disagree`] when it speaks for somebody else already.
    pub fn speaking_for(&self, chat: &ChatId) -> Result<Self, ChatError> {
        match (self.identity.realm(), &self.token) {
            // Only a bot's own token: never one that a person gave it.
            (Realm::Client, Some(token)) if self.scopes.covers(Scope::ActAs) => {
                let identity = Identity::new(Realm::Chat, token.client_id.as_str(), chat.0.clone());
                // What is the bot's alone doesn't go with it.
                let acts = |scope: &Scope| matches!(scope, Scope::Read | Scope::Write);
                let scopes = self.scopes.iter().filter(acts).collect();
                Ok(Self { identity, scopes, ..self.clone() })
            }
            (Realm::Chat, _) if self.identity.label() == &*chat.0 => Ok(self.clone()),
            (Realm::Chat, _) => Err(ChatError::Disagree),
            (Realm::Local, _) => Err(ChatError::SignInOff),
            _ => Err(self.may_not_speak()),
        }
    }

    /// The refusal of a token that may not speak for chat users.
    #[must_use]
    pub fn may_not_speak(&self) -> ChatError {
        let scopes = self.scopes.iter().chain([Scope::ActAs]).collect();
        let challenge = self.token.as_ref().map(|token| token.challenge.insufficient(scopes));
        ChatError::NotAllowed(challenge)
    }

    /// Whether this is a bot that hasn't said for whom it speaks.
    #[must_use]
    pub fn speaks_for_nobody(&self) -> bool {
        self.identity.realm() == Realm::Client && self.scopes.covers(Scope::ActAs)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sent(line: &str) -> Result<Option<ChatId>, ChatError> {
        let value = HeaderValue::from_str(line).unwrap();
        ChatId::in_headers(&HeaderMap::from_iter([(CHAT_ID, value)]))
    }

    #[test]
    fn an_id_may_have_256_bytes_and_not_257() {
        assert!(sent(&"x".repeat(256)).unwrap().is_some());
        assert!(matches!(sent(&"x".repeat(257)), Err(ChatError::Unreadable)));
        // Of what was encoded, and not of the encoding.
        assert!(sent(&"%C3%A9".repeat(128)).unwrap().is_some());
        assert!(matches!(sent(&"%C3%A9".repeat(129)), Err(ChatError::Unreadable)));
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_id() {
        for line in ["", "%", "%2", "%zz", "a%", "%FF", "%20a", "a%20", "a%0Ab", "a%00", "%E2%82"] {
            assert!(matches!(sent(line), Err(ChatError::Unreadable)), "{line}");
        }
        let mut headers = HeaderMap::new();
        headers.append(CHAT_ID, HeaderValue::from_static("a"));
        headers.append(CHAT_ID, HeaderValue::from_static("a"));
        assert!(matches!(ChatId::in_headers(&headers), Err(ChatError::Unreadable)));
    }

    #[test]
    fn a_plus_is_a_plus() {
        assert_eq!(sent("whatsapp:+49").unwrap(), sent("whatsapp%3A%2B49").unwrap());
    }

    proptest! {
        #[test]
        fn every_id_comes_through_as_it_was(id in "[^\\p{C}\\s]{1,60}") {
            let encoded = percent_encoding::percent_encode(id.as_bytes(), percent_encoding::NON_ALPHANUMERIC);
            prop_assert_eq!(sent(&encoded.to_string()).unwrap(), Some(ChatId::parse(&id).unwrap()));
        }

        #[test]
        fn no_header_makes_the_reader_panic(bytes in any::<Vec<u8>>()) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let _ = ChatId::in_headers(&HeaderMap::from_iter([(CHAT_ID, value)]));
            }
        }
    }
}
