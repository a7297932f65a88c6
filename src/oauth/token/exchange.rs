//! A bot gets a token of a chat user's (RFC 8693): for programs that hand requests on to others, which
//! then can't speak for anybody else.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use stagepass_kit::{Identity, Realm};

use super::{Issued, OAuth, OAuthError, Parameters};
use crate::{
    identity::{ChatId, Scope, Scopes},
    oauth::{GrantType, client::Client},
    store::GrantRow,
};

/// What is exchanged: the chat user's id, as plain text.
const CHAT_ID: &str = "urn:stagepass:chat-id";
/// What it is exchanged for (RFC 8693 §3).
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// How long such a token lives.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

pub(super) async fn exchange(
    oauth: &OAuth,
    client: &Client,
    form: &Parameters,
) -> Result<Issued, OAuthError> {
    let may = !client.is_strangers() && client.may_use(GrantType::TokenExchange);
    if !may || !client.is_confidential() || !client.may_speak() {
        return Err(OAuthError::new(
            "unauthorized_client",
            "Only a bot that the operator added with --act-as may speak for chat users.",
        ));
    }
    let chat = subject(form)?;
    // What a chat user has can't be handed on.
    let asked = client.scopes(form.get("scope")).iter();
    let own = |scope: &Scope| matches!(scope, Scope::Read | Scope::Write);
    let scopes: Scopes = asked.filter(own).collect();
    if scopes.is_empty() {
        return Err(OAuthError::new("invalid_scope", "Ask for mcp.read or mcp.write."));
    }
    let now = oauth.clock().now();
    let grant = GrantRow {
        id: BASE64_URL_SAFE_NO_PAD.encode(oauth.clock().random::<16>()),
        identity: Identity::new(Realm::Chat, client.id(), chat.to_string()).to_string(),
        client_id: client.id().to_owned(),
        scopes: scopes.to_string(),
        resource: oauth.resource_asked(form, None)?,
        created_at: now,
        expires_at: now + LIFETIME,
    };
    oauth.db().add_grant(&grant).await?;
    oauth.db().touch_client(client.id(), now).await?;
    let issued = oauth.issued(grant, scopes, None)?;
    Ok(Issued { exchanged_for: Some(ACCESS_TOKEN), ..issued })
}

/// The chat user that the request names.
fn subject(form: &Parameters) -> Result<ChatId, OAuthError> {
    if form.get("subject_token_type") != Some(CHAT_ID) {
        return Err(OAuthError::invalid_request(
            "subject_token_type must be urn:stagepass:chat-id.",
        ));
    }
    if form.get("requested_token_type").is_some_and(|kind| kind != ACCESS_TOKEN) {
        return Err(OAuthError::invalid_request("Only an access token can be had."));
    }
    if form.get("actor_token").is_some() {
        return Err(OAuthError::invalid_request(
            "Leave actor_token out: the bot itself is the actor.",
        ));
    }
    let subject = form.get("subject_token").unwrap_or_default();
    ChatId::parse(subject).map_err(|_| {
        OAuthError::invalid_request(
            "subject_token must be the chat user's id: 1 to 256 bytes without control characters.",
        )
    })
}
