//! Changing what is in a playlist, in as many requests as it takes, and knowing how far it came.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::{Caller, ToolError};

use super::{Playlists, latest::Does, target::Target};
use crate::{
    api::{Ask, Failure, Trouble},
    model::Changed,
};

/// One request of a change.
pub(super) struct Step {
    pub(super) ask: Ask,
    /// How many of the URIs it is for.
    pub(super) size: usize,
    /// How many places the playlist has when it is done, if that can be told.
    pub(super) total: Option<u64>,
    pub(super) does: Does,
}

/// How far a change came.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// How many of the URIs are done, as Spotify said or showed.
    pub(super) done: usize,
    pub(super) snapshot_id: Option<String>,
    pub(super) left: usize,
    pub(super) stopped: bool,
    /// Why it ended early.
    pub(super) failure: Option<ToolError>,
}

/// How a change ended that ended early.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct Ending {
    /// How many of the URIs weren't got to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) left: Option<usize>,
    /// Whether it was cancelled.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) stopped: bool,
    /// Why it ended early, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) problem: Option<String>,
}

/// What is known of a playlist between two steps.
struct Known {
    snapshot_id: Option<String>,
    total: Option<u64>,
}

impl Outcome {
    /// The outcome, or why nothing came of it.
    pub(super) fn or_nothing(self) -> Result<Self, ToolError> {
        match self.failure {
            Some(failure) if self.done == 0 => Err(failure),
            failure => Ok(Self { failure, ..self }),
        }
    }

    /// How it ended.
    pub(super) fn ending(&self) -> Ending {
        Ending {
            left: (self.left > 0).then_some(self.left),
            stopped: self.stopped,
            problem: self
                .failure
                .as_ref()
                .map(|error| format!("{} {}", error.message(), error.next_step())),
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.stopped {
            f.write_str("\nStopped before the end, because the call was cancelled.")?;
        }
        if let Some(problem) = &self.problem {
            write!(f, "\nIt ended early: {problem}")?;
        }
        match self.left {
            Some(left) => write!(f, "\nNot got to: the last {left} of the URIs."),
            None => Ok(()),
        }
    }
}

impl Playlists {
    /// Takes the steps one after the other, until one fails or nobody waits any more. `before` is how
    /// many places were read already: reports have to grow.
    pub(super) async fn change(
        &self,
        caller: &Caller,
        list: &Target,
        steps: Vec<Step>,
        before: u64,
    ) -> Outcome {
        let all: usize = steps.iter().map(|step| step.size).sum();
        let mut known = Known { snapshot_id: list.snapshot_id.clone(), total: list.total };
        let mut outcome = Outcome::default();
        for step in &steps {
            if caller.watch().is_cancelled() {
                outcome.stopped = true;
                break;
            }
            match self.step(caller, list, step, &known).await {
                Ok(snapshot_id) => {
                    let (before, after) = (known.snapshot_id.as_deref(), snapshot_id.as_deref());
                    self.note(caller, list, before, after, &step.does).await;
                    known = Known { snapshot_id, total: step.total };
                }
                Err(failure) => {
                    outcome.failure = Some(failure.into());
                    break;
                }
            }
            outcome.done += step.size;
            let (done, all) = (before + outcome.done as u64, before + all as u64);
            caller.watch().report(done, Some(all), "Changing the playlist").await;
        }
        Outcome { snapshot_id: known.snapshot_id, left: all - outcome.done, ..outcome }
    }

    /// Takes one step: the snapshot that it made. One whose answer got lost may have been taken, so
    /// it isn't taken again; the playlist tells.
    async fn step(
        &self,
        caller: &Caller,
        list: &Target,
        step: &Step,
        before: &Known,
    ) -> Result<Option<String>, Failure> {
        let silence = match self.api.read::<Changed>(caller, &step.ask).await {
            Ok(changed) => return Ok(changed.unwrap_or_default().snapshot_id),
            Err(failure) if failure.is(Trouble::Unavailable) => ToolError::from(failure),
            Err(failure) => return Err(failure),
        };
        self.api.settle().await;
        let Ok(now) = self.look(caller, &list.id).await else {
            return Err(unsure(silence, list, None).into());
        };
        if now.snapshot_id.is_some() && now.snapshot_id == before.snapshot_id {
            let message = format!("Spotify lost the request; {list} is as it was before.");
            return Err(silence.saying(message).into());
        }
        let told_apart = step.total.is_some() && step.total != before.total;
        if told_apart && now.total == step.total {
            return Ok(now.snapshot_id);
        }
        Err(unsure(silence, list, now.total).into())
    }
}

/// The words for a step that may have been taken or not.
fn unsure(silence: ToolError, list: &Target, total: Option<u64>) -> ToolError {
    let now = match total {
        Some(total) => format!("it has {total} items now"),
        None => "it couldn't be looked at".to_owned(),
    };
    silence.saying(format!(
        "Spotify's answer got lost, so nobody knows whether {list} was changed: {now}."
    ))
    .advising(
        "Don't repeat the call. Look with spotify_playlist_items first, and do what is missing."
            .to_owned(),
    )
}
