//! A refresh token becomes its successor (RFC 6749 §6, OAuth 2.1 §4.3.1).

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};

use super::{GRANT, Issued, OAuth, OAuthError, Parameters, narrowed};
use crate::{
    audit::Entry,
    identity::Scopes,
    oauth::client::Client,
    store::{GrantRow, RefreshRow, Rotation},
    vault::{Place, hash, mint},
    web::address::ClientAddress,
};

/// A client that asks twice at once is given the same successor.
const TWICE: TimeDelta = TimeDelta::seconds(10);

pub(super) async fn rotate(
    oauth: &OAuth,
    client: &Client,
    form: &Parameters,
    address: ClientAddress,
) -> Result<Issued, OAuthError> {
    let token = form
        .get("refresh_token")
        .ok_or_else(|| OAuthError::invalid_request("refresh_token is missing."))?;
    let row = oauth.db().refresh_token(&hash(token)).await?.ok_or_else(refused)?;
    let grant = oauth.db().grant(&row.grant_id).await?.ok_or_else(refused)?;
    if grant.client_id != client.id() {
        return Err(refused());
    }
    let identity = grant.identity.parse().map_err(|_| refused())?;
    if !oauth.may_come_in(&identity).await? {
        return Err(refused());
    }
    let resource = oauth.resource_asked(form, Some(&grant.resource))?;
    let scopes = narrowed(Scopes::parse(&grant.scopes), form.get("scope"))?;
    let successor = successor(oauth, &row, &grant, address).await?;
    // However long this goes on, somebody may want to come back with it afterwards.
    oauth.db().touch_client(client.id(), oauth.clock().now()).await?;
    oauth.issued(GrantRow { resource, ..grant }, scopes, Some(successor))
}

async fn successor(
    oauth: &OAuth,
    row: &RefreshRow,
    grant: &GrantRow,
    address: ClientAddress,
) -> Result<SecretString, OAuthError> {
    let now = oauth.clock().now();
    let token = mint(oauth.clock(), "spr_");
    let new_hash = hash(token.expose_secret());
    let new = RefreshRow::live(new_hash, grant.id.clone(), Some(row.token_hash.clone()), now);
    let name = name(row);
    let vault = oauth.vault();
    let sealed = vault.sealer().seal(place(&name), token.expose_secret().as_bytes())?;
    match oauth.db().rotate(&new, &sealed, now + GRANT, TWICE).await? {
        Rotation::Done => Ok(token),
        Rotation::Same(sealed) => {
            let opened = vault.sealer().open(place(&name), &sealed)?;
            Ok(String::from_utf8_lossy(&opened).into_owned().into())
        }
        Rotation::Over => Err(refused()),
        Rotation::Reused => {
            oauth.forget_checked().await;
            tracing::warn!(
                grant = grant.id,
                "a dead refresh token was used; its grant was revoked"
            );
            let entry = Entry::refused("refresh.reused", "grant revoked").identity(&grant.identity);
            let entry = entry.client(&grant.client_id).grant(&grant.id).address(address.0);
            // Whatever else was refused to that address: each of these has cost a grant.
            oauth.audit().record(entry).await?;
            Err(refused())
        }
    }
}

/// The successor is sealed for the row of its parent, which has no id but its hash.
fn name(row: &RefreshRow) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(&row.token_hash)
}

fn place(name: &str) -> Place<'_> {
    Place { table: "refresh_tokens", row: name, field: "sealed_successor", version: 1 }
}

fn refused() -> OAuthError {
    OAuthError::invalid_grant(
        "The refresh token is expired, revoked, replaced, or another client's. Send the person to \
         the authorization endpoint again.",
    )
}
