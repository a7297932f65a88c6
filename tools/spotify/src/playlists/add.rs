//! `spotify_playlist_add`: more items for a playlist.

use std::{collections::HashSet, fmt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{
    CHANGE_SCOPES, Playlists,
    change::{Ending, Step},
    change_scopes,
    latest::Does,
    target::Target,
    uris,
};
use crate::api::{Ask, Failure};

/// The tool.
pub(crate) struct Add(pub(crate) Playlists);

/// What to add to what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The playlist: the name of one of the person's own, or an id, URI or link.
    playlist: String,
    /// Tracks and episodes in this order, at most 1000: URIs, links, or bare ids of tracks.
    #[schemars(length(min = 1, max = 1000))]
    uris: Vec<String>,
    /// Before which position to put them, counted from 0; at the end if left out.
    position: Option<u32>,
    /// Whether to leave out what is in the playlist already, or comes twice in `uris`; true if left
    /// out.
    skip_duplicates: Option<bool>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The playlist's name, or its URI if Spotify doesn't say.
    playlist: String,
    /// How many were added.
    added: usize,
    /// Those that were left out, because they are in the playlist already or came twice.
    skipped: Vec<String>,
    /// The version of the playlist after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<String>,
    #[serde(flatten)]
    ending: Ending,
}

impl Tool for Add {
    const NAME: &'static str = "spotify_playlist_add";
    const TITLE: &'static str = "Add to a Spotify playlist";
    const DESCRIPTION: &'static str = "Adds tracks and episodes to a Spotify playlist, without \
        those that are in it already. It takes URIs; spotify_resolve finds those of many titles at \
        once, spotify_search those of one. For a new playlist \
        call spotify_playlist_create, which can fill it at once.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = CHANGE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let uris = uris::read_some(&args.uris)?;
        let (list, _turn) = self.0.target_in_turn(caller, &args.playlist).await?;
        let position = args.position.map(|at| list.place("position", at.into())).transpose()?;
        let (uris, skipped, read) = if args.skip_duplicates == Some(false) {
            (uris, Vec::new(), 0)
        } else {
            self.without_duplicates(caller, &list, uris).await?
        };
        let outcome = self.0.change(caller, &list, steps(&list, &uris, position), read).await;
        let outcome = outcome.or_nothing()?;
        Ok(Answer {
            playlist: list.label(),
            added: outcome.done,
            skipped,
            ending: outcome.ending(),
            snapshot_id: outcome.snapshot_id,
        })
    }
}

impl Add {
    /// Those that aren't in the playlist yet, each once, the others, and how many places were read.
    async fn without_duplicates(
        &self,
        caller: &Caller,
        list: &Target,
        uris: Vec<String>,
    ) -> Result<(Vec<String>, Vec<String>, u64), Failure> {
        let there = self.0.all(caller, list).await?;
        let mut seen: HashSet<_> =
            there.rows.into_iter().filter_map(|entry| entry.row.uri).collect();
        seen.extend(list.not_shown.iter().flat_map(|uris| uris.iter().cloned()));
        let (new, known) = uris.into_iter().partition(|uri| seen.insert(uri.clone()));
        Ok((new, known, there.end))
    }
}

/// The requests that add `uris` before `position`, or at the end.
pub(super) fn steps(list: &Target, uris: &[String], position: Option<u64>) -> Vec<Step> {
    let mut done = 0;
    let step = |chunk: &[String]| {
        let mut body = json!({ "uris": chunk });
        if let (Some(at), Some(fields)) = (position, body.as_object_mut()) {
            fields.insert("position".into(), (at + done).into());
        }
        done += chunk.len() as u64;
        Step {
            ask: Ask::post(list.items_path()).sending(body).needing(change_scopes(list.public)),
            size: chunk.len(),
            does: Does::Adds(chunk.to_vec()),
            total: list.total.map(|total| total + done),
        }
    };
    uris.chunks(uris::CHUNK).map(step).collect()
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.added {
            0 => write!(f, "Nothing was added to {}.", self.playlist)?,
            added => write!(f, "Added {added} to {}.", self.playlist)?,
        }
        if !self.skipped.is_empty() {
            let (count, uris) = (self.skipped.len(), uris::in_words(&self.skipped));
            write!(f, "\nSkipped {count}, which are in it already or came twice: {uris}")?;
        }
        write!(f, "{}", self.ending)
    }
}
