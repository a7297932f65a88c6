//! `provider.<id>`: an OAuth provider, as data.

mod check;
mod issuer;
mod lifetime;
mod quirks;

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::{choice::choice, words::words};
pub use quirks::{
    AccountFrom, Body, ClientAuth, Method, RedirectRule, RevokeAuth, RevokeToken, Separator,
};

/// An OAuth 2 provider: its catalogue entry with the operator's credentials and overrides.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The name for people.
    #[serde(default)]
    pub name: String,
    /// The client id of the operator's app; without it the provider is off.
    pub client_id: Option<String>,
    /// The client secret. Without one the app is a public client, and PKCE alone protects it.
    pub client_secret: Option<SecretString>,
    /// Scopes to ask for besides those that the tools need.
    #[serde(default, deserialize_with = "words")]
    pub scopes: Vec<String>,
    /// What a person is told that a scope allows; a scope without words is shown as it is.
    #[serde(default)]
    pub scope_words: BTreeMap<String, String>,
    /// Whether people may sign in to this server with an account there. Left out, they may, unless
    /// there is a `redirect_url`, or nothing there tells who they are.
    pub login: Option<bool>,
    /// A page elsewhere that the provider sends people back to instead of this server, which their
    /// browsers can't reach. It shows them what to paste into the chat.
    pub redirect_url: Option<Url>,
    /// The issuer, letter by letter (OpenID Connect Core §2). Whatever endpoint isn't set here is
    /// then found in its discovery document, and its id tokens are what says who signed in.
    ///
    /// Accounts are known by this provider's id in the configuration, not by the issuer. So an id
    /// must not be pointed at another issuer later: whoever has the same `sub` there would be taken
    /// for the person who had it here. Another issuer is another id.
    pub issuer: Option<String>,
    /// The address of the operator's own server, where the provider is one that people run
    /// themselves. The entry's other URLs name it as `{base_url}`.
    pub base_url: Option<Url>,
    /// What the operator has to set besides credentials, because nobody else can know it: `issuer`
    /// or `base_url`, each with an example.
    #[serde(default)]
    pub own: BTreeMap<String, String>,
    /// Which addresses people can be sent back to.
    #[serde(default, deserialize_with = "choice")]
    pub redirect: RedirectRule,
    /// The authorization endpoint (RFC 6749 §3.1).
    pub authorize_url: Option<Url>,
    /// Parameters that every authorization request has to have.
    #[serde(default)]
    pub authorize_params: BTreeMap<String, String>,
    /// The parameter in which scopes are asked for; `scope` when left out.
    pub scope_param: Option<String>,
    /// What stands between scopes that are asked for. In answers anything is understood.
    #[serde(default, deserialize_with = "choice")]
    pub scope_separator: Separator,
    /// Whether PKCE is used (RFC 7636). Most providers that don't know it ignore it.
    #[serde(default = "yes")]
    pub pkce: bool,
    /// The token endpoint (RFC 6749 §3.2).
    pub token_url: Option<Url>,
    /// Where tokens are refreshed, if that isn't the token endpoint.
    pub refresh_url: Option<Url>,
    /// How the client secret is sent to these.
    #[serde(default, deserialize_with = "choice")]
    pub client_auth: ClientAuth,
    /// How the body of a request to them is written.
    #[serde(default, deserialize_with = "choice")]
    pub token_body: Body,
    /// Headers of every request but those of the toolset. `{client_id}` in a value is filled in.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The object in the token answer that the tokens are in. A refresh may have them at the top.
    pub token_path: Option<String>,
    /// Where in a token answer the word is that says what went wrong; `error` when left out.
    #[serde(default, deserialize_with = "words")]
    pub error_path: Vec<String>,
    /// The words, besides those of RFC 6749, that say that a code or a refresh token is dead.
    #[serde(default, deserialize_with = "words")]
    pub grant_errors: Vec<String>,
    /// The words, besides those of RFC 6749, that say that our own credentials are wrong.
    #[serde(default, deserialize_with = "words")]
    pub client_errors: Vec<String>,
    /// The revocation endpoint, where the provider has one; without more it is one of RFC 7009.
    /// `{client_id}` in it is filled in.
    pub revoke_url: Option<Url>,
    /// The method of a revocation.
    #[serde(default = "Method::post", deserialize_with = "choice")]
    pub revoke_method: Method,
    /// With what a revocation proves itself.
    #[serde(default, deserialize_with = "choice")]
    pub revoke_auth: RevokeAuth,
    /// How the parameters of a revocation are written.
    #[serde(default, deserialize_with = "choice")]
    pub revoke_body: Body,
    /// The parameter with the token; `token` when left out.
    pub revoke_param: Option<String>,
    /// Which token is revoked; it takes the other one with it.
    #[serde(default, deserialize_with = "choice")]
    pub revoke_token: RevokeToken,
    /// The base of the provider's API, for its toolset.
    pub api_url: Option<Url>,
    /// Where the API tells whose token it is: a path, which is appended to `api_url`.
    pub userinfo_path: Option<String>,
    /// The method of that request.
    #[serde(default, deserialize_with = "choice")]
    pub userinfo_method: Method,
    /// The body of that request, in JSON.
    pub userinfo_body: Option<String>,
    /// What tells whose account it is.
    #[serde(default, deserialize_with = "choice")]
    pub account_from: AccountFrom,
    /// The fields of that answer that identify the account; the first that is there counts. A path
    /// like `data.0.id` leads into objects and lists; `team/user` needs both parts.
    #[serde(default, deserialize_with = "words")]
    pub account_id: Vec<String>,
    /// The fields of that answer that name the account for people, written in the same way.
    #[serde(default, deserialize_with = "words")]
    pub account_name: Vec<String>,
    /// The field with the person's e-mail address.
    pub email: Option<String>,
    /// The field that says whether the provider has verified that address. Without it no address
    /// counts, because anybody could have typed it in.
    pub email_verified: Option<String>,
    /// The field with the domain that the provider keeps for the account's organisation. With it or
    /// with `email_own_domains`, an address counts only in one of these domains: another was the
    /// person's once, when the provider looked, and may be anybody's since.
    pub email_domain: Option<String>,
    /// The domains in which the provider itself gives out the addresses.
    #[serde(default, deserialize_with = "words")]
    pub email_own_domains: Vec<String>,
    /// Where a person can withdraw the app's access by hand.
    pub manage_url: Option<Url>,
    /// Months after which the person has to sign in again, whatever was refreshed since.
    pub reconnect_months: Option<u32>,
    /// The same in days.
    pub reconnect_days: Option<u32>,
    /// Days without a refresh after which the person has to sign in again. Where the token answer
    /// has a `refresh_token_expires_in`, that counts.
    pub idle_days: Option<u32>,
    /// Parameters that make the provider ask again when somebody reconnects.
    #[serde(default)]
    pub reauthorize: BTreeMap<String, String>,
    /// What refusals mean that the provider words in prose.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

