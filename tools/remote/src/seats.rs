//! How many calls to one remote may be under way: of all people, and of one, who must leave room for
//! others. Whoever comes too late waits for a while.

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

type Each = Arc<Mutex<HashMap<Identity, Arc<Semaphore>>>>;

pub(crate) struct Seats {
    all: Arc<Semaphore>,
    each: Each,
}

/// A place, until it is dropped.
pub(crate) struct Seat {
    _one: OwnedSemaphorePermit,
    _own: Own,
}

/// One of the places of one person; the last one to leave takes the count along.
struct Own {
    permit: Option<OwnedSemaphorePermit>,
    each: Each,
    identity: Identity,
}

impl Seats {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { all: Arc::new(Semaphore::new(limits.calls)), each: Arc::default() }
    }

    /// A place for `identity`.
    pub(crate) async fn take(&self, identity: &Identity, limits: &Limits) -> Result<Seat, Fault> {
        let mut own = Own { permit: None, each: self.each.clone(), identity: identity.clone() };
        let seats = self.of(identity, limits.calls_each);
        let both = async {
            own.permit = seats.acquire_owned().await.ok();
            self.all.clone().acquire_owned().await
        };
        match timeout(limits.queue, both).await {
            Ok(Ok(one)) => Ok(Seat { _one: one, _own: own }),
            _ => Err(Fault::Busy),
        }
    }

    fn of(&self, identity: &Identity, most: usize) -> Arc<Semaphore> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        each.entry(identity.clone()).or_insert_with(|| Arc::new(Semaphore::new(most))).clone()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.permit = None;
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever has a place or waits for one holds it, too.
        if each.get(&self.identity).is_some_and(|seats| Arc::strong_count(seats) == 1) {
            each.remove(&self.identity);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_is_counted_any_more_when_all_is_over() {
        let limits = Limits { calls_each: 2, ..Limits::default() };
        let seats = Seats::new(&limits);
        let (ada, bob) = (crate::tests::person("ada"), crate::tests::person("bob"));
        let first = seats.take(&ada, &limits).await.ok().unwrap();
        let second = seats.take(&ada, &limits).await.ok().unwrap();
        let _other = seats.take(&bob, &limits).await.ok().unwrap();
        let waiting = seats.take(&ada, &limits);
        let (third, ()) = tokio::join!(waiting, async {
            tokio::task::yield_now().await;
            drop(first);
        });
        assert_eq!(seats.each.lock().unwrap().len(), 2);
        drop((second, third));
        assert_eq!(seats.each.lock().unwrap().len(), 1);
    }
}
