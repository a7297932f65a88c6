//! `public_url`: the one origin that clients use.

use url::Url;

use super::ConfigError;

/// Whether `url`'s host is this machine itself.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The values of `Host` that reach this server on purpose.
#[must_use]
pub fn allowed_hosts(public_url: &Url) -> Vec<String> {
    let host = public_url.host_str().unwrap_or_default().to_owned();
    let port = public_url.port_or_known_default().unwrap_or_default();
    let names = if is_loopback(public_url) {
        vec!["127.0.0.1".to_owned(), "[::1]".to_owned(), "localhost".to_owned()]
    } else {
        vec![host]
    };
    names
        .into_iter()
        .flat_map(|name| match public_url.port() {
            Some(_) => vec![format!("{name}:{port}")],
            // A default port is left out by most clients and written by some.
            None => vec![format!("{name}:{port}"), name],
        })
        .collect()
}

/// An origin and nothing more, and https wherever strangers can listen.
pub(super) fn validate(public_url: &Url) -> Result<(), ConfigError> {
    let bare = public_url.path() == "/"
        && public_url.query().is_none()
        && public_url.fragment().is_none()
        && public_url.username().is_empty()
        && public_url.password().is_none();
    let problem = match public_url.scheme() {
        _ if !bare => "must be an origin: scheme, host and port, nothing after them",
        "http" if !is_loopback(public_url) => "must be https, except on loopback",
        "http" | "https" if public_url.host_str() == Some("localhost") => {
            "can't be \"localhost\", which providers refuse in redirect URIs; write 127.0.0.1"
        }
        "http" | "https" => return Ok(()),
        _ => "must be https",
    };
    Err(ConfigError::at("public_url", problem))
}
