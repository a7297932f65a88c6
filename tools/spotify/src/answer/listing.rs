//! A part of a list, as lines.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Entry, room_for_each};

/// What was read of a list.
#[derive(Debug, Default)]
pub(crate) struct Part {
    pub(crate) rows: Vec<Entry>,
    /// How many the list has in all, if Spotify says so.
    pub(crate) total: Option<u64>,
    /// How many were skipped before.
    pub(crate) offset: u32,
    /// The offset of what comes after, if there is more.
    pub(crate) next_offset: Option<u32>,
}

/// A part of a list.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listing {
    /// The entries, in Spotify's order.
    rows: Vec<Entry>,
    /// How many there are in all; missing when Spotify doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// The `offset` that shows more; missing when there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u32>,
    #[serde(skip)]
    offset: u32,
    #[serde(skip)]
    title: String,
}

impl Listing {
    /// `part` of a list that is called `title`.
    pub(crate) fn new(title: impl Into<String>, part: Part) -> Self {
        let Part { rows, total, offset, next_offset } = part;
        Self { rows, total, next_offset, offset, title: title.into() }
    }
}

impl fmt::Display for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rows.is_empty(), self.offset, self.total) {
            (true, 0, _) => return write!(f, "{}: none.", self.title),
            (true, offset, _) => return write!(f, "{}: no more after {offset}.", self.title),
            (_, _, Some(total)) => write!(f, "{}: {} of {total}", self.title, self.rows.len())?,
            (_, _, None) => write!(f, "{}: {}", self.title, self.rows.len())?,
        }
        let room = room_for_each(self.rows.len());
        for (number, entry) in (self.offset + 1..).zip(&self.rows) {
            write!(f, "\n{number}. {}", entry.line(room))?;
        }
        match self.next_offset {
            Some(next) => write!(f, "\nMore with offset {next}."),
            None => Ok(()),
        }
    }
}
