//! Redirect URIs: which may be registered, and which are the same (RFC 6749 §3.1.2, RFC 8252 §7).

use std::fmt;

use super::{UriError, uri};
use crate::config::is_loopback;

/// Where a client may be sent back to, kept to the letter as it was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    shown: String,
    loopback: bool,
}

impl RedirectUri {
    /// Reads a URI to be registered: https, http on loopback, or an application's own scheme
    /// (RFC 8252 §7.1).
    ///
    /// # Errors
    /// What is wrong with it, for the developer of the client.
    pub fn parse(text: &str) -> Result<Self, UriError> {
        let url = uri::read(text)?;
        let shown = match (url.scheme(), url.host_str()) {
            ("https", Some(host)) => host.to_owned(),
            ("http", Some(host)) if Loopback::read(text).is_some() => host.to_owned(),
            ("http", _) => return Err(UriError::NotLoopback),
            // Without a slash, what follows the scheme could be anything.
            (scheme, _) if is_private_use(scheme) && text.starts_with(&format!("{scheme}:/")) => {
                format!("{scheme}:")
            }
            _ => return Err(UriError::Scheme),
        };
        Ok(Self { text: text.to_owned(), shown, loopback: is_loopback(&url) })
    }

    /// Whether `requested` is this URI: the very same characters. If this one is http on loopback,
    /// where the system gives out the ports, another port or none is the same, too (RFC 8252 §7.3,
    /// and clients do so on `localhost` as well).
    #[must_use]
    pub fn matches(&self, requested: &str) -> bool {
        let another_port = || {
            let (own, other) = (Loopback::read(&self.text), Loopback::read(requested));
            own.is_some() && own == other && Self::parse(requested).is_ok()
        };
        requested == self.text || another_port()
    }

    /// Whether it leads to whatever program listens on the person's own machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// What the consent page shows large: the host, in punycode if it has letters beyond ASCII;
    /// for an application's own scheme that and a colon.
    #[must_use]
    pub fn host_shown(&self) -> &str {
        &self.shown
    }

    /// As it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What must be equal of two loopback URIs: all but the port.
#[derive(PartialEq, Eq)]
struct Loopback<'a> {
    host: &'a str,
    path_and_query: &'a str,
}

impl<'a> Loopback<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("http://")?;
        let (authority, path_and_query) =
            rest.find(['/', '?']).map_or((rest, ""), |at| rest.split_at(at));
        let host = ["127.0.0.1", "[::1]", "localhost"].into_iter().find_map(|host| {
            let port = authority.strip_prefix(host)?;
            (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(host)
        })?;
        Some(Self { host, path_and_query })
    }
}

/// A port as everybody writes it, so that nothing else can hide in its place.
fn is_port(text: &str) -> bool {
    text.parse::<u16>().is_ok_and(|port| port.to_string() == text)
}

/// Schemes that are no application's own: run as a script, opened as a document, or handled by the
/// browser, the system, or a kind of application that anybody may have.
const TAKEN: &str = "
    about blob cid content data file filesystem jar javascript livescript mhtml mid mk mocha res
    resource urn vbscript view-source wyciwyg

    dict ftp ftps git gopher http https ldap ldaps nfs rtsp scp sftp smb socks ssh svn telnet ws wss

    bitcoin callto facetime facetime-audio feed geo im imap irc ircs magnet mailto maps market
    matrix mms news nntp openpgp4fpr pop rtmp sip sips skype sms smsto tel webcal wtai xmpp

    android-app app-settings hcp help intent itms itms-apps itms-services prefs search search-ms
    shell shortcuts

    brave browser devtools edge opera safari vivaldi
";

/// How whole families of such schemes begin.
const FAMILIES: [&str; 5] = ["chrome", "moz-", "ms-", "web+", "x-apple"];

/// Whether an application may have made `scheme` its own. RFC 8252 wants a dot in it, but the
/// editors in use have none. A single letter is a drive on Windows.
fn is_private_use(scheme: &str) -> bool {
    scheme.len() > 1
        && !TAKEN.split_whitespace().any(|taken| taken == scheme)
        && !FAMILIES.iter().any(|family| scheme.starts_with(family))
}

#[cfg(test)]
mod tests;
