//! `/login`: with which account a person signs in, and the way there.

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use secrecy::ExposeSecret;

use super::{OAuth, page::Stop, parameters::Parameters, purpose::Purpose};
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

/// How the fields stand that a person fills in on the way to a provider.
#[derive(Clone, Copy)]
pub(super) struct Fields {
    claim: Claim,
    /// Whether the box is ticked that lets the tools use the account.
    connects: bool,
}

/// Whether a page asks for the claim code.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    /// There is an owner.
    Over,
    Open,
    /// Once more: that wasn't it.
    Wrong,
}

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
    Ok(page(&oauth, &row.id, oauth.fields().await?).into_response())
}

fn page(oauth: &OAuth, id: &str, fields: Fields) -> Markup {
    let providers: Vec<_> = oauth.sign_in_providers().collect();
    let body = html! {
        p {
            "Choose with which account you sign in. Take the same one each time: with another you \
             are somebody else here."
        }
        form method="post" action="/login" {
            input type="hidden" name="id" value=(id);
            (fields.of(&providers))
            (buttons(&providers))
        }
        p.soft { "You sign in there, so this server doesn't see your password." }
    };
    layout::page("Sign in", &body)
}

/// A button for each of `providers`.
pub(super) fn buttons(providers: &[&ProviderClient]) -> Markup {
    let go_on = |provider: &&ProviderClient| format!("Continue with {}", provider.provider().name);
    let labels: Vec<_> = providers.iter().map(go_on).collect();
    let buttons = providers.iter().zip(&labels);
    let buttons: Vec<_> =
        buttons.map(|(provider, label)| (provider.id(), label.as_str(), Tone::Primary)).collect();
    parts::choices("provider", &buttons)
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
    let choice = oauth.choice(&form, |fields| page(&oauth, &row.id, fields)).await?;
    let provider =
        oauth.sign_in_providers().find(|provider| form.get("provider") == Some(provider.id()));
    go(&oauth, row, provider.ok_or_else(Stop::again)?, &choice).await
}

impl Fields {
    /// Those that go with the buttons of `providers`.
    pub(super) fn of(self, providers: &[&ProviderClient]) -> Markup {
        let with_tools: Vec<_> = providers.iter().filter(|provider| provider.has_tools()).collect();
        let names: Vec<_> = with_tools.iter().map(|with| with.provider().name.as_str()).collect();
        let (names, alone) = (names.join(" or "), providers.len() == 1);
        let label = if alone {
            format!("Let the tools use this {names} account")
        } else {
            format!("If it is a {names} account, let the tools use it")
        };
        let follows = html! {
            @for provider in &with_tools { (allows(provider, alone)) }
            p { "Without the tick you only sign in. You can connect the account later." }
        };
        html! {
            (self.claim.field())
            @if !with_tools.is_empty() {
                (parts::checkbox("connects", &label, &follows, self.connects))
            }
        }
    }
}

impl Claim {
    fn field(self) -> Markup {
        let error = (self == Self::Wrong)
            .then_some("That isn't the claim code. The server printed the newest one last.");
        html! {
            @if self != Self::Over {
                (parts::code_field(
                    "claim",
                    "Claim code",
                    "This server has no owner yet. It printed a code when it started: enter that \
                     to become the owner. If you were invited, leave this empty.",
                    error,
                ))
            }
        }
    }
}

/// What the tools may do with an account there; `alone` needs no name.
fn allows(provider: &ProviderClient, alone: bool) -> Markup {
    let (name, words) = (&provider.provider().name, &provider.provider().scope_words);
    let allows = provider.scopes().iter();
    let allows = allows.map(|scope| words.get(scope).map_or(scope.as_str(), String::as_str));
    html! {
        @if !provider.scopes().is_empty() {
            p { @if alone { "They may then" } @else { "With " (name) " they may then" } }
            (parts::list(allows))
        }
    }
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
        // Whoever was signed in wants another account, and not the provider's usual one. And what
        // one's own page shows isn't for whoever comes next to the same computer.
        again: rendering.user.is_some() || matches!(rendering.purpose, Purpose::Account),
    };
    let url = provider.authorize_url(&request).await.map_err(|error| {
        tracing::warn!(provider = provider.id(), %error, "nobody can sign in there");
        away(&provider.provider().name, &rendering.purpose)
    })?;
    if !oauth.db().begin_sign_in(&row, oauth.clock().now()).await? {
        return Err(Stop::again());
    }
    Ok(layout::onward(&url, &provider.provider().name))
}

/// The provider can't be used at the moment.
pub(super) fn away(name: &str, purpose: &Purpose) -> Stop {
    Stop::page(
        StatusCode::BAD_GATEWAY,
        "Not at the moment",
        format!("{name} doesn't answer properly, so you can't sign in with it right now."),
        format!("Wait a minute, then {}.", purpose.once_more()),
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

    /// The fields of a page that nobody has filled in.
    pub(super) async fn fields(&self) -> sqlx::Result<Fields> {
        let claim = if self.is_unclaimed().await? { Claim::Open } else { Claim::Over };
        Ok(Fields { claim, connects: true })
    }

    /// What a form says besides the provider. With a claim code that is wrong the same page comes
    /// `once_more`: it isn't used up by a letter that is mistyped.
    pub(super) async fn choice(
        &self,
        form: &Parameters,
        once_more: impl FnOnce(Fields) -> Markup,
    ) -> Result<Choice, Stop> {
        let connects = form.get("connects").is_some();
        let Some(typed) = form.get("claim").filter(|typed| !typed.trim().is_empty()) else {
            return Ok(Choice { connects, claims: false });
        };
        if self.is_claim_code(typed).await? {
            return Ok(Choice { connects, claims: true });
        }
        if self.is_unclaimed().await? {
            let page = once_more(Fields { claim: Claim::Wrong, connects });
            return Err(Stop::Shown(StatusCode::FORBIDDEN, Box::new(page)));
        }
        Err(Stop::page(
            StatusCode::FORBIDDEN,
            "This server has an owner",
            "The claim code works no more: somebody has become the owner meanwhile.",
            "If you were invited, begin again, and enter no code.",
        ))
    }

    /// The providers that people may sign in with.
    pub(super) fn sign_in_providers(&self) -> impl Iterator<Item = &ProviderClient> {
        self.vault().providers().values().filter(|provider| provider.provider().takes_sign_ins())
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
