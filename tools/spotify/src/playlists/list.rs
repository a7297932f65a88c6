//! `spotify_playlists`: the person's list of playlists.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{MORE_READ_SCOPES, Playlists, READ_SCOPES, own::Own};
use crate::{
    answer::{PlaylistLines, PlaylistRow},
    api::Failure,
    limits::within,
};

/// How many rows when nobody says how many.
const SOME_ROWS: u32 = 20;
/// The most rows of one answer.
const MOST_ROWS: u32 = 50;

/// The highest offset that makes sense: nobody has that many.
const LAST_OFFSET: u32 = 100_000;

/// The tool.
pub(crate) struct List(pub(crate) Playlists);

/// Which playlists.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// How many to skip: pass `next_offset` of the answer before to go on.
    offset: Option<u32>,
    /// How many to list, 1 to 50; 20 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
    /// Only the person's own; others in the list are followed, and can't be read or changed.
    owned_only: Option<bool>,
    /// Only those with this in their name.
    name: Option<String>,
}

/// The playlists.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The playlists, in the person's order.
    rows: Vec<PlaylistRow>,
    /// How many there are altogether; with `name` or `owned_only`, how many fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
    /// The `offset` that shows more; missing when there is no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<u64>,
    /// Whether not all playlists were looked at: there are too many, or the call was cancelled.
    incomplete: bool,
    #[serde(skip)]
    offset: u32,
}

impl Tool for List {
    const NAME: &'static str = "spotify_playlists";
    const TITLE: &'static str = "Spotify playlists";
    const DESCRIPTION: &'static str = "Lists the person's Spotify playlists, their own and those \
        they follow: names, sizes, and the ids that the other playlist tools take. To see what is \
        in one, call spotify_playlist_items; to find playlists of strangers, spotify_search.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = READ_SCOPES;
    const OPTIONAL_SCOPES: &'static [&'static str] = MORE_READ_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let limit = within("limit", args.limit.unwrap_or(SOME_ROWS), 1, MOST_ROWS)?;
        let offset = within("offset", args.offset.unwrap_or(0), 0, LAST_OFFSET)?;
        if args.name.is_none() && args.owned_only != Some(true) {
            let part = self.0.own_part(caller, offset.into(), limit.into()).await?;
            let next = u64::from(offset) + u64::from(limit);
            let next_offset = part.goes_on.then_some(next);
            let (rows, total) = (part.rows, part.total);
            return Ok(Answer { rows, total, next_offset, incomplete: false, offset });
        }
        let own = self.fitting(caller, &args).await?;
        Ok(Answer::of(own, offset, limit))
    }
}

impl List {
    /// All playlists that fit.
    async fn fitting(&self, caller: &Caller, args: &Args) -> Result<Own, Failure> {
        let owned_only = args.owned_only == Some(true);
        if owned_only {
            // Without it nobody can say which those are.
            self.0.me(caller).await?;
        }
        let name = args.name.as_deref().unwrap_or_default().trim().to_lowercase();
        let mut own = self.0.own(caller, true).await?;
        own.rows.retain(|row| {
            (!owned_only || row.owned == Some(true)) && row.name.to_lowercase().contains(&name)
        });
        Ok(own)
    }
}

impl Answer {
    fn of(own: Own, offset: u32, limit: u32) -> Self {
        let total = own.rows.len() as u64;
        let next = u64::from(offset) + u64::from(limit);
        Self {
            rows: own.rows.into_iter().skip(offset as usize).take(limit as usize).collect(),
            total: Some(total),
            next_offset: (next < total).then_some(next),
            incomplete: own.stopped || own.goes_on,
            offset,
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.total {
            _ if self.rows.is_empty() => f.write_str("No playlist here.")?,
            Some(total) => write!(f, "{} of {total} playlists:", self.rows.len())?,
            None => write!(f, "{} playlists:", self.rows.len())?,
        }
        write!(f, "{}", PlaylistLines(u64::from(self.offset) + 1, &self.rows))?;
        if let Some(next) = self.next_offset {
            write!(f, "\nMore with offset {next}.")?;
        }
        if self.incomplete {
            f.write_str("\nNot all playlists were looked at.")?;
        }
        Ok(())
    }
}
