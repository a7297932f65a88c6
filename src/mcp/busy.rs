//! How many calls of one person may be under way at once: whoever has a slow provider, or too much
//! zeal, must leave room for others.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use stagepass_kit::{Identity, ToolError, code};

/// So many. An assistant makes a few, and a list of songs some dozens.
const MOST: usize = 256;
/// When it may be tried again.
const WAIT: Duration = Duration::from_secs(1);

/// The calls that are under way, by whose they are. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Busy(Arc<Mutex<HashMap<Identity, usize>>>);

/// A call that is under way until this is dropped.
pub(super) struct Running {
    all: Busy,
    identity: Identity,
}

impl Busy {
    /// Begins one of `identity`'s.
    ///
    /// # Errors
    /// `rate_limited` when there are too many.
    pub(super) fn begin(&self, identity: &Identity) -> Result<Running, ToolError> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(identity.clone()).or_default();
        if *count >= MOST {
            return Err(ToolError::new(
                code::RATE_LIMITED,
                "Too many calls for this person are under way.",
                "Wait until some of them are answered, and call again.",
            )
            .retry_after(WAIT));
        }
        *count += 1;
        Ok(Running { all: self.clone(), identity: identity.clone() })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut counts = self.all.0.lock().unwrap_or_else(PoisonError::into_inner);
        match counts.get_mut(&self.identity) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(counts.remove(&self.identity)),
        }
    }
}
