//! `spotify_playlist_items`: what is in a playlist.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{MORE_READ_SCOPES, Playlists, READ_SCOPES, contents::Contents, target::Target};
use crate::{
    answer::{EntryRow, Placed},
    limits::within,
    text::shorten,
};

/// How many rows when nobody says how many.
const SOME_ROWS: u32 = 50;
/// The most rows of one answer.
const MOST_ROWS: u32 = 200;

/// The highest offset that makes sense: no playlist is that long.
const LAST_OFFSET: u32 = 100_000;

/// The most characters of a query that are looked at.
const LONGEST_QUERY: usize = 200;

/// The tool.
pub(crate) struct Items(pub(crate) Playlists);

/// Which playlist, and what of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The playlist: the name of one of the person's own, or an id, URI or link.
    playlist: String,
    /// How many to skip, of the playlist or, with `query`, of what fits: pass `next_offset` of the
    /// answer before to go on.
    offset: Option<u32>,
    /// How many to list, 1 to 200; 50 if left out.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
    /// Only items with all of these words in title, artists, album or show. The whole playlist is
    /// looked through.
    query: Option<String>,
}

/// What is in the playlist.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The playlist's name, or its URI if Spotify doesn't say.
    playlist: String,
    /// The items. Positions that are missing between them hold something that was taken off Spotify.
    rows: Vec<EntryRow>,
    /// How many positions the playlist has; missing when Spotify doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// With `query`: how many items fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    fitting: Option<u64>,
    /// The `offset` that shows more; missing when there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u64>,
    /// The version of the playlist that this is; `spotify_playlist_reorder` takes it; so does
    /// `spotify_playlist_remove`.
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<String>,
    /// How many positions were looked at, when the call was cancelled before the end or there are
    /// too many.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped_at: Option<u64>,
}

impl Tool for Items {
    const NAME: &'static str = "spotify_playlist_items";
    const TITLE: &'static str = "Items of a Spotify playlist";
    const DESCRIPTION: &'static str = "Lists what is in a Spotify playlist, with positions counted \
        from 0, or searches in it (`query`). Only the person's own playlists and collaborative \
        ones can be read. To find out which playlists there are, call spotify_playlists; for \
        tracks that are in no playlist, spotify_search.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = READ_SCOPES;
    const OPTIONAL_SCOPES: &'static [&'static str] = MORE_READ_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let limit = within("limit", args.limit.unwrap_or(SOME_ROWS), 1, MOST_ROWS)?.into();
        let offset = within("offset", args.offset.unwrap_or(0), 0, LAST_OFFSET)?.into();
        let words = args.query.as_deref().map(words);
        let list = self.0.target(caller, &args.playlist).await?;
        let Some(words) = words.filter(|words| !words.is_empty()) else {
            let part = self.0.part(caller, &list, offset..offset + limit).await?;
            return Ok(Answer::of_part(&list, part));
        };
        let mut all = self.0.all(caller, &list).await?;
        all.rows.retain(|entry| entry.has(&words));
        Ok(Answer::of_fitting(&list, all, offset, limit))
    }
}

/// Each word once: all of them are looked for in thousands of items.
fn words(text: &str) -> Vec<String> {
    let text = text.chars().take(LONGEST_QUERY).collect::<String>().to_lowercase();
    let mut words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
    words.sort_unstable();
    words.dedup();
    words
}

impl Answer {
    fn of_part(list: &Target, part: Contents) -> Self {
        Self {
            playlist: list.label(),
            next_offset: part.goes_on.then_some(part.end),
            stopped_at: part.stopped.then_some(part.end),
            total: part.total,
            fitting: None,
            snapshot_id: list.snapshot_id.clone(),
            rows: part.rows,
        }
    }

    fn of_fitting(list: &Target, all: Contents, offset: u64, limit: u64) -> Self {
        let (fitting, next) = (all.rows.len() as u64, offset + limit);
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Self {
            playlist: list.label(),
            next_offset: (next < fitting).then_some(next),
            stopped_at: all.goes_on.then_some(all.end),
            total: all.total,
            fitting: Some(fitting),
            snapshot_id: list.snapshot_id.clone(),
            rows: all.rows.into_iter().skip(count(offset)).take(count(limit)).collect(),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = shorten(&self.playlist, 80);
        let all = self.total.map(|total| format!(" of {total}")).unwrap_or_default();
        match self.fitting {
            None if self.total == Some(0) => write!(f, "{name} is empty.")?,
            None => write!(f, "{name}: {}{all} items.", self.rows.len())?,
            Some(fitting) => {
                write!(f, "{name}: {} of {fitting} that fit{all} items.", self.rows.len())?;
            }
        }
        if !self.rows.is_empty() {
            write!(f, " Positions count from 0.{}", Placed(&self.rows))?;
        }
        if let Some(next) = self.next_offset {
            write!(f, "\nMore with offset {next}.")?;
        }
        if let Some(end) = self.stopped_at {
            write!(f, "\nStopped early: only the first {end} were looked at.")?;
        }
        match &self.snapshot_id {
            Some(snapshot) => write!(f, "\nSnapshot {snapshot}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_a_few_words_however_long_it_is() {
        assert_eq!(words(" Salt  salt and"), ["and", "salt"]);
        assert!(words(&"a b ".repeat(100_000)).iter().all(|word| word.len() == 1));
        let many = (0..100_000).map(|number| number.to_string()).collect::<Vec<_>>().join(" ");
        assert!(words(&many).len() < 100);
    }
}
