//! `spotify_playlist_remove`: taking items out of a playlist.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stagepass_kit::{Caller, Effect, Tool, ToolError};

use super::{
    CHANGE_SCOPES, Playlists, READ_SCOPES,
    change::{Ending, Outcome, Step},
    change_scopes,
    contents::Contents,
    latest::Does,
    target::Target,
    uris,
};
use crate::{
    answer::EntryRow,
    api::Ask,
    text::{fitted, shorten},
};

/// How many of its places are told of one item.
const PLACES: usize = 20;
/// How many of them the text has.
const PLACES_SHOWN: usize = 3;
/// How many items the text has.
const SHOWN: usize = 40;

/// The tool.
pub(crate) struct Remove(pub(crate) Playlists);

/// What to take out of what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Args {
    /// The playlist: the name of one of the person's own, or an id, URI or link.
    playlist: String,
    /// Tracks and episodes, at most 1000: URIs, links, or bare ids of tracks. Each is taken out
    /// wherever it occurs; Spotify can't take out one occurrence alone.
    #[schemars(length(min = 1, max = 1000))]
    uris: Vec<String>,
    /// Whether to only say what would go.
    dry_run: Option<bool>,
    /// The version of the playlist that was looked at; `spotify_playlist_items` gives it; the newest
    /// if left out.
    snapshot_id: Option<String>,
}

/// What came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Answer {
    /// The playlist's name, or its URI if Spotify doesn't say.
    playlist: String,
    /// Whether nothing was changed, and this is what would go.
    dry_run: bool,
    /// How many positions went, every occurrence counted.
    removed: usize,
    /// What went.
    rows: Vec<Gone>,
    /// Those that aren't in the playlist.
    missing: Vec<String>,
    /// The version of the playlist after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_id: Option<String>,
    #[serde(flatten)]
    ending: Ending,
}

/// One track or episode that went.
#[derive(Debug, Serialize, JsonSchema)]
struct Gone {
    /// Its URI.
    uri: String,
    /// Title and artists.
    title: String,
    /// How often it was in the playlist.
    occurrences: usize,
    /// Where it was, counted from 0: the first places.
    positions: Vec<u64>,
}

impl Tool for Remove {
    const NAME: &'static str = "spotify_playlist_remove";
    const TITLE: &'static str = "Remove from a Spotify playlist";
    const DESCRIPTION: &'static str = "Takes tracks and episodes out of a Spotify playlist, every \
        occurrence of each, and says how many that were. With `dry_run` it only says what would \
        go: use that first when the person hasn't named the items themselves. Look with \
        spotify_playlist_items for the URIs.";
    const EFFECT: Effect = Effect::Destroys;
    const SCOPES: &'static [&'static str] = READ_SCOPES;
    const OPTIONAL_SCOPES: &'static [&'static str] = CHANGE_SCOPES;
    type Args = Args;
    type Answer = Answer;

    async fn call(&self, caller: &Caller, args: Args) -> Result<Answer, ToolError> {
        let mut uris = uris::read_some(&args.uris)?;
        let mut seen = HashSet::new();
        uris.retain(|uri| seen.insert(uri.clone()));
        let (list, _turn) = self.0.target_in_turn(caller, &args.playlist).await?;
        let there = self.0.all(caller, &list).await?;
        let (mut rows, missing) = occurrences(uris, &there);
        let dry_run = args.dry_run == Some(true);
        let outcome = if dry_run {
            Outcome { done: rows.len(), stopped: there.stopped, ..Outcome::default() }
        } else {
            let snapshot = args.snapshot_id.as_ref().or(list.snapshot_id.as_ref());
            let steps = steps(&list, &rows, snapshot.map(String::as_str));
            self.0
                .change(caller, &list, steps, there.end)
                .await
                .or_nothing()
                .map_err(|error| list.outdated(args.snapshot_id.as_deref(), error))?
        };
        rows.truncate(outcome.done);
        Ok(Answer {
            playlist: list.label(),
            dry_run,
            removed: rows.iter().map(|row| row.occurrences).sum(),
            rows,
            missing,
            ending: outcome.ending(),
            snapshot_id: outcome.snapshot_id,
        })
    }
}

/// Where each of `uris` is, and those that are nowhere.
fn occurrences(uris: Vec<String>, there: &Contents) -> (Vec<Gone>, Vec<String>) {
    let mut places: HashMap<&str, Vec<&EntryRow>> = HashMap::new();
    for entry in &there.rows {
        if let Some(uri) = &entry.row.uri {
            places.entry(uri).or_default().push(entry);
        }
    }
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    for uri in uris {
        match places.get(uri.as_str()).map(Vec::as_slice) {
            Some(entries @ [first, ..]) => rows.push(Gone {
                title: first.row.title(),
                occurrences: entries.len(),
                positions: entries.iter().take(PLACES).map(|entry| entry.position).collect(),
                uri,
            }),
            // It may be in the part that nobody looked at.
            _ if there.goes_on => {}
            _ => missing.push(uri),
        }
    }
    (rows, missing)
}

/// The requests that take `rows` out. The first one is about `snapshot`, where positions were
/// counted; it makes a new one.
fn steps(list: &Target, rows: &[Gone], snapshot: Option<&str>) -> Vec<Step> {
    let mut gone = 0;
    let mut snapshot = snapshot;
    let step = |chunk: &[Gone]| {
        let items: Vec<Value> = chunk.iter().map(|row| json!({ "uri": row.uri })).collect();
        let mut body = json!({ "items": items });
        if let (Some(id), Some(fields)) = (snapshot.take(), body.as_object_mut()) {
            fields.insert("snapshot_id".into(), id.into());
        }
        gone += chunk.iter().map(|row| row.occurrences as u64).sum::<u64>();
        Step {
            ask: Ask::delete(list.items_path()).sending(body).needing(change_scopes(list.public)),
            size: chunk.len(),
            does: Does::Removes(chunk.iter().map(|row| row.uri.clone()).collect()),
            total: list.total.and_then(|total| total.checked_sub(gone)),
        }
    };
    rows.chunks(uris::CHUNK).map(step).collect()
}

impl Gone {
    /// The line, with no more than `longest` bytes for the title.
    fn line(&self, longest: usize) -> String {
        let shown = self.positions.iter().take(PLACES_SHOWN);
        let places = shown.map(u64::to_string).collect::<Vec<_>>().join(", ");
        let more = match self.occurrences.saturating_sub(PLACES_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("\n- {} · {} · at {places}{more}", shorten(&self.title, longest), self.uri)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (list, removed) = (&self.playlist, self.removed);
        match (removed, self.dry_run) {
            (0, _) => write!(f, "Nothing was removed from {list}.")?,
            (_, true) => write!(f, "Would remove {removed} from {list}; nothing was changed.")?,
            (_, false) => write!(f, "Removed {removed} from {list}.")?,
        }
        let shown = || self.rows.iter().take(SHOWN);
        f.write_str(&fitted(SHOWN, |longest| shown().map(|row| row.line(longest)).collect()))?;
        if self.rows.len() > SHOWN {
            write!(f, "\n- and {} more", self.rows.len() - SHOWN)?;
        }
        if !self.missing.is_empty() {
            let (count, uris) = (self.missing.len(), uris::in_words(&self.missing));
            write!(f, "\nNot in it: {count}, {uris}")?;
        }
        write!(f, "{}", self.ending)
    }
}
