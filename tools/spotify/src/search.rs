//! `spotify_search`: finding things in the catalogue.

mod query;

use std::{collections::BTreeMap, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

pub(crate) use self::query::{MOST_ROWS, find};
use crate::{
    answer::{Numbered, Row},
    api::SpotifyApi,
    model::Page,
    uri::Kind,
};

/// The highest offset that Spotify takes.
const LAST_OFFSET: u32 = 1000;

/// The tool.
pub(crate) struct Search(pub(crate) SpotifyApi);

/// What to find.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// What to look for: a title, a name, or both, e.g. "hurt johnny cash". May be left out when
    /// `artist`, `album` or `year` is given.
    pub(crate) query: Option<String>,
    /// Which kinds of things to find; tracks if left out. Audiobooks are found in a few countries
    /// only.
    pub(crate) types: Option<Vec<Kind>>,
    /// How many results of each kind, 1 to 10; 5 if left out.
    #[schemars(range(min = 1, max = 10))]
    pub(crate) limit: Option<u32>,
    /// How many results to skip, 0 to 1000: pass `next_offset` of the answer before to go on.
    #[schemars(range(min = 0, max = 1000))]
    pub(crate) offset: Option<u32>,
    /// Only things by this artist.
    pub(crate) artist: Option<String>,
    /// Only tracks and albums of this album title.
    pub(crate) album: Option<String>,
    /// Only things of this year or these years: "1994" or "1990-1999".
    pub(crate) year: Option<String>,
    /// Only what is available in this country: two letters, e.g. "DE". The account's own if left
    /// out.
    pub(crate) market: Option<String>,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The results of each kind that was asked for, best first.
    results: BTreeMap<&'static str, Vec<Row>>,
    /// How many there are of each kind, as far as Spotify says.
    totals: BTreeMap<&'static str, u64>,
    /// The `offset` that shows more; missing when there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u32>,
    #[serde(skip)]
    offset: u32,
}

impl Tool for Search {
    const NAME: &'static str = "spotify_search";
    const TITLE: &'static str = "Search Spotify";
    const DESCRIPTION: &'static str = "Finds tracks, albums, artists, playlists, shows, episodes \
        and audiobooks on Spotify and gives the URIs that the other Spotify tools take. Use it to \
        look around, to answer questions, or when several results must be weighed. To just play \
        something, call spotify_play with `query` instead: it searches by itself.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let (offset, limit) = (args.offset.unwrap_or(0), args.limit.unwrap_or(query::SOME_ROWS));
        let pages = find(&self.0, caller, &args).await?;
        Ok(Answer::new(pages, offset, limit))
    }
}

impl Answer {
    fn new(pages: Vec<(Kind, Page)>, offset: u32, limit: u32) -> Self {
        let next = offset + limit;
        let more = next <= LAST_OFFSET && pages.iter().any(|(_, page)| goes_on(page, next));
        let mut answer = Self {
            results: BTreeMap::new(),
            totals: BTreeMap::new(),
            next_offset: more.then_some(next),
            offset,
        };
        for (kind, page) in pages {
            answer.totals.extend(page.total.map(|total| (kind.as_str(), total)));
            let mut rows = Row::all(&page.items.unwrap_or_default());
            rows.truncate(MOST_ROWS as usize);
            answer.results.insert(kind.as_str(), rows);
        }
        answer
    }
}

/// Not after an empty page, whatever Spotify says of what follows.
fn goes_on(page: &Page, next: u32) -> bool {
    let is_empty = page.items.as_ref().is_none_or(Vec::is_empty);
    !is_empty && page.total.map_or(page.next.is_some(), |total| u64::from(next) < total)
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.results.values().all(Vec::is_empty) {
            return match self.next_offset {
                Some(next) => {
                    write!(f, "None of these does Spotify show. More with offset {next}.")
                }
                None if self.offset > 0 => f.write_str("Spotify finds no more."),
                None => f.write_str("Spotify finds nothing. Try fewer or other words."),
            };
        }
        let all = self.results.values().map(Vec::len).sum();
        for (index, (kind, rows)) in self.results.iter().enumerate() {
            f.write_str(if index > 0 { "\n" } else { "" })?;
            match self.totals.get(kind) {
                Some(total) => write!(f, "{kind}: {} of {total}", rows.len())?,
                None => write!(f, "{kind}: {}", rows.len())?,
            }
            write!(f, "{}", Numbered(self.offset + 1, rows, all))?;
        }
        match self.next_offset {
            Some(next) => write!(f, "\nMore with offset {next}."),
            None => Ok(()),
        }
    }
}
