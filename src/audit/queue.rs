//! Rows on their way into the database: so many at most, and one writer that commits them in groups.
//!
//! A place is taken before the thing is done that a row will tell of, and is free again when the
//! row is written. So nothing is done that there is no room for, and the memory has its bound
//! however long the database is away. A crash loses what waits: while the database answers, what
//! was put during the last [`PAUSE`] and one group on its way.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{
        OwnedSemaphorePermit, Semaphore,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    time::{sleep, timeout},
};

use crate::{
    clock::Clock,
    store::{AuditRow, Db},
};

use super::Entry;

/// How many rows may be under way, those of calls that aren't over included.
const PLACES: u32 = 4_096;
/// How many are committed at once.
const GROUP: usize = 64;
/// How long a row waits for others to be committed with.
const PAUSE: Duration = Duration::from_millis(100);
/// How long the writer leaves a database alone that failed.
const AGAIN: Duration = Duration::from_millis(500);
/// How long anybody waits for a place.
const PATIENCE: Duration = Duration::from_secs(5);

type Queued = (AuditRow, OwnedSemaphorePermit);

#[derive(Clone)]
pub(super) struct Queue {
    places: Arc<Semaphore>,
    rows: UnboundedSender<Queued>,
    clock: Clock,
}

/// The record can take nothing more: the database is away, or too slow.
#[derive(Debug, thiserror::Error)]
#[error("nothing more can be recorded: the database doesn't take what waits for it")]
pub struct Full;

/// A place for one row. What is put there gets written, unless this process is killed.
pub struct Place {
    permit: OwnedSemaphorePermit,
    rows: UnboundedSender<Queued>,
    clock: Clock,
}

impl Place {
    /// Takes `entry` down, as of now.
    pub fn put(self, entry: Entry) {
        let row = entry.0.stamped(&self.clock);
        if self.rows.send((row, self.permit)).is_err() {
            tracing::error!("an event can't be recorded: the writer is gone");
        }
    }
}

impl Queue {
    /// A queue with its writer, which goes on until nobody can put anything any more.
    pub(super) fn new(db: Db, clock: Clock) -> Self {
        let (rows, waiting) = unbounded_channel();
        tokio::spawn(write(db, waiting));
        Self { places: Arc::new(Semaphore::new(PLACES as usize)), rows, clock }
    }

    /// A place, which may have to be waited for.
    pub(super) async fn place(&self) -> Result<Place, Full> {
        let permit = match self.places.clone().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => match timeout(PATIENCE, self.places.clone().acquire_owned()).await {
                Ok(Ok(permit)) => permit,
                _ => return Err(Full),
            },
        };
        Ok(Place { permit, rows: self.rows.clone(), clock: self.clock.clone() })
    }

    /// Done when all is written; takes nothing more from then on.
    pub(super) async fn drain(&self) {
        if self.places.acquire_many(PLACES).await.is_ok() {
            self.places.close();
        }
    }

    /// How many rows aren't written yet.
    pub(super) fn waiting(&self) -> usize {
        (PLACES as usize).saturating_sub(self.places.available_permits())
    }
}

async fn write(db: Db, mut waiting: UnboundedReceiver<Queued>) {
    let mut group: Vec<Queued> = Vec::with_capacity(GROUP);
    while waiting.recv_many(&mut group, GROUP).await > 0 {
        let fill = async {
            while group.len() < GROUP {
                let room = GROUP - group.len();
                if waiting.recv_many(&mut group, room).await == 0 {
                    break;
                }
            }
        };
        timeout(PAUSE, fill).await.ok();
        let (rows, places): (Vec<_>, Vec<_>) = group.drain(..).unzip();
        while let Err(error) = db.add_audits(&rows).await {
            tracing::error!(%error, rows = rows.len(), "the record can't be written yet");
            sleep(AGAIN).await;
        }
        drop(places);
    }
}
