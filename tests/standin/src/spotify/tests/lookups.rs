use std::time::Duration;

use serde_json::{Value, json};

use super::{
    super::{catalogue, routes::ROUTES},
    Caller, Spotify, send,
};

const SCOPES: [&str; 7] = [
    "user-read-playback-position",
    "user-read-recently-played",
    "user-library-read",
    "user-modify-playback-state",
    "user-read-playback-state",
    "user-read-private",
    "playlist-read-private",
];
const LAPTOP: &str = "65b708073fc0480ea92a077233ca87bd1c2f0a11";

async fn start() -> (Spotify, Caller, String) {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token("alice", &SCOPES));
    (spotify, caller, token)
}

/// All that is written down of the Web API of 2026 for an app in Development Mode.
const WORKS: [(&str, &str); 49] = [
    ("GET", "/search"),
    ("GET", "/tracks/{id}"),
    ("GET", "/albums/{id}"),
    ("GET", "/artists/{id}"),
    ("GET", "/episodes/{id}"),
    ("GET", "/shows/{id}"),
    ("GET", "/audiobooks/{id}"),
    ("GET", "/chapters/{id}"),
    ("GET", "/albums/{id}/tracks"),
    ("GET", "/artists/{id}/albums"),
    ("GET", "/shows/{id}/episodes"),
    ("GET", "/audiobooks/{id}/chapters"),
    ("GET", "/me"),
    ("GET", "/me/top/artists"),
    ("GET", "/me/top/tracks"),
    ("GET", "/me/following"),
    ("GET", "/me/tracks"),
    ("GET", "/me/albums"),
    ("GET", "/me/shows"),
    ("GET", "/me/episodes"),
    ("GET", "/me/audiobooks"),
    ("PUT", "/me/library"),
    ("DELETE", "/me/library"),
    ("GET", "/me/library/contains"),
    ("GET", "/me/playlists"),
    ("POST", "/me/playlists"),
    ("GET", "/playlists/{id}"),
    ("PUT", "/playlists/{id}"),
    ("GET", "/playlists/{id}/items"),
    ("POST", "/playlists/{id}/items"),
    ("PUT", "/playlists/{id}/items"),
    ("DELETE", "/playlists/{id}/items"),
    ("GET", "/playlists/{id}/images"),
    ("PUT", "/playlists/{id}/images"),
    ("GET", "/me/player"),
    ("GET", "/me/player/devices"),
    ("GET", "/me/player/currently-playing"),
    ("GET", "/me/player/queue"),
    ("GET", "/me/player/recently-played"),
    ("PUT", "/me/player"),
    ("PUT", "/me/player/play"),
    ("PUT", "/me/player/pause"),
    ("PUT", "/me/player/seek"),
    ("PUT", "/me/player/repeat"),
    ("PUT", "/me/player/volume"),
    ("PUT", "/me/player/shuffle"),
    ("POST", "/me/player/next"),
    ("POST", "/me/player/previous"),
    ("POST", "/me/player/queue"),
];

#[tokio::test]
async fn all_49_operations_are_answered() {
    let routes = ROUTES.iter().map(|route| (route.method, route.path));
    assert_eq!(routes.collect::<std::collections::HashSet<_>>(), WORKS.into());
    let (spotify, caller, _) = start().await;
    let token = spotify.world(|world| world.issue_access_token("alice", &[]));
    for (method, path) in WORKS {
        let url = format!("{}/v1{}", spotify.url(), path.replace("{id}", "0000000000000000000000"));
        let request = caller.client.request(method.parse().unwrap(), url).bearer_auth(&token);
        let (status, answer) = send(request.header("content-length", "0")).await;
        assert!([200, 400, 403, 404].contains(&status), "{method} {path}: {status}");
        assert_ne!(answer["error"]["message"], "Forbidden", "{method} {path}");
    }
    let unknown = |told: &String| told.contains("gone or unknown");
    assert!(!spotify.violations().iter().any(unknown), "{:?}", spotify.violations());
}

