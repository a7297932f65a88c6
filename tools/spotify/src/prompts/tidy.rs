//! A playlist, tidied.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Caller, Prompt, Tool, ToolError};

use super::quoted;
use crate::playlists::{Add, Items, Playlists, Remove};

/// The prompt.
pub(crate) struct Tidy(pub(crate) Playlists);

/// Which playlist.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The name of one of your own playlists, or a link.
    playlist: String,
}

impl Prompt for Tidy {
    const NAME: &'static str = "spotify_tidy_playlist";
    const TITLE: &'static str = "Tidy a playlist";
    const DESCRIPTION: &'static str = "Looks for duplicates and misfits in one of your Spotify \
        playlists and takes out what you agree to.";
    const NEEDS: &'static [&'static str] = &[Items::NAME, Remove::NAME, Add::NAME];
    type Args = Args;

    fn message(&self, args: Args) -> Result<String, ToolError> {
        Ok(format!(
            "Tidy my Spotify playlist {}. Read all of it with spotify_playlist_items. Look for \
             duplicates, several versions of one song, items that were taken off Spotify, and what \
             doesn't fit the rest, and show me what you would do and why. Change nothing before I \
             agree. Spotify removes every occurrence of a track at once: to take out only a \
             duplicate, remove the track and add it again where it was.",
            quoted(&args.playlist)
        ))
    }

    async fn complete(
        &self,
        caller: &Caller,
        argument: &str,
        typed: &str,
    ) -> Result<Vec<String>, ToolError> {
        if argument == "playlist" { self.0.names_like(caller, typed).await } else { Ok(Vec::new()) }
    }
}
