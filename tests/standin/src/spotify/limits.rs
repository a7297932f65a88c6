//! How much an app may ask for.

use chrono::{Duration, TimeDelta};

use super::{faults::too_many_requests, http::Reply, world::World};

/// The window in which requests are counted.
const WINDOW: TimeDelta = TimeDelta::seconds(30);

impl World {
    /// Uses up the quota of the developer: everybody gets 429 for so long.
    ///
    /// # Panics
    /// When that is longer than a calendar can hold.
    pub fn exhaust_quota(&mut self, how_long: std::time::Duration) {
        let how_long = Duration::from_std(how_long).expect("a time of sensible length");
        self.quota_until = Some(self.now() + how_long);
    }

    /// Counts a call, or refuses it as one too many. Refused ones do not count.
    pub(super) fn throttle(&mut self) -> Result<(), Reply> {
        let now = self.now();
        if let Some(until) = self.quota_until.filter(|until| *until > now) {
            let refusal = too_many_requests(seconds(until - now), Some("QUOTA_EXCEEDED"));
            return Err(refusal);
        }
        self.recent.retain(|at| *at + WINDOW > now);
        let oldest = self.recent.front().copied();
        if let (Some(most), Some(oldest)) = (self.rate_limit, oldest)
            && self.recent.len() >= most
        {
            return Err(too_many_requests(seconds(oldest + WINDOW - now), None));
        }
        self.recent.push_back(now);
        Ok(())
    }
}

/// Whole seconds, at least one, after which it is over.
fn seconds(left: TimeDelta) -> u64 {
    u64::try_from(left.num_seconds()).unwrap_or(0) + 1
}