#[tokio::test]
async fn each_scope_of_the_table_is_needed() {
    let (spotify, caller, _) = start().await;
    for route in ROUTES {
        for missing in route.scopes {
            let others = route.scopes.iter().filter(|scope| scope != &missing);
            let others = others.map(|scope| scope.split('|').next().unwrap()).collect::<Vec<_>>();
            let token = spotify.world(|world| world.issue_access_token("alice", &others));
            let path = route.path.replace("{id}", "0000000000000000000000");
            let url = format!("{}/v1{path}", spotify.url());
            let request = caller.client.request(route.method.parse().unwrap(), url);
            let (status, answer) =
                send(request.bearer_auth(&token).header("content-length", "0")).await;
            assert_eq!(status, 403, "{} {path} without {missing}", route.method);
            assert_eq!(answer["error"]["message"], "Insufficient client scope");
        }
    }
    assert_eq!(spotify.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn everything_is_told_in_whole_and_in_pages() {
    let (spotify, caller, token) = start().await;
    let get = async |path: &str| send(caller.get(&token, path)).await;
    let all = catalogue::all();
    let long = all.albums.iter().find(|album| album.tracks().count() > 50).unwrap().id;
    let (_, album) = get(&format!("/albums/{long}")).await;
    assert_eq!((&album["total_tracks"], &album["tracks"]["total"]), (&56.into(), &56.into()));
    let next = album["tracks"]["next"].as_str().unwrap();
    let (_, rest) = get(next.split_once("/v1").unwrap().1).await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 6);
    assert_eq!(rest["items"][0]["track_number"], 51);
    assert!(rest["items"][0].get("album").is_none());
    assert!(album.get("genres").is_none() && album.get("label").is_none());

    let busy = all.artists.iter().find(|artist| artist.name == "Juniper Vale").unwrap().id;
    let (_, albums) = get(&format!("/artists/{busy}/albums")).await;
    assert_eq!((&albums["total"], &albums["limit"]), (&14.into(), &5.into()));
    let (_, singles) = get(&format!("/artists/{busy}/albums?include_groups=single&limit=10")).await;
    assert!(singles["total"].as_i64().unwrap() > 3);
    let (_, guest) = get("/artists/u8jzPde0IgxLd6GncfBAep/albums?include_groups=appears_on").await;
    assert_eq!(guest["items"][0]["name"], "Strings for Winter");

    let show = all.shows.last().unwrap().id;
    let (_, episodes) = get(&format!("/shows/{show}/episodes?limit=50&offset=50")).await;
    assert_eq!((&episodes["total"], &episodes["next"]), (&64.into(), &Value::Null));
    assert_eq!(episodes["items"].as_array().unwrap().len(), 14);
    assert_eq!(episodes["items"][0]["resume_point"]["fully_played"], false);
    let book = all.books.first().unwrap().id;
    let (_, chapters) = get(&format!("/audiobooks/{book}/chapters?limit=3")).await;
    let chapter = chapters["items"][2]["id"].as_str().unwrap();
    let (_, chapter) = get(&format!("/chapters/{chapter}")).await;
    assert_eq!(
        (&chapter["chapter_number"], &chapter["audiobook"]["id"]),
        (&2.into(), &book.into())
    );
    assert_eq!(get(&format!("/audiobooks/{book}?market=GB")).await.0, 200);
    assert_eq!(get(&format!("/audiobooks/{book}?market=DE")).await.0, 404, "not sold there");
    assert_eq!(spotify.violations(), Vec::<String>::new());

    for path in [
        format!("/artists/{busy}/albums?limit=11"),
        format!("/artists/{busy}/albums?include_groups=live"),
        format!("/albums/{long}/tracks?limit=51"),
        format!("/albums/{long}?market=de"),
        "/albums/short".to_owned(),
    ] {
        assert_eq!(get(&path).await.0, 400, "{path}");
    }
    assert_eq!(spotify.violations().len(), 5);
}

#[tokio::test]
async fn what_was_played_is_remembered() {
    let (spotify, caller, token) = start().await;
    let play = async |body: Value| {
        let path = format!("/me/player/play?device_id={LAPTOP}");
        let (status, _) = send(caller.bare_put(&token, &path).json(&body)).await;
        assert_eq!(status, 204);
    };
    let recent = async |query: &str| {
        let path = format!("/me/player/recently-played?{query}");
        send(caller.get(&token, &path)).await
    };
    play(json!({"context_uri": "spotify:album:fKtHF4vUCsMehGAkWvj7FA"})).await;
    assert_eq!(recent("").await.1["items"], json!([]));
    spotify.advance(Duration::from_mins(7));
    let (_, page) = recent("").await;
    let names = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|play| play["track"]["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&page), ["Paper Lanterns", "Lighthouse"]);
    assert_eq!(page["items"][0]["context"]["type"], "album");
    assert!(page.get("offset").is_none());

    // Half heard and then left: it counts. An episode does not, but it has a place to go on from.
    spotify.advance(Duration::from_secs(100));
    play(json!({"uris": ["spotify:episode:BenQtYh5Xj8TPQxjq4i9Do"]})).await;
    spotify.advance(Duration::from_mins(10));
    let (_, latest) = recent("limit=1").await;
    assert_eq!(names(&latest), ["Slow Ferry"]);
    let before = latest["cursors"]["before"].as_str().unwrap();
    let (_, older) = recent(&format!("limit=1&before={before}")).await;
    assert_eq!(names(&older), ["Paper Lanterns"]);
    let after = older["cursors"]["after"].as_str().unwrap();
    assert_eq!(names(&recent(&format!("after={after}")).await.1), ["Slow Ferry"]);
    let (_, episode) = send(caller.get(&token, "/episodes/BenQtYh5Xj8TPQxjq4i9Do")).await;
    let place = episode["resume_point"]["resume_position_ms"].as_i64().unwrap();
    assert!((600_000..603_000).contains(&place), "{place}");
    assert_eq!(spotify.violations(), Vec::<String>::new());
    for query in ["before=1&after=1", "before=yesterday", "limit=51", "offset=1"] {
        assert_eq!(recent(query).await.0, 400, "{query}");
    }
    assert_eq!(spotify.violations().len(), 4);
}
