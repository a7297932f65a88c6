//! How many connections one subscriber has open.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{config::TrustedProxies, web::address::ClientAddress};

/// The connections of each subscriber. Clones share them.
#[derive(Clone)]
pub(super) struct Places(Arc<Shared>);

struct Shared {
    most: usize,
    proxies: TrustedProxies,
    taken: Mutex<HashMap<IpAddr, usize>>,
    warned: AtomicBool,
}

/// The place of one connection, free again when this is dropped.
pub(super) struct Place(Option<(Arc<Shared>, IpAddr)>);

impl Places {
    /// `most` for each, but for `proxies` and this machine, whose connections are other people's.
    pub(super) fn new(most: usize, proxies: TrustedProxies) -> Self {
        let (taken, warned) = (Mutex::default(), AtomicBool::new(false));
        Self(Arc::new(Shared { most, proxies, taken, warned }))
    }

    /// A place for a connection from `address`, unless its subscriber has taken all that one may.
    pub(super) fn take(&self, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        if address.is_loopback() || self.0.proxies.contain(address) {
            return Some(Place(None));
        }
        let subscriber = ClientAddress(address).subscriber();
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(subscriber).or_default();
        if *count >= self.0.most {
            if !self.0.warned.swap(true, Relaxed) {
                tracing::warn!(
                    %subscriber,
                    "has all the connections that one may have, and gets no more; if it is your \
                     proxy, add it to `trusted_proxies`"
                );
            }
            return None;
        }
        *count += 1;
        Some(Place(Some((self.0.clone(), subscriber))))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((shared, subscriber)) = &self.0 else { return };
        let mut taken = shared.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(subscriber) {
            *count -= 1;
            if *count == 0 {
                taken.remove(subscriber);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn places(most: usize) -> Places {
        let trusted = ("STAGEPASS_TRUSTED_PROXIES".to_owned(), "192.0.2.9".to_owned());
        let config = Config::load(None, [trusted].into()).unwrap();
        Places::new(most, config.trusted_proxies)
    }

    fn taken(places: &Places, address: &str) -> Option<Place> {
        places.take(address.parse().unwrap())
    }

    #[test]
    fn a_subscriber_has_so_many_places_and_gets_them_back() {
        let places = places(2);
        for (one, same, other) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"),
        ] {
            let first = taken(&places, one).unwrap();
            let second = taken(&places, same).unwrap();
            assert!(taken(&places, one).is_none() && taken(&places, same).is_none());
            assert!(taken(&places, other).is_some(), "{other} is somebody else");
            drop(first);
            assert!(taken(&places, one).is_some());
            drop(second);
        }
        assert!(places.0.taken.lock().unwrap().is_empty(), "nobody is remembered who has left");
    }

    #[test]
    fn who_brings_others_has_as_many_as_there_are() {
        let places = places(0);
        for address in ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1", "192.0.2.9"] {
            assert!(taken(&places, address).is_some(), "{address}");
        }
        assert!(taken(&places, "192.0.2.10").is_none());
    }
}
