//! A playlist from a mood.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Prompt, Tool, ToolError};

use super::quoted;
use crate::{playlists::Create, resolve::Resolve};

/// The prompt.
pub(crate) struct Mood;

/// The mood.
#[derive(Debug, Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The mood or the occasion, e.g. "a rainy Sunday" or "cooking with friends".
    mood: String,
    /// How many tracks; 20 if left out.
    tracks: Option<String>,
}

impl Prompt for Mood {
    const NAME: &'static str = "spotify_playlist_from_mood";
    const TITLE: &'static str = "Make a playlist from a mood";
    const DESCRIPTION: &'static str = "Picks tracks that fit a mood and puts them into a new, \
        private Spotify playlist.";
    const NEEDS: &'static [&'static str] = &[Resolve::NAME, Create::NAME];
    type Args = Args;

    fn message(&self, args: Args) -> Result<String, ToolError> {
        let tracks: u16 = match args.tracks.as_deref().map(str::trim) {
            None => 20,
            Some(text) => {
                text.parse().ok().filter(|count| (1..=100).contains(count)).ok_or_else(|| {
                    let message = "`tracks` is not a number from 1 to 100.";
                    ToolError::invalid_argument(message, "Pass another number, or leave it out.")
                })?
            }
        };
        Ok(format!(
            "Make me a Spotify playlist for this mood: {}. Think of about {tracks} real tracks that \
             fit, by several artists, and find their URIs with spotify_resolve; leave out \
             what isn't found. Show me the list and ask whether to go on. Then make a private \
             playlist of them with spotify_playlist_create in one call, with a fitting name, and \
             give me its link.",
            quoted(&args.mood)
        ))
    }
}
