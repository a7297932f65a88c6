//! Who is calling: made from the transport, and nowhere else.

mod challenge;
mod chat;
mod scopes;

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use stagepass_kit::Identity;

pub use challenge::Challenge;
pub use chat::{
    CHAT_ASSERTION, CHAT_ID, CHAT_ID_META, CHAT_NAME, ChatError, ChatId, chat_name, names_a_chat,
    shown_name,
};
pub use scopes::{Scope, Scopes};

/// Who is calling, as the transport proved it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Principal {
    /// Whose tokens this request may use.
    pub identity: Identity,
    /// What this request may do.
    pub scopes: Scopes,
    /// By which access token; none where sign-in is off.
    pub token: Option<Arc<Token>>,
    /// What the bot that speaks for a chat user calls them. For people's eyes alone.
    pub chat_name: Option<Arc<str>>,
}

/// An access token of ours, as far as it may be known to others than its bearer.
#[derive(Debug)]
pub struct Token {
    /// Its `jti`.
    pub id: String,
    /// The grant that it came from.
    pub grant_id: String,
    /// The client that it was given to.
    pub client_id: String,
    /// What is said to a bearer whose token isn't enough.
    pub challenge: Challenge,
}

impl Principal {
    /// The owner of this process, who may do everything.
    #[must_use]
    pub fn owner() -> Self {
        Self { identity: Identity::local(), scopes: Scopes::all(), token: None, chat_name: None }
    }
}

/// Where sign-in is off, whoever reaches the server is its owner, and speaks for nobody else.
pub async fn everyone_is(
    State(owner): State<Principal>,
    mut request: Request,
    next: Next,
) -> Response {
    if names_a_chat(request.headers()) {
        return ChatError::SignInOff.into_response();
    }
    request.extensions_mut().insert(owner);
    next.run(request).await
}
