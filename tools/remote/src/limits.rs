//! How much a remote may take: of time, of bytes, of places.

use std::time::Duration;

/// What one remote may take.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// How long a call may stay silent. Progress prolongs it.
    pub(crate) silence: Duration,
    /// How long a call may take with all its progress.
    pub(crate) call: Duration,
    /// How long agreeing on a protocol, or one whole list, may take.
    pub(crate) list: Duration,
    /// How long somebody waits for a list before an older one, or none, has to do.
    pub(crate) patience: Duration,
    /// How long a call waits for a place.
    pub(crate) queue: Duration,
    /// Bytes of one message.
    pub(crate) message: usize,
    /// Bytes of one answer with all that is told on the way.
    pub(crate) answer: usize,
    /// Calls under way, of all people and of one.
    pub(crate) calls: usize,
    pub(crate) calls_each: usize,
    /// How long a call waits at the server for a person's answer.
    pub(crate) person: Duration,
    /// Calls that wait so, of all people and of one.
    pub(crate) waiting: usize,
    pub(crate) waiting_each: usize,
    /// Pages of a list, and entries.
    pub(crate) pages: usize,
    pub(crate) entries: usize,
    /// Bytes of one entry.
    pub(crate) entry: usize,
    /// How long it is left alone when it was dead, at first and at most.
    pub(crate) rest: Duration,
    pub(crate) longest_rest: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            silence: Duration::from_mins(1),
            call: Duration::from_mins(10),
            list: Duration::from_secs(10),
            patience: Duration::from_secs(3),
            queue: Duration::from_secs(5),
            message: 4 << 20,
            answer: 16 << 20,
            calls: 64,
            calls_each: 16,
            person: Duration::from_mins(5),
            waiting: 64,
            waiting_each: 8,
            pages: 20,
            entries: 500,
            entry: 32 << 10,
            rest: Duration::from_secs(5),
            longest_rest: Duration::from_mins(1),
        }
    }
}
