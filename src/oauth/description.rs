//! What this server is, once: every well-known document is made from it, so no two can disagree.

use serde_json::{Value, json};
use url::Url;

use super::{AuthMethod, GrantType};
use crate::identity::{Challenge, Scope, Scopes};

/// Where the metadata of a protected resource is, below the origin (RFC 9728 §3.1).
const RESOURCE_METADATA: &str = "/.well-known/oauth-protected-resource";

/// The endpoints that more than one document names.
const AUTHORIZE: &str = "/authorize";
const TOKEN: &str = "/token";
const REGISTER: &str = "/register";
const REVOKE: &str = "/revoke";

/// What this server is.
#[derive(Debug, Clone)]
pub struct Description {
    /// The origin, without a slash at its end: the issuer.
    issuer: String,
    toolsets: Vec<String>,
    tools: Vec<Value>,
}

impl Description {
    /// The server at `public_url` with these toolsets, and these tools by name and title.
    pub fn new<'a>(
        public_url: &Url,
        toolsets: Vec<String>,
        tools: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        Self {
            issuer: public_url.as_str().trim_end_matches('/').to_owned(),
            toolsets,
            tools: tools.map(|(name, title)| json!({"name": name, "title": title})).collect(),
        }
    }

    /// The issuer (RFC 8414 §2), exactly as every document and every redirect says it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The toolsets that have an endpoint of their own.
    #[must_use]
    pub fn toolsets(&self) -> &[String] {
        &self.toolsets
    }

    /// The URL of an endpoint below the origin.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// The resource (RFC 8707) of all tools, or of one toolset.
    #[must_use]
    pub fn resource(&self, toolset: Option<&str>) -> String {
        self.url(&resource_path(toolset))
    }

    /// The resource that a client means by `text`: scheme and host in any case, with or without a
    /// slash at its end (MCP 2026-07-28, authorization, canonical server URI). None if it isn't
    /// one of ours.
    #[must_use]
    pub fn resource_named(&self, text: &str) -> Option<String> {
        let url = Url::parse(text).ok().filter(|url| url.fragment().is_none())?;
        let named = url.as_str().trim_end_matches('/');
        self.resources().find(|own| own == named)
    }

    /// What a client without a good enough token for that resource is told.
    #[must_use]
    pub fn challenge(&self, toolset: Option<&str>) -> Challenge {
        Challenge::new(format!("{}{RESOURCE_METADATA}{}", self.issuer, resource_path(toolset)))
    }

    /// The documents about resources, with their paths (RFC 9728 §2): for each in the form with
    /// its path, and for all tools at the root, too.
    pub fn resource_documents(&self) -> impl Iterator<Item = (String, Value)> {
        let root = (RESOURCE_METADATA.to_owned(), self.resource_document(None));
        let each = self.toolset_names().map(|toolset| {
            let path = format!("{RESOURCE_METADATA}{}", resource_path(toolset));
            (path, self.resource_document(toolset))
        });
        std::iter::once(root).chain(each)
    }

    fn resource_document(&self, toolset: Option<&str>) -> Value {
        json!({
            "resource": self.resource(toolset),
            "resource_name": toolset.map_or_else(|| "Stagepass".to_owned(), |name| format!("Stagepass: {name}")),
            "authorization_servers": [self.issuer],
            "scopes_supported": names(Scopes::tools()),
            "bearer_methods_supported": ["header"],
        })
    }

    /// The document about the authorization server (RFC 8414 §2).
    #[must_use]
    pub fn server_document(&self) -> Value {
        let methods = AuthMethod::ALL.map(AuthMethod::as_str);
        let mut scopes = names(Scopes::tools());
        scopes.push(Scope::OfflineAccess.as_str());
        json!({
            "issuer": self.issuer,
            "authorization_endpoint": self.url(AUTHORIZE),
            "token_endpoint": self.url(TOKEN),
            "registration_endpoint": self.url(REGISTER),
            "revocation_endpoint": self.url(REVOKE),
            "introspection_endpoint": self.url("/introspect"),
            "jwks_uri": self.url("/.well-known/jwks.json"),
            "scopes_supported": scopes,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": GrantType::ALL.map(GrantType::as_str),
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": methods,
            "token_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "revocation_endpoint_auth_methods_supported": methods,
            "revocation_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "introspection_endpoint_auth_methods_supported": methods,
            "introspection_endpoint_auth_signing_alg_values_supported": ASSERTION_ALGORITHMS,
            "client_id_metadata_document_supported": true,
            "authorization_response_iss_parameter_supported": true,
        })
    }

    /// `mcp-manifest.json`: no standard, a convenience for those who look at servers by hand.
    #[must_use]
    pub fn manifest(&self) -> Value {
        let server = self.server_document();
        let scopes = server.get("scopes_supported");
        json!({
            "name": env!("CARGO_PKG_NAME"),
            "title": "Stagepass",
            "version": env!("CARGO_PKG_VERSION"),
            "description": env!("CARGO_PKG_DESCRIPTION"),
            "auth": {
                "type": "oauth2",
                "authorization_endpoint": self.url(AUTHORIZE),
                "token_endpoint": self.url(TOKEN),
                "revocation_endpoint": self.url(REVOKE),
                "registration_endpoint": self.url(REGISTER),
                "scopes": scopes,
            },
            "transports": self.resources().map(|url| json!({"type": "streamable-http", "url": url})).collect::<Vec<_>>(),
            "tools": self.tools,
        })
    }

    fn resources(&self) -> impl Iterator<Item = String> {
        self.toolset_names().map(|toolset| self.resource(toolset))
    }

    fn toolset_names(&self) -> impl Iterator<Item = Option<&str>> {
        std::iter::once(None).chain(self.toolsets.iter().map(|name| Some(name.as_str())))
    }
}

/// What a client may sign its assertions with.
pub(super) const ASSERTION_ALGORITHMS: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

fn resource_path(toolset: Option<&str>) -> String {
    toolset.map_or_else(|| "/mcp".to_owned(), |name| format!("/mcp/{name}"))
}

fn names(scopes: Scopes) -> Vec<&'static str> {
    scopes.iter().map(Scope::as_str).collect()
}
