//! The consent page: what a client asks, of this person, in this browser, this once.
//!
//! `GET /authorize` writes nothing down. The request, as it was checked, travels in the form,
//! sealed and bound to the browser; the button stores it, under the page's own number, which works
//! once.

mod page;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{
        HeaderMap, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{
    OAuth,
    authorize::{self, Request},
    login,
    page::Stop,
    parameters::Parameters,
};
use crate::{
    audit::Entry,
    store::{AuthorizationRow, Stage},
    vault::{Place, hash, mint, same},
    web::{address::ClientAddress, guard, layout},
};

/// How long a person may take from the page to the end.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// One consent page.
#[derive(Serialize, Deserialize)]
pub(super) struct Rendering {
    /// The browser that it was shown in.
    browser_hash: Vec<u8>,
    expires_at: DateTime<Utc>,
    /// Who was signed in, and could go on as they are.
    pub(super) user: Option<String>,
    pub(super) request: Request,
}

/// The page.
pub(super) async fn show(
    State(oauth): State<OAuth>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Stop> {
    let request = authorize::check(&oauth, &query.unwrap_or_default()).await?;
    if oauth.sign_in_providers().next().is_none() {
        return Err(nobody());
    }
    let known = oauth.cookie().read(&headers);
    let cookie = known.unwrap_or_else(|| mint(oauth.clock(), "spb_").expose_secret().to_owned());
    let id = BASE64_URL_SAFE_NO_PAD.encode(oauth.clock().random::<16>());
    let user = oauth.signed_in(&headers).await?;
    let rendering = Rendering {
        browser_hash: hash(&cookie),
        expires_at: oauth.clock().now() + LIFETIME,
        user: user.as_ref().map(|user| user.identity.clone()),
        request,
    };
    let plain = serde_json::to_vec(&rendering).map_err(|_| Stop::Internal)?;
    let sealed = oauth.vault().sealer().seal(place(&id), &plain)?;
    let hidden = [("id", id.as_str()), ("request", &BASE64_URL_SAFE_NO_PAD.encode(sealed))];
    let fields = oauth.fields().await?;
    let page = page::page(&oauth, &rendering.request, user.as_ref(), fields, &hidden);
    let mut response = page.into_response();
    if let Some(line) = oauth.cookie().write(&cookie) {
        response.headers_mut().insert(SET_COOKIE, line);
    }
    Ok(response)
}

/// The buttons.
pub(super) async fn decide(
    State(oauth): State<OAuth>,
    address: ClientAddress,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Stop> {
    let form = Parameters::read(&body)?;
    let (rendering, row) = oauth.rendering(&form, &headers)?;
    let request = &rendering.request;
    let entry = |entry: Entry| entry.client(&request.client_id).address(address.0);
    let consented = entry(Entry::done("consent.given")).detail(&request.scopes);
    match form.get("decision") {
        Some("agree") => {
            let hidden = ["id", "request"].map(|name| (name, form.get(name).unwrap_or_default()));
            let once_more = |fields| page::page(&oauth, request, None, fields, &hidden);
            let choice = oauth.choice(&form, once_more).await?;
            let row = AuthorizationRow { stage: Stage::Consented, ..row };
            oauth.press(&row).await?;
            oauth.audit().record(consented).await?;
            // To somebody who was signed in, the page had nothing to choose.
            let only = oauth.only_provider().filter(|_| rendering.user.is_none());
            if let Some(provider) = only {
                return login::go(&oauth, row, provider, &choice).await;
            }
            let login = format!("/login?id={}", row.id);
            Ok((StatusCode::SEE_OTHER, [(LOCATION, login)]).into_response())
        }
        Some("session") => {
            // The page said as whom.
            let user = oauth.signed_in(&headers).await?;
            let user = user.filter(|user| rendering.user.as_ref() == Some(&user.identity));
            let user = user.ok_or_else(Stop::again)?;
            oauth.press(&row).await?;
            oauth.audit().record(consented.identity(&user.identity)).await?;
            let url = oauth.code_for(request, &user).await?;
            Ok(layout::onward(&url, &request.client_name))
        }
        Some("deny") => {
            oauth.press(&row).await?;
            oauth.audit().refused(entry(Entry::refused("consent.given", "access_denied"))).await;
            let answer = [("error", "access_denied"), ("error_description", "The person said no.")];
            let url = request.back(oauth.description().issuer(), &answer).ok_or(Stop::Internal)?;
            Ok(layout::onward(&url, &request.client_name))
        }
        _ => Err(Stop::again()),
    }
}

impl OAuth {
    /// What a form holds, if it is ours, for this browser, and in time; and how it is stored.
    fn rendering(
        &self,
        form: &Parameters,
        headers: &HeaderMap,
    ) -> Result<(Rendering, AuthorizationRow), Stop> {
        let cookie = self.cookie().read(headers).ok_or_else(Stop::no_cookie)?;
        let id = form.get("id").ok_or_else(Stop::again)?;
        let sealed = form.get("request").and_then(|text| BASE64_URL_SAFE_NO_PAD.decode(text).ok());
        let sealed = sealed.ok_or_else(Stop::again)?;
        let rendering = self.open(id, &sealed).ok_or_else(Stop::again)?;
        if !same(&hash(&cookie), &rendering.browser_hash) {
            return Err(Stop::no_cookie());
        }
        let now = self.clock().now();
        if now >= rendering.expires_at || !guard::is_own_form(headers, self.origins()) {
            return Err(Stop::again());
        }
        let row = AuthorizationRow {
            id: id.to_owned(),
            stage: Stage::Done,
            browser_hash: rendering.browser_hash.clone(),
            sealed_request: sealed,
            provider: None,
            state_hash: None,
            sealed_verifier: None,
            connects: false,
            claims: false,
            created_at: now,
            expires_at: rendering.expires_at,
        };
        Ok((rendering, row))
    }

    /// The rendering with this number in `sealed`.
    pub(super) fn open(&self, id: &str, sealed: &[u8]) -> Option<Rendering> {
        let opened = self.vault().sealer().open(place(id), sealed).ok()?;
        serde_json::from_slice(&opened).ok()
    }

    /// Stores the decision; a second one for the same page isn't taken.
    async fn press(&self, row: &AuthorizationRow) -> Result<(), Stop> {
        if self.db().add_authorization(row).await? { Ok(()) } else { Err(Stop::again()) }
    }
}

/// Every provider is for the tools alone.
fn nobody() -> Stop {
    Stop::page(
        StatusCode::FORBIDDEN,
        "Nobody can sign in here",
        "None of this server's providers is for signing in, so no app can be given access on a page.",
        "Ask whoever runs this server. Bots with a client id and a secret of their own work without.",
    )
}

fn place(id: &str) -> Place<'_> {
    Place { table: "authorizations", row: id, field: "sealed_request", version: 1 }
}
