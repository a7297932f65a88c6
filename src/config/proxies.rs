//! `trusted_proxies`: whose word counts for where a request came from.

use std::{net::IpAddr, sync::Arc};

use ipnet::IpNet;
use serde::Deserialize;

use super::words::Words;

/// The proxies in front of this server: what they write into `X-Forwarded-For` is believed, and
/// nobody else's. None by default. Clones share the list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "Words")]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// Whether `address` is one of them.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl TryFrom<Words> for TrustedProxies {
    type Error = String;

    fn try_from(Words(words): Words) -> Result<Self, String> {
        words.iter().map(|word| network(word)).collect::<Result<_, _>>().map(Self)
    }
}

/// An address alone is a network of one.
fn network(word: &str) -> Result<IpNet, String> {
    let address = word.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    let Ok(network) = address.or_else(|_| word.parse::<IpNet>()) else {
        return Err(format!("\"{word}\" is neither an IP address nor a network"));
    };
    if network.prefix_len() == 0 {
        return Err(format!("\"{word}\" is everybody; name the proxies alone"));
    }
    Ok(network)
}
