//! `/login`: with which account a person signs in, and the way there.

use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::{OAuth, page::Stop};
use crate::{
    providers::{AuthorizeRequest, ProviderClient, nonce_of},
    store::{AuthorizationRow, Stage},
    vault::{Place, hash, mint, same},
    web::{
        guard, layout,
        parts::{self, Tone},
    },
};

/// What comes before the `state` of a sign-in, so that it is told from a link's.
const STATE: &str = "spl_";

/// What a person chose on the way to a provider.
#[derive(Deserialize)]
pub(super) struct Choice {
    /// Whether the tools may use the account.
    connects: Option<String>,
    /// The claim code.
    claim: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Asked {
    id: String,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    id: String,
    provider: String,
    #[serde(flatten)]
    choice: Choice,
}

/// The page with all providers.
pub(super) async fn show(
    State(oauth): State<OAuth>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Stop> {
    let row = oauth.consented(&asked.id, &headers).await?;
    let asks_claim = oauth.is_unclaimed().await?;
    let body = html! {
        p { "Choose the account that you are known by here." }
        @for provider in oauth.sign_in_providers() {
            form method="post" action="/login" {
                input type="hidden" name="id" value=(row.id);
                (fields(provider, asks_claim))
                (parts::choices("provider", &[(
                    provider.id(),
                    &format!("Continue with {}", provider.provider().name),
                    Tone::Primary,
                )]))
            }
        }
    };
    Ok(layout::page("Sign in", &body).into_response())
}

/// One of its buttons.
pub(super) async fn choose(
    State(oauth): State<OAuth>,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Stop> {
    let row = oauth.consented(&chosen.id, &headers).await?;
    if !guard::is_own_form(&headers, oauth.origins()) {
        return Err(Stop::again());
    }
    let claims = oauth.claims(&chosen.choice).await?;
    let provider = oauth.sign_in_providers().find(|provider| provider.id() == chosen.provider);
    go(&oauth, row, provider.ok_or_else(Stop::again)?, &chosen.choice, claims).await
}

/// The fields that go with a provider's button.
pub(super) fn fields(provider: &ProviderClient, asks_claim: bool) -> Markup {
    let (name, words) = (&provider.provider().name, &provider.provider().scope_words);
    let allows = provider.scopes().iter();
    let allows = allows.map(|scope| words.get(scope).map_or(scope.as_str(), String::as_str));
    html! {
        @if asks_claim {
            (parts::code_field(
                "claim",
                "Claim code",
                "This server has no owner yet. It printed a claim code when it started; whoever \
                 enters it becomes the owner. Leave this empty if you were invited.",
            ))
        }
        @if provider.has_tools() {
            (parts::checkbox(
                "connects",
                &format!("Let the tools use this {name} account"),
                &format!("They may then {}.", allows.collect::<Vec<_>>().join("; ")),
                true,
            ))
        }
    }
}

/// Sends the person to `provider`.
pub(super) async fn go(
    oauth: &OAuth,
    row: AuthorizationRow,
    provider: &ProviderClient,
    choice: &Choice,
    claims: bool,
) -> Result<Response, Stop> {
    let state = mint(oauth.clock(), STATE);
    let verifier = mint(oauth.clock(), "");
    let sealed = oauth
        .vault()
        .sealer()
        .seal(verifier_place(&row.id), verifier.expose_secret().as_bytes())?;
    let connects = choice.connects.is_some() && provider.has_tools();
    let row = AuthorizationRow {
        provider: Some(provider.id().to_owned()),
        state_hash: Some(hash(state.expose_secret())),
        sealed_verifier: Some(sealed),
        connects,
        claims,
        ..row
    };
    let nonce = nonce_of(&verifier);
    let request = AuthorizeRequest {
        state: state.expose_secret(),
        verifier: &verifier,
        nonce: Some(&nonce),
        scopes: if connects { provider.scopes() } else { provider.sign_in_scopes() },
        again: false,
    };
    let url = provider.authorize_url(&request).await.map_err(|error| {
        tracing::warn!(provider = provider.id(), %error, "nobody can sign in there");
        away(&provider.provider().name)
    })?;
    if !oauth.db().begin_sign_in(&row, oauth.clock().now()).await? {
        return Err(Stop::again());
    }
    Ok(layout::onward(&url, &provider.provider().name))
}

/// The provider can't be used at the moment.
pub(super) fn away(name: &str) -> Stop {
    Stop::page(
        StatusCode::BAD_GATEWAY,
        "Not at the moment",
        format!("{name} doesn't answer properly, so you can't sign in with it right now."),
        "Wait a minute, go back to your app, and connect again.",
    )
}

/// Where the PKCE verifier of consent `id` is sealed for.
pub(super) fn verifier_place(id: &str) -> Place<'_> {
    Place { table: "authorizations", row: id, field: "sealed_verifier", version: 1 }
}

impl OAuth {
    /// Whether an authorization response with this `state` is a sign-in's.
    #[must_use]
    pub fn is_sign_in(state: &str) -> bool {
        state.starts_with(STATE)
    }

    /// The consent with this number, given in this browser, that nobody has signed in for.
    async fn consented(&self, id: &str, headers: &HeaderMap) -> Result<AuthorizationRow, Stop> {
        let row = self.db().authorization(id).await?;
        let row = row.filter(|row| row.stage != Stage::Done && self.clock().now() < row.expires_at);
        let row = row.ok_or_else(Stop::again)?;
        let cookie = self.cookie().read(headers).map(|cookie| hash(&cookie));
        if cookie.is_some_and(|cookie| same(&cookie, &row.browser_hash)) {
            Ok(row)
        } else {
            Err(Stop::no_cookie())
        }
    }

    /// Whether the person gave the claim code of a server that has no owner. A wrong one is told.
    pub(super) async fn claims(&self, choice: &Choice) -> Result<bool, Stop> {
        let given = choice.claim.as_deref().map(str::trim).filter(|given| !given.is_empty());
        let Some(given) = given else { return Ok(false) };
        if self.is_claim_code(given).await? {
            return Ok(true);
        }
        Err(Stop::page(
            StatusCode::FORBIDDEN,
            "That isn't the claim code",
            "The code that you entered isn't the one that this server printed when it started, or \
             somebody has become the owner meanwhile.",
            "Go back and enter it again; the newest one is at the end of the server's log.",
        ))
    }

    /// The providers that people may sign in with.
    pub(super) fn sign_in_providers(&self) -> impl Iterator<Item = &ProviderClient> {
        self.vault().providers().values().filter(|provider| provider.provider().login)
    }

    /// The only one, if it is.
    pub(super) fn only_provider(&self) -> Option<&ProviderClient> {
        let mut providers = self.sign_in_providers();
        providers.next().filter(|_| providers.next().is_none())
    }

    /// What people call a provider.
    pub(super) fn provider_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.vault().providers().get(id).map_or(id, |provider| &provider.provider().name)
    }
}
