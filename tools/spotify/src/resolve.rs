//! `spotify_resolve`: from a list of songs as people write it to URIs.

mod chosen;
mod names;
mod score;
mod wanted;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use self::chosen::{Chosen, choose};
pub(crate) use self::wanted::Wanted;
use crate::{
    answer::Row,
    api::SpotifyApi,
    limits::at_most,
    many::{self, many, unless_all_failed},
    search,
    uri::Kind,
};

/// The most lines that one call takes.
const MOST: usize = 20;

/// The tool.
pub(crate) struct Resolve(pub(crate) SpotifyApi);

/// What to find.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// What to find, at most 20: lines such as "Hurt – Johnny Cash" or "Hurt by Johnny Cash", the
    /// title alone, or {"title": "Hurt", "artist": "Johnny Cash"}. Another version is found only if
    /// the line asks for it: "Hurt (Live) – Johnny Cash".
    #[schemars(length(max = 20))]
    items: Vec<Wanted>,
    /// What kind of things they are; tracks if left out.
    kind: Option<Kind>,
}

/// What was found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// One for each line, in the same order.
    found: Vec<Found>,
}

/// What was found for one line.
#[derive(Debug, Serialize, JsonSchema)]
struct Found {
    /// The line.
    line: String,
    #[serde(flatten)]
    chosen: Chosen,
    /// Why nothing could be looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl Tool for Resolve {
    const NAME: &'static str = "spotify_resolve";
    const TITLE: &'static str = "Find many on Spotify";
    const DESCRIPTION: &'static str = "Turns up to 20 lines of title and artist into Spotify URIs \
        in one call, each with a confidence: high can be used as it is, medium and low come with \
        alternatives to choose from or to ask the person about. Use it before making a playlist of \
        named songs or queueing several; for more than 20, call it several times. To look around \
        or for one thing, call spotify_search; to just play one, spotify_play.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = &[];
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let items = at_most("items", args.items, MOST)?;
        let kind = args.kind.unwrap_or(Kind::Track);
        let find = |wanted: Wanted| self.find(caller, wanted, kind);
        let results = many(caller, many::READS, "Searching", items.clone(), find).await;
        let results = unless_all_failed(results, false)?;
        let found = items.iter().zip(results).map(|(wanted, result)| Found::new(wanted, result));
        Ok(Answer { found: found.collect() })
    }
}

impl Resolve {
    /// Searches for all the words, and where that finds nothing good, for the title alone: Spotify
    /// finds nothing when one name is misspelt.
    async fn find(&self, caller: &Caller, wanted: Wanted, kind: Kind) -> Result<Chosen, ToolError> {
        let readings = wanted.readings();
        let mut chosen = Chosen::default();
        for query in wanted.queries() {
            let rows = self.search(caller, query, kind).await?;
            chosen = choose(&readings, rows, kind).better_of(chosen);
            if chosen.is_good() {
                break;
            }
        }
        Ok(chosen)
    }

    async fn search(
        &self,
        caller: &Caller,
        query: String,
        kind: Kind,
    ) -> Result<Vec<Row>, ToolError> {
        let args = search::Args {
            query: Some(query),
            types: Some(vec![kind]),
            limit: Some(search::MOST_ROWS),
            ..search::Args::default()
        };
        let pages = search::find(&self.0, caller, &args).await?;
        let items = pages.into_iter().filter_map(|(_, page)| page.items).flatten();
        let playable: Vec<_> = items.filter(|item| item.is_playable != Some(false)).collect();
        Ok(Row::all(&playable))
    }
}

impl Found {
    fn new(wanted: &Wanted, result: Result<Chosen, ToolError>) -> Self {
        let line = wanted.to_string();
        match result {
            Ok(chosen) => Self { line, chosen, problem: None },
            Err(error) => {
                let problem = format!("{} {}", error.message(), error.next_step());
                Self { line, chosen: Chosen::default(), problem: Some(problem) }
            }
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, found) in (1..).zip(&self.found) {
            let start = if number > 1 { "\n" } else { "" };
            match &found.problem {
                Some(problem) => write!(f, "{start}{number}. {}: failed: {problem}", found.line)?,
                None => write!(f, "{start}{number}. {}: {}", found.line, found.chosen)?,
            }
        }
        Ok(())
    }
}
