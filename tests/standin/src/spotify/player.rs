//! What somebody's Spotify plays, and the calls that read it.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::{
    catalogue,
    http::{Asked, Reply},
    people::Person,
    world::World,
};

/// What a person's Spotify plays.
#[derive(Debug, Clone, Default)]
pub struct Player {
    /// The id of the active device, if one is.
    pub device: Option<String>,
    /// Whether it plays, as of the last look.
    pub is_playing: bool,
    /// The URIs in order: those of the context, or those given.
    pub list: Vec<String>,
    /// The place in the list.
    pub index: usize,
    /// The album, artist, playlist or show being played, if it is one.
    pub context_uri: Option<String>,
    /// URIs to play before going on with the list.
    pub queue: Vec<String>,
    /// The item from the queue that plays right now instead of the list.
    pub interlude: Option<String>,
    /// Milliseconds into the item, as of `since`.
    pub progress_ms: i64,
    /// When `progress_ms` was true.
    pub since: Option<DateTime<Utc>>,
    /// Shuffle; noted, but the order stays predictable.
    pub shuffle: bool,
    /// Repeat.
    pub repeat: Repeat,
    /// Where it is forbidden to go: the reason code that every command then gets.
    pub disallow: Option<String>,
    /// What it has played, the latest last.
    pub plays: Vec<Play>,
    /// Milliseconds into episodes and chapters by URI; the whole length of what was heard out.
    pub resume_points: BTreeMap<String, i64>,
}

/// Something was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play {
    /// What.
    pub uri: String,
    /// When it ended.
    pub played_at: DateTime<Utc>,
    /// What it was played from.
    pub context_uri: Option<String>,
}

/// What is heard for less is not said to have been played.
const HEARD_MS: i64 = 30_000;

/// How many plays are remembered at least.
const REMEMBERED: usize = 1000;

/// What happens at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeat {
    /// It stops.
    #[default]
    Off,
    /// The track starts again.
    Track,
    /// The list starts again.
    Context,
}

impl Repeat {
    fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Track => "track",
            Self::Context => "context",
        }
    }
}

impl Player {
    /// The URI of what plays or is paused, as of the last look.
    #[must_use]
    pub fn item(&self) -> Option<&str> {
        self.interlude.as_deref().or_else(|| self.list.get(self.index).map(String::as_str))
    }

    /// Lets the music play on until `now`.
    pub(super) fn settle(&mut self, now: DateTime<Utc>) {
        if self.is_playing {
            self.progress_ms +=
                now.signed_duration_since(self.since.unwrap_or(now)).num_milliseconds();
        }
        self.since = Some(now);
        while let Some(length) = self.item().and_then(catalogue::duration_ms) {
            if self.progress_ms < length {
                self.keep_place(self.progress_ms);
                return;
            }
            let left = self.progress_ms - length;
            self.note_play(length, now - TimeDelta::milliseconds(left));
            if self.repeat != Repeat::Track && !self.skip() {
                // The end: it stops at the beginning of the list.
                (self.index, self.progress_ms, self.is_playing) = (0, 0, false);
                return;
            }
            self.progress_ms = left;
        }
    }

    /// Something else is about to play: what did so far goes into the history.
    pub(super) fn leave(&mut self, now: DateTime<Utc>) {
        self.note_play(self.progress_ms, now);
    }

    fn note_play(&mut self, heard_ms: i64, played_at: DateTime<Utc>) {
        self.keep_place(heard_ms);
        let Some(uri) = self.item().filter(|_| heard_ms >= HEARD_MS).map(str::to_owned) else {
            return;
        };
        if self.plays.len() >= 2 * REMEMBERED {
            self.plays.drain(..REMEMBERED);
        }
        // What was queued belongs to no context.
        let context = self.context_uri.clone().filter(|_| self.interlude.is_none());
        self.plays.push(Play { uri, played_at, context_uri: context });
    }

    /// Episodes go on where they were left.
    fn keep_place(&mut self, position_ms: i64) {
        let episode = self.item().filter(|uri| uri.starts_with("spotify:episode:"));
        if let Some(uri) = episode.map(str::to_owned) {
            self.resume_points.insert(uri, position_ms);
        }
    }

