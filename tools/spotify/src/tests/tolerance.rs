//! Answers of Spotify with something wrong in them. What can be read is still told.

use serde_json::{Value, json};
use stagepass_standin::spotify::Answer;

use super::{
    harness::{LAPTOP, Stage},
    mutations::{each, some},
    samples::{artist, device, episode, page, played, player, playlist, saved, track},
};

/// How many answers with several things wrong each tool gets.
const SEEDS: u64 = 120;

/// A tool, and an answer of Spotify that it reads.
struct Case {
    tool: &'static str,
    arguments: &'static str,
    path: &'static str,
    body: Value,
    /// What has to be told unless its own place, or one around it, is touched.
    told: Vec<(&'static str, &'static str)>,
    /// Without this there is no answer.
    core: &'static str,
    /// Without all of these there is none either.
    together: &'static [&'static str],
}

fn case(
    tool: &'static str,
    arguments: &'static str,
    path: &'static str,
    body: Value,
    told: &[(&'static str, &'static str)],
    core: &'static str,
) -> Case {
    Case { tool, arguments, path, body, told: told.to_vec(), core, together: &[] }
}

/// A list of two things, each named as its place says.
fn list(
    tool: &'static str,
    arguments: &'static str,
    path: &'static str,
    entries: [Value; 2],
) -> Case {
    let told = [("/items/0", "First"), ("/items/2", "Second")];
    let [first, second] = entries;
    case(tool, arguments, path, page(&[first, Value::Null, second]), &told, "/items")
}

const ALBUM: &str = r#"{"uri": "spotify:album:{id}"}"#;
const ARTIST: &str = r#"{"uri": "spotify:artist:{id}", "limit": 10}"#;
const SHOW: &str = r#"{"uri": "spotify:show:W56eCuNGMGmSrCGIZEG8pS"}"#;
const BOOK: &str = r#"{"uri": "spotify:audiobook:V8gz4FkQ1okTBGzvAmwufU"}"#;

