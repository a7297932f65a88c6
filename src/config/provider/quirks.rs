//! In what providers differ, one word for each choice.

use serde::Deserialize;

/// How a client secret is sent to the token endpoint (RFC 6749 §2.3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientAuth {
    /// By HTTP Basic, which every provider should understand.
    #[default]
    Basic,
    /// In the body, which some insist on.
    Post,
    /// Not at all: the client id is all there is.
    None,
}

/// How the parameters of a request are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// As a form, as RFC 6749 has it.
    #[default]
    Form,
    /// As a JSON object.
    Json,
    /// In the URL. For revocations alone: a URL is written into logs.
    Query,
}

/// What stands between scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Separator {
    /// A space, as RFC 6749 has it.
    #[default]
    Space,
    /// A comma.
    Comma,
}

impl Separator {
    /// The character itself.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Space => " ",
            Self::Comma => ",",
        }
    }
}

/// The method of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// GET.
    #[default]
    Get,
    /// POST.
    Post,
    /// DELETE.
    Delete,
}

impl Method {
    /// What a revocation uses where nothing is said (RFC 7009 §2.1).
    pub(super) fn post() -> Self {
        Self::Post
    }
}

/// With what a revocation proves itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RevokeAuth {
    /// With the client's credentials, sent as to the token endpoint.
    #[default]
    Client,
    /// With the client's credentials by HTTP Basic.
    Basic,
    /// With the token itself, in the header and nowhere else.
    Bearer,
    /// With nothing but the token among the parameters.
    None,
}

/// Which token a revocation names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RevokeToken {
    /// The refresh token, or where there is none the access token.
    #[default]
    Refresh,
    /// The access token. One that has expired is refreshed for it.
    Access,
}

/// What tells whose account it is, at a provider without an issuer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountFrom {
    /// The API, when asked with the new token.
    #[default]
    Userinfo,
    /// The token answer.
    Token,
    /// Nothing: it is the one account on that server, and called after it.
    Server,
}

/// Which addresses a provider sends people back to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedirectRule {
    /// https, and plain http on this machine under any of its names.
    #[default]
    Any,
    /// https alone.
    Https,
    /// https, and plain http on `127.0.0.1` or `[::1]`.
    LoopbackIp,
    /// https, and plain http on `localhost`.
    Localhost,
    /// Addresses of the site that the client id names.
    ClientId,
}
