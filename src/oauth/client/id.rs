//! A `client_id` that is the URL of its client's metadata document
//! (draft-ietf-oauth-client-id-metadata-document §3).

use url::{Host, Url};

use super::{UriError, uri};

/// Where a client's document is, and with that its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientIdUrl(Url);

impl ClientIdUrl {
    /// Reads an https URL with a name for a host, a path, and nothing else.
    ///
    /// # Errors
    /// What is wrong with it, for the developer of the client.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let url = uri::read(text)?;
        if url.scheme() != "https" {
            return Err(UriError::NotHttps);
        }
        // A dot at the end would make a second id of the same host.
        let named = matches!(url.host(), Some(Host::Domain(name)) if !name.ends_with('.'));
        if !named || url.port().is_some() {
            return Err(UriError::Host);
        }
        if url.path() == "/" || url.query().is_some() {
            return Err(UriError::Place);
        }
        Ok(Self(url))
    }

    /// To the letter as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where to fetch it.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// What the consent page shows: the one thing about the client that is proven.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documents_of_clients_in_use_are_ids() {
        for (text, host) in [
            ("https://claude.ai/oauth/mcp-oauth-client-metadata", "claude.ai"),
            ("https://claude.ai/oauth/claude-code-client-metadata", "claude.ai"),
            ("https://chatgpt.com/oauth/client.json", "chatgpt.com"),
            ("https://chatgpt.com/oauth/aB3_x-9/client.json", "chatgpt.com"),
            ("https://chatgpt.com/oauth/codex/client.json", "chatgpt.com"),
            ("https://vscode.dev/oauth/client-metadata.json", "vscode.dev"),
        ] {
            let id = ClientIdUrl::parse(text).unwrap();
            assert_eq!((id.as_str(), id.host()), (text, host));
        }
    }

    #[test]
    fn whatever_else_a_url_may_hold_is_refused() {
        for (text, why) in [
            ("http://client.example/c", UriError::NotHttps),
            ("cursor://client.example/c", UriError::NotHttps),
            ("file:///etc/passwd", UriError::NotHttps),
            ("https://client.example", UriError::Place),
            ("https://client.example/", UriError::Place),
            ("https://client.example/c?", UriError::Place),
            ("https://client.example/c?a=b", UriError::Place),
            ("https://client.example/c#f", UriError::Fragment),
            ("https://me@client.example/c", UriError::UserInfo),
            ("https://me:pw@client.example/c", UriError::UserInfo),
            ("https://client.example:8443/c", UriError::Host),
            ("https://client.example:443/c", UriError::NotCanonical),
            ("https://127.0.0.1/c", UriError::Host),
            ("https://93.184.215.14/c", UriError::Host),
            ("https://[::1]/c", UriError::Host),
            ("https://[2606:4700::1]/c", UriError::Host),
            ("https://127.1/c", UriError::NotCanonical),
            ("https://client.example./c", UriError::Host),
            ("https://client.example/a/../c", UriError::NotCanonical),
            ("https://client.example/a/%2E./c", UriError::NotCanonical),
            ("https://client.example/./c", UriError::NotCanonical),
            ("https://CLIENT.example/c", UriError::NotCanonical),
        ] {
            assert_eq!(ClientIdUrl::parse(text), Err(why), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(
            text in any::<String>(),
            like in "(https?|x)://[a-z.:@0-9\\[\\]]{0,9}[/?#.%a-f0-9]{0,9}",
        ) {
            for text in [text, like] {
                if let Ok(id) = ClientIdUrl::parse(&text) {
                    prop_assert_eq!(id.as_str(), &text);
                    prop_assert!(!id.host().is_empty());
                }
            }
        }
    }
}
