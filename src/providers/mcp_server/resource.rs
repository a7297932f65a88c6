//! Protected resource metadata (RFC 9728): whose tokens a remote server takes.

use serde::Deserialize;
use url::Url;

/// Where they are, below the server's origin.
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// What the document says, as far as it matters here.
#[derive(Debug, Deserialize)]
pub(super) struct ResourceMetadata {
    /// What tokens are asked for, letter by letter.
    pub(super) resource: String,
    #[serde(default)]
    authorization_servers: Vec<String>,
    #[serde(default)]
    pub(super) scopes_supported: Vec<String>,
}

/// Where the metadata of the server at `remote` are looked for: its path inserted, then the root
/// (RFC 9728 §3.1; MCP 2026-07-28, authorization server discovery).
pub(super) fn places(remote: &Url) -> Vec<Url> {
    let path = remote.path().trim_end_matches('/');
    let inserted = (!path.is_empty()).then(|| format!("{WELL_KNOWN}{path}"));
    let at = |path: String| {
        let mut url = remote.clone();
        url.set_path(&path);
        url.set_fragment(None);
        // The query is a part of the resource and stays behind the inserted path, but not at the root.
        if path == WELL_KNOWN {
            url.set_query(None);
        }
        url
    };
    inserted.into_iter().chain([WELL_KNOWN.to_owned()]).map(at).collect()
}

impl ResourceMetadata {
    /// Reads the document of the server at `remote`.
    pub(super) fn read(body: &[u8], remote: &Url) -> Result<Self, &'static str> {
        let found: Self = serde_json::from_slice(body)
            .map_err(|_| "the server's resource metadata can't be read")?;
        if is_for(&found.resource, remote) {
            Ok(found)
        } else {
            Err("the server's resource metadata are another resource's")
        }
    }

    /// The issuer that is asked. The choice is the client's (RFC 9728 §7.6): the first.
    pub(super) fn issuer(&self) -> Result<&str, &'static str> {
        let first = self.authorization_servers.first();
        first.map(String::as_str).ok_or("the server's resource metadata name no issuer")
    }
}

/// Whether tokens for `resource` are for the server at `remote`: it is the same URL, or one that the
/// server is below, on the same origin and with whole segments of the path.
///
/// RFC 9728 §3.3 wants the very URL. MCP lets a server call itself by a less specific one, because
/// its metadata may stand at the root of the origin for all that is there. What is asked for is
/// always the URL as the document writes it.
fn is_for(resource: &str, remote: &Url) -> bool {
    let Ok(named) = Url::parse(resource) else { return false };
    let (path, own) = (named.path().trim_end_matches('/'), remote.path().trim_end_matches('/'));
    let is_above =
        own.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    named.origin() == remote.origin()
        && named.scheme() == remote.scheme()
        && named.username().is_empty()
        && named.password().is_none()
        && named.fragment().is_none()
        && (named.query().is_none() || named.query() == remote.query())
        && is_above
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(url: &str) -> Url {
        url.parse().unwrap()
    }

    #[test]
    fn metadata_are_looked_for_below_the_path_and_then_at_the_root() {
        let at = |remote| places(&url(remote)).iter().map(Url::to_string).collect::<Vec<_>>();
        let root = "https://a.example/.well-known/oauth-protected-resource";
        assert_eq!(at("https://a.example/mcp"), [format!("{root}/mcp"), root.to_owned()]);
        assert_eq!(at("https://a.example/x/mcp/"), [format!("{root}/x/mcp"), root.to_owned()]);
        assert_eq!(at("https://a.example"), [root]);
        assert_eq!(at("https://a.example/m?v=1"), [format!("{root}/m?v=1"), root.to_owned()]);
    }

    #[test]
    fn a_token_is_for_this_server_and_for_none_beside_it() {
        let remote = url("https://a.example/team/mcp");
        for own in [
            "https://a.example/team/mcp",
            "https://A.example:443/team/mcp/",
            "https://a.example/team",
            "https://a.example",
            "https://a.example/",
        ] {
            assert!(is_for(own, &remote), "{own}");
        }
        for other in [
            "https://b.example/team/mcp",
            "https://a.example.b.example/team/mcp",
            "https://a.example:8443/team/mcp",
            "http://a.example/team/mcp",
            "https://a.example/team/mcp/more",
            "https://a.example/tea",
            "https://a.example/team/mcp?x=1",
            "https://a.example/team/mcp#x",
            "https://me@a.example/team/mcp",
            "urn:example:mcp",
            "/team/mcp",
            "",
        ] {
            assert!(!is_for(other, &remote), "{other}");
        }
    }

    #[test]
    fn a_document_names_its_resource_and_an_issuer() {
        let remote = url("https://a.example/mcp");
        let read = |text: &str| ResourceMetadata::read(text.as_bytes(), &remote);
        let whole = r#"{"resource":"https://a.example/mcp","authorization_servers":["https://b.example","https://c.example"],"scopes_supported":["x"],"more":1}"#;
        assert_eq!(read(whole).unwrap().issuer(), Ok("https://b.example"));
        assert!(read(r#"{"resource":"https://a.example/mcp"}"#).unwrap().issuer().is_err());
        for bad in ["", "[]", "{}", r#"{"resource":"https://b.example/mcp"}"#, r#"{"resource":1}"#]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
