//! One thing on Spotify, as one line.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::entry::{FRAME, LEAST, room_for_each};
use crate::{
    model::{Item, Named},
    text::{clean, clock, dotted, joined, shorten, undotted},
};

/// How many artists, authors or narrators of one thing are told.
pub(crate) const MOST_NAMES: usize = 50;

/// One track, album, artist, playlist, show, episode or audiobook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Row {
    /// `track`, `album`, `artist`, `playlist`, `show`, `episode`, `audiobook`, `chapter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    /// Its title or name.
    pub(crate) name: String,
    /// What other Spotify tools take. A track from the person's own files has one that they don't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<String>,
    /// Artists of a track or album, authors of an audiobook.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) artists: Vec<String>,
    /// The album of a track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) album: Option<String>,
    /// The show of an episode, or the audiobook of a chapter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) show: Option<String>,
    /// Whose playlist it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<String>,
    /// `2004`, `2004-11` or `2004-11-20`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) release_date: Option<String>,
    /// How many tracks, episodes or chapters are in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u64>,
    /// Its length in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_ms: Option<u64>,
    /// Whether its lyrics or words are marked explicit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) explicit: Option<bool>,
}

impl Row {
    /// The row of `item`; `None` when it has neither a name nor a URI.
    pub(crate) fn of(item: &Item) -> Option<Self> {
        let name = item.name.as_deref().map(clean).filter(|name| !name.is_empty());
        let uri = uri_of(item);
        if name.is_none() && uri.is_none() {
            return None;
        }
        Some(Self {
            kind: item.kind.as_deref().map(clean),
            name: name.unwrap_or_else(|| "(no name)".into()),
            uri,
            artists: names(item.artists.as_deref().or(item.authors.as_deref())),
            album: item.album.as_ref().and_then(name_of),
            show: item.show.as_ref().or(item.audiobook.as_ref()).and_then(name_of),
            owner: item
                .owner
                .as_ref()
                .and_then(|owner| name_of(owner).or_else(|| owner.id.as_deref().map(clean))),
            release_date: item.release_date.as_deref().map(clean),
            count: count_of(item),
            duration_ms: item.duration_ms,
            explicit: item.explicit,
        })
    }

    /// The rows of `items`, in order.
    pub(crate) fn all(items: &[Item]) -> Vec<Self> {
        items.iter().filter_map(Self::of).collect()
    }

    fn part(&self) -> &'static str {
        match self.kind.as_deref() {
            Some("show") => "episodes",
            Some("audiobook") => "chapters",
            _ => "tracks",
        }
    }

    /// The parts of the line between the names and the URI.
    pub(crate) fn facts(&self) -> String {
        dotted([
            self.release_date.clone(),
            self.count.map(|count| format!("{count} {}", self.part())),
            self.duration_ms.map(clock),
        ])
    }

    /// As [`Self::title`], in `room` bytes: first the album goes, then all artists but one, then the
    /// end of it.
    pub(crate) fn title_within(&self, room: usize) -> String {
        let first = self.artists.first().cloned();
        let shorter = [
            self.title(),
            dotted([Some(self.name.clone()), Some(self.artists.join(", "))]),
            dotted([Some(self.name.clone()), first]),
        ];
        let fitting = shorter.iter().find(|title| title.len() <= room).cloned();
        fitting.unwrap_or_else(|| undotted(&shorten(&self.name, room)))
    }

    /// The line, in about `room` bytes.
    pub(crate) fn line(&self, room: usize) -> String {
        let (facts, uri) = (self.facts(), self.uri.as_deref().unwrap_or_default());
        let left = room.saturating_sub(facts.len() + uri.len() + FRAME);
        joined([Some(self.title_within(left.max(LEAST))), Some(facts), self.uri.clone()])
    }

    /// The parts of the line before the time and the URI.
    pub(crate) fn title(&self) -> String {
        dotted([
            Some(self.name.clone()),
            Some(self.artists.join(", ")),
            self.album.clone().or_else(|| self.show.clone()),
            self.owner.as_ref().map(|owner| format!("by {owner}")),
        ])
    }
}

/// Rows, one per line, counted from the number given, in an answer of so many rows in all. Long
/// titles are cut when there are many.
pub(crate) struct Numbered<'a>(pub(crate) u32, pub(crate) &'a [Row], pub(crate) usize);

impl fmt::Display for Numbered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let room = room_for_each(self.2.min(50));
        for (number, row) in (self.0..).zip(self.1) {
            write!(f, "\n{number}. {}", row.line(room))?;
        }
        Ok(())
    }
}

fn uri_of(item: &Item) -> Option<String> {
    let uri = item.uri.as_deref().filter(|uri| uri.starts_with("spotify:")).map(clean);
    let built = || Some(format!("spotify:{}:{}", item.kind.as_deref()?, item.id.as_deref()?));
    uri.or_else(|| built().as_deref().map(clean))
}

fn name_of(named: &Named) -> Option<String> {
    named.display_name.as_deref().or(named.name.as_deref()).map(clean)
}

fn names(all: Option<&[Named]>) -> Vec<String> {
    all.unwrap_or_default().iter().filter_map(name_of).take(MOST_NAMES).collect()
}

fn count_of(item: &Item) -> Option<u64> {
    let list = item.items.as_ref().or(item.tracks.as_ref()).and_then(|list| list.total);
    item.total_tracks.or(item.total_episodes).or(item.total_chapters).or(list)
}
