//! `POST /token` (RFC 6749 §3.2).

mod code;
mod credentials;
mod exchange;
mod refresh;

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{
        HeaderMap,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{GrantType, OAuth, error::OAuthError, parameters::Parameters};
use crate::{
    audit::Entry,
    identity::{Scope, Scopes},
    store::GrantRow,
    web::address::ClientAddress,
};

/// How long a grant lives that isn't used.
const GRANT: TimeDelta = TimeDelta::days(60);

/// Tokens, on their way to a client.
struct Issued {
    access: SecretString,
    /// The `jti` of the access token.
    id: String,
    /// How long it lives, in seconds.
    expires_in: i64,
    refresh: Option<SecretString>,
    scopes: Scopes,
    grant: GrantRow,
    /// What kind of token it is, where another was exchanged for it (RFC 8693 §2.2.1).
    exchanged_for: Option<&'static str>,
}

/// Answers a token request.
pub(super) async fn answer(
    State(oauth): State<OAuth>,
    address: ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match issue(&oauth, address, &headers, &body).await {
        Ok(issued) => issued.into_response(),
        Err(error) => error.into_response(),
    }
}

async fn issue(
    oauth: &OAuth,
    address: ClientAddress,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Issued, OAuthError> {
    let form = read_form(headers, body)?;
    let client = oauth.authenticate(headers, &form, address).await?;
    // Another process may have made a newer key to sign with.
    oauth.look().await?;
    let grant_type = form.get("grant_type");
    let issued = match grant_type.map(GrantType::from_name) {
        Some(Some(GrantType::AuthorizationCode)) => {
            code::redeem(oauth, &client, &form, address).await
        }
        Some(Some(GrantType::RefreshToken)) => {
            refresh::rotate(oauth, &client, &form, address).await
        }
        Some(Some(GrantType::ClientCredentials)) => credentials::give(oauth, &client, &form).await,
        Some(Some(GrantType::TokenExchange)) => exchange::exchange(oauth, &client, &form).await,
        Some(None) => Err(OAuthError::new(
            "unsupported_grant_type",
            "Use authorization_code, refresh_token, client_credentials or token-exchange.",
        )),
        None => Err(OAuthError::invalid_request("grant_type is missing.")),
    };
    let entry = match &issued {
        Ok(issued) => Entry::done("token.issued")
            .identity(&issued.grant.identity)
            .token(&issued.id)
            .grant(&issued.grant.id),
        Err(error) => Entry::refused("token.issued", error.code),
    };
    let entry = entry.client(client.id()).address(address.0);
    match issued {
        Ok(issued) => {
            oauth.audit().record(entry).await?;
            Ok(issued)
        }
        Err(error) => {
            oauth.audit().refused(entry).await;
            Err(error)
        }
    }
}

/// The form of a request by a program. JSON is refused in words: some clients try it.
pub(super) fn read_form(headers: &HeaderMap, body: &[u8]) -> Result<Parameters, OAuthError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(OAuthError::invalid_request(
            "Send the parameters as application/x-www-form-urlencoded.",
        ));
    }
    Ok(Parameters::read(body)?)
}

impl OAuth {
    /// An access token under `grant`, and `refresh` with it.
    fn issued(
        &self,
        grant: GrantRow,
        scopes: Scopes,
        refresh: Option<SecretString>,
    ) -> Result<Issued, OAuthError> {
        let (access, claims) = self.tokens().issue(&grant, scopes)?;
        let (id, expires_in) = (claims.jti, claims.exp - claims.iat);
        Ok(Issued { access, id, expires_in, refresh, scopes, grant, exchanged_for: None })
    }

    /// The resource that is asked for, which has to be one of ours, and of `granted` if that is
    /// known (RFC 8707 §2.2).
    pub(super) fn resource_asked(
        &self,
        form: &Parameters,
        granted: Option<&str>,
    ) -> Result<String, OAuthError> {
        let unknown = || {
            OAuthError::new(
                "invalid_target",
                "This isn't the resource that was agreed to, or isn't one of this server's.",
            )
        };
        match (form.get("resource"), granted) {
            (None, None) => Ok(self.description().resource(None)),
            (None, Some(granted)) => Ok(granted.to_owned()),
            (Some(asked), granted) => {
                let named = self.description().resource_named(asked).ok_or_else(unknown)?;
                let fits = granted.is_none_or(|granted| granted == named);
                if fits { Ok(named) } else { Err(unknown()) }
            }
        }
    }
}

/// What of `granted` a request wants (RFC 6749 §6): never more.
fn narrowed(granted: Scopes, asked: Option<&str>) -> Result<Scopes, OAuthError> {
    let Some(asked) = asked else { return Ok(granted) };
    let asked = Scopes::parse(asked);
    if asked.iter().all(|scope| scope == Scope::OfflineAccess || granted.covers(scope)) {
        let kept = asked.within(granted);
        return Ok(if kept.is_empty() { granted } else { kept });
    }
    Err(OAuthError::new("invalid_scope", "That is more than was granted; ask the person again."))
}

impl IntoResponse for Issued {
    fn into_response(self) -> Response {
        let mut body = json!({
            "access_token": self.access.expose_secret(),
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "scope": self.scopes.to_string(),
        });
        let refresh = self.refresh.as_ref().map(ExposeSecret::expose_secret);
        let more = [("refresh_token", refresh), ("issued_token_type", self.exchanged_for)];
        for (name, value) in more {
            if let (Some(value), Some(fields)) = (value, body.as_object_mut()) {
                fields.insert(name.to_owned(), value.into());
            }
        }
        ([(CACHE_CONTROL, "no-store")], Json(body)).into_response()
    }
}
