//! `spotify_playlist_reorder`: moving items within a playlist.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{CHANGE_SCOPES, Playlists, change::Step, change_scopes, latest::Does, target::Target};
use crate::api::Ask;

/// The tool.
pub(crate) struct Reorder(pub(crate) Playlists);

/// What to move where.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The playlist: the name of one of the person's own, or an id, URI or link.
    playlist: String,
    /// The position of the first item to move, counted from 0.
    range_start: u32,
    /// Before which position to put it, as positions are before the move; the playlist's total moves
    /// it to the end.
    insert_before: u32,
    /// How many items to move, in a row; 1 if left out.
    #[schemars(range(min = 1))]
    range_length: Option<u32>,
    /// The version of the playlist that the positions are of, as `spotify_playlist_items` gave it; the
    /// newest if left out.
    snapshot_id: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The playlist's name, or its URI if Spotify doesn't say.
    playlist: String,
    /// How many items were moved.
    moved: usize,
    /// The position that the first of them has now.
    position: u64,
    /// The version of the playlist after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<String>,
    #[serde(skip)]
    from: u32,
}

impl Tool for Reorder {
    const NAME: &'static str = "spotify_playlist_reorder";
    const TITLE: &'static str = "Reorder a Spotify playlist";
    const DESCRIPTION: &'static str = "Moves one item, or several in a row, to another position in \
        a Spotify playlist. Look with spotify_playlist_items for the positions, and pass its \
        `snapshot_id`, so that nothing else is moved if the playlist was changed meanwhile.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = CHANGE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let length = args.range_length.unwrap_or(1);
        if length == 0 {
            return Err(ToolError::invalid_argument("`range_length` is 0.", "Pass 1 or more."));
        }
        let (list, _turn) = self.0.target_in_turn(caller, &args.playlist).await?;
        let (start, before) = (u64::from(args.range_start), u64::from(args.insert_before));
        let end = start + u64::from(length);
        // A version of its own may have had more.
        if args.snapshot_id.is_none() || args.snapshot_id == list.snapshot_id {
            list.place("insert_before", before)?;
            list.place("range_start + range_length", end)?;
        }
        let step = step(&list, &args, length);
        let outcome = self
            .0
            .change(caller, &list, vec![step], 0)
            .await
            .or_nothing()
            .map_err(|error| list.outdated(args.snapshot_id.as_deref(), error))?;
        let position = match before {
            _ if outcome.stopped => start,
            before if before >= end => before - u64::from(length),
            before => before.min(start),
        };
        Ok(Answer {
            playlist: list.label(),
            moved: outcome.done,
            position,
            snapshot_id: outcome.snapshot_id,
            from: args.range_start,
        })
    }
}

fn step(list: &Target, args: &Args, length: u32) -> Step {
    let mut body = json!({
        "range_start": args.range_start,
        "insert_before": args.insert_before,
        "range_length": length,
    });
    let snapshot = args.snapshot_id.as_ref().or(list.snapshot_id.as_ref());
    if let (Some(id), Some(fields)) = (snapshot, body.as_object_mut()) {
        fields.insert("snapshot_id".into(), id.as_str().into());
    }
    Step {
        ask: Ask::put(list.items_path()).sending(body).needing(change_scopes(list.public)),
        size: length as usize,
        does: Does::Moves,
        total: list.total,
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (list, from, to) = (&self.playlist, self.from, self.position);
        match self.moved {
            0 => write!(f, "Nothing was moved in {list}, because the call was cancelled."),
            moved => write!(f, "Moved {moved} in {list}: from position {from} to {to}."),
        }
    }
}