    /// Goes on to the next item; `false` when there is none.
    pub(super) fn skip(&mut self) -> bool {
        self.progress_ms = 0;
        if !self.queue.is_empty() {
            self.interlude = Some(self.queue.remove(0));
            return true;
        }
        self.interlude = None;
        if self.index + 1 < self.list.len() {
            self.index += 1;
        } else if self.repeat == Repeat::Context && !self.list.is_empty() {
            self.index = 0;
        } else {
            return false;
        }
        true
    }

    /// Whether [`Self::skip`] would find something.
    pub(super) fn has_next(&self) -> bool {
        !self.queue.is_empty() || self.index + 1 < self.list.len() || self.repeat == Repeat::Context
    }

    fn kind(&self) -> &'static str {
        match self.item().and_then(catalogue::split) {
            Some(("track", _)) => "track",
            Some(("episode", _)) => "episode",
            _ => "unknown",
        }
    }
}

/// What something is played from.
pub(super) fn context(uri: Option<&str>) -> Value {
    let Some(uri) = uri else {
        return Value::Null;
    };
    let (kind, id) = catalogue::split(uri).unwrap_or_default();
    json!({
        "external_urls": {"spotify": format!("https://open.spotify.com/{kind}/{id}")},
        "href": format!("https://api.spotify.com/v1/{kind}s/{id}"),
        "type": kind,
        "uri": uri,
    })
}

/// The person with the player as it is now.
pub(super) fn settled<'a>(world: &'a mut World, who: &str) -> &'a mut Person {
    let now = world.now();
    let person = world.person(who);
    person.player.settle(now);
    person
}

/// `GET /v1/me/player`.
pub(super) fn state(world: &mut World, _: &Asked, who: &str) -> Reply {
    let now = world.now().timestamp_millis();
    let person = settled(world, who);
    let player = &person.player;
    let active = person.devices.iter().find(|d| Some(&d.id) == player.device.as_ref());
    let Some(device) = active else {
        return Reply::empty(204);
    };
    let mut state = json!({
        "context": context(player.context_uri.as_deref()),
        "currently_playing_type": player.kind(),
        "device": device.to_json(true),
        "is_playing": player.is_playing,
        "item": player.item().and_then(catalogue::playable),
        "progress_ms": player.progress_ms,
        "repeat_state": player.repeat.as_str(),
        "shuffle_state": player.shuffle,
        "smart_shuffle": false,
        "timestamp": now,
    });
    add_actions(&mut state, player);
    Reply::json(&state)
}

/// `actions` comes while something plays and is absent otherwise.
fn add_actions(state: &mut Value, player: &Player) {
    if let (true, Some(state)) = (player.is_playing, state.as_object_mut()) {
        let disallows = json!({"disallows": {"resuming": true, "interrupting_playback": false}});
        state.insert("actions".to_owned(), disallows);
    }
}

/// `GET /v1/me/player/devices`.
pub(super) fn devices(world: &mut World, _: &Asked, who: &str) -> Reply {
    let person = world.person(who);
    let active = &person.player.device;
    let devices = person.devices.iter().map(|d| d.to_json(Some(&d.id) == active.as_ref()));
    Reply::json(&json!({"devices": devices.collect::<Vec<_>>()}))
}

/// `GET /v1/me/player/currently-playing`.
pub(super) fn currently_playing(world: &mut World, _: &Asked, who: &str) -> Reply {
    let now = world.now().timestamp_millis();
    let player = &settled(world, who).player;
    if player.device.is_none() || player.item().is_none() {
        return Reply::empty(204);
    }
    let mut state = json!({
        "context": context(player.context_uri.as_deref()),
        "currently_playing_type": player.kind(),
        "is_playing": player.is_playing,
        "item": player.item().and_then(catalogue::playable),
        "progress_ms": player.progress_ms,
        "timestamp": now,
    });
    add_actions(&mut state, player);
    Reply::json(&state)
}

/// `GET /v1/me/player/queue`: the queue, then the rest of the list.
pub(super) fn queue(world: &mut World, _: &Asked, who: &str) -> Reply {
    let player = &settled(world, who).player;
    if player.device.is_none() {
        return Reply::json(&json!({"currently_playing": null, "queue": []}));
    }
    let rest = player.list.iter().skip(player.index + 1);
    let queue = player.queue.iter().chain(rest).filter_map(|uri| catalogue::playable(uri));
    Reply::json(&json!({
        "currently_playing": player.item().and_then(catalogue::playable),
        "queue": queue.take(20).collect::<Vec<_>>(),
    }))
}
