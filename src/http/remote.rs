//! The client for what a remote server's documents name. The server itself is the operator's word,
//! and may be anywhere; what it says about others is a stranger's.

use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode, header::ACCEPT};
use url::{Host, Url};

use super::{
    FetchError,
    address::is_public,
    builder,
    guarded::{body, cause, is_json},
    is_away,
    resolver::{Resolver, Rules, Trusted},
};
use crate::config::is_loopback;

/// How long a document may take: somebody waits for a page.
const LONGEST_FETCH: Duration = Duration::from_secs(5);
/// How long anything else may take.
const LONGEST_REQUEST: Duration = Duration::from_secs(15);
/// The largest document that is read, in bytes.
const LARGEST_DOCUMENT: usize = 64 * 1024;
/// Names that only a private network gives out (RFC 6762, RFC 8375, and ICANN's `.internal`).
const PRIVATE_NAMES: [&str; 4] = [".local", ".home.arpa", ".internal", ".localhost"];

/// Reaches one remote server, and those that its documents name. It follows no redirects, heeds no
/// proxy, and reaches private addresses only at the remote's own host, or if that host is private
/// by its very address or name: one that only resolves to a private address could do so for a moment.
#[derive(Debug, Clone)]
pub struct RemoteHttp {
    client: reqwest::Client,
    remote: Url,
}

impl RemoteHttp {
    /// A client for the remote server at this URL, which keeps to `rules`.
    ///
    /// # Errors
    /// When the operating system's trust store can't be read.
    pub fn new(remote: &Url, rules: Rules) -> Result<Self, reqwest::Error> {
        let trusted = match remote.host() {
            _ if is_private(remote) => Trusted::Everybody,
            Some(Host::Domain(name)) => Trusted::Name(name.to_owned()),
            _ => Trusted::Nobody,
        };
        let client = builder()
            .no_proxy()
            .timeout(LONGEST_REQUEST)
            .pool_max_idle_per_host(0)
            .http1_only()
            .tls_certs_merge(rules.roots.clone())
            .dns_resolver(Resolver::new(rules, trusted))
            .build()?;
        Ok(Self { client, remote: remote.clone() })
    }

    /// Whether a person's browser, or a request with a secret in it, may go to `url`: by TLS, and on
    /// loopback without it, if the remote itself is there.
    #[must_use]
    pub fn is_safe(&self, url: &Url) -> bool {
        let plain = url.scheme() == "http" && is_loopback(url) && is_loopback(&self.remote);
        (url.scheme() == "https" || plain)
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
    }

    /// A request to `url` with the POST method.
    ///
    /// # Errors
    /// When it may not be asked.
    pub fn post(&self, url: &Url) -> Result<RequestBuilder, FetchError> {
        self.ensure(url)?;
        Ok(self.client.post(url.clone()))
    }

    /// The JSON document at `url`; none if it isn't there. Some answer with a page of HTML, or with a
    /// redirect to one, for whatever path; neither is a document.
    ///
    /// # Errors
    /// When it may not be had, or its server is away.
    pub async fn document(&self, url: &Url) -> Result<Option<Vec<u8>>, FetchError> {
        self.ensure(url)?;
        let request = self.client.get(url.clone()).timeout(LONGEST_FETCH);
        let request = request.header(ACCEPT, "application/json");
        let response = request.send().await.map_err(|error| cause(&error))?;
        match response.status() {
            StatusCode::OK if is_json(&response) => {
                body(response, LARGEST_DOCUMENT).await.map(Some)
            }
            status if is_away(status) => Err(FetchError::Status(status.as_u16())),
            _ => Ok(None),
        }
    }

    /// An address would be connected to without asking the resolver, where the guard stands.
    fn ensure(&self, url: &Url) -> Result<(), FetchError> {
        if !self.is_safe(url) {
            return Err(FetchError::Url);
        }
        let is_public = match url.host() {
            None => return Err(FetchError::Url),
            Some(Host::Domain(_)) => true,
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
        };
        if is_public || url.host() == self.remote.host() || is_private(&self.remote) {
            Ok(())
        } else {
            Err(FetchError::NotPublic)
        }
    }
}

/// Whether this host can be in a private network alone.
fn is_private(url: &Url) -> bool {
    match url.host() {
        None => false,
        Some(Host::Ipv4(address)) => !is_public(address.into()),
        Some(Host::Ipv6(address)) => !is_public(address.into()),
        Some(Host::Domain(name)) => {
            !name.contains('.') || PRIVATE_NAMES.iter().any(|suffix| name.ends_with(suffix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn http(remote: &str) -> RemoteHttp {
        RemoteHttp::new(&remote.parse().unwrap(), Rules::default()).unwrap()
    }

    fn asked(remote: &str, url: &str) -> Result<(), FetchError> {
        http(remote).ensure(&url.parse().unwrap())
    }

    #[test]
    fn a_public_remote_names_no_private_address() {
        let remote = "https://mcp.example.org/mcp";
        for url in ["https://10.0.0.1/", "https://[::1]:8443/x", "https://169.254.169.254/latest"] {
            assert_eq!(asked(remote, url), Err(FetchError::NotPublic), "{url}");
        }
        for url in ["https://login.example.net/x", "https://8.8.8.8/", "https://a.example:8443/"] {
            assert_eq!(asked(remote, url), Ok(()), "{url}");
        }
    }

    #[test]
    fn a_private_remote_has_private_neighbours() {
        for remote in [
            "https://10.0.0.1/mcp",
            "https://wiki/mcp",
            "https://mcp.internal/",
            "https://mcp.fritz.home.arpa/",
            "http://127.0.0.1:9/mcp",
        ] {
            assert_eq!(asked(remote, "https://192.168.1.1/"), Ok(()), "{remote}");
        }
    }

    #[test]
    fn the_remotes_own_address_is_the_operators_word() {
        assert_eq!(asked("https://8.8.8.8/mcp", "https://8.8.8.8/.well-known/x"), Ok(()));
        let near = asked("https://8.8.8.8/mcp", "https://192.168.1.1/.well-known/x");
        assert_eq!(near, Err(FetchError::NotPublic));
    }

    #[test]
    fn nothing_goes_in_the_clear_but_on_this_machine() {
        let (far, here) = (http("https://mcp.example.org"), http("http://localhost:9/mcp"));
        let url = |url: &str| url.parse::<Url>().unwrap();
        for plain in ["http://127.0.0.1:1/token", "http://localhost:1/token"] {
            assert!(here.is_safe(&url(plain)) && !far.is_safe(&url(plain)), "{plain}");
        }
        for never in [
            "http://mcp.example.org/token",
            "http://10.0.0.1/token",
            "ftp://a.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://user@a.example/",
            "https://:pass@a.example/",
            "https://a.example/#x",
        ] {
            assert!(!here.is_safe(&url(never)) && !far.is_safe(&url(never)), "{never}");
        }
    }
}
