//! Whether what is said of a provider can be true.

use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use url::{Host, Url};

use super::{AccountFrom, Body, Provider, RedirectRule};
use crate::config::{ConfigError, catalogue, is_loopback};

const CLIENT_ID: &str = "client_id";
/// How much an id has to resemble one of the catalogue's for that to be meant.
const LIKE: f64 = 0.85;

impl Provider {
    /// Whether every field of provider `id` can be used on a server at `public_url`.
    pub(in crate::config) fn validate(
        &self,
        id: &str,
        public_url: &Url,
    ) -> Result<(), ConfigError> {
        let refused =
            |field: &str, why: &str| Err(ConfigError::at(&format!("provider.{id}.{field}"), why));
        // It stands in redirect URIs, and before a colon in `access.allow`.
        if id.is_empty()
            || !id.bytes().all(|c| matches!(c, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        {
            return refused("client_id", "has an id of small letters, digits, `-` and `_` alone");
        }
        if let Some((field, example)) = self.own.iter().find(|(field, _)| !self.has(field)) {
            return self.check_unfilled(id, field, example);
        }
        self.check_missing(id)?;
        self.check_urls(id)?;
        if self.redirect_url.is_some() && self.login == Some(true) {
            return refused(
                "login",
                "can't be true: with a redirect_url nobody comes back to sign in",
            );
        }
        if self.account_from == AccountFrom::Server && self.login == Some(true) {
            return refused("login", "can't be true: this provider doesn't tell who signed in");
        }
        if self.token_body == Body::Query {
            return refused("token_body", "can't be \"query\": secrets don't belong into a URL");
        }
        for (name, value) in &self.headers {
            if HeaderName::try_from(name).is_err() || HeaderValue::try_from(value).is_err() {
                return refused("headers", "has a name or a value that no header can have");
            }
        }
        let secret = self.client_secret.as_ref().map(ExposeSecret::expose_secret);
        for (field, value) in [("client_id", self.client_id.as_deref()), ("client_secret", secret)]
        {
            if value == Some("") {
                return refused(field, "is empty");
            }
        }
        self.check_redirect(id, public_url)
    }

    fn check_urls(&self, id: &str) -> Result<(), ConfigError> {
        let refused =
            |field: &str, why: &str| Err(ConfigError::at(&format!("provider.{id}.{field}"), why));
        let issuer = self.issuer.as_deref().map(Url::parse);
        let issuer = match &issuer {
            None => None,
            Some(Ok(url)) if is_bare(url) => Some(url),
            Some(_) => return refused("issuer", "must be a URL without a query or a fragment"),
        };
        if self.userinfo_path.as_ref().is_some_and(|path| !path.starts_with('/')) {
            return refused("userinfo_path", "must begin with `/`: it is appended to `api_url`");
        }
        let urls = [
            ("issuer", issuer),
            ("base_url", self.base_url.as_ref()),
            ("authorize_url", self.authorize_url.as_ref()),
            ("token_url", self.token_url.as_ref()),
            ("refresh_url", self.refresh_url.as_ref()),
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
        for (field, url) in [("base_url", &self.base_url), ("api_url", &self.api_url)] {
            if url.as_ref().is_some_and(|url| url.query().is_some() || url.fragment().is_some()) {
                let why = "must be a URL without a query or a fragment: paths are appended to it";
                return refused(field, why);
            }
        }
        if self.redirect_url.as_ref().is_some_and(|url| url.fragment().is_some()) {
            // RFC 6749 §3.1.2.
            return refused("redirect_url", "must be a URL without a fragment");
        }
        Ok(())
    }

    /// Whether the provider sends anybody back to where they would have to come.
    fn check_redirect(&self, id: &str, public_url: &Url) -> Result<(), ConfigError> {
        let (Some(client_id), Ok(back)) = (&self.client_id, self.redirect_uri(id, public_url))
        else {
            return Ok(());
        };
        let wrong = |field: &str, why: &str, value: Option<&str>| {
            let key = format!("provider.{id}.{field}");
            let error = ConfigError::at(&key, why);
            Err(match value {
                Some(value) => error.with_lines([format!("{key} = \"{value}\"")]),
                None => error,
            })
        };
        let is_ip = matches!(back.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
        match self.redirect {
            RedirectRule::ClientId => {
                let site = Url::parse(client_id).map(|url| url.origin());
                let own = back.origin();
                if site.is_ok_and(|site| site == own) {
                    return Ok(());
                }
                let own = own.ascii_serialization();
                let why = format!("must be the address of this server there: \"{own}\"");
                wrong("client_id", &why, Some(&own))
            }
            _ if back.scheme() == "https" => Ok(()),
            RedirectRule::Any => Ok(()),
            RedirectRule::LoopbackIp if is_ip => Ok(()),
            RedirectRule::Localhost if back.host_str() == Some("localhost") => Ok(()),
            RedirectRule::Https => wrong(
                "redirect_url",
                "is needed: this provider sends people back to https alone. Either `public_url` is \
                 https, or this is a page elsewhere that shows them what to paste",
                None,
            ),
            RedirectRule::LoopbackIp => wrong(
                "redirect_url",
                "must be https, or http on 127.0.0.1: this provider sends nobody to localhost",
                None,
            ),
            RedirectRule::Localhost => {
                let port = back.port_or_known_default().unwrap_or(80);
                let right = format!("http://localhost:{port}/callback/{id}");
                let why = format!(
                    "is needed: of plain http this provider sends people to localhost alone. Set it \
                     to \"{right}\""
                );
                wrong("redirect_url", &why, Some(&right))
            }
        }
    }

    fn has(&self, field: &str) -> bool {
        match field {
            "base_url" => self.base_url.is_some(),
            _ => self.issuer.is_some(),
        }
    }

    /// What is wrong if `field`, which is the operator's own like `example`, isn't set.
    fn check_unfilled(&self, id: &str, field: &str, example: &str) -> Result<(), ConfigError> {
        let key = |field: &str| format!("provider.{id}.{field}");
        if self.client_id.is_some() {
            let why = format!(
                "is missing; it is the operator's own, like \"{example}\", so the catalogue can't know it"
            );
            let error = ConfigError::at(&key(field), &why);
            return Err(error.with_lines([format!("{} = \"{example}\"", key(field))]));
        }
        match self.client_secret {
            Some(_) => Err(ConfigError::at(&key(CLIENT_ID), "is missing")),
            // Nobody uses it: then nothing is missing.
            None => Ok(()),
        }
    }

    /// Whether everything is there that nobody else says of it.
    fn check_missing(&self, id: &str) -> Result<(), ConfigError> {
        let keys: Vec<_> = self.lacking().map(|field| format!("provider.{id}.{field}")).collect();
        let quoted: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
        let missing = match quoted.split_last() {
            None => return Ok(()),
            Some((only, [])) => format!("{only} is missing"),
            Some((last, others)) => format!("{} and {last} are missing", others.join(", ")),
        };
        let is_known = catalogue::ids().any(|known| known == id);
        let problem = if is_known || self.lacking().all(|field| field == CLIENT_ID) {
            missing
        } else {
            let enough = if self.issuer.is_none() {
                " (with OpenID Connect, its `issuer` and a `name`)"
            } else {
                ""
            };
            let meant = meant(id);
            format!(
                "{meant}{missing}; a provider that isn't in the catalogue needs more than \
                 credentials{enough}"
            )
        };
        Err(ConfigError::lacking(problem, &keys))
    }

    /// The fields that have to be set and aren't.
    fn lacking(&self) -> impl Iterator<Item = &'static str> {
        let by_hand = self.issuer.is_none();
        let tells = by_hand && self.account_from != AccountFrom::Server;
        let asks = by_hand && self.account_from == AccountFrom::Userinfo;
        let fields = [
            (CLIENT_ID, self.client_secret.is_none() || self.client_id.is_some()),
            ("name", !self.name.trim().is_empty()),
            ("authorize_url", !by_hand || self.authorize_url.is_some()),
            ("token_url", !by_hand || self.token_url.is_some()),
            ("api_url", !asks || self.api_url.is_some()),
            ("userinfo_path", !asks || self.userinfo_path.is_some()),
            ("account_id", !tells || !self.account_id.is_empty()),
            ("account_name", !tells || !self.account_name.is_empty()),
            ("manage_url", !by_hand || self.manage_url.is_some()),
        ];
        fields.into_iter().filter(|(_, is_there)| !is_there).map(|(field, _)| field)
    }
}

/// The provider of the catalogue that was probably meant by `id`, in words.
fn meant(id: &str) -> String {
    let likeness = |known: &str| strsim::jaro_winkler(id, known);
    let nearest = catalogue::ids().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let nearest = nearest.filter(|nearest| likeness(nearest) > LIKE);
    nearest.map_or_else(String::new, |nearest| {
        format!("there is no provider `{id}` in the catalogue; did you mean `provider.{nearest}`? If not, ")
    })
}

/// Whether `url` is one that an issuer may have (OpenID Connect Discovery §3).
fn is_bare(url: &Url) -> bool {
    url.has_host()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}
