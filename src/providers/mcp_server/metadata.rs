//! Authorization server metadata (RFC 8414, OpenID Connect Discovery).

use serde::Deserialize;
use url::Url;

use super::AuthMethod;
use crate::http::RemoteHttp;

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";
/// The scope without which some issuers give no refresh token.
const OFFLINE: &str = "offline_access";

/// What an authorization server says of itself, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) registration_endpoint: Option<Url>,
    pub(super) revocation_endpoint: Option<Url>,
    #[serde(default)]
    scopes_supported: Vec<String>,
    #[serde(default)]
    code_challenge_methods_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    pub(super) client_id_metadata_document_supported: bool,
    /// Whether every authorization response carries `iss` (RFC 9207 §3).
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// Where the metadata of `issuer` are looked for, in this order (MCP 2026-07-28, authorization
/// server discovery): RFC 8414 first, then the two forms of OpenID Connect, the path inserted before
/// it is put in front.
pub(super) fn places(issuer: &Url) -> Vec<Url> {
    let path = issuer.path().trim_end_matches('/');
    let at = |path: String| {
        let mut url = issuer.clone();
        url.set_path(&path);
        url
    };
    let mut all = vec![format!("{OAUTH}{path}"), format!("{OPENID}{path}")];
    if !path.is_empty() {
        all.push(format!("{path}{OPENID}"));
    }
    all.into_iter().map(at).collect()
}

