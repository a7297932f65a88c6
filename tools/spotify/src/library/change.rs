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
    let results = many(caller, many::WRITES, what, things.portions.clone(), |portion| async move {
        let ask = ask().with("uris", portion.join(",")).needing(WRITE_SCOPES);
        api.write(caller, &ask).await.map_err(|failure| explained(failure, &portion))
    })
    .await;
    let results = unless_all_failed(results, !changed.failed.is_empty())?;
    for (portion, result) in things.portions.into_iter().zip(results) {
        match result {
            Ok(()) => changed.done.extend(portion),
            Err(error) => {
                changed.failed.extend(portion.iter().map(|uri| Failed::new(uri, &error)));
            }
        }
    }
    Ok(changed)
}

/// Not every app may follow artists, and then Spotify says no more than "400".
fn explained(failure: Failure, portion: &[String]) -> ToolError {
    if failure.is(Trouble::Invalid) && are_artists(portion) {
        return ToolError::new(
            own_code::ENDPOINT_UNAVAILABLE,
            "Spotify refused following artists for this app.",
            "Tell the person that they can do it in Spotify itself. Don't repeat the call.",
        );
    }
    failure.into()
}
