//! Origins and sites, and the headers that tell of them.

use url::{Host, Url};

use super::Journey;

/// Whether the address is one that browsers trust as they trust https.
pub(super) fn is_trustworthy(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url)
}

pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// Same scheme and same registrable domain; ports do not count.
pub(super) fn same_site(one: &Url, other: &Url) -> bool {
    one.scheme() == other.scheme() && site(one) == site(other)
}

/// The last two labels of a name, which is near enough without the Public Suffix List.
fn site(url: &Url) -> Option<String> {
    match url.host()? {
        Host::Domain(name) => {
            let labels = name.rsplit('.').take(2).collect::<Vec<_>>();
            Some(labels.into_iter().rev().collect::<Vec<_>>().join("."))
        }
        ip => Some(ip.to_string()),
    }
}

/// `Sec-Fetch-Site`: the farthest that the way has been from where it began.
pub(super) fn fetch_site(journey: &Journey) -> &'static str {
    let Some(from) = &journey.from else {
        return "none";
    };
    if journey.way().all(|url| url.origin() == from.origin()) {
        "same-origin"
    } else if journey.way().all(|url| same_site(url, from)) {
        "same-site"
    } else {
        "cross-site"
    }
}

/// `Origin`, which a navigation carries only when it posts. It is `null` when the page forbids to
/// tell (`Referrer-Policy: no-referrer`), or when a redirect has led across origins.
pub(super) fn origin_header(journey: &Journey) -> Option<String> {
    journey.body.as_ref()?;
    let from = journey.from.as_ref()?;
    let origin = from.origin().ascii_serialization();
    let downgrade = from.scheme() == "https" && journey.url.scheme() == "http";
    // Sent from one foreign origin to the next, nobody vouches for it any more.
    let foreign = |a: &Url, b: &Url| a.origin() != b.origin() && a.origin() != from.origin();
    let tainted = journey.way().zip(journey.way().skip(1)).any(|(a, b)| foreign(a, b));
    let hidden = journey.no_referrer || downgrade || tainted;
    Some(if hidden { "null".to_owned() } else { origin })
}
