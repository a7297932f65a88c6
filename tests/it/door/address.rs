//! Whose request it is, behind proxies and without.

use std::{collections::HashMap, net::SocketAddr};

use axum::{Extension, Router, extract::ConnectInfo, middleware, routing::get};
use stagepass::{
    config::Config,
    web::address::{self, ClientAddress},
};

use super::serve;

/// A server that tells everybody his address, to whom all requests come from `peer`.
async fn mirror(trusted: &str, peer: Option<&str>) -> String {
    let variables = [("STAGEPASS_TRUSTED_PROXIES".to_owned(), trusted.to_owned())];
    let config = Config::load(None, HashMap::from(variables)).unwrap();
    let tell = |ClientAddress(address): ClientAddress| async move { address.to_string() };
    let layer = middleware::from_fn_with_state(config.trusted_proxies, address::note);
    let mut router = Router::new().route("/", get(tell)).layer(layer);
    if let Some(peer) = peer {
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        router = router.layer(Extension(ConnectInfo(peer)));
    }
    serve(router).await
}

/// What `url` thinks who asks, if these are the lines of `X-Forwarded-For`.
async fn seen(url: &str, lines: &[&[u8]]) -> String {
    let mut request = stagepass::http::client().unwrap().get(url);
    for line in lines {
        request = request.header("x-forwarded-for", *line);
    }
    request.send().await.unwrap().text().await.unwrap()
}

#[tokio::test]
async fn nobody_is_believed_who_is_no_trusted_proxy() {
    for trusted in ["", "10.0.0.2", "10.0.1.0/24", "::1"] {
        let url = mirror(trusted, Some("10.0.0.1")).await;
        assert_eq!(seen(&url, &[b"203.0.113.7"]).await, "10.0.0.1", "{trusted}");
        assert_eq!(seen(&url, &[]).await, "10.0.0.1", "{trusted}");
    }
}

#[tokio::test]
async fn behind_trusted_proxies_the_first_address_counts_that_is_none_of_them() {
    let url = mirror("10.0.0.0/8 2001:db8::1", Some("10.0.0.1")).await;
    let lists: [(&[&[u8]], &str); 13] = [
        (&[], "10.0.0.1"),
        (&[b"203.0.113.7"], "203.0.113.7"),
        (&[b"203.0.113.7, 10.0.0.9"], "203.0.113.7"),
        (&[b"203.0.113.7,10.0.0.9 ,2001:db8::1"], "203.0.113.7"),
        // What the client wrote itself, to be taken for somebody else.
        (&[b"198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        (&[b"10.0.0.5, 203.0.113.7"], "203.0.113.7"),
        (&[b"<script>, 203.0.113.7"], "203.0.113.7"),
        // Several lines are one list.
        (&[b"198.51.100.1", b"203.0.113.7", b"10.0.0.9"], "203.0.113.7"),
        (&[b"198.51.100.1, 203.0.113.7", b"10.0.0.9"], "203.0.113.7"),
        // A client inside.
        (&[b"10.0.0.5, 10.0.0.9"], "10.0.0.5"),
        (&[b"203.0.113.7:4711"], "203.0.113.7"),
        (&[b"[2001:db8::7]:4711"], "2001:db8::7"),
        (&[b"::ffff:203.0.113.7"], "203.0.113.7"),
    ];
    for (lines, address) in lists {
        assert_eq!(seen(&url, lines).await, address, "{lines:?}");
    }
}

#[tokio::test]
async fn what_no_proxy_would_write_counts_for_nothing() {
    let url = mirror("10.0.0.1 10.0.0.9", Some("10.0.0.1")).await;
    let garbage: [&[&[u8]]; 8] = [
        &[b"unknown"],
        &[b""],
        &[b","],
        &[b"203.0.113.7, unknown"],
        &[b"203.0.113.7", b"203.0.113.256"],
        &[b"203.0.113.7, \xff"],
        &[b"203.0.113.7, nonsense, 10.0.0.9"],
        &[b"0x7f.1"],
    ];
    for lines in garbage {
        assert_eq!(seen(&url, lines).await, "10.0.0.1", "{lines:?}");
    }
}

#[tokio::test]
async fn an_ipv4_address_is_one_in_ipv6_clothes_too() {
    let url = mirror("10.0.0.1", Some("::ffff:10.0.0.1")).await;
    assert_eq!(seen(&url, &[]).await, "10.0.0.1");
    assert_eq!(seen(&url, &[b"203.0.113.7"]).await, "203.0.113.7");
}

#[tokio::test]
async fn a_request_from_nowhere_has_no_address() {
    let url = mirror("10.0.0.1", None).await;
    assert_eq!(seen(&url, &[b"203.0.113.7"]).await, "0.0.0.0");
}

#[test]
fn a_subscriber_is_an_ipv4_address_or_an_ipv6_network() {
    let subscriber = |address: &str| ClientAddress(address.parse().unwrap()).subscriber();
    assert_eq!(subscriber("2001:db8:1:2:3:4:5:6"), subscriber("2001:db8:1:2:ffff::"));
    assert_ne!(subscriber("2001:db8:1:2::1"), subscriber("2001:db8:1:3::1"));
    assert_ne!(subscriber("203.0.113.7"), subscriber("203.0.113.8"));
}
