//! The consent page: what a client asks, of this person, in this browser, this once.
//!
//! `GET /authorize` writes nothing down. The request, as it was checked, travels in the form,
//! sealed and bound to the browser; the button stores it, under the page's own number, which works
//! once.

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
use maud::{Markup, html};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::{
    ClientIdUrl, OAuth,
    authorize::{self, Request},
    login,
    page::Stop,
    parameters::Parameters,
    redirect::RedirectUri,
};
use crate::{
    audit::Entry,
    identity::Scope,
    store::{AuthorizationRow, Stage, UserRow},
    vault::{Place, hash, mint, same},
    web::{
        address::ClientAddress,
        guard, layout,
        parts::{self, Tone},
    },
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
    let asks_claim = oauth.is_unclaimed().await?;
    let form = html! {
        input type="hidden" name="id" value=(id);
        input type="hidden" name="request" value=(BASE64_URL_SAFE_NO_PAD.encode(sealed));
    };
    let page = page(&oauth, &rendering.request, user.as_ref(), asks_claim, &form);
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
            // A claim code that is wrong uses the page up as little as a word that is misspelt.
            let choice = oauth.choice(&form).await?;
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

fn place(id: &str) -> Place<'_> {
    Place { table: "authorizations", row: id, field: "sealed_request", version: 1 }
}

fn page(
    oauth: &OAuth,
    request: &Request,
    user: Option<&UserRow>,
    asks_claim: bool,
    form: &Markup,
) -> Markup {
    let allows = parts::list(request.scopes().iter().filter_map(Scope::in_words));
    let document = ClientIdUrl::parse(&request.client_id).ok();
    let mut facts = vec![("It may then", allows)];
    facts.extend(document.map(|url| ("It describes itself at", html! { (url.host()) })));
    let body = html! {
        p { "An app that calls itself " strong { (request.client_name) } " wants to use this server \
             for you. You will be sent to" }
        (destination(request))
        (parts::facts(&facts))
        @if let Some(user) = user {
            (parts::signed_in_as(&user.account_name, oauth.provider_name(&user.provider)))
        }
        form method="post" action="/consent" {
            (form)
            (buttons(oauth, user, asks_claim))
        }
        p.soft { "Continue only if you added this server to the app yourself, a moment ago." }
    };
    layout::page(&format!("Connect {}", request.client_name), &body)
}

/// The host that the code goes to: what a person has to look at, whatever the app calls itself.
fn destination(request: &Request) -> Markup {
    let uri = RedirectUri::parse(&request.redirect_uri).ok();
    let is_loopback = uri.as_ref().is_some_and(RedirectUri::is_loopback);
    html! {
        p.host { (uri.as_ref().map(RedirectUri::host_shown).unwrap_or_default()) }
        @if is_loopback {
            (parts::warning(&html! { p {
                "That is a program on your own computer. Any program there can call itself \
                 anything: continue only if you started this yourself."
            } }))
        } @else if request.by_stranger {
            p.soft { "The name is the app's own claim. The address above is what counts." }
        }
    }
}

fn buttons(oauth: &OAuth, user: Option<&UserRow>, asks_claim: bool) -> Markup {
    let deny = ("deny", "Cancel", Tone::Secondary);
    if let Some(user) = user {
        let go_on = format!("Continue as {}", user.account_name);
        let rows = [
            ("session", go_on.as_str(), Tone::Primary),
            ("agree", "Use another account", Tone::Secondary),
            deny,
        ];
        return parts::choices("decision", &rows);
    }
    let provider = oauth.only_provider();
    let go_on = provider.map_or_else(
        || "Continue".to_owned(),
        |provider| format!("Continue with {}", provider.provider().name),
    );
    html! {
        @if let Some(provider) = provider { (login::fields(&[provider], asks_claim)) }
        (parts::choices("decision", &[("agree", go_on.as_str(), Tone::Primary), deny]))
    }
}
