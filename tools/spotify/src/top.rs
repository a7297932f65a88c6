//! `spotify_top`: what the person listens to most.

use schemars::JsonSchema;
use serde::Deserialize;
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::Listing,
    api::{Ask, SpotifyApi},
    pages::{MOST, Paged, Span},
};

/// What reading it needs.
const SCOPES: &[&str] = &["user-top-read"];

/// The tool.
pub(crate) struct Top(pub(crate) SpotifyApi);

/// Of what, of which time, and which part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The most heard "artists" or "tracks".
    kind: What,
    /// Of which time: "short" is about the last 4 weeks, "medium" the last 6 months, "long" the last
    /// year. "medium" if left out.
    time_range: Option<Range>,
    /// How many to skip: pass `next_offset` of the answer before to go on. 0 if left out.
    offset: Option<u32>,
    /// How many to list, 1 to 50; 20 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum What {
    Artists,
    Tracks,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Range {
    #[serde(alias = "short_term")]
    Short,
    #[default]
    #[serde(alias = "medium_term")]
    Medium,
    #[serde(alias = "long_term")]
    Long,
}

impl Tool for Top {
    const NAME: &'static str = "spotify_top";
    const TITLE: &'static str = "Most heard on Spotify";
    const DESCRIPTION: &'static str = "Lists the artists or tracks that the person has listened to \
        most, the first one most, over weeks, months or a year. Use it to learn their taste before \
        choosing music for them. For what they heard last, call spotify_recently_played.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = SCOPES;
    type Args = Args;
    type Answer = Listing;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Listing, ToolError> {
        let span = Span::read(args.offset, args.limit)?;
        let (path, name) = match args.kind {
            What::Artists => ("me/top/artists", "artists"),
            What::Tracks => ("me/top/tracks", "tracks"),
        };
        let (range, time) = match args.time_range.unwrap_or_default() {
            Range::Short => ("short_term", "the last 4 weeks"),
            Range::Medium => ("medium_term", "the last 6 months"),
            Range::Long => ("long_term", "the last year"),
        };
        let ask = Ask::get(path).with("time_range", range).needing(SCOPES);
        let part = Paged { ask, page: MOST, holds: "" }.read(&self.0, caller, span).await?;
        Ok(Listing::new(format!("Top {name} of about {time}"), part))
    }
}
