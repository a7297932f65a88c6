//! One entry of a list: a thing, and what the list says of it.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Row;
use crate::{
    model::{Item, pick},
    text::{clean, clock, joined},
    time::to_the_second,
};

/// All lines of an answer together, in bytes: 50 rows stay under 6 KB.
const ROOM: usize = 5_850;
/// The number before a line, the dots in it, and its end.
pub(super) const FRAME: usize = 16;
/// So much of a title tells what it is, and less than the other says nothing.
const ENOUGH: usize = 40;
pub(super) const LEAST: usize = 16;

/// How many bytes each of `rows` lines has.
pub(crate) fn room_for_each(rows: usize) -> usize {
    ROOM / rows.max(1)
}

/// A thing in a list.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub(crate) struct Entry {
    #[serde(flatten)]
    pub(crate) row: Row,
    /// `album`, `single` or `compilation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) album_type: Option<String>,
    /// When the person saved it, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) added_at: Option<String>,
    /// Whether the person has heard it to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finished: Option<bool>,
    /// How far into it the person stopped, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) stopped_at_ms: Option<u64>,
}

impl Entry {
    /// The row of an entry that holds a thing as `name`, or is one itself.
    pub(crate) fn of(entry: &Map<String, Value>, name: &str) -> Option<Self> {
        let added_at = entry.get("added_at").and_then(Value::as_str);
        let added_at = added_at.and_then(to_the_second);
        Some(Self { added_at, ..Self::of_item(&pick(entry, name))? })
    }

    /// The row of `item`.
    pub(crate) fn of_item(item: &Item) -> Option<Self> {
        let resume = item.resume_point.as_ref();
        Some(Self {
            row: Row::of(item)?,
            album_type: item.album_type.as_deref().map(clean),
            added_at: None,
            finished: resume.and_then(|resume| resume.fully_played),
            stopped_at_ms: resume.and_then(|resume| resume.resume_position_ms),
        })
    }

    /// What a line says besides title and URI.
    pub(crate) fn facts(&self) -> String {
        self.facts_of(&self.row, true)
    }

    fn facts_of(&self, row: &Row, with_day: bool) -> String {
        let stopped = self.stopped_at_ms.filter(|ms| *ms > 0).map(clock);
        let heard = match (self.finished, stopped) {
            (Some(true), _) => Some("heard to the end".into()),
            (_, Some(at)) => Some(format!("stopped at {at}")),
            _ => None,
        };
        let day = self.added_at.as_ref().and_then(|time| time.get(..10)).filter(|_| with_day);
        joined([
            // Most albums are of the type `album`.
            self.album_type.clone().filter(|kind| kind != "album"),
            Some(row.facts()),
            heard,
            day.map(|day| format!("saved {day}")),
        ])
    }

    /// The line, in about `room` bytes. What the data has, too, makes room for the title: first the
    /// day of saving goes, then that of release.
    pub(crate) fn line(&self, room: usize) -> String {
        let uri = self.row.uri.as_deref().unwrap_or_default();
        let undated = Row { release_date: None, ..self.row.clone() };
        let all = [self.facts(), self.facts_of(&self.row, false), self.facts_of(&undated, false)];
        let left = |facts: &String| room.saturating_sub(facts.len() + uri.len() + FRAME);
        let [.., shortest] = &all;
        let facts = all.iter().find(|facts| left(facts) >= ENOUGH).unwrap_or(shortest);
        let title = self.row.title_within(left(facts).max(LEAST));
        joined([Some(title), Some(facts.clone()), self.row.uri.clone()])
    }
}
