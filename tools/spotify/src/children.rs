//! `spotify_list_children`: what an album or an artist has.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::Listing,
    api::{Ask, SpotifyApi},
    pages::{Paged, Span},
    uri::{Kind, SpotifyUri},
};

/// The most tracks of an album that Spotify gives at once.
const TRACKS: u32 = 50;
/// The most albums of an artist that it gives at once.
const ALBUMS: u32 = 10;

/// The tool.
pub(crate) struct ListChildren(pub(crate) SpotifyApi);

/// Of what, and which part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The album whose tracks, or the artist whose albums, to list: a Spotify URI, a link to
    /// open.spotify.com, or a bare id together with `kind`.
    uri: String,
    /// What a bare id is; an album if left out.
    kind: Option<Parent>,
    /// How many to skip: pass `next_offset` of the answer before to go on. 0 if left out.
    offset: Option<u32>,
    /// How many to list, 1 to 50; 20 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
}

/// What has something in it.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Parent {
    Album,
    Artist,
}

impl Tool for ListChildren {
    const NAME: &'static str = "spotify_list_children";
    const TITLE: &'static str = "List an album or an artist";
    const DESCRIPTION: &'static str = "Lists the tracks of an album in their order, or the albums \
        and singles of an artist and those they appear on. For the episodes of a show or the chapters of an \
        audiobook call spotify_episodes; for a playlist call spotify_playlist_items. Spotify tells \
        nobody an artist's most popular tracks: search for the artist's name with spotify_search \
        instead.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Listing;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Listing, ToolError> {
        let kind = match args.kind {
            Some(Parent::Artist) => Kind::Artist,
            _ => Kind::Album,
        };
        let uri = SpotifyUri::parse(&args.uri, Some(kind))?;
        let span = Span::read(args.offset, args.limit)?;
        let (title, children, page) = match uri.kind() {
            Kind::Album => ("Tracks", "tracks", TRACKS),
            Kind::Artist => ("Albums", "albums", ALBUMS),
            other => return Err(elsewhere(other)),
        };
        let ask = Ask::get(format!("{}/{children}", uri.path())).of_the_catalogue();
        let list = Paged { ask, page, holds: "" };
        Ok(Listing::new(title, list.read(&self.0, caller, span).await?))
    }
}

fn elsewhere(kind: Kind) -> ToolError {
    let next_step = match kind {
        Kind::Show | Kind::Audiobook => "Call spotify_episodes with it.",
        Kind::Playlist => "Call spotify_playlist_items with it.",
        _ => "Pass an album or an artist; spotify_get tells which album or artist it belongs to.",
    };
    let what = kind.as_str();
    ToolError::invalid_argument(format!("This lists albums and artists, not a {what}."), next_step)
}