/// What a refusal means that the provider words in prose.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// A part of the provider's sentence, in lower case.
    pub contains: String,
    /// The code of the tool's error.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it, and who has to.
    pub next_step: String,
}

impl Provider {
    /// The URL that tells whose token it is, as far as it is set here: always on the API's server,
    /// because it is sent that token.
    #[must_use]
    pub fn userinfo_url(&self) -> Option<Url> {
        let (api, path) = (self.api_url.as_ref()?, self.userinfo_path.as_ref()?);
        let url = Url::parse(&format!("{}{path}", api.as_str().trim_end_matches('/'))).ok()?;
        (url.origin() == api.origin()).then_some(url)
    }

    /// Whether people may sign in to this server with an account there.
    #[must_use]
    pub fn takes_sign_ins(&self) -> bool {
        let names_people = self.account_from != AccountFrom::Server;
        self.login.unwrap_or(names_people && self.redirect_url.is_none())
    }

    /// Where the provider sends people back to, on a server at `public_url`; `id` is the provider's.
    ///
    /// # Errors
    /// When `id` can't stand in a URL.
    pub fn redirect_uri(&self, id: &str, public_url: &Url) -> Result<Url, url::ParseError> {
        let own = || public_url.join(&format!("callback/{id}"));
        self.redirect_url.clone().map_or_else(own, Ok)
    }
}

fn yes() -> bool {
    true
}
