//! One kind of cookie: a secret that proves "the same browser", and nothing more.

use axum::http::{HeaderMap, HeaderValue, header::COOKIE};
use url::Url;

/// A cookie's name and attributes, fit for the server's origin.
#[derive(Debug, Clone)]
pub struct BrowserCookie {
    name: String,
    attributes: String,
}

impl BrowserCookie {
    /// The cookie `name` for `public_url`, forgotten after `max_age` seconds. Over https it is
    /// `__Host-`, which no sibling domain can plant.
    #[must_use]
    pub fn new(name: &str, public_url: &Url, max_age: u32) -> Self {
        let common = format!("Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}");
        if public_url.scheme() == "https" {
            Self { name: format!("__Host-{name}"), attributes: format!("{common}; Secure") }
        } else {
            Self { name: name.to_owned(), attributes: common }
        }
    }

    /// The value that the browser sent, if it looks like one of ours.
    #[must_use]
    pub fn read(&self, headers: &HeaderMap) -> Option<String> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, value)| *name == self.name && (20..=100).contains(&value.len()))
            .map(|(_, value)| value.to_owned())
    }

    /// The `Set-Cookie` line that takes it from the browser.
    #[must_use]
    pub fn clear(&self) -> Option<HeaderValue> {
        // Of two `Max-Age` the last counts (RFC 6265 §5.3).
        HeaderValue::from_str(&format!("{}=; {}; Max-Age=0", self.name, self.attributes)).ok()
    }

    /// The `Set-Cookie` line that gives the browser `value`.
    #[must_use]
    pub fn write(&self, value: &str) -> Option<HeaderValue> {
        HeaderValue::from_str(&format!("{}={value}; {}", self.name, self.attributes)).ok()
    }
}
