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

/// The values of `Host` that reach this server on purpose: where `public_url` is loopback, every
/// name of this machine counts.
#[must_use]
pub fn allowed_hosts(public_url: &Url) -> Vec<String> {
    let names = own_names(public_url);
    let port = public_url.port_or_known_default().unwrap_or_default();
    let with_port = names.iter().map(|name| format!("{name}:{port}"));
    match public_url.port() {
        Some(_) => with_port.collect(),
        // A default port is left out by most clients and written by some.
        None => with_port.chain(names.iter().cloned()).collect(),
    }
}

/// The values of `Origin` that our own pages send.
#[must_use]
pub fn allowed_origins(public_url: &Url) -> Vec<String> {
    let port = public_url.port_or_known_default().unwrap_or_default();
    let scheme = public_url.scheme();
    own_names(public_url).iter().map(|name| format!("{scheme}://{name}:{port}")).collect()
}

fn own_names(public_url: &Url) -> Vec<String> {
    if is_loopback(public_url) {
        ["127.0.0.1", "[::1]", "localhost"].map(str::to_owned).to_vec()
    } else {
        vec![public_url.host_str().unwrap_or_default().to_owned()]
    }
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
