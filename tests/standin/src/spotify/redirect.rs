//! Whether an address to be sent back to is registered.

/// Whether `asked` is the registered address, to the letter; only a loopback address registered
/// without a port matches with any port.
pub(super) fn matches(registered: &str, asked: &str) -> bool {
    if is_localhost(asked) {
        return false;
    }
    let loopback = ["http://127.0.0.1", "http://[::1]"].into_iter().find(|host| {
        registered.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    let Some(host) = loopback else {
        return registered == asked && registered.starts_with("https://")
            || loopback_exact(registered, asked);
    };
    let (Some(path), Some(rest)) = (registered.strip_prefix(host), asked.strip_prefix(host)) else {
        return false;
    };
    without_port(rest).is_some_and(|rest| rest == path)
}

/// A loopback address that was registered with its port.
fn loopback_exact(registered: &str, asked: &str) -> bool {
    registered == asked
        && ["http://127.0.0.1:", "http://[::1]:"].iter().any(|host| asked.starts_with(host))
}

/// The path behind an optional port; `None` when the host goes on, as in `127.0.0.1.evil.example`.
fn without_port(rest: &str) -> Option<&str> {
    let Some(port) = rest.strip_prefix(':') else {
        return (rest.is_empty() || rest.starts_with('/')).then_some(rest);
    };
    let path = port.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = port.len() - path.len();
    ((1..=5).contains(&digits) && (path.is_empty() || path.starts_with('/'))).then_some(path)
}

/// `localhost` has been refused since 2025, whatever is registered.
fn is_localhost(uri: &str) -> bool {
    url::Url::parse(uri)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .is_none_or(|host| host == "localhost" || host.ends_with(".localhost"))
}

#[cfg(test)]
mod tests {
    use super::matches;

    const LOOPBACK: &str = "http://127.0.0.1/callback/spotify";

    #[test]
    fn loopback_without_port_matches_any_port() {
        assert!(matches(LOOPBACK, "http://127.0.0.1:8080/callback/spotify"));
        assert!(matches(LOOPBACK, "http://127.0.0.1/callback/spotify"));
    }

    #[test]
    fn everything_else_is_to_the_letter() {
        for asked in [
            "http://127.0.0.1:8080/callback/spotify/",
            "http://127.0.0.1:8080/Callback/spotify",
            "http://127.0.0.1:8080/callback/spotify?x=1",
            "https://127.0.0.1:8080/callback/spotify",
            "http://127.0.0.1:/callback/spotify",
            "http://127.0.0.1:80@evil.example/callback/spotify",
            "http://127.0.0.1.evil.example/callback/spotify",
            "http://localhost:8080/callback/spotify",
            "http://[::1]:8080/callback/spotify",
        ] {
            assert!(!matches(LOOPBACK, asked), "{asked}");
        }
        assert!(matches("https://app.example/cb", "https://app.example/cb"));
        assert!(!matches("https://app.example/cb", "https://app.example/cb/"));
        assert!(!matches("http://app.example/cb", "http://app.example/cb"), "plain http");
        assert!(!matches("http://localhost/cb", "http://localhost/cb"));
    }
}
