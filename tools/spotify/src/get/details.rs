//! All that is told of one thing.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    answer::{Entry, MOST_NAMES},
    model::{Item, Named},
    text::{clean, clip, dotted, joined, unescaped},
    uri::SpotifyUri,
};

/// The most characters of a description that are passed on.
const LONGEST: usize = 300;

/// A thing with what it belongs to.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Details {
    #[serde(flatten)]
    entry: Entry,
    /// The URIs of its artists, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    artist_uris: Vec<String>,
    /// The URI of its album, show or audiobook.
    #[serde(skip_serializing_if = "Option::is_none")]
    part_of_uri: Option<String>,
    /// Who reads an audiobook.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    narrators: Vec<String>,
    /// What its makers say of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

impl Details {
    /// What `item` tells, which was asked for as `uri`; `None` when that is nothing.
    pub(super) fn of(item: &Item, uri: &SpotifyUri) -> Option<Self> {
        let mut entry = Entry::of_item(item)?;
        entry.row.uri.get_or_insert_with(|| uri.to_string());
        let whole = item.album.as_ref().or(item.show.as_ref()).or(item.audiobook.as_ref());
        let description = item.description.as_deref().map(|text| clip(&unescaped(text), LONGEST));
        Some(Self {
            entry,
            artist_uris: each(item.artists.as_deref(), |artist| artist.uri.as_deref()),
            part_of_uri: whole.and_then(|whole| whole.uri.as_deref()).map(clean),
            narrators: each(item.narrators.as_deref(), |narrator| narrator.name.as_deref()),
            description: description.filter(|text| !text.is_empty()),
        })
    }
}

fn each(all: Option<&[Named]>, what: fn(&Named) -> Option<&str>) -> Vec<String> {
    all.unwrap_or_default().iter().filter_map(what).take(MOST_NAMES).map(clean).collect()
}

impl fmt::Display for Details {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |word: &str, all: &[String]| match all {
            [] => None,
            all => Some(format!("{word} {}", all.join(", "))),
        };
        let more = dotted([
            self.entry.row.uri.clone(),
            list("by", &self.artist_uris),
            self.part_of_uri.as_ref().map(|uri| format!("of {uri}")),
            list("read by", &self.narrators),
            // In quotes: it may be long, and is somebody else's.
            self.description.as_ref().map(|text| format!("\"{}\"", text.replace('"', "'"))),
        ]);
        let (title, facts) = (self.entry.row.title(), self.entry.facts());
        f.write_str(&joined([Some(title), Some(facts), Some(more)]))
    }
}