impl Metadata {
    /// Reads the document of `issuer`.
    pub(super) fn read(body: &[u8], issuer: &str, http: &RemoteHttp) -> Result<Self, &'static str> {
        let found: Self = serde_json::from_slice(body)
            .map_err(|_| "the authorization server's metadata can't be read")?;
        found.check(issuer, http)?;
        Ok(found)
    }

    /// What a server of 2025-03-26 has that publishes nothing (MCP 2025-03-26, authorization,
    /// fallbacks): three endpoints at its origin, and PKCE.
    pub(super) fn by_default(origin: &Url) -> Option<Self> {
        Some(Self {
            issuer: origin.origin().ascii_serialization(),
            authorization_endpoint: origin.join("/authorize").ok()?,
            token_endpoint: origin.join("/token").ok()?,
            registration_endpoint: origin.join("/register").ok(),
            revocation_endpoint: None,
            scopes_supported: Vec::new(),
            code_challenge_methods_supported: Vec::new(),
            token_endpoint_auth_methods_supported: None,
            client_id_metadata_document_supported: false,
            authorization_response_iss_parameter_supported: false,
        })
    }

    /// Whether this is the document of `issuer`, and leads to where it may: its endpoints may be on
    /// other hosts, because who could write them into it could as well answer in the issuer's place;
    /// but nothing leaves in the clear.
    fn check(&self, issuer: &str, http: &RemoteHttp) -> Result<(), &'static str> {
        if self.issuer != issuer {
            return Err("the authorization server's metadata are another issuer's");
        }
        if !self.code_challenge_methods_supported.iter().any(|method| method == "S256") {
            return Err("the authorization server doesn't say that it knows PKCE with S256");
        }
        let others = [&self.registration_endpoint, &self.revocation_endpoint];
        let others = others.into_iter().filter_map(Option::as_ref);
        let mut all =
            [&self.authorization_endpoint, &self.token_endpoint].into_iter().chain(others);
        if all.all(|url| http.is_safe(url)) {
            Ok(())
        } else {
            Err("the authorization server's metadata have an endpoint that isn't https")
        }
    }

    /// Whether clients may prove themselves so. What isn't said is HTTP Basic (RFC 8414 §2).
    pub(super) fn takes(&self, method: AuthMethod) -> bool {
        match &self.token_endpoint_auth_methods_supported {
            Some(methods) => methods.iter().any(|known| known == method.as_str()),
            None => method == AuthMethod::Basic,
        }
    }

    /// Whether a client without a secret may come. Where nothing is said, it is tried.
    pub(super) fn takes_public_clients(&self) -> bool {
        self.token_endpoint_auth_methods_supported.is_none() || self.takes(AuthMethod::None)
    }

    /// The scope that a refresh token needs, if the server has it.
    pub(super) fn offline_scope(&self) -> Option<&'static str> {
        self.scopes_supported.iter().any(|scope| scope == OFFLINE).then_some(OFFLINE)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::http::Rules;

    const ISSUER: &str = "https://id.example.org/team";

    fn http(remote: &str) -> RemoteHttp {
        RemoteHttp::new(&remote.parse().unwrap(), Rules::default()).unwrap()
    }

    fn document() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.example.org/authorize",
            "token_endpoint": "https://api.example.net/token",
            "code_challenge_methods_supported": ["plain", "S256"],
        })
    }

    fn read(document: &Value) -> Result<Metadata, &'static str> {
        let body = serde_json::to_vec(document).unwrap();
        Metadata::read(&body, ISSUER, &http("https://mcp.example.org"))
    }

    #[test]
    fn metadata_are_looked_for_in_the_specifications_order() {
        let at = |issuer: &str| -> Vec<_> {
            places(&issuer.parse().unwrap()).iter().map(Url::to_string).collect()
        };
        assert_eq!(
            at("https://a.example/team/"),
            [
                "https://a.example/.well-known/oauth-authorization-server/team",
                "https://a.example/.well-known/openid-configuration/team",
                "https://a.example/team/.well-known/openid-configuration",
            ]
        );
        assert_eq!(
            at("https://a.example"),
            [
                "https://a.example/.well-known/oauth-authorization-server",
                "https://a.example/.well-known/openid-configuration",
            ]
        );
    }

    #[test]
    fn a_document_is_the_issuers_own_letter_by_letter() {
        assert!(read(&document()).is_ok());
        for other in
            ["https://id.example.org/team/", "https://ID.example.org/team", "https://x.example"]
        {
            let mut foreign = document();
            foreign["issuer"] = other.into();
            assert!(read(&foreign).unwrap_err().contains("another issuer's"), "{other}");
        }
        assert!(Metadata::read(b"<html>", ISSUER, &http("https://a.example")).is_err());
    }

    #[test]
    fn a_server_that_does_not_promise_pkce_is_refused() {
        for methods in [json!(null), json!([]), json!(["plain"])] {
            let mut without = document();
            match methods {
                Value::Null => {
                    without.as_object_mut().unwrap().remove("code_challenge_methods_supported")
                }
                some => without
                    .as_object_mut()
                    .unwrap()
                    .insert("code_challenge_methods_supported".into(), some),
            };
            assert!(read(&without).unwrap_err().contains("S256"), "{without}");
        }
    }

    #[test]
    fn no_endpoint_is_in_the_clear() {
        let fields = [
            "authorization_endpoint",
            "token_endpoint",
            "registration_endpoint",
            "revocation_endpoint",
        ];
        for field in fields {
            for bad in ["http://id.example.org/x", "http://127.0.0.1/x", "javascript:alert(1)"] {
                let mut document = document();
                document[field] = bad.into();
                assert!(read(&document).unwrap_err().contains("isn't https"), "{field} {bad}");
            }
            let mut document = document();
            document[field] = "http://127.0.0.1:9/x".into();
            let body = serde_json::to_vec(&document).unwrap();
            assert!(
                Metadata::read(&body, ISSUER, &http("http://localhost:1/mcp")).is_ok(),
                "{field}"
            );
        }
    }

    #[test]
    fn how_clients_prove_themselves_is_basic_where_nothing_is_said() {
        let silent = read(&document()).unwrap();
        assert!(silent.takes(AuthMethod::Basic) && !silent.takes(AuthMethod::Post));
        assert!(silent.takes_public_clients());
        let mut said = document();
        said["token_endpoint_auth_methods_supported"] =
            json!(["client_secret_post", "private_key_jwt"]);
        let said = read(&said).unwrap();
        assert!(said.takes(AuthMethod::Post) && !said.takes(AuthMethod::Basic));
        assert!(!said.takes_public_clients());
    }

    #[test]
    fn a_server_that_publishes_nothing_has_three_endpoints_at_its_origin() {
        let found =
            Metadata::by_default(&"https://a.example:8443/x/mcp?y".parse().unwrap()).unwrap();
        assert_eq!(found.issuer, "https://a.example:8443");
        assert_eq!(found.token_endpoint.as_str(), "https://a.example:8443/token");
        assert_eq!(found.authorization_endpoint.as_str(), "https://a.example:8443/authorize");
    }
}
