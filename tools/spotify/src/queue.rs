//! `spotify_queue`: what plays next, and adding to it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::{DeviceRow, Failed, Numbered, Row, list_failed},
    api::{Ask, Failure, SpotifyApi, Trouble, own_code},
    limits::at_most,
    player,
    uri::{Kind, SpotifyUri},
};

/// The most things that one call adds.
const MOST: usize = 20;

/// The tool.
pub(crate) struct Queue(pub(crate) SpotifyApi);

/// What to do.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// "get" shows what plays next, "add" appends `uris`. "get" if left out.
    action: Option<Action>,
    /// The tracks or episodes to add, at most 20, in the order in which they are to play: Spotify
    /// URIs, links to open.spotify.com, or bare ids of tracks.
    #[schemars(length(max = 20))]
    uris: Option<Vec<String>>,
    /// Where to add them: a device's name, a part of it, its id, or "active". The active device if
    /// left out, or the only one there is.
    device: Option<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Action {
    #[default]
    Get,
    Add,
}

/// What plays next.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// What Spotify took, in order; with "add" only.
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<Vec<String>>,
    /// Whether all of `added` was seen in the queue after that. If not, don't claim it.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed: Option<bool>,
    /// What wasn't added any more, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
    /// What plays next, in order; missing when it couldn't be seen. Spotify shows about 20.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<Vec<Row>>,
}

impl Tool for Queue {
    const NAME: &'static str = "spotify_queue";
    const TITLE: &'static str = "Spotify queue";
    const DESCRIPTION: &'static str = "Shows what plays next, or adds tracks and episodes to the \
        queue, behind those added before and ahead of the rest of the album or playlist. Spotify \
        offers no way to remove, clear or reorder the queue: to start something else instead, call \
        spotify_play. Adding needs Spotify Premium.";
    const EFFECT: Effect = Effect::Changes;
    const SCOPES: &'static [&'static str] = player::READ_SCOPES;
    const OPTIONAL_SCOPES: &'static [&'static str] = player::COMMAND_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        match (args.action, args.uris) {
            (None | Some(Action::Get), None) => {
                let queue = player::queue(&self.0, caller).await?;
                Ok(Answer { added: None, confirmed: None, failed: Vec::new(), queue: Some(queue) })
            }
            (Some(Action::Add), Some(uris)) => {
                let uris = singles(uris)?;
                let device = player::wanted_device(&self.0, caller, args.device.as_deref()).await?;
                self.add(caller, &uris, device).await
            }
            (Some(Action::Add), None) => Err(ToolError::invalid_argument(
                "`uris` is missing: what should be added?",
                "Pass the URIs of tracks or episodes; spotify_search finds them.",
            )),
            (_, Some(_)) => Err(ToolError::invalid_argument(
                "`uris` needs action \"add\".",
                "Call again with action \"add\", or without `uris`.",
            )),
        }
    }
}

/// All of them read before any is added.
fn singles(uris: Vec<String>) -> Result<Vec<SpotifyUri>, ToolError> {
    let uris = at_most("uris", uris, MOST)?;
    let uris: Vec<_> = uris
        .iter()
        .map(|uri| SpotifyUri::parse(uri, Some(Kind::Track)))
        .collect::<Result<_, _>>()?;
    match uris.iter().find(|uri| !uri.kind().is_single()) {
        Some(uri) => Err(ToolError::invalid_argument(
            format!("The queue takes tracks and episodes only, not {uri}."),
            "List its tracks with spotify_list_children and add those, or play it with \
             spotify_play.",
        )),
        None => Ok(uris),
    }
}

impl Queue {
    /// Adds one after the other, so that their order is kept, until one fails.
    async fn add(
        &self,
        caller: &Caller,
        uris: &[SpotifyUri],
        mut device: Option<DeviceRow>,
    ) -> Result<Answer, ToolError> {
        let (mut added, mut why) = (Vec::new(), None);
        for (done, uri) in (1_u64..).zip(uris) {
            if caller.watch().is_cancelled() {
                why = Some(cancelled());
                break;
            }
            let ask = Ask::post("me/player/queue").with("uri", uri.to_string());
            let ask = ask.needing(player::COMMAND_SCOPES);
            match player::command(&self.0, caller, &ask, device.clone()).await {
                Ok(used) => device = used,
                Err(failure) => {
                    let error = explained(failure, uri);
                    if added.is_empty() {
                        return Err(error);
                    }
                    why = Some(error);
                    break;
                }
            }
            added.push(uri.to_string());
            caller.watch().report(done, u64::try_from(uris.len()).ok(), "Adding").await;
        }
        let left = uris.iter().skip(added.len()).map(ToString::to_string);
        let failed = why.map(|why| left.map(|uri| Failed::new(&uri, &why)).collect());
        self.0.settle().await;
        // They are added; not seeing them is no failure.
        let queue = player::queue(&self.0, caller).await.ok();
        let confirmed = queue.as_deref().is_some_and(|queue| shows(queue, &added));
        Ok(Answer {
            added: Some(added),
            confirmed: Some(confirmed),
            failed: failed.unwrap_or_default(),
            queue,
        })
    }
}

/// One whose answer got lost may be in the queue: adding it again would add it twice.
fn explained(failure: Failure, uri: &SpotifyUri) -> ToolError {
    let is_lost = failure.is(Trouble::Unavailable);
    let error = ToolError::from(failure);
    if !is_lost {
        return error;
    }
    let message = format!("Spotify's answer got lost: {uri} may have been added or not.");
    let next_step =
        "Don't repeat the call. Look with spotify_queue first, and add what is missing.";
    error.saying(message).advising(next_step.to_owned())
}

fn cancelled() -> ToolError {
    ToolError::new(own_code::NOT_DONE, "The call was cancelled.", "Add the rest with another call.")
}

/// Whether `queue` has all of `uris` in their order.
fn shows(queue: &[Row], uris: &[String]) -> bool {
    let mut rows = queue.iter();
    uris.iter().all(|uri| rows.any(|row| row.uri.as_ref() == Some(uri)))
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(added) = &self.added {
            match (self.confirmed, &self.queue) {
                (Some(true), _) => writeln!(f, "Added {}.", added.len())?,
                (_, Some(_)) => writeln!(
                    f,
                    "Spotify accepted {}, but the queue doesn't show all of it: it shows only \
                     about 20, and late.",
                    added.len()
                )?,
                (_, None) => write!(
                    f,
                    "Spotify accepted {}, but the queue couldn't be seen after that.",
                    added.len()
                )?,
            }
        }
        match self.queue.as_deref() {
            Some([]) => f.write_str("The queue is empty.")?,
            Some(rows) => write!(f, "Next:{}", Numbered(1, rows, rows.len()))?,
            None => {}
        }
        f.write_str(&list_failed(&self.failed))
    }
}
