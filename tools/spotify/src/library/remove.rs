//! `spotify_library_remove`: letting go of things, artists and playlists.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{
    WRITE_SCOPES,
    change::{Args, Changed, change},
};
use crate::{
    answer::{Failed, list_failed},
    api::{Ask, SpotifyApi},
};

/// The tool.
pub(crate) struct Remove(pub(crate) SpotifyApi);

/// What was removed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// What isn't saved any more, also if it wasn't before.
    removed: Vec<String>,
    /// What still may be, and why.
    failed: Vec<Failed>,
}

impl Tool for Remove {
    const NAME: &'static str = "spotify_library_remove";
    const TITLE: &'static str = "Remove from the Spotify library";
    const DESCRIPTION: &'static str = "Removes tracks, albums, shows, episodes or audiobooks from \
        the person's library, and unfollows artists or playlists; a playlist of their own vanishes \
        from their list. When they were saved is lost. Ask the person before removing more than \
        they named. To take tracks out of a playlist, call spotify_playlist_remove.";
    const EFFECT: Effect = Effect::Destroys;
    const SCOPES: &'static [&'static str] = WRITE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let ask = || Ask::delete("me/library");
        let Changed { done, failed } = change(&self.0, caller, args, ask, "Removing").await?;
        Ok(Answer { removed: done, failed })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Removed {} of {}.", self.removed.len(), self.removed.len() + self.failed.len())?;
        f.write_str(&list_failed(&self.failed))
    }
}
