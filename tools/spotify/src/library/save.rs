//! `spotify_library_save`: keeping things, following artists and playlists.

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
pub(crate) struct Save(pub(crate) SpotifyApi);

/// What was saved.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// What is saved now, also if it was before.
    saved: Vec<String>,
    /// What is not, and why.
    failed: Vec<Failed>,
}

impl Tool for Save {
    const NAME: &'static str = "spotify_library_save";
    const TITLE: &'static str = "Save to the Spotify library";
    const DESCRIPTION: &'static str = "Saves tracks (as liked songs), albums, shows, episodes or \
        audiobooks to the person's library, and follows artists or playlists. What is saved \
        already stays. To put tracks into a playlist, call spotify_playlist_add; to take something \
        out of the library, call spotify_library_remove.";
    const EFFECT: Effect = Effect::Sets;
    const SCOPES: &'static [&'static str] = WRITE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let ask = || Ask::put("me/library");
        let Changed { done, failed } = change(&self.0, caller, args, ask, "Saving").await?;
        Ok(Answer { saved: done, failed })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Saved {} of {}.", self.saved.len(), self.saved.len() + self.failed.len())?;
        f.write_str(&list_failed(&self.failed))
    }
}
