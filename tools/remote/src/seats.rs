//! How many calls to one remote may be under way: of all people, and of one, who must leave room for
//! others. Whoever comes too late waits for a while. Those that wait for a person have seats of their own.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use stagepass_kit::Identity;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use crate::fault::Fault;

type Each = Arc<Mutex<HashMap<Identity, Arc<Semaphore>>>>;

pub(crate) struct Seats {
    all: Arc<Semaphore>,
    each: Each,
    most_each: usize,
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
    /// So many for all people, and for each of them.
    pub(crate) fn new(all: usize, most_each: usize) -> Self {
        Self { all: Arc::new(Semaphore::new(all)), each: Arc::default(), most_each }
    }

    /// A place for `identity`, who waits no longer than `patience`.
    pub(crate) async fn take(
        &self,
        identity: &Identity,
        patience: Duration,
    ) -> Result<Seat, Fault> {
        let (mut own, seats) = self.of(identity);
        let both = async {
            own.permit = seats.acquire_owned().await.ok();
            self.all.clone().acquire_owned().await
        };
        match timeout(patience, both).await {
            Ok(Ok(one)) => Ok(Seat { _one: one, _own: own }),
            _ => Err(Fault::Busy),
        }
    }

    /// A place for `identity`, if there is one right now.
    pub(crate) fn try_take(&self, identity: &Identity) -> Option<Seat> {
        let (mut own, seats) = self.of(identity);
        own.permit = Some(seats.try_acquire_owned().ok()?);
        Some(Seat { _one: self.all.clone().try_acquire_owned().ok()?, _own: own })
    }

    /// There are no more places from now on.
    pub(crate) fn close(&self) {
        self.all.close();
    }

    fn of(&self, identity: &Identity) -> (Own, Arc<Semaphore>) {
        let own = Own { permit: None, each: self.each.clone(), identity: identity.clone() };
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        let seats = each.entry(identity.clone());
        (own, seats.or_insert_with(|| Arc::new(Semaphore::new(self.most_each))).clone())
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
        let (seats, patience) = (Seats::new(9, 2), Duration::from_secs(5));
        let (ada, bob) = (crate::tests::person("ada"), crate::tests::person("bob"));
        let first = seats.take(&ada, patience).await.ok().unwrap();
        let second = seats.take(&ada, patience).await.ok().unwrap();
        let _other = seats.take(&bob, patience).await.ok().unwrap();
        let waiting = seats.take(&ada, patience);
        let (third, ()) = tokio::join!(waiting, async {
            tokio::task::yield_now().await;
            drop(first);
        });
        assert_eq!(seats.each.lock().unwrap().len(), 2);
        drop((second, third));
        assert_eq!(seats.each.lock().unwrap().len(), 1);
    }
}
