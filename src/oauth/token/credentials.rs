//! A confidential client gets a token of its own (RFC 6749 §4.4).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use stagepass_kit::{Identity, Realm};

use super::{Issued, OAuth, OAuthError, Parameters};
use crate::{
    identity::{Scope, Scopes},
    oauth::{GrantType, access_token, client::Client},
    store::GrantRow,
};

/// What a bot gets that asked for `scopes`: it acts for its chat users and never as itself, whether
/// it says so or not.
fn of_a_bot(scopes: Scopes) -> Scopes {
    let asks = scopes.iter().any(|scope| scope != Scope::ActAs);
    let acts = if asks { scopes } else { Scopes::tools() };
    acts.iter().chain([Scope::ActAs]).collect()
}

pub(super) async fn give(
    oauth: &OAuth,
    client: &Client,
    form: &Parameters,
) -> Result<Issued, OAuthError> {
    let may = !client.is_strangers() && client.may_use(GrantType::ClientCredentials);
    // RFC 6749 §4.4: whoever proves nothing is anybody.
    if !may || !client.is_confidential() {
        return Err(OAuthError::new(
            "unauthorized_client",
            "Only a client with a secret or a key of its own, which the operator added for this, may \
             use this grant.",
        ));
    }
    let now = oauth.clock().now();
    let mut scopes: Scopes = client.scopes(form.get("scope"));
    if client.may_speak() {
        scopes = of_a_bot(scopes);
    }
    if scopes.is_empty() {
        return Err(OAuthError::new("invalid_scope", "This client may have none of these scopes."));
    }
    let grant = GrantRow {
        id: BASE64_URL_SAFE_NO_PAD.encode(oauth.clock().random::<16>()),
        identity: Identity::new(Realm::Client, "", client.id()).to_string(),
        client_id: client.id().to_owned(),
        scopes: scopes.to_string(),
        resource: oauth.resource_asked(form, None)?,
        created_at: now,
        expires_at: now + TimeDelta::seconds(access_token::LIFETIME),
    };
    oauth.db().add_grant(&grant).await?;
    oauth.db().touch_client(client.id(), now).await?;
    oauth.issued(grant, scopes, None)
}
