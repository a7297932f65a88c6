//! `form-action` of the Content-Security-Policy, which in Chromium also binds every redirect that
//! follows the submission.

use url::Url;

/// One policy that says where forms may lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormAction {
    page: Url,
    sources: Vec<String>,
}

impl FormAction {
    /// The `form-action` of each policy in a header value.
    pub(super) fn read(page: &Url, header: &str) -> Vec<Self> {
        let policies = header.split(',').filter_map(|policy| {
            let directive = policy.split(';').map(str::trim).find(|directive| {
                directive
                    .split_whitespace()
                    .next()
                    .is_some_and(|n| n.eq_ignore_ascii_case("form-action"))
            })?;
            let sources = directive.split_whitespace().skip(1).map(str::to_owned).collect();
            Some(Self { page: page.clone(), sources })
        });
        policies.collect()
    }

    /// # Panics
    /// When the policy blocks the way.
    pub(super) fn check(&self, url: &Url, redirected: bool) {
        assert!(
            self.permits(url, redirected),
            "form-action of {} blocks {}{}: allowed are {:?}",
            self.page,
            if redirected { "the redirect to " } else { "" },
            url,
            self.sources,
        );
    }

    fn permits(&self, url: &Url, redirected: bool) -> bool {
        self.sources.iter().any(|source| self.source_permits(source, url, redirected))
    }

    fn source_permits(&self, source: &str, url: &Url, redirected: bool) -> bool {
        match source.to_ascii_lowercase().as_str() {
            "'self'" => self.is_self(url),
            "*" => matches!(url.scheme(), "http" | "https") || url.scheme() == self.page.scheme(),
            keyword if keyword.starts_with('\'') => false,
            scheme if scheme.ends_with(':') && !scheme.contains('/') => {
                scheme_permits(scheme.trim_end_matches(':'), url.scheme())
            }
            _ => self.host_permits(source, url, redirected),
        }
    }

    fn is_self(&self, url: &Url) -> bool {
        let upgraded = self.page.scheme() == "http"
            && url.scheme() == "https"
            && self.page.host() == url.host()
            && self.page.port().is_none()
            && url.port().is_none();
        url.origin() == self.page.origin() || upgraded
    }

    /// `[scheme://]host[:port][/path]`, where the path no longer counts after a redirect.
    fn host_permits(&self, source: &str, url: &Url, redirected: bool) -> bool {
        let (scheme, rest) = match source.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => (self.page.scheme().to_owned(), source),
        };
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
            _ => (authority, None),
        };
        scheme_permits(&scheme, url.scheme())
            && host_matches(host, url)
            && port_matches(port, &scheme, url)
            && (redirected || path_matches(path, url.path()))
    }
}

fn scheme_permits(allowed: &str, scheme: &str) -> bool {
    allowed == scheme || (allowed == "http" && scheme == "https")
}

/// The grammar of CSP has no place for `[::1]`, so it never matches.
fn host_matches(allowed: &str, url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    match allowed.strip_prefix("*.") {
        Some(parent) => host.ends_with(&format!(".{}", parent.to_ascii_lowercase())),
        None => !allowed.starts_with('[') && host.eq_ignore_ascii_case(allowed),
    }
}

fn port_matches(allowed: Option<&str>, scheme: &str, url: &Url) -> bool {
    let port = url.port_or_known_default();
    match allowed {
        Some("*") => true,
        Some(allowed) => allowed.parse().ok() == port,
        None => match scheme {
            "http" => port == Some(if url.scheme() == "https" { 443 } else { 80 }),
            "https" => port == Some(443),
            _ => url.port().is_none(),
        },
    }
}

fn path_matches(allowed: &str, path: &str) -> bool {
    match allowed {
        "" => true,
        folder if folder.ends_with('/') => path.starts_with(folder),
        exact => path == exact,
    }
}

#[cfg(test)]
mod tests {
    use super::FormAction;
    use url::Url;

    fn permits(header: &str, to: &str, redirected: bool) -> bool {
        let page = Url::parse("http://127.0.0.1:8000/consent").unwrap();
        let to = Url::parse(to).unwrap();
        FormAction::read(&page, header).iter().all(|policy| policy.permits(&to, redirected))
    }

    #[test]
    fn sources_match_as_in_chromium() {
        let own = "http://127.0.0.1:8000/x";
        assert!(permits("default-src 'none'", own, false), "no form-action, no limit");
        assert!(permits("default-src 'none'; form-action 'self'", own, false));
        assert!(!permits("form-action 'none'", own, false));
        assert!(!permits("form-action 'self'", "http://127.0.0.1:9000/x", true), "another port");
        assert!(!permits("form-action http://127.0.0.1", "http://127.0.0.1:9000/x", true));
        assert!(permits("form-action http://127.0.0.1:*", "http://127.0.0.1:9000/x", true));
        assert!(permits("form-action https:", "https://any.example/", true));
        assert!(!permits("form-action https:", "cursor://callback", true));
        assert!(permits("form-action cursor:", "cursor://callback", true));
        assert!(!permits("form-action http://[::1]:*", "http://[::1]:9000/x", true));
        assert!(!permits("form-action *, form-action 'none'", own, false), "each policy counts");
        let path = "form-action http://127.0.0.1:9000/a";
        assert!(!permits(path, "http://127.0.0.1:9000/b", false));
        assert!(permits(path, "http://127.0.0.1:9000/b", true), "after a redirect paths are off");
    }
}