fn lists() -> Vec<Case> {
    let both = |thing: fn(&str) -> Value| [thing("First"), thing("Second")];
    let kept = |kind: &str, thing: fn(&str) -> Value| both(thing).map(|thing| saved(kind, &thing));
    let albums = "artists/{id}/albums";
    let children = "spotify_list_children";
    let (shelf, shows) = ("spotify_library_list", "spotify_shows");
    vec![
        list(children, ALBUM, "albums/{id}/tracks", both(track)),
        list(children, ARTIST, albums, both(playlist)),
        list("spotify_top", r#"{"kind": "tracks"}"#, "me/top/tracks", both(track)),
        list("spotify_top", r#"{"kind": "artists"}"#, "me/top/artists", both(artist)),
        list(shelf, "{}", "me/tracks", kept("track", track)),
        list(shelf, r#"{"kind": "albums"}"#, "me/albums", kept("album", playlist)),
        list(shows, "{}", "me/shows", kept("show", playlist)),
        list(shows, r#"{"kind": "episodes"}"#, "me/episodes", kept("episode", episode)),
        list(shows, r#"{"kind": "audiobooks"}"#, "me/audiobooks", both(playlist)),
        list("spotify_episodes", SHOW, "shows/W56eCuNGMGmSrCGIZEG8pS/episodes", both(episode)),
        list("spotify_episodes", BOOK, "audiobooks/V8gz4FkQ1okTBGzvAmwufU/chapters", both(episode)),
        list(
            "spotify_recently_played",
            "{}",
            "me/player/recently-played",
            both(track).map(|track| played(&track)),
        ),
        case(
            shelf,
            r#"{"kind": "artists"}"#,
            "me/following",
            json!({"artists": page(&both(artist))}),
            &[("/artists/items/0", "First"), ("/artists/items/1", "Second")],
            "/artists/items",
        ),
    ]
}

fn catalogue() -> Vec<Case> {
    let found = json!({
        "tracks": {"items": [track("First"), null, track("Second")], "total": 3, "next": "…"},
        "playlists": {"items": [playlist("Third"), playlist("Fourth")], "total": 2, "next": null},
    });
    vec![
        case(
            "spotify_search",
            r#"{"query": "x", "types": ["track", "playlist"]}"#,
            "search",
            found.clone(),
            &[
                ("/tracks/items/0", "First"),
                ("/tracks/items/2", "Second"),
                ("/playlists/items/0", "Third"),
                ("/playlists/items/1", "Fourth"),
            ],
            "-",
        ),
        case(
            "spotify_resolve",
            r#"{"items": ["first"]}"#,
            "search",
            json!({"tracks": found["tracks"]}),
            &[("/tracks/items/0", "First")],
            "/tracks/items",
        ),
        case(
            "spotify_library_check",
            r#"{"uris": ["oQoaF1LlqsajAIxNKu8iS2", "OzdmenCkhvMdgaKjIg8xNb"]}"#,
            "me/library/contains",
            json!([true, false]),
            &[("/0", "Saved:\n- spotify:track:oQ"), ("/1", "Not saved:\n- spotify:track:Oz")],
            "-",
        ),
    ]
}

/// What is about one thing.
fn things() -> Vec<Case> {
    let get = |kind: &'static str, arguments, thing: Value| Case {
        together: &["/name", "/uri"],
        ..case("spotify_get", arguments, kind, thing, &[("/name", "First")], "-")
    };
    vec![
        get("tracks/{id}", r#"{"uris": ["spotify:track:{id}"]}"#, track("First")),
        get(
            "episodes",
            r#"{"uris": ["spotify:episode:H4487q7J58m1CiAhzCueQp"]}"#,
            episode("First"),
        ),
        get(
            "playlists",
            r#"{"uris": ["spotify:playlist:IjHGb3CXlMaXZjljENUhJd"]}"#,
            playlist("First"),
        ),
        Case {
            together: &["/display_name", "/id", "/account_id"],
            ..case(
                "spotify_me",
                "{}",
                "me$",
                json!({"id": "alice", "display_name": "First", "account_id": "x", "images": null}),
                &[("/display_name", "First")],
                "-",
            )
        },
    ]
}

fn playback() -> Vec<Case> {
    let queue = || json!({"currently_playing": null, "queue": [track("First"), track("Second")]});
    let devices = || json!({"devices": [device("First"), device("Second")]});
    let in_queue = [("/queue/0", "First"), ("/queue/1", "Second")];
    let in_devices = [("/devices/0", "First"), ("/devices/1", "Second")];
    let (now, control, devices_path) = ("spotify_now", "spotify_control", "me/player/devices");
    vec![
        Case {
            together: &["/is_playing", "/item"],
            ..case(
                now,
                "{}",
                "me/player$",
                player(),
                &[("/item/name", "First"), ("/device", "Desk")],
                "-",
            )
        },
        case(now, r#"{"include": ["devices"]}"#, devices_path, devices(), &in_devices, "/devices"),
        case(now, r#"{"include": ["queue"]}"#, "me/player/queue", queue(), &in_queue, "/queue"),
        case("spotify_devices", "{}", devices_path, devices(), &in_devices, "/devices"),
        case("spotify_queue", "{}", "me/player/queue", queue(), &in_queue, "/queue"),
        // What follows a command: however it looks, the command was carried out.
        case(
            "spotify_queue",
            r#"{"action": "add", "uris": ["oQoaF1LlqsajAIxNKu8iS2"]}"#,
            "me/player/queue",
            queue(),
            &[],
            "-",
        ),
        case(control, r#"{"action": "volume", "value": 30}"#, "me/player$", player(), &[], "-"),
        case(
            "spotify_play",
            r#"{"uri": "spotify:track:oQoaF1LlqsajAIxNKu8iS2"}"#,
            "me/player$",
            player(),
            &[],
            "-",
        ),
    ]
}

/// Whether `inner` is `outer` or inside it.
fn is_inside(inner: &str, outer: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether what is at `path` may be lost when `touched` is.
fn is_lost(path: &str, touched: &str) -> bool {
    is_inside(path, touched) || is_inside(touched, path)
}

impl Case {
    async fn check(&self, stage: &Stage, touched: &[String], body: &Value, number: u64) {
        // What was asked for once is known, so everything is asked for once only.
        let new = |text: &str| text.replace("{id}", &format!("{number:022}"));
        stage.fail("GET", &new(self.path), Answer::json(200, body));
        let at = format!("{}: {touched:?} in {body}", self.tool);
        match stage.call(self.tool, &new(self.arguments)).await {
            Ok((text, _)) => {
                for (home, name) in &self.told {
                    let lost = touched.iter().any(|path| is_lost(home, path));
                    assert!(lost || text.contains(name), "no {name} in {text}; {at}");
                }
            }
            Err(error) => {
                assert_eq!(error.code(), "provider_unavailable", "{at}");
                let hit = |place: &&str| touched.iter().any(|path| is_lost(place, path));
                let all = !self.together.is_empty() && self.together.iter().all(hit);
                let core = touched.iter().any(|path| is_inside(self.core, path));
                assert!(all || core, "{at}");
            }
        }
    }
}

async fn check_all(cases: Vec<Case>) {
    let stage = Stage::alice_on(LAPTOP).await;
    for case in cases {
        let one = each(&case.body).into_iter().map(|(path, body)| (vec![path], body));
        let several = (0..SEEDS).map(|seed| some(&case.body, seed));
        for (number, (touched, body)) in (0..).zip(one.chain(several)) {
            case.check(&stage, &touched, &body, number).await;
        }
    }
}

#[tokio::test]
async fn lists_survive_whatever_a_field_holds() {
    check_all(lists()).await;
}

#[tokio::test]
async fn the_catalogue_survives_whatever_a_field_holds() {
    check_all(catalogue()).await;
    check_all(things()).await;
}

#[tokio::test]
async fn the_player_survives_whatever_a_field_holds() {
    check_all(playback()).await;
}
