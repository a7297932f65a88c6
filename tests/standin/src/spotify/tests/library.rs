use std::collections::HashSet;

use serde_json::{Value, json};

use super::{
    super::{FollowArtists, songs},
    Caller, Spotify, send,
};

const SCOPES: [&str; 8] = [
    "user-library-read",
    "user-library-modify",
    "user-follow-read",
    "user-follow-modify",
    "playlist-read-private",
    "playlist-modify-public",
    "user-read-playback-position",
    "user-top-read",
];
const LIGHTHOUSE: &str = "spotify:track:oQoaF1LlqsajAIxNKu8iS2";
const SALT: &str = "spotify:track:e3nNyjOq9wMxEhh2FDEEtf";
const LANTERNS: &str = "spotify:album:fKtHF4vUCsMehGAkWvj7FA";
const HARBOUR: &str = "spotify:artist:u8jzPde0IgxLd6GncfBAep";
const BOBS: &str = "spotify:playlist:IjHGb3CXlMaXZjljENUhJd";
const FOG: &str = "spotify:episode:BenQtYh5Xj8TPQxjq4i9Do";
const STORIES: &str = "spotify:show:W56eCuNGMGmSrCGIZEG8pS";
const BOOK: &str = "spotify:audiobook:V8gz4FkQ1okTBGzvAmwufU";
const GONE: &str = "spotify:track:0000000000000000000000";

struct Stage {
    spotify: Spotify,
    caller: Caller,
    token: String,
}

impl Stage {
    async fn alice() -> Self {
        let spotify = Spotify::start().await;
        let caller = Caller::of(&spotify);
        let token = spotify.world(|world| world.issue_access_token("alice", &SCOPES));
        Self { spotify, caller, token }
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = send(self.caller.get(&self.token, path)).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    async fn library(&self, method: &str, uris: &str) -> u16 {
        let method = method.parse().unwrap();
        let url = format!("{}/v1/me/library?uris={uris}", self.caller.base);
        let request = self.caller.client.request(method, url).bearer_auth(&self.token);
        send(request.header("content-length", "0")).await.0
    }

    fn violations(&self) -> usize {
        let count = self.spotify.violations().len();
        self.spotify.forgive();
        count
    }
}

#[tokio::test]
async fn what_is_saved_is_listed_and_can_be_removed() {
    let stage = Stage::alice().await;
    let all = [LIGHTHOUSE, SALT, LANTERNS, BOBS, FOG, STORIES, BOOK, "spotify:user:bob"].join(",");
    assert_eq!(stage.library("PUT", &all).await, 200);
    assert_eq!(stage.library("PUT", SALT).await, 200, "once more");
    let tracks = stage.get("/me/tracks?limit=1").await;
    assert_eq!(
        (&tracks["total"], &tracks["items"][0]["track"]["uri"]),
        (&2.into(), &LIGHTHOUSE.into())
    );
    assert!(tracks["next"].is_string() && tracks["items"][0]["added_at"].is_string());
    for (path, kind, uri) in [
        ("albums", "album", LANTERNS),
        ("episodes", "episode", FOG),
        ("shows", "show", STORIES),
        ("audiobooks", "audiobook", BOOK),
    ] {
        let page = stage.get(&format!("/me/{path}")).await;
        assert_eq!((&page["total"], &page["items"][0][kind]["uri"]), (&1.into(), &uri.into()));
    }
    assert_eq!(stage.get("/me/playlists").await["items"][0]["uri"], BOBS);
    let contains = stage.get(&format!("/me/library/contains?uris={SALT},{HARBOUR},{BOBS}")).await;
    assert_eq!(contains, json!([true, false, true]));
    assert_eq!(stage.library("DELETE", &format!("{SALT},{HARBOUR}")).await, 400, "mixed");
    assert_eq!(stage.violations(), 1);
    assert_eq!(stage.library("DELETE", &format!("{SALT},{BOBS},{GONE}")).await, 200);
    assert_eq!(stage.get("/me/tracks").await["total"], 1);
    assert!(!stage.spotify.world(|world| world.person("alice").has_saved(BOBS)));
    assert_eq!(stage.violations(), 0);
}

#[tokio::test]
async fn the_library_takes_uris_in_the_query_and_at_most_forty() {
    let stage = Stage::alice().await;
    let forty = songs().iter().take(40).map(|song| song.uri.clone()).collect::<Vec<_>>().join(",");
    assert_eq!(stage.library("PUT", &forty).await, 200);
    assert_eq!(stage.library("PUT", &format!("{LIGHTHOUSE},{GONE}")).await, 404, "all or nothing");
    assert_eq!(stage.violations(), 0);
    assert_eq!(stage.library("PUT", &format!("{forty},{FOG}")).await, 400);
    for uris in
        ["", "oQoaF1LlqsajAIxNKu8iS2", "spotify:track:x", "spotify:chapter:oQoaF1LlqsajAIxNKu8iS2"]
    {
        assert_eq!(stage.library("PUT", uris).await, 400, "{uris}");
    }
    let body = stage.caller.bare_put(&stage.token, "/me/library").json(&json!({"uris": [SALT]}));
    let (status, error) = send(body).await;
    assert_eq!((status, &error["error"]["message"]), (400, &"Missing required field: uris".into()));
    let url = format!("{}/v1/me/library?uris={SALT}", stage.caller.base);
    let bare = stage.caller.client.delete(url).bearer_auth(&stage.token);
    assert_eq!(send(bare).await.0, 411);
    assert_eq!(stage.violations(), 7);
}

#[tokio::test]
async fn artists_are_followed_alone_always_or_never() {
    let stage = Stage::alice().await;
    let mixed = format!("{HARBOUR},{SALT}");
    assert_eq!(stage.library("PUT", HARBOUR).await, 200);
    assert_eq!(stage.library("PUT", &mixed).await, 400);
    assert_eq!(stage.violations(), 1, "who mixes them should know better");
    stage.spotify.world(|world| world.quirks.follow_artists = FollowArtists::Always);
    assert_eq!(stage.library("PUT", &mixed).await, 200);
    stage.spotify.world(|world| world.quirks.follow_artists = FollowArtists::Never);
    assert_eq!(stage.library("DELETE", HARBOUR).await, 400);
    let contains = stage.get(&format!("/me/library/contains?uris={mixed}")).await;
    assert_eq!(contains, json!([true, true]), "asking always works");
    assert_eq!(stage.violations(), 0);
}

#[tokio::test]
async fn followed_artists_come_by_cursor() {
    let stage = Stage::alice().await;
    let artists = super::super::catalogue::all().artists.iter().map(|artist| artist.id);
    let artists = artists.take(5).collect::<Vec<_>>();
    stage.spotify.world(|world| {
        artists.iter().rev().for_each(|id| world.save("alice", &format!("spotify:artist:{id}")));
    });
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = stage.get(&format!("/me/following?type=artist&limit=2{after}")).await;
        let page = &page["artists"];
        assert_eq!(page["total"], 5);
        let ids = page["items"].as_array().unwrap().iter().map(|artist| artist["id"].clone());
        seen.extend(ids.map(|id| id.as_str().unwrap().to_owned()));
        let Some(cursor) = page["cursors"]["after"].as_str() else {
            assert!(page["next"].is_null());
            break;
        };
        assert!(page["next"].as_str().unwrap().ends_with(&format!("&after={cursor}")));
        after = format!("&after={cursor}");
    }
    assert_eq!(seen, artists);
    assert_eq!(stage.violations(), 0);
    for query in ["", "?type=user", "?type=artist&after=x", "?type=artist&offset=2"] {
        let following = stage.caller.get(&stage.token, &format!("/me/following{query}"));
        assert_eq!(send(following).await.0, 400, "{query}");
    }
    assert_eq!(stage.violations(), 4);
}

