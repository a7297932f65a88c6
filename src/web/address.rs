//! The address of whoever is asking, seen through the proxies that the operator trusts.

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    http::{HeaderMap, request::Parts},
    middleware::Next,
    response::Response,
};

use crate::config::TrustedProxies;

/// The address of whoever is asking; unspecified (`0.0.0.0`) where a request came by no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// Who counts as one: the address, or the whole /64 of an IPv6 address, for that is the least
    /// that a subscriber has to himself (RFC 6177 §2).
    #[must_use]
    pub fn subscriber(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                let network = u128::from(address) & !u128::from(u64::MAX);
                IpAddr::V6(Ipv6Addr::from(network))
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let unspecified = Self(Ipv4Addr::UNSPECIFIED.into());
        Ok(parts.extensions.get().copied().unwrap_or(unspecified))
    }
}

/// Notes the [`ClientAddress`] in every request.
pub async fn note(
    State(proxies): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let client = client(peer.ip(), &proxies, request.headers());
        request.extensions_mut().insert(ClientAddress(client));
    }
    next.run(request).await
}

/// The peer, or whom it asks for if it is a trusted proxy, and so on to the first that isn't.
///
/// Each proxy adds to the right of `X-Forwarded-For`; what is left of an untrusted address was
/// written by that client itself. Where a proxy's own part can't be read, the peer counts.
fn client(peer: IpAddr, proxies: &TrustedProxies, headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter();
    let hops = lines.rev().flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut client = peer;
    for hop in hops {
        if !proxies.contain(client) {
            break;
        }
        let Some(address) = address(hop.trim()) else { return peer };
        client = address;
    }
    client
}

/// Some proxies write the port, too.
fn address(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().or_else(|_| hop.parse().map(|address: SocketAddr| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}
