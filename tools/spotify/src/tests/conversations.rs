//! Ten conversations of a person with an assistant: what the assistant has to call for what was said,
//! and how much it has to read for it. The table `conversations.txt` mustn't grow.
//!
//! When it has shrunk: `UPDATE_CONVERSATIONS_TXT=1 cargo test -p stagepass-spotify conversations`.

use std::{cell::Cell, time::Duration};

use serde_json::{Value, json};
use stagepass_standin::spotify::songs;

use super::harness::{CAR, KITCHEN, LAPTOP, SLOW_FERRY, Stage};

/// What each conversation took the last time that somebody looked.
const TABLE: &str = include_str!("conversations.txt");

const HOUR: Duration = Duration::from_hours(1);
const SHOW: &str = "spotify:show:W56eCuNGMGmSrCGIZEG8pS";
const KEEPER: &str = "spotify:episode:H4487q7J58m1CiAhzCueQp";

/// A conversation under way.
struct Talk {
    stage: Stage,
    calls: Cell<usize>,
    characters: Cell<usize>,
    /// The requests that went to Spotify before it.
    before: usize,
}

impl Talk {
    fn on(stage: Stage) -> Self {
        let before = requests(&stage);
        Self { stage, calls: Cell::new(0), characters: Cell::new(0), before }
    }

    /// What the assistant calls, and reads.
    async fn call(&self, tool: &str, arguments: Value) -> (String, Value) {
        let (text, data) = self.stage.answer(tool, &arguments.to_string()).await;
        self.calls.set(self.calls.get() + 1);
        self.characters.set(self.characters.get() + text.chars().count());
        (text, data)
    }

    /// Its line in the table: calls, characters, and requests to Spotify.
    fn line(&self, said: &str) -> String {
        let requests = requests(&self.stage) - self.before;
        format!("{said:<58} {:>2} {:>5} {requests:>3}", self.calls.get(), self.characters.get())
    }
}

fn requests(stage: &Stage) -> usize {
    let seen = stage.spotify.requests();
    seen.iter().filter(|seen| seen.path.starts_with("/v1/")).count()
}

fn uris(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["uri"].as_str().unwrap()).collect()
}

async fn something_like() -> String {
    let stage = Stage::alice_on(LAPTOP).await;
    stage.alter(|alice| {
        let heard = songs().into_iter().map(|song| song.uri).take(30).collect();
        alice.top.insert("short_term".into(), heard);
    });
    let talk = Talk::on(stage);
    let (_, top) = talk
        .call("spotify_top", json!({"kind": "tracks", "time_range": "short", "limit": 10}))
        .await;
    let artist = top["rows"][0]["artists"][0].as_str().unwrap();
    let (_, found) = talk.call("spotify_search", json!({"artist": artist, "limit": 10})).await;
    let some = uris(&found["results"]["track"]);
    let (text, _) = talk.call("spotify_play", json!({"uris": some, "shuffle": true})).await;
    assert!(text.starts_with("Playing: "), "{text}");
    talk.line("Play something like what I heard most this month.")
}

async fn a_list_of_songs() -> String {
    let talk = Talk::on(Stage::alice().await);
    let all = songs();
    let twenty: Vec<_> = all.iter().step_by(5).take(20).collect();
    let lines: Vec<_> =
        twenty.iter().map(|song| format!("{} – {}", song.title, song.artist)).collect();
    let (_, found) = talk.call("spotify_resolve", json!({"items": lines})).await;
    let best: Vec<_> =
        found["found"].as_array().unwrap().iter().map(|one| &one["best"]["uri"]).collect();
    assert_eq!(best, twenty.iter().map(|song| song.uri.as_str()).collect::<Vec<_>>());
    let (text, _) =
        talk.call("spotify_playlist_create", json!({"name": "Twenty", "uris": best})).await;
    assert!(text.contains("with 20 items"), "{text}");
    talk.line("Make a playlist of these 20 songs.")
}

async fn an_hour_ago() -> String {
    let stage = Stage::alice_listening().await;
    stage.spotify.advance(HOUR);
    let talk = Talk::on(stage);
    let (before, _) = talk.call("spotify_recently_played", json!({"limit": 5})).await;
    assert!(before.contains("spotify:track:"), "{before}");
    talk.line("What was that song an hour ago?")
}

async fn louder_in_the_kitchen() -> String {
    let talk = Talk::on(Stage::alice_listening().await);
    let (text, _) =
        talk.call("spotify_devices", json!({"action": "transfer", "device": "kitchen"})).await;
    assert!(text.starts_with("Moved to"), "{text}");
    talk.call("spotify_control", json!({"action": "volume_delta", "value": -10})).await;
    talk.stage.alter(|alice| assert_eq!(alice.player.device.as_deref(), Some(KITCHEN)));
    talk.line("Put it on in the kitchen, and a little quieter.")
}