#[tokio::test]
async fn the_top_is_told_by_time_range() {
    let stage = Stage::alice().await;
    stage.spotify.world(|world| {
        let top = &mut world.person("alice").top;
        top.insert("short_term".into(), vec![SALT.into(), HARBOUR.into(), LIGHTHOUSE.into()]);
    });
    let tracks = stage.get("/me/top/tracks?time_range=short_term&limit=1&offset=1").await;
    assert_eq!((&tracks["total"], &tracks["items"][0]["uri"]), (&2.into(), &LIGHTHOUSE.into()));
    let artists = stage.get("/me/top/artists?time_range=short_term").await;
    assert_eq!(artists["items"][0]["uri"], HARBOUR);
    assert_eq!(stage.get("/me/top/artists").await["total"], 0, "another time");
    let eternal = stage.caller.get(&stage.token, "/me/top/tracks?time_range=all_time");
    assert_eq!(send(eternal).await.0, 400);
    assert_eq!(stage.violations(), 1);
}

#[test]
fn there_is_enough_to_choose_from() {
    let songs = songs();
    let count = |of: &dyn Fn(&super::super::Song) -> &'static str| {
        songs.iter().map(of).collect::<HashSet<_>>().len()
    };
    assert!(songs.len() >= 120 && count(&|song| song.artist) >= 15, "{}", songs.len());
    assert!(count(&|song| song.album) >= 25);
    let undertow = songs.iter().filter(|song| song.title == "Undertow").map(|song| song.artist);
    assert_eq!(undertow.collect::<Vec<_>>(), ["Juniper Vale", "Odessa Quill"]);
    assert!(songs.iter().any(|song| song.title.ends_with("- Remastered 2011")));
}
