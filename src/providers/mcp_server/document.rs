//! This server as a client whose id is the URL of a document about it (OAuth Client ID Metadata
//! Documents): one for each remote server, with the redirect URI that is for that one alone.

use serde_json::{Value, json};
use url::Url;

use super::{AuthMethod, McpServer};

/// Where the documents are, before the name of a remote server.
pub(crate) const DOCUMENTS: &str = "/.well-known/oauth-client/";

/// The document's URL; none where nobody else could fetch it by TLS.
pub(super) fn url(public_url: &Url, name: &str) -> Option<Url> {
    let url = public_url.join(&format!("{DOCUMENTS}{name}")).ok()?;
    (url.scheme() == "https").then_some(url)
}

impl McpServer {
    /// The document, if there is one.
    pub(in crate::providers) fn document_of_ours(&self) -> Option<Value> {
        let mut document = self.introduction(AuthMethod::None);
        let url = self.0.document.as_ref()?;
        document.as_object_mut()?.insert("client_id".to_owned(), url.as_str().into());
        Some(document)
    }

    /// What we say of ourselves, in the document or when we register (RFC 7591 §2).
    pub(super) fn introduction(&self, method: AuthMethod) -> Value {
        let redirect_uri = &self.0.redirect_uri;
        let mut home = redirect_uri.clone();
        home.set_path("/");
        // OpenID Connect Registration §2: loopback is for programs on the person's own machine.
        let kind = if redirect_uri.scheme() == "https" { "web" } else { "native" };
        json!({
            "client_name": "Stagepass",
            "client_uri": home,
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": method.as_str(),
            "application_type": kind,
        })
    }
}
