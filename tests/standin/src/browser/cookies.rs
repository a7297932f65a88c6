//! A cookie jar.

use std::time::{Duration, Instant};

use reqwest::Method;
use url::Url;

use super::{Journey, site};

/// A cookie that the browser holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The host it belongs to. As in real browsers the port does not count.
    pub host: String,
    /// Whether the hosts below it get it too.
    pub subdomains: bool,
    /// Where its paths begin.
    pub path: String,
    /// Only for https (and loopback).
    pub secure: bool,
    /// Hidden from scripts.
    pub http_only: bool,
    /// What `SameSite` says, in lower case; `lax` when it says nothing.
    pub same_site: String,
    /// When it ends; none for a cookie of the session.
    pub expires: Option<Instant>,
}

/// All cookies of a browser.
#[derive(Debug, Default)]
pub(super) struct Jar {
    cookies: Vec<Cookie>,
}

impl Jar {
    pub(super) fn all(&mut self) -> Vec<Cookie> {
        self.cookies.retain(|cookie| cookie.expires.is_none_or(|at| at > Instant::now()));
        self.cookies.clone()
    }

    /// Takes a `Set-Cookie` line, unless it is one that browsers refuse.
    pub(super) fn store(&mut self, url: &Url, line: &str) {
        let Some(cookie) = parse(url, line) else {
            return;
        };
        let same = |known: &Cookie| {
            (&known.name, &known.host, &known.path) == (&cookie.name, &cookie.host, &cookie.path)
        };
        self.cookies.retain(|known| !same(known));
        self.cookies.push(cookie);
    }

    /// The `Cookie` header for the next request of a journey; longer paths come first.
    pub(super) fn header(&mut self, journey: &Journey) -> String {
        let mut mine = self.all();
        mine.retain(|cookie| cookie.fits(&journey.url) && cookie.may_travel(journey));
        mine.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs = mine.iter().map(|cookie| format!("{}={}", cookie.name, cookie.value));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

impl Cookie {
    fn fits(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let below = self.subdomains && host.ends_with(&format!(".{}", self.host));
        let path = url.path();
        let in_path = path.strip_prefix(self.path.as_str()).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('/') || self.path.ends_with('/')
        });
        (host == self.host || below) && in_path && (!self.secure || site::is_trustworthy(url))
    }

    /// `SameSite`: coming from another site, lax cookies only follow a link, strict ones stay.
    fn may_travel(&self, journey: &Journey) -> bool {
        let from_elsewhere =
            journey.from.as_ref().is_some_and(|from| !site::same_site(from, &journey.url));
        match self.same_site.as_str() {
            "none" => true,
            "strict" => !from_elsewhere,
            _ => !from_elsewhere || journey.method == Method::GET,
        }
    }
}

fn parse(url: &Url, line: &str) -> Option<Cookie> {
    let mut parts = line.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let host = url.host_str()?.to_owned();
    let mut cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        host: host.clone(),
        subdomains: false,
        path: default_path(url),
        secure: false,
        http_only: false,
        same_site: "lax".to_owned(),
        expires: None,
    };
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match key.trim().to_ascii_lowercase().as_str() {
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "secure" => cookie.secure = true,
            "httponly" => cookie.http_only = true,
            "samesite" => cookie.same_site = value.to_ascii_lowercase(),
            "max-age" => {
                let seconds = value.parse::<i64>().ok()?;
                let left = Duration::from_secs(u64::try_from(seconds).unwrap_or(0));
                cookie.expires = Instant::now().checked_add(left);
            }
            // Nobody sets a date but to delete.
            "expires" if value.contains(" 1970 ") => cookie.expires = Some(Instant::now()),
            "domain" => {
                value.trim_start_matches('.').clone_into(&mut cookie.host);
                cookie.subdomains = true;
            }
            _ => {}
        }
    }
    acceptable(&cookie, url, &host).then_some(cookie)
}

/// What browsers take: no foreign domains, no `Secure` by plain http, prefixes kept.
fn acceptable(cookie: &Cookie, url: &Url, host: &str) -> bool {
    let domain = !cookie.subdomains
        || (url.domain().is_some()
            && (host == cookie.host || host.ends_with(&format!(".{}", cookie.host))));
    let secure = !cookie.secure || site::is_trustworthy(url);
    let none = cookie.same_site != "none" || cookie.secure;
    let prefix = if cookie.name.starts_with("__Host-") {
        cookie.secure && cookie.path == "/" && !cookie.subdomains
    } else {
        !cookie.name.starts_with("__Secure-") || cookie.secure
    };
    domain && secure && none && prefix
}

/// RFC 6265, section 5.1.4: the folder of the page.
fn default_path(url: &Url) -> String {
    match url.path().rsplit_once('/') {
        Some(("", _)) | None => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
    }
}
