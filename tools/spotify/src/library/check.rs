//! `spotify_library_check`: what of some things the person has.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::things;
use crate::{
    answer::{Failed, list_failed},
    api::{Ask, Failure, Refusal, SpotifyApi},
    many::{self, many, unless_all_failed},
    uri::Kind,
};

/// What looking needs, whatever is looked for.
const SCOPES: &[&str] = &["user-library-read", "user-follow-read", "playlist-read-private"];

/// The tool.
pub(crate) struct Check(pub(crate) SpotifyApi);

/// What to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The things, at most 200: Spotify URIs or links to tracks, albums, shows, episodes,
    /// audiobooks, artists or playlists; bare ids together with `kind`.
    #[schemars(length(max = 200))]
    uris: Vec<String>,
    /// What bare ids are; tracks if left out.
    kind: Option<Kind>,
}

/// What there is of them.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// What the person has saved or follows.
    saved: Vec<String>,
    /// What they haven't.
    not_saved: Vec<String>,
    /// What Spotify doesn't say it of, and why.
    failed: Vec<Failed>,
}

impl Tool for Check {
    const NAME: &'static str = "spotify_library_check";
    const TITLE: &'static str = "Look into the Spotify library";
    const DESCRIPTION: &'static str = "Tells which of some tracks, albums, shows, episodes or \
        audiobooks the person has saved, and which artists or playlists they follow. Faster than \
        paging through spotify_library_list.";
    const EFFECT: Effect = Effect::Reads;
    const SCOPES: &'static [&'static str] = SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let things = things::read(args.uris, Some(args.kind.unwrap_or(Kind::Track)))?;
        let ask = |portion| self.ask(caller, portion);
        let results = many(caller, many::READS, "Looking", things.portions.clone(), ask).await;
        let mut answer = Answer { saved: Vec::new(), not_saved: Vec::new(), failed: things.failed };
        let results = unless_all_failed(results, !answer.failed.is_empty())?;
        for (portion, result) in things.portions.into_iter().zip(results) {
            answer.take(portion, result);
        }
        Ok(answer)
    }
}

impl Check {
    /// What Spotify says of each of `uris`; `None` where it says neither yes nor no.
    async fn ask(
        &self,
        caller: &Caller,
        uris: Vec<String>,
    ) -> Result<Vec<Option<bool>>, ToolError> {
        let ask = Ask::get("me/library/contains").with("uris", uris.join(",")).needing(SCOPES);
        let flags = self.0.read_list(caller, &ask).await?;
        if flags.len() != uris.len() {
            return Err(Failure::from(Refusal::nonsense()).into());
        }
        Ok(flags.iter().map(serde_json::Value::as_bool).collect())
    }
}

impl Answer {
    fn take(&mut self, uris: Vec<String>, result: Result<Vec<Option<bool>>, ToolError>) {
        let (flags, error) = match result {
            Ok(flags) => (flags, Failure::from(Refusal::nonsense()).into()),
            Err(error) => (Vec::new(), error),
        };
        let flags = flags.into_iter().chain(std::iter::repeat(None));
        for (uri, flag) in uris.into_iter().zip(flags) {
            match flag {
                Some(true) => self.saved.push(uri),
                Some(false) => self.not_saved.push(uri),
                None => self.failed.push(Failed::new(&uri, &error)),
            }
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (title, uris) in [("Saved:", &self.saved), ("\nNot saved:", &self.not_saved)] {
            f.write_str(title)?;
            if uris.is_empty() {
                f.write_str(" none")?;
            }
            for uri in uris {
                write!(f, "\n- {uri}")?;
            }
        }
        f.write_str(&list_failed(&self.failed))
    }
}
