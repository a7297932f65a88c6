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
        HeaderMap, HeaderValue, StatusCode,
        header::{LOCATION, SET_COOKIE},
    },
    response::{AppendHeaders, IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{OAuth, authorize, login, page::Stop, parameters::Parameters, purpose::Purpose};
use crate::{
    audit::Entry,
    store::{AuthorizationRow, Stage},
    vault::{Place, hash, mint, same},
    web::{address::ClientAddress, guard, layout},
};

/// How long a person may take from the page to the end.
const LIFETIME: TimeDelta = TimeDelta::minutes(10);

/// What travels in a page's form: its number, and what it asks, sealed.
pub(super) type Hidden = [(&'static str, String); 2];

/// One consent page, or one of those before a sign-in that no client asks for.
#[derive(Serialize, Deserialize)]
pub(super) struct Rendering {
    /// The browser that it was shown in.
    browser_hash: Vec<u8>,
    expires_at: DateTime<Utc>,
    /// Who was signed in, and could go on as they are.
    pub(super) user: Option<String>,
    pub(super) purpose: Purpose,
}

impl Rendering {
    /// What comes back with a page's form, as it came.
    pub(super) fn hidden(form: &Parameters) -> Hidden {
        ["id", "request"].map(|name| (name, form.get(name).unwrap_or_default().to_owned()))
    }
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
    let user = oauth.signed_in(&headers).await?;
    let fields = oauth.fields().await?;
    let identity = user.as_ref().map(|user| user.identity.clone());
    let (hidden, cookie) = oauth.render(&headers, identity, Purpose::Client(request.clone()))?;
    let page = page::page(&oauth, &request, user.as_ref(), fields, &hidden);
    let cookie = AppendHeaders(cookie.map(|line| (SET_COOKIE, line)));
    Ok((cookie, page).into_response())
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
    let Purpose::Client(request) = &rendering.purpose else { return Err(Stop::again()) };
    let entry = |entry: Entry| entry.client(&request.client_id).address(address.0);
    let consented = entry(Entry::done("consent.given")).detail(&request.scopes);
    match form.get("decision") {
        Some("agree") => {
            let hidden = Rendering::hidden(&form);
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
    /// A page's number and what it asks, sealed for this browser, to travel in its form; and the
    /// cookie that goes with them.
    pub(super) fn render(
        &self,
        headers: &HeaderMap,
        user: Option<String>,
        purpose: Purpose,
    ) -> Result<(Hidden, Option<HeaderValue>), Stop> {
        let known = self.cookie().read(headers);
        let cookie = known.unwrap_or_else(|| mint(self.clock(), "spb_").expose_secret().to_owned());
        let id = BASE64_URL_SAFE_NO_PAD.encode(self.clock().random::<16>());
        let rendering = Rendering {
            browser_hash: hash(&cookie),
            expires_at: self.clock().now() + LIFETIME,
            user,
            purpose,
        };
        let plain = serde_json::to_vec(&rendering).map_err(|_| Stop::Internal)?;
        let sealed = self.vault().sealer().seal(place(&id), &plain)?;
        let hidden = [("id", id), ("request", BASE64_URL_SAFE_NO_PAD.encode(sealed))];
        Ok((hidden, self.cookie().write(&cookie)))
    }

    /// What a form holds, if it is ours, for this browser, and in time; and how it is stored.
    pub(super) fn rendering(
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
    pub(super) async fn press(&self, row: &AuthorizationRow) -> Result<(), Stop> {
        if self.db().add_authorization(row).await? { Ok(()) } else { Err(Stop::again()) }
    }
}

/// Every provider is for the tools alone.
pub(super) fn nobody() -> Stop {
    Stop::page(
        StatusCode::FORBIDDEN,
        "Nobody can sign in here",
        "None of this server's providers is for signing in, so there is no way in on a page.",
        "Ask whoever runs this server. Bots with credentials of their own work without.",
    )
}

fn place(id: &str) -> Place<'_> {
    Place { table: "authorizations", row: id, field: "sealed_request", version: 1 }
}
