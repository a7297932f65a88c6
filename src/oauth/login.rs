//! `/login`: with which account a person signs in, and the way there.

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use secrecy::ExposeSecret;

use super::{OAuth, page::Stop, parameters::Parameters};
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
pub(super) struct Choice {
    /// Whether the tools may use the account.
    connects: bool,
    /// Whether the person has the claim code.
    claims: bool,
}

/// The page with all providers.
pub(super) async fn show(
    State(oauth): State<OAuth>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Stop> {
    let asked = Parameters::read(query.unwrap_or_default().as_bytes())?;
    let row = oauth.consented(&asked, &headers).await?;
    let asks_claim = oauth.is_unclaimed().await?;
    let providers: Vec<_> = oauth.sign_in_providers().collect();
    let go_on = |provider: &&ProviderClient| format!("Continue with {}", provider.provider().name);
    let labels: Vec<_> = providers.iter().map(go_on).collect();
    let buttons = providers.iter().zip(&labels);
    let buttons: Vec<_> =
        buttons.map(|(provider, label)| (provider.id(), label.as_str(), Tone::Primary)).collect();
    let body = html! {
        p { "Choose the account that you are known by here." }
        form method="post" action="/login" {
            input type="hidden" name="id" value=(row.id);
            (fields(&providers, asks_claim))
            (parts::choices("provider", &buttons))
        }
    };
    Ok(layout::page("Sign in", &body).into_response())
}

/// One of its buttons.
pub(super) async fn choose(
    State(oauth): State<OAuth>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Stop> {
    let form = Parameters::read(&body)?;
    let row = oauth.consented(&form, &headers).await?;
    if !guard::is_own_form(&headers, oauth.origins()) {
        return Err(Stop::again());
    }
    let choice = oauth.choice(&form).await?;
    let provider =
        oauth.sign_in_providers().find(|provider| form.get("provider") == Some(provider.id()));
    go(&oauth, row, provider.ok_or_else(Stop::again)?, &choice).await
}

/// The fields that go with the buttons of `providers`.
pub(super) fn fields(providers: &[&ProviderClient], asks_claim: bool) -> Markup {
    let with_tools: Vec<_> = providers.iter().filter(|provider| provider.has_tools()).collect();
    let names: Vec<_> = with_tools.iter().map(|with| with.provider().name.as_str()).collect();
    let (names, alone) = (names.join(" or "), providers.len() == 1);
    let label = if alone {
        format!("Let the tools use this {names} account")
    } else {
        format!("If it is a {names} account, let the tools use it")
    };
    let allows: Vec<_> = with_tools.iter().map(|provider| allows(provider, alone)).collect();
    html! {
        @if asks_claim {
            (parts::code_field(
                "claim",
                "Claim code",
                "This server has no owner yet. It printed a claim code when it started; whoever \
                 enters it becomes the owner. Leave this empty if you were invited.",
            ))
        }
        @if !with_tools.is_empty() {
            (parts::checkbox("connects", &label, &allows.join(" "), true))
        }
    }
}

/// What the tools may do with an account there; `alone` needs no name.
fn allows(provider: &ProviderClient, alone: bool) -> String {
    let (name, words) = (&provider.provider().name, &provider.provider().scope_words);
    let allows = provider.scopes().iter();
    let allows = allows.map(|scope| words.get(scope).map_or(scope.as_str(), String::as_str));
    let they = if alone { "They".to_owned() } else { format!("With {name} they") };
    format!("{they} may then {}.", allows.collect::<Vec<_>>().join("; "))
}

/// Sends the person to `provider`.
pub(super) async fn go(
    oauth: &OAuth,
    row: AuthorizationRow,
    provider: &ProviderClient,
    choice: &Choice,
) -> Result<Response, Stop> {
    let rendering = oauth.open(&row.id, &row.sealed_request).ok_or_else(Stop::again)?;
    let state = mint(oauth.clock(), STATE);
    let verifier = mint(oauth.clock(), "");
    let sealed = oauth
        .vault()
        .sealer()
        .seal(verifier_place(&row.id), verifier.expose_secret().as_bytes())?;
    let connects = choice.connects && provider.has_tools();
    let row = AuthorizationRow {
        provider: Some(provider.id().to_owned()),
        state_hash: Some(hash(state.expose_secret())),
        sealed_verifier: Some(sealed),
        connects,
        claims: choice.claims,
        ..row
    };
    let nonce = nonce_of(&verifier);
    let request = AuthorizeRequest {
        state: state.expose_secret(),
        verifier: &verifier,
        nonce: Some(&nonce),
        scopes: if connects { provider.scopes() } else { provider.sign_in_scopes() },
        // Whoever was signed in wants another account, and not the provider's usual one.
        again: rendering.user.is_some(),
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

fn not_the_claim_code() -> Stop {
    Stop::page(
        StatusCode::FORBIDDEN,
        "That isn't the claim code",
        "The code that you entered isn't the one that this server printed when it started, or \
         somebody has become the owner meanwhile.",
        "Go back and enter it again; the newest one is at the end of the server's log.",
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

    /// The consent that is asked for, given in this browser, that nobody has signed in for.
    async fn consented(
        &self,
        asked: &Parameters,
        headers: &HeaderMap,
    ) -> Result<AuthorizationRow, Stop> {
        let id = asked.get("id").filter(|id| id.bytes().all(|byte| byte.is_ascii_graphic()));
        let row = self.db().authorization(id.ok_or_else(Stop::again)?).await?;
        let row = row.filter(|row| row.stage != Stage::Done && self.clock().now() < row.expires_at);
        let row = row.ok_or_else(Stop::again)?;
        let cookie = self.cookie().read(headers).map(|cookie| hash(&cookie));
        if cookie.is_some_and(|cookie| same(&cookie, &row.browser_hash)) {
            Ok(row)
        } else {
            Err(Stop::no_cookie())
        }
    }

    /// What a form says besides the provider. A claim code that is wrong is told.
    pub(super) async fn choice(&self, form: &Parameters) -> Result<Choice, Stop> {
        let claim = form.get("claim").filter(|typed| !typed.trim().is_empty());
        let claims = match claim {
            None => false,
            Some(typed) if self.is_claim_code(typed).await? => true,
            Some(_) => return Err(not_the_claim_code()),
        };
        Ok(Choice { connects: form.get("connects").is_some(), claims })
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
