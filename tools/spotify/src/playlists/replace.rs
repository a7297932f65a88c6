//! `spotify_playlist_replace`: other items for a playlist, instead of all that are in it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{
    CHANGE_SCOPES, Playlists, add,
    change::{Ending, Step},
    change_scopes,
    latest::Does,
    target::Target,
    uris,
};
use crate::api::Ask;

/// The tool.
pub(crate) struct Replace(pub(crate) Playlists);

/// What to put in the place of what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The playlist: the name of one of the person's own, or an id, URI or link.
    playlist: String,
    /// All that shall be in it, in this order, at most 1000: URIs, links, or bare ids of tracks. An
    /// empty list empties the playlist.
    #[schemars(length(max = 1000))]
    uris: Vec<String>,
    /// Has to be true, and only when the person has agreed to lose what is in the playlist.
    confirm: Option<bool>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The playlist's name, or its URI if Spotify doesn't say.
    playlist: String,
    /// Whether what was in the playlist is gone.
    replaced: bool,
    /// How many of the URIs are in it now, from the first on.
    items: usize,
    /// How many were in it before, as far as Spotify says.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<u64>,
    /// The version of the playlist after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<String>,
    #[serde(flatten)]
    ending: Ending,
}

impl Tool for Replace {
    const NAME: &'static str = "spotify_playlist_replace";
    const TITLE: &'static str = "Replace what is in a Spotify playlist";
    const DESCRIPTION: &'static str = "Takes everything out of a Spotify playlist and puts other \
        tracks and episodes in. That can't be undone, so it needs `confirm`. To add, remove or \
        move some items, call spotify_playlist_add, spotify_playlist_remove or \
        spotify_playlist_reorder instead.";
    const EFFECT: Effect = Effect::Destroys;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = CHANGE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let uris = uris::read(&args.uris)?;
        let (list, _turn) = self.0.target_in_turn(caller, &args.playlist).await?;
        if args.confirm != Some(true) {
            return Err(unconfirmed(&list, uris.len()));
        }
        let outcome = self.0.change(caller, &list, steps(&list, &uris), 0).await.or_nothing()?;
        Ok(Answer {
            playlist: list.label(),
            replaced: outcome.done > 0 || !outcome.stopped,
            items: outcome.done,
            before: list.total,
            ending: outcome.ending(),
            snapshot_id: outcome.snapshot_id,
        })
    }
}

fn unconfirmed(list: &Target, uris: usize) -> ToolError {
    let before = match list.total {
        Some(total) => format!("the {total} items"),
        None => "all items".to_owned(),
    };
    ToolError::invalid_argument(
        format!(
            "This would take {before} out of {list} for good and put {uris} others in; `confirm` \
             isn't true. Nothing was changed."
        ),
        "Tell the person what they would lose; when they agree, call again with `confirm` true.",
    )
}

/// One request takes all out and puts the first ones in; the others are added.
fn steps(list: &Target, uris: &[String]) -> Vec<Step> {
    let (first, others) = uris.split_at(uris.len().min(uris::CHUNK));
    let emptied = Target { total: Some(first.len() as u64), ..list.clone() };
    let replacing = Step {
        ask: Ask::put(list.items_path())
            .sending(json!({ "uris": first }))
            .needing(change_scopes(list.public)),
        size: first.len(),
        does: Does::Replaces(first.to_vec()),
        total: emptied.total,
    };
    let mut steps = vec![replacing];
    steps.extend(add::steps(&emptied, others, None));
    steps
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.replaced {
            return write!(f, "{} is as it was before.{}", self.playlist, self.ending);
        }
        let before = self.before.map_or(String::new(), |before| format!("the {before} "));
        match self.items {
            0 => write!(f, "{} is empty now", self.playlist)?,
            items if self.ending.left.is_some() => {
                write!(f, "{} has the first {items} of the URIs now", self.playlist)?;
            }
            items => write!(f, "{} has these {items} items now", self.playlist)?,
        }
        write!(f, ", instead of {before}items before.{}", self.ending)
    }
}
