//! Whether what is said of a provider can be true.

use http::{HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use url::{Host, Url};

use super::{AccountFrom, Body, Provider, RedirectRule};
use crate::config::{ConfigError, is_loopback};

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
            let why = format!(
                "is missing; it is the operator's own, like \"{example}\", so the catalogue can't know it"
            );
            // Nobody uses it: then nothing is missing.
            return if self.client_id.is_some() { refused(field, &why) } else { Ok(()) };
        }
        if let Some(field) = self.lacking() {
            return refused(field, "is missing; only a provider with an `issuer` needs none");
        }
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
        let key = |field: &str| format!("provider.{id}.{field}");
        let is_ip = matches!(back.host(), Some(Host::Ipv4(_) | Host::Ipv6(_)));
        let why = match self.redirect {
            RedirectRule::ClientId => {
                let site = Url::parse(client_id).map(|url| url.origin());
                let vouches = site.is_ok_and(|site| site == back.origin());
                let own = back.origin().ascii_serialization();
                let why = format!("must be the address of this server there: \"{own}\"");
                return if vouches {
                    Ok(())
                } else {
                    Err(ConfigError::at(&key("client_id"), &why))
                };
            }
            _ if back.scheme() == "https" => return Ok(()),
            RedirectRule::Any => return Ok(()),
            RedirectRule::LoopbackIp if is_ip => return Ok(()),
            RedirectRule::Localhost if back.host_str() == Some("localhost") => return Ok(()),
            RedirectRule::Https => {
                "is needed: this provider sends people back to https alone. Either `public_url` is \
                 https, or this is a page elsewhere that shows them what to paste"
                    .to_owned()
            }
            RedirectRule::LoopbackIp => {
                "must be https, or http on 127.0.0.1: this provider sends nobody to localhost"
                    .to_owned()
            }
            RedirectRule::Localhost => {
                let port = back.port_or_known_default().unwrap_or(80);
                format!(
                    "is needed: of plain http this provider sends people to localhost alone. Set it \
                     to \"http://localhost:{port}/callback/{id}\""
                )
            }
        };
        Err(ConfigError::at(&key("redirect_url"), &why))
    }

    fn has(&self, field: &str) -> bool {
        match field {
            "base_url" => self.base_url.is_some(),
            _ => self.issuer.is_some(),
        }
    }

    /// The first field that a provider without an issuer needs and this one hasn't.
    fn lacking(&self) -> Option<&'static str> {
        let (asks, tells) =
            (self.account_from == AccountFrom::Userinfo, self.account_from != AccountFrom::Server);
        let fields = [
            ("authorize_url", self.authorize_url.is_some()),
            ("token_url", self.token_url.is_some()),
            ("api_url", !asks || self.api_url.is_some()),
            ("userinfo_path", !asks || self.userinfo_path.is_some()),
            ("account_id", !tells || !self.account_id.is_empty()),
            ("account_name", !tells || !self.account_name.is_empty()),
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
