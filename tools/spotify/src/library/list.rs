//! `spotify_library_list`: the person's own music.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::Listing,
    api::{Ask, SpotifyApi},
    pages::{self, Paged, Span},
};

/// What reading saved tracks and albums needs.
const SAVED_SCOPES: &[&str] = &["user-library-read"];
/// What reading followed artists needs.
const FOLLOWED_SCOPES: &[&str] = &["user-follow-read"];

/// The tool.
pub(crate) struct List(pub(crate) SpotifyApi);

/// Of what, and which part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The saved "tracks" (liked songs), the saved "albums", or the followed "artists"; tracks if
    /// left out.
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
    Tracks,
    Albums,
    Artists,
}

impl Tool for List {
    const NAME: &'static str = "spotify_library_list";
    const TITLE: &'static str = "Spotify library";
    const DESCRIPTION: &'static str = "Lists the tracks (liked songs) or albums that the person \
        saved, the last saved first, or the artists they follow. For saved shows and audiobooks, \
        call spotify_shows; for playlists call spotify_playlists. To learn whether one thing is saved, \
        call spotify_library_check instead of paging.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = &["user-library-read", "user-follow-read"];
    type Args = Args;
    type Answer = Listing;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Listing, ToolError> {
        let span = Span::read(args.offset, args.limit)?;
        let (title, path, holds) = match args.kind.unwrap_or_default() {
            What::Tracks => ("Saved tracks", "me/tracks", "track"),
            What::Albums => ("Saved albums", "me/albums", "album"),
            What::Artists => {
                let ask = Ask::get("me/following").with("type", "artist").needing(FOLLOWED_SCOPES);
                let part = pages::followed(&self.0, caller, span, &ask).await?;
                return Ok(Listing::new("Followed artists", part));
            }
        };
        let ask = Ask::get(path).needing(SAVED_SCOPES);
        let list = Paged { ask, page: pages::MOST, holds };
        Ok(Listing::new(title, list.read(&self.0, caller, span).await?))
    }
}
