//! What is in one place of a playlist, as one line.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::Row;
use crate::{
    model::Entry,
    text::{clean, clock, dotted, fitted, shorten},
};

/// One track or episode in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct EntryRow {
    /// Its place, counted from 0.
    pub(crate) position: u64,
    /// When it was added, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) added_at: Option<String>,
    /// Whether it is a file of the person's own, which the other tools can't use.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) is_local: bool,
    #[serde(flatten)]
    pub(crate) row: Row,
}

impl EntryRow {
    /// The row of what is at `position`; `None` when nothing is left there.
    pub(crate) fn of(entry: &Entry, position: u64) -> Option<Self> {
        let row = Row::of(entry.item()?)?;
        let is_local = entry.is_local
            || row.uri.as_deref().is_some_and(|uri| uri.starts_with("spotify:local:"));
        Some(Self { position, added_at: entry.added_at.as_deref().map(clean), is_local, row })
    }

    /// Whether its title, artists, album or show have all of these words, given in small letters.
    pub(crate) fn has(&self, words: &[String]) -> bool {
        let title = self.row.title().to_lowercase();
        words.iter().all(|word| title.contains(word.as_str()))
    }

    /// The line, with no more than `longest` bytes for each of its names.
    fn line(&self, longest: usize) -> String {
        let row = &self.row;
        let album = row.album.as_ref().or(row.show.as_ref());
        dotted([
            Some(shorten(&row.name, longest)),
            Some(shorten(&row.artists.join(", "), longest)),
            album.map(|album| shorten(album, longest)),
            row.duration_ms.map(clock),
            if self.is_local { Some("local file".into()) } else { row.uri.clone() },
        ])
    }
}

/// Rows, one per line, each after its position. Long names are cut when there are many.
pub(crate) struct Placed<'a>(pub(crate) &'a [EntryRow]);

impl fmt::Display for Placed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = |longest| {
            let line = |entry: &EntryRow| format!("\n{}. {}", entry.position, entry.line(longest));
            self.0.iter().map(line).collect()
        };
        f.write_str(&fitted(self.0.len(), lines))
    }
}
