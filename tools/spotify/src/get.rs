//! `spotify_get`: all that Spotify tells of some things.

mod details;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use self::details::Details;
use crate::{
    answer::{Failed, list_failed},
    api::{Ask, Failure, Refusal, SpotifyApi},
    limits::at_most,
    many::{self, many, unless_all_failed},
    model::Item,
    uri::{Kind, SpotifyUri},
};

/// The most things that one call looks at.
const MOST: usize = 10;
/// What looking at shows and episodes needs.
const POSITION_SCOPES: &[&str] = &["user-read-playback-position"];

/// What of a playlist is told: not what is in it, which comes with it otherwise.
const PLAYLIST_FIELDS: &str =
    "type,id,uri,name,description,owner(id,display_name),items(total),tracks(total)";

/// The tool.
pub(crate) struct Get(pub(crate) SpotifyApi);

/// What to look at.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The things, at most 10: Spotify URIs or links to open.spotify.com of any kind; bare ids
    /// together with `kind`.
    #[schemars(length(max = 10))]
    uris: Vec<String>,
    /// What bare ids are; tracks if left out.
    kind: Option<Kind>,
}

/// What there is to tell.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The things that were found, in the order asked for.
    things: Vec<Details>,
    /// The others, and why.
    failed: Vec<Failed>,
}

impl Tool for Get {
    const NAME: &'static str = "spotify_get";
    const TITLE: &'static str = "Look up on Spotify";
    const DESCRIPTION: &'static str = "Looks up tracks, albums, artists, playlists, shows, \
        episodes, audiobooks or chapters by URI or link: names, dates, lengths, descriptions, and \
        the URIs of what they belong to. Use it when the person pastes a link. To find something by \
        name, call spotify_search; for what is in an album or by an artist, spotify_list_children; \
        in a show or audiobook, spotify_episodes; in a playlist, spotify_playlist_items.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    const OPTIONAL_SCOPES: &'static [&'static str] = POSITION_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let uris = at_most("uris", args.uris, MOST)?;
        let kind = args.kind.unwrap_or(Kind::Track);
        let look = |text: String| self.look(caller, text, kind);
        let results = many(caller, many::READS, "Looking up", uris.clone(), look).await;
        let mut answer = Answer { things: Vec::new(), failed: Vec::new() };
        for (text, result) in uris.iter().zip(unless_all_failed(results, false)?) {
            match result {
                Ok(details) => answer.things.push(details),
                Err(error) => answer.failed.push(Failed::new(text, &error)),
            }
        }
        Ok(answer)
    }
}

impl Get {
    async fn look(&self, caller: &Caller, text: String, kind: Kind) -> Result<Details, ToolError> {
        let uri = SpotifyUri::parse(&text, Some(kind))?;
        let ask = Ask::get(uri.path());
        let ask = match uri.kind() {
            Kind::Show | Kind::Episode => ask.needing(POSITION_SCOPES),
            // Where the person stopped, and what is in a playlist, changes.
            Kind::Chapter => ask,
            Kind::Playlist => ask.with("fields", PLAYLIST_FIELDS),
            _ => ask.of_the_catalogue(),
        };
        let item: Item = self.0.read(caller, &ask).await?.unwrap_or_default();
        let details = Details::of(&item, &uri);
        details.ok_or_else(|| Failure::from(Refusal::nonsense()).into())
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.things.iter().map(|details| format!("- {details}")).collect();
        f.write_str(&lines.join("\n"))?;
        let failed = list_failed(&self.failed);
        f.write_str(if lines.is_empty() { failed.trim_start() } else { &failed })
    }
}
