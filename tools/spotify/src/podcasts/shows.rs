//! `spotify_shows`: the spoken word that the person saved.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::POSITION_SCOPES;
use crate::{
    answer::Listing,
    api::{Ask, SpotifyApi},
    pages::{MOST, Paged, Span},
};

/// What reading the library needs.
const SCOPES: &[&str] = &["user-library-read"];
/// What reading the saved episodes needs.
const EPISODE_SCOPES: &[&str] = &["user-library-read", "user-read-playback-position"];

/// The tool.
pub(crate) struct Shows(pub(crate) SpotifyApi);

/// Of what, and which part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The saved "shows", "episodes" or "audiobooks"; shows if left out.
    kind: Option<What>,
    /// How many to skip: pass `next_offset` of the answer before to go on. 0 if left out.
    offset: Option<u32>,
    /// How many to list, 1 to 50; 20 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum What {
    #[default]
    Shows,
    Episodes,
    Audiobooks,
}

impl Tool for Shows {
    const NAME: &'static str = "spotify_shows";
    const TITLE: &'static str = "Saved shows and audiobooks";
    const DESCRIPTION: &'static str = "Lists the shows, single episodes or audiobooks that the \
        person saved, the last saved first. For what is in one of them, call spotify_episodes; for \
        saved music, spotify_library_list. To save one, call spotify_library_save; to remove \
        one, spotify_library_remove.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = SCOPES;
    const OPTIONAL_SCOPES: &'static [&'static str] = POSITION_SCOPES;
    type Args = Args;
    type Answer = Listing;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Listing, ToolError> {
        let span = Span::read(args.offset, args.limit)?;
        let (title, path, holds, scopes) = match args.kind.unwrap_or_default() {
            What::Shows => ("Saved shows", "me/shows", "show", SCOPES),
            What::Episodes => ("Saved episodes", "me/episodes", "episode", EPISODE_SCOPES),
            What::Audiobooks => ("Saved audiobooks", "me/audiobooks", "audiobook", SCOPES),
        };
        let list = Paged { ask: Ask::get(path).needing(scopes), page: MOST, holds };
        Ok(Listing::new(title, list.read(&self.0, caller, span).await?))
    }
}
