//! Names to addresses, public ones only.
//!
//! The guard stands here, in the connector: what is judged is what is connected to, however the
//! answers of a name change from one question to the next.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
};

use reqwest::{
    Certificate,
    dns::{Addrs, Name, Resolve, Resolving},
};
use tokio::sync::Semaphore;

use super::{FetchError, address::is_public};

/// How many names are asked for at once. Each may hold a thread for as long as somebody's name
/// server likes, also when nobody waits any more.
const LOOKUPS: usize = 64;

/// What is reached by which name. The default is the internet; tests bring a world of their own.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// All names there are, instead of the system's resolver.
    pub names: Option<BTreeMap<String, Vec<SocketAddr>>>,
    /// What is reached though it isn't public. The system's resolver never gives a port, so none
    /// of its answers is among them.
    pub allowed: Vec<SocketAddr>,
    /// Who is trusted besides the operating system's certificate authorities.
    pub roots: Vec<Certificate>,
}

/// Whose private addresses are reached, too: of hosts that the operator named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trusted {
    /// Nobody's.
    Nobody,
    /// Those of this name.
    Name(String),
    /// Everybody's.
    Everybody,
}

pub(super) struct Resolver {
    rules: Arc<Rules>,
    trusted: Trusted,
    lookups: Arc<Semaphore>,
}

impl Resolver {
    pub(super) fn new(rules: Rules, trusted: Trusted) -> Self {
        let lookups = Arc::new(Semaphore::new(LOOKUPS));
        Self { rules: Arc::new(rules), trusted, lookups }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (rules, lookups) = (self.rules.clone(), self.lookups.clone());
        let is_trusted = match &self.trusted {
            Trusted::Nobody => false,
            Trusted::Name(own) => own == name.as_str(),
            Trusted::Everybody => true,
        };
        Box::pin(async move {
            let mut found = match &rules.names {
                Some(names) => names.get(name.as_str()).cloned().unwrap_or_default(),
                None => look_up(name, lookups).await,
            };
            if found.is_empty() {
                return Err(FetchError::NotFound.into());
            }
            found.retain(|address| {
                is_trusted || is_public(address.ip()) || rules.allowed.contains(address)
            });
            if found.is_empty() {
                return Err(FetchError::NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Asks the system's resolver.
async fn look_up(name: Name, lookups: Arc<Semaphore>) -> Vec<SocketAddr> {
    // Only fails when the semaphore is closed, which nobody does.
    let turn = lookups.acquire_owned().await;
    let asked = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        (name.as_str(), 0).to_socket_addrs()
    });
    asked.await.ok().and_then(Result::ok).map(Iterator::collect).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_lookup_waits_for_its_turn_and_gives_it_back() {
        let lookups = Arc::new(Semaphore::new(1));
        let mut waiting = look_up("localhost".parse().unwrap(), lookups.clone()).boxed();
        let before = lookups.clone().acquire_owned().await.unwrap();
        assert_eq!((&mut waiting).now_or_never(), None);
        drop(before);
        assert!(waiting.await.iter().any(|address| address.ip().is_loopback()));
        assert_eq!(lookups.available_permits(), 1);
    }
}
