//! `spotify_recently_played`: what the person heard last, and when.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use crate::{
    answer::{Row, room_for_each},
    api::{Ask, Failure, Refusal, SpotifyApi},
    limits::within,
    model::{Entries, pick},
    text::{clean, joined},
    time::{exact, milliseconds, to_the_second},
};

/// What reading it needs.
const SCOPES: &[&str] = &["user-read-recently-played"];
/// The most plays that Spotify gives, and how many when nobody says how many.
const MOST: u32 = 50;
const SOME: u32 = 20;
/// The number before a line, the dots in it, and its end.
const FRAME: usize = 16;
/// Less of a title says nothing.
const LEAST: usize = 24;

/// The tool.
pub(crate) struct RecentlyPlayed(pub(crate) SpotifyApi);

/// Which part of the past.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// How many plays, 1 to 50, the last ones first; 20 if left out.
    #[schemars(range(min = 1, max = 50))]
    limit: Option<u32>,
    /// Only plays before this time: "2026-11-20T18:00:00Z" (UTC where no zone is given) or
    /// milliseconds since 1970. Pass `next_before` of the answer before to see older ones.
    #[schemars(extend("type" = ["string", "number", "null"]))]
    before: Option<Value>,
    /// Only plays after this time, written in the same way. Not together with `before`.
    #[schemars(extend("type" = ["string", "number", "null"]))]
    after: Option<Value>,
}

/// What was heard.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The plays, the last one first.
    plays: Vec<Play>,
    /// The `before` that shows older ones; missing when Spotify has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_before: Option<String>,
}

/// A track at a time.
#[derive(Debug, Serialize, JsonSchema)]
struct Play {
    /// When, in UTC; missing when Spotify doesn't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    played_at: Option<String>,
    #[serde(flatten)]
    row: Row,
    /// The URI of the album, playlist, artist or show that it was played from.
    #[serde(skip_serializing_if = "Option::is_none")]
    context: Option<String>,
}

impl Tool for RecentlyPlayed {
    const NAME: &'static str = "spotify_recently_played";
    const TITLE: &'static str = "Recently played on Spotify";
    const DESCRIPTION: &'static str = "Lists the tracks that the person played last, with the time \
        in UTC and the playlist or album they came from. Use it for \"what was that song an hour \
        ago?\". Spotify remembers about 50 plays, and no podcasts. For what plays now, call \
        spotify_now; for long-time favourites, spotify_top.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let limit = within("limit", args.limit.unwrap_or(SOME), 1, MOST)?;
        let (before, after) = (time("before", args.before)?, time("after", args.after)?);
        if before.is_some() && after.is_some() {
            return Err(ToolError::invalid_argument(
                "Spotify takes `before` or `after`, not both.",
                "Pass one of them, and look at the times in the answer.",
            ));
        }
        let ask = Ask::get("me/player/recently-played").with("limit", limit.to_string());
        let ask = ask.with_some("before", before).with_some("after", after).needing(SCOPES);
        let list: Entries = self.0.read(caller, &ask).await?.unwrap_or_default();
        let items = list.items.ok_or_else(|| Failure::from(Refusal::nonsense()))?;
        let oldest = items.iter().filter_map(played_ms).min();
        Ok(Answer {
            plays: items.iter().filter_map(Play::of).take(limit as usize).collect(),
            next_before: list.next.and(oldest).and_then(exact),
        })
    }
}

fn time(name: &str, value: Option<Value>) -> Result<Option<String>, ToolError> {
    let Some(value) = value else { return Ok(None) };
    let ms = milliseconds(&value).ok_or_else(|| {
        ToolError::invalid_argument(
            format!("`{name}` is no time."),
            "Pass it as \"2026-11-20T18:00:00Z\" or as milliseconds since 1970.",
        )
    })?;
    Ok(Some(ms.to_string()))
}

fn played_ms(entry: &Map<String, Value>) -> Option<i64> {
    entry.get("played_at").and_then(milliseconds)
}

impl Play {
    fn of(entry: &Map<String, Value>) -> Option<Self> {
        let played_at = entry.get("played_at").and_then(Value::as_str).and_then(to_the_second);
        let context = entry.get("context").and_then(|context| context.get("uri")?.as_str());
        let row = Row::of(&pick(entry, "track"))?;
        Some(Self { played_at, row, context: context.map(clean) })
    }

    /// The line, in about `room` bytes. The context is told where it begins.
    fn line(&self, room: usize, last: Option<&str>) -> String {
        let minute = self.played_at.as_ref().and_then(|time| time.get(..16)).unwrap_or("?");
        let context = self.context.as_deref().filter(|context| Some(*context) != last);
        let from = match (context, last) {
            (Some(context), _) => Some(format!("from {context}")),
            // The context before doesn't hold any more.
            (None, Some(_)) if self.context.is_none() => Some("from elsewhere".into()),
            (None, _) => None,
        };
        let taken = minute.len() + self.row.uri.as_ref().map_or(0, String::len) + FRAME;
        let left = room.saturating_sub(taken + from.as_ref().map_or(0, String::len));
        let (from, left) = match context {
            // Its kind alone, where all of it is too long.
            Some(context) if left < LEAST => {
                let kind = context.split(':').nth(1).unwrap_or("elsewhere");
                let from = format!("from {kind}");
                (Some(from.clone()), room.saturating_sub(taken + from.len()))
            }
            _ => (from, left),
        };
        let title = self.row.title_within(left.max(LEAST));
        joined([Some(minute.to_owned()), Some(title), self.row.uri.clone(), from])
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.plays.is_empty() {
            return f.write_str("Spotify shows no plays there.");
        }
        f.write_str("Played, last first (UTC; \"from\" holds until the next one):")?;
        let room = room_for_each(self.plays.len());
        let mut last = None;
        for (number, play) in (1..).zip(&self.plays) {
            write!(f, "\n{number}. {}", play.line(room, last))?;
            last = play.context.as_deref();
        }
        match &self.next_before {
            Some(next) => write!(f, "\nOlder ones with before {next}."),
            None => Ok(()),
        }
    }
}
