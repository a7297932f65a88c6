//! Names from the registries of RFC 7591 §4 that we know.

/// How a client proves at the token endpoint who it is (RFC 7591 §2, OpenID Connect Core §9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMethod {
    /// Not at all: a public client, which PKCE alone protects.
    None,
    /// By its secret in `Authorization: Basic`.
    ClientSecretBasic,
    /// By its secret in the form.
    ClientSecretPost,
    /// By a JWT signed with its private key (RFC 7523).
    PrivateKeyJwt,
}

impl AuthMethod {
    /// All that we know, in the order in which we name them.
    pub const ALL: [Self; 4] =
        [Self::None, Self::ClientSecretBasic, Self::ClientSecretPost, Self::PrivateKeyJwt];

    /// Its registered name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The one of this registered name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// Whether it rests on a secret that both sides know.
    #[must_use]
    pub fn has_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost)
    }
}

/// What a client exchanges for tokens (RFC 6749 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantType {
    /// A person's consent.
    AuthorizationCode,
    /// An earlier refresh token.
    RefreshToken,
    /// Its own credentials. Nobody signs in for these tokens, so only the operator gives this.
    ClientCredentials,
    /// A chat user that it speaks for (RFC 8693). Given by the operator alone, too.
    TokenExchange,
}

impl GrantType {
    /// All that we know.
    pub const ALL: [Self; 4] =
        [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::TokenExchange];

    /// Its registered name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
        }
    }

    /// The one of this registered name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_is_written() {
        for method in AuthMethod::ALL {
            assert_eq!(AuthMethod::from_name(method.as_str()), Some(method));
        }
        for grant in GrantType::ALL {
            assert_eq!(GrantType::from_name(grant.as_str()), Some(grant));
        }
        for other in ["", "None", "client_secret_jwt", "tls_client_auth", "implicit", "password"] {
            assert_eq!((AuthMethod::from_name(other), GrantType::from_name(other)), (None, None));
        }
    }
}
