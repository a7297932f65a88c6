//! Saving and removing: the same request with another method.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Caller, ToolError};

use super::{
    WRITE_SCOPES,
    things::{self, are_artists},
};
use crate::{
    answer::Failed,
    api::{Ask, Failure, SpotifyApi, Trouble, own_code},
    many::{self, many, unless_all_failed},
    uri::Kind,
};

/// How often a portion is halved: enough to find two or three things that Spotify doesn't know.
const MOST_HALVINGS: u32 = 16;

/// What to save or remove.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The things, at most 200: Spotify URIs or links to tracks, albums, shows, episodes,
    /// audiobooks, artists or playlists; bare ids together with `kind`.
    #[schemars(length(max = 200))]
    uris: Vec<String>,
    /// What bare ids are; tracks if left out.
    kind: Option<Kind>,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Changed {
    pub(super) done: Vec<String>,
    pub(super) failed: Vec<Failed>,
}

/// Sends `ask` for all that `args` name, in portions.
///
/// # Errors
/// `invalid_argument`, or why nothing at all was done.
pub(super) async fn change(
    api: &SpotifyApi,
    caller: &Caller,
    args: Args,
    ask: fn() -> Ask,
    what: &str,
) -> Result<Changed, ToolError> {
    let things = things::read(args.uris, Some(args.kind.unwrap_or(Kind::Track)))?;
    let mut changed = Changed { done: Vec::new(), failed: things.failed };
    let send = |portion| send(api, caller, portion, ask);
    let results = many(caller, many::WRITES, what, things.portions.clone(), send).await;
    let results = unless_all_failed(results, !changed.failed.is_empty())?;
    for (portion, result) in things.portions.iter().zip(results) {
        match result {
            Ok(part) => {
                changed.done.extend(part.done);
                changed.failed.extend(part.failed);
            }
            Err(error) => changed.fail(portion, &error),
        }
    }
    Ok(changed)
}

/// Sends a portion. Spotify refuses all of it for one thing that it doesn't know: then halves of it are
/// sent, and halves of those, until only that one fails.
async fn send(
    api: &SpotifyApi,
    caller: &Caller,
    portion: Vec<String>,
    ask: fn() -> Ask,
) -> Result<Changed, ToolError> {
    let (mut changed, mut left, mut halvings) = (Changed::default(), vec![portion], 0);
    while let Some(part) = left.pop() {
        let ask = ask().with("uris", part.join(",")).needing(WRITE_SCOPES);
        let Err(failure) = api.write(caller, &ask).await else {
            changed.done.extend(part);
            continue;
        };
        if part.len() > 1 && halvings < MOST_HALVINGS && is_about_one(&failure, &part) {
            halvings += 1;
            let (first, second) = part.split_at(part.len() / 2);
            left.extend([second.to_vec(), first.to_vec()]);
            continue;
        }
        let is_the_end = !is_about_one(&failure, &part);
        let error = explained(failure, &part);
        if halvings == 0 {
            return Err(error);
        }
        changed.fail(&part, &error);
        if is_the_end {
            left.drain(..).for_each(|part| changed.fail(&part, &error));
        }
    }
    Ok(changed)
}

/// Whether Spotify may have refused `part` for one thing in it.
fn is_about_one(failure: &Failure, part: &[String]) -> bool {
    failure.is(Trouble::NotFound) || (failure.is(Trouble::Invalid) && !are_artists(part))
}

/// Not every app may follow artists, and then Spotify says no more than "400".
fn explained(failure: Failure, part: &[String]) -> ToolError {
    if failure.is(Trouble::Invalid) && are_artists(part) {
        return ToolError::new(
            own_code::ENDPOINT_UNAVAILABLE,
            "Spotify refused following artists for this app.",
            "Tell the person that they can do it in Spotify itself. Don't repeat the call.",
        );
    }
    failure.into()
}

impl Changed {
    fn fail(&mut self, uris: &[String], error: &ToolError) {
        self.failed.extend(uris.iter().map(|uri| Failed::new(uri, error)));
    }
}
