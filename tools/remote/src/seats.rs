//! How many calls to one remote may be under way: of all people, and of one, who must leave room for
//! others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use stagepass_kit::Identity;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::{fault::Fault, limits::Limits};

pub(crate) struct Seats {
    all: Arc<Semaphore>,
    each: Arc<Mutex<HashMap<Identity, usize>>>,
}

/// A place, until it is dropped.
pub(crate) struct Seat {
    _one: OwnedSemaphorePermit,
    _own: Own,
}

struct Own {
    each: Arc<Mutex<HashMap<Identity, usize>>>,
    identity: Identity,
}

impl Seats {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { all: Arc::new(Semaphore::new(limits.calls)), each: Arc::default() }
    }

    /// A place for `identity`, waited for a while.
    pub(crate) async fn take(&self, identity: &Identity, limits: &Limits) -> Result<Seat, Fault> {
        let own = self.own(identity, limits.calls_each).ok_or(Fault::Busy)?;
        let one = timeout(limits.queue, self.all.clone().acquire_owned()).await;
        match one {
            Ok(Ok(one)) => Ok(Seat { _one: one, _own: own }),
            _ => Err(Fault::Busy),
        }
    }

    fn own(&self, identity: &Identity, most: usize) -> Option<Own> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        let count = each.entry(identity.clone()).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Own { each: self.each.clone(), identity: identity.clone() })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        match each.get_mut(&self.identity) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(each.remove(&self.identity)),
        }
    }
}
