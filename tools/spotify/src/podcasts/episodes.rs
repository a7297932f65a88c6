//! `spotify_episodes`: what is in a show or an audiobook.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::POSITION_SCOPES;
use crate::{
    answer::Listing,
    api::{Ask, SpotifyApi},
    pages::{MOST, Paged, Span},
    uri::{Kind, SpotifyUri},
};

/// The tool.
pub(crate) struct Episodes(pub(crate) SpotifyApi);

/// Of what, and which part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The show or audiobook: a Spotify URI, a link to open.spotify.com, or a bare id together with
    /// `kind`.
    uri: String,
    /// What a bare id is; a show if left out.
    kind: Option<Parent>,
    /// How many to skip: pass `next_offset` of the answer before to go on. 0 if left out.
    offset: Option<u32>,
    /// How many to list, 1 to 50; 20 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
}

/// What has parts.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Parent {
    Show,
    Audiobook,
}

impl Tool for Episodes {
    const NAME: &'static str = "spotify_episodes";
    const TITLE: &'static str = "Episodes and chapters";
    const DESCRIPTION: &'static str = "Lists the episodes of a show, newest first, or the chapters \
        of an audiobook in their order, with release date, length, and where the person stopped. \
        Find shows with spotify_search; those that the person saved, with spotify_shows. To go \
        on listening, pass the URI and `stopped_at_ms` to spotify_play as `position_ms`.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = POSITION_SCOPES;
    type Args = Args;
    type Answer = Listing;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Listing, ToolError> {
        let kind = match args.kind {
            Some(Parent::Audiobook) => Kind::Audiobook,
            _ => Kind::Show,
        };
        let uri = SpotifyUri::parse(&args.uri, Some(kind))?;
        let span = Span::read(args.offset, args.limit)?;
        let (title, ask) = match uri.kind() {
            Kind::Show => {
                let ask = Ask::get(format!("{}/episodes", uri.path()));
                ("Episodes", ask.needing(POSITION_SCOPES))
            }
            Kind::Audiobook => ("Chapters", Ask::get(format!("{}/chapters", uri.path()))),
            other => return Err(elsewhere(other)),
        };
        let list = Paged { ask, page: MOST, holds: "" };
        Ok(Listing::new(title, list.read(&self.0, caller, span).await?))
    }
}

fn elsewhere(kind: Kind) -> ToolError {
    ToolError::invalid_argument(
        format!("This lists shows and audiobooks, not a {}.", kind.as_str()),
        match kind {
            Kind::Album | Kind::Artist => "Call spotify_list_children with it.",
            Kind::Playlist => "Call spotify_playlist_items with it.",
            _ => "Pass a show or an audiobook; spotify_get tells which one an episode is of.",
        },
    )
}