async fn what_just_played() -> String {
    let talk = Talk::on(Stage::alice_listening().await);
    let list = talk.stage.playlist("Roadtrip", [SLOW_FERRY]);
    let (_, now) = talk.call("spotify_now", json!({})).await;
    let added = json!({"playlist": "roadtrip", "uris": [now["item"]["uri"], SLOW_FERRY]});
    let (text, _) = talk.call("spotify_playlist_add", added).await;
    assert!(text.starts_with("Added 1 to") && text.contains("Skipped 1"), "{text}");
    assert_eq!(talk.stage.uris(&list).len(), 2);
    talk.line("Add this to my road trip list, unless it's there.")
}

async fn tidying() -> String {
    let talk = Talk::on(Stage::alice().await);
    let all: Vec<_> = songs().into_iter().map(|song| song.uri).cycle().take(600).collect();
    let list = talk.stage.playlist("Everything", all);
    let title = &songs()[7].title;
    let (_, found) = talk
        .call("spotify_playlist_items", json!({"playlist": "Everything", "query": title}))
        .await;
    let uri = found["rows"][0]["uri"].clone();
    let remove = |dry| json!({"playlist": "Everything", "uris": [uri], "dry_run": dry});
    talk.call("spotify_playlist_remove", remove(true)).await;
    talk.call("spotify_playlist_remove", remove(false)).await;
    assert!(!talk.stage.uris(&list).iter().any(|left| *left == uri));
    talk.line("Throw that song out of my list of 600.")
}

async fn saving() -> String {
    let talk = Talk::on(Stage::alice().await);
    let search = json!({"query": "Lanterns", "types": ["album"], "limit": 1});
    let (_, found) = talk.call("spotify_search", search).await;
    let album = found["results"]["album"][0]["uri"].clone();
    let (_, there) = talk.call("spotify_library_check", json!({"uris": [album]})).await;
    assert_eq!(there["not_saved"], json!([album]));
    talk.call("spotify_library_save", json!({"uris": [album]})).await;
    talk.line("Do I have that album? If not, keep it.")
}

async fn where_i_stopped() -> String {
    let talk = Talk::on(Stage::alice_on(CAR).await);
    talk.stage.save(&[SHOW]);
    talk.stage.alter(|alice| {
        alice.player.resume_points.insert(KEEPER.into(), 754_000);
    });
    let (_, shows) = talk.call("spotify_shows", json!({})).await;
    let (_, episodes) =
        talk.call("spotify_episodes", json!({"uri": shows["rows"][0]["uri"]})).await;
    let rows = episodes["rows"].as_array().unwrap();
    let begun = rows.iter().find(|row| row["stopped_at_ms"].as_u64() > Some(0)).unwrap();
    let goes_on = json!({"uri": begun["uri"], "position_ms": begun["stopped_at_ms"]});
    let (text, _) = talk.call("spotify_play", goes_on).await;
    assert!(text.contains("The Keeper's Daughter · Lighthouse Stories · 12:34 of"), "{text}");
    talk.line("Go on with my podcast where I stopped.")
}

async fn queueing() -> String {
    let stage = Stage::alice_listening().await;
    stage.alter(|alice| {
        let heard = songs().into_iter().map(|song| song.uri).skip(10).take(20).collect();
        alice.top.insert("medium_term".into(), heard);
    });
    let talk = Talk::on(stage);
    let (_, top) = talk.call("spotify_top", json!({"kind": "tracks", "limit": 3})).await;
    let (text, data) =
        talk.call("spotify_queue", json!({"action": "add", "uris": uris(&top["rows"])})).await;
    assert_eq!(data["confirmed"], true, "{text}");
    talk.line("Queue my three favourites after this.")
}

async fn who_is_this() -> String {
    let talk = Talk::on(Stage::alice_listening().await);
    let (_, now) = talk.call("spotify_now", json!({})).await;
    let artist = now["item"]["artists"][0].as_str().unwrap();
    let search = json!({"query": artist, "types": ["artist"], "limit": 1});
    let (_, found) = talk.call("spotify_search", search).await;
    let artist = &found["results"]["artist"][0]["uri"];
    let (text, _) = talk.call("spotify_list_children", json!({"uri": artist})).await;
    assert!(text.starts_with("Albums: "), "{text}");
    talk.line("Who is this, and what else did they make?")
}

#[tokio::test]
async fn conversations_take_no_more_calls_and_characters_than_before() {
    let lines = [
        something_like().await,
        a_list_of_songs().await,
        an_hour_ago().await,
        louder_in_the_kitchen().await,
        what_just_played().await,
        tidying().await,
        saving().await,
        where_i_stopped().await,
        queueing().await,
        who_is_this().await,
    ];
    let head = format!("{:<58} calls, characters to read, requests to Spotify", "The person says");
    let table = format!("{head}\n{}\n", lines.join("\n"));
    #[expect(clippy::disallowed_methods, reason = "a switch of this test, and no configuration")]
    if std::env::var("UPDATE_CONVERSATIONS_TXT").is_ok() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/conversations.txt");
        std::fs::write(path, &table).unwrap();
        return;
    }
    assert_eq!(table, TABLE, "the head of this file says what to do if it has shrunk");
}
