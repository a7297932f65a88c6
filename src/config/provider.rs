//! `provider.<id>`: an OAuth provider, as data.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{ConfigError, is_loopback, words::words};

/// An OAuth 2 provider: its catalogue entry with the operator's credentials and overrides.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The name for people.
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
    /// there is a `redirect_url`.
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
    /// The authorization endpoint (RFC 6749 §3.1).
    pub authorize_url: Option<Url>,
    /// The token endpoint (RFC 6749 §3.2).
    pub token_url: Option<Url>,
    /// How the client secret is sent to it.
    #[serde(default)]
    pub client_auth: ClientAuth,
    /// The revocation endpoint (RFC 7009), where the provider has one.
    pub revoke_url: Option<Url>,
    /// The base of the provider's API, for its toolset.
    pub api_url: Option<Url>,
    /// Where the API tells whose token it is, below `api_url`.
    pub userinfo_path: Option<String>,
    /// The fields of that answer that identify the account; the first that is there counts.
    #[serde(default, deserialize_with = "words")]
    pub account_id: Vec<String>,
    /// The fields of that answer that name the account for people.
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
    /// Parameters that make the provider ask again when somebody reconnects.
    #[serde(default)]
    pub reauthorize: BTreeMap<String, String>,
    /// What refusals mean that the provider words in prose.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

/// How a client secret is sent to the token endpoint (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientAuth {
    /// By HTTP Basic, which every provider should understand.
    #[default]
    Basic,
    /// In the form, which some insist on.
    Post,
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

/// What OpenID Connect Core says about every issuer (§3.1.2.1, §5.1, §5.4).
const OPENID: &str = "openid";
const OPENID_SCOPES: [(&str, &str); 3] = [
    (OPENID, "know which account is yours"),
    ("profile", "see your name and picture"),
    ("email", "see your e-mail address"),
];
const OPENID_ID: &str = "sub";
const OPENID_NAMES: [&str; 3] = ["name", "preferred_username", "email"];

impl Provider {
    /// The URL that tells whose token it is, as far as it is set here.
    #[must_use]
    pub fn userinfo_url(&self) -> Option<Url> {
        let (api, path) = (self.api_url.as_ref()?, self.userinfo_path.as_ref()?);
        Url::parse(&format!("{}{path}", api.as_str().trim_end_matches('/'))).ok()
    }

    /// Whether people may sign in to this server with an account there.
    #[must_use]
    pub fn takes_sign_ins(&self) -> bool {
        self.login.unwrap_or(self.redirect_url.is_none())
    }

    /// Fills in what is the same for every issuer.
    pub(super) fn complete(&mut self) {
        if self.issuer.is_none() {
            return;
        }
        if self.scopes.is_empty() {
            self.scopes = OPENID_SCOPES.map(|(scope, _)| scope.to_owned()).into();
        } else if !self.scopes.iter().any(|scope| scope == OPENID) {
            // Without it there is no id token.
            self.scopes.push(OPENID.to_owned());
        }
        for (scope, words) in OPENID_SCOPES {
            self.scope_words.entry(scope.to_owned()).or_insert_with(|| words.to_owned());
        }
        if self.account_id.is_empty() {
            self.account_id = vec![OPENID_ID.to_owned()];
        }
        if self.account_name.is_empty() {
            self.account_name = OPENID_NAMES.map(str::to_owned).into();
        }
        if self.reauthorize.is_empty() {
            // Every issuer has to know it (Core §15.1).
            self.reauthorize = BTreeMap::from([("prompt".to_owned(), "login".to_owned())]);
        }
        self.email.get_or_insert_with(|| "email".to_owned());
        self.email_verified.get_or_insert_with(|| "email_verified".to_owned());
    }

    pub(super) fn validate(&self, id: &str) -> Result<(), ConfigError> {
        let refused =
            |field: &str, why: &str| Err(ConfigError::at(&format!("provider.{id}.{field}"), why));
        // It stands in redirect URIs, and before a colon in `access.allow`.
        if id.is_empty()
            || !id.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        {
            return refused("client_id", "has an id of small letters, digits, `-` and `_` alone");
        }
        if let Some(field) = self.lacking() {
            return refused(field, "is missing; only a provider with an `issuer` needs none");
        }
        let issuer = self.issuer.as_deref().map(Url::parse);
        let issuer = match &issuer {
            None => None,
            Some(Ok(url)) if is_bare(url) => Some(url),
            Some(_) => return refused("issuer", "must be a URL without a query or a fragment"),
        };
        let urls = [
            ("issuer", issuer),
            ("authorize_url", self.authorize_url.as_ref()),
            ("token_url", self.token_url.as_ref()),
            ("revoke_url", self.revoke_url.as_ref()),
            ("api_url", self.api_url.as_ref()),
            ("redirect_url", self.redirect_url.as_ref()),
        ];
        for (field, url) in urls {
            let Some(url) = url else { continue };
            if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
                return refused(field, "must be https, except on loopback");
            }
        }
        if self.redirect_url.as_ref().is_some_and(|url| url.fragment().is_some()) {
            // RFC 6749 §3.1.2.
            return refused("redirect_url", "must be a URL without a fragment");
        }
        if self.redirect_url.is_some() && self.login == Some(true) {
            return refused(
                "login",
                "can't be true: with a redirect_url nobody comes back to sign in",
            );
        }
        let secret = self.client_secret.as_ref().map(ExposeSecret::expose_secret);
        for (field, value) in [("client_id", self.client_id.as_deref()), ("client_secret", secret)]
        {
            if value == Some("") {
                return refused(field, "is empty");
            }
        }
        Ok(())
    }

    /// The first field that a provider without an issuer needs and this one hasn't.
    fn lacking(&self) -> Option<&'static str> {
        let fields = [
            ("authorize_url", self.authorize_url.is_some()),
            ("token_url", self.token_url.is_some()),
            ("api_url", self.api_url.is_some()),
            ("userinfo_path", self.userinfo_path.is_some()),
            ("account_id", !self.account_id.is_empty()),
            ("account_name", !self.account_name.is_empty()),
            ("manage_url", self.manage_url.is_some()),
        ];
        let lacks = fields.into_iter().find(|(_, is_there)| self.issuer.is_none() && !is_there);
        lacks.map(|(field, _)| field)
    }
}

/// Whether `url` is one that an issuer may have (OpenID Connect Discovery §3).
fn is_bare(url: &Url) -> bool {
    url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}
