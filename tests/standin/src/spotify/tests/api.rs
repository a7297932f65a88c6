use std::time::Duration;

use serde_json::Value;

use super::{Caller, Spotify, send};

#[tokio::test]
async fn tokens_expire_by_its_clock_and_can_be_rejected_early() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token("alice", &["user-read-private"]));
    let (status, me) = send(caller.get(&token, "/me")).await;
    assert_eq!((status, &me["id"]), (200, &"alice".into()));
    assert!(
        me.get("email").is_none() && me.get("product").is_none() && me["account_id"].is_string()
    );
    spotify.advance(Duration::from_secs(3601));
    let (status, error) = send(caller.get(&token, "/me")).await;
    assert_eq!((status, &error["error"]["message"]), (401, &"The access token expired".into()));
    let token = spotify.world(|world| world.issue_access_token("alice", &["user-read-private"]));
    spotify.world(|world| world.reject_access_tokens_of("alice"));
    assert_eq!(send(caller.get(&token, "/me")).await.0, 401);
    let (_, error) = send(caller.get("made-up", "/me")).await;
    assert_eq!(error["error"]["message"], "Invalid access token");
    assert_eq!(spotify.requests()[0].subject.as_deref(), Some("alice"));
    assert_eq!(spotify.count("GET", "/v1/me"), 4);
}

#[tokio::test]
async fn who_may_not_come_in() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let mallory =
        spotify.world(|world| world.issue_access_token("mallory", &["user-read-private"]));
    let (status, body) = send(caller.get(&mallory, "/me")).await;
    assert_eq!(status, 403);
    assert!(body.as_str().unwrap().ends_with("the user may not be registered."), "plain text");
    let alice = spotify.world(|world| world.issue_access_token("alice", &[]));
    let (status, body) = send(caller.get(&alice, "/me/player")).await;
    assert_eq!((status, &body["error"]["message"]), (403, &"Insufficient client scope".into()));
    spotify.world(|world| world.owner_premium = false);
    let (status, body) = send(caller.get(&alice, "/search?q=salt&type=track")).await;
    assert_eq!(status, 403);
    assert!(body.as_str().unwrap().starts_with("Active premium subscription required"));
    assert_eq!(spotify.violations(), Vec::<String>::new());
    let (status, body) = send(caller.client.get(format!("{}/v1/me", spotify.url()))).await;
    assert_eq!((status, &body["error"]["message"]), (401, &"No token provided".into()));
    assert_eq!(spotify.violations(), ["GET /v1/me: no token"]);
}

#[tokio::test]
async fn endpoints_of_before_2026_are_gone() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token("alice", &["user-read-private"]));
    for (path, expected) in [
        ("/me/", 404),
        ("/recommendations", 404),
        ("/tracks?ids=oQoaF1LlqsajAIxNKu8iS2", 403),
        ("/artists/u8jzPde0IgxLd6GncfBAep/top-tracks", 403),
        ("/browse/new-releases", 403),
    ] {
        let (status, _) = send(caller.get(&token, path)).await;
        assert_eq!(status, expected, "{path}");
    }
    assert_eq!(spotify.violations().len(), 5);
    spotify.forgive();
    let id = "oQoaF1LlqsajAIxNKu8iS2";
    let gone = [
        format!("GET /playlists/{id}/tracks"),
        format!("POST /playlists/{id}/tracks"),
        format!("PUT /playlists/{id}/followers"),
        "POST /users/alice/playlists".to_owned(),
        "GET /users/alice".to_owned(),
        "PUT /me/tracks".to_owned(),
        "DELETE /me/following".to_owned(),
        "GET /me/albums/contains".to_owned(),
        "GET /episodes".to_owned(),
        format!("GET /artists/{id}/related-artists"),
        format!("GET /audio-features/{id}"),
        "GET /browse/categories".to_owned(),
        "GET /markets".to_owned(),
    ];
    for line in &gone {
        let (method, path) = line.split_once(' ').unwrap();
        let url = format!("{}/v1{path}", spotify.url());
        let request = caller.client.request(method.parse().unwrap(), url).bearer_auth(&token);
        let (status, error) = send(request.header("content-length", "0")).await;
        assert_eq!((status, &error["error"]["message"]), (403, &"Forbidden".into()), "{line}");
    }
    assert_eq!(spotify.violations().len(), gone.len());
}

#[tokio::test]
async fn search_has_its_limits() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token("alice", &[]));
    let search = async |query: &str| send(caller.get(&token, &format!("/search?{query}"))).await;
    for (query, message) in [
        ("q=salt&type=track&limit=11", "Invalid limit"),
        ("q=salt&type=track&limit=0", "Invalid limit"),
        ("q=salt&type=track&offset=1001", "Invalid offset"),
        ("q=&type=track", "No search query"),
        ("q=salt", "Missing parameter type"),
        ("q=salt&type=song", "Bad search type field song"),
    ] {
        let (status, error) = search(query).await;
        assert_eq!((status, &error["error"]["message"]), (400, &message.into()), "{query}");
    }
    assert_eq!(spotify.violations().len(), 6);
    spotify.forgive();

    let names = |page: &Value| {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["name"].as_str().unwrap_or("-").to_owned()).collect::<Vec<_>>()
    };
    let (_, found) = search("q=lighthouse&type=track,playlist,artist").await;
    assert_eq!(names(&found["tracks"]), ["Lighthouse", "Lighthouse", "Winter Lighthouse"]);
    assert_eq!(names(&found["playlists"]), ["Lighthouse Keepers", "-"], "a hole");
    assert_eq!(found["artists"]["total"], 0);
    assert!(found["tracks"]["items"][0].get("popularity").is_none());
    assert!(found["playlists"]["items"][0].get("tracks").is_none());
    let (_, found) = search("q=track:lighthouse%20artist:%22marlene%20okafor%22&type=track").await;
    assert_eq!(names(&found["tracks"]), ["Lighthouse"]);
    let (_, found) = search("q=fjordur&type=track,album").await;
    assert_eq!(names(&found["albums"]), ["Fjörður"], "accents do not count");
    let (_, found) = search("q=o&type=track&limit=2&offset=2").await;
    assert_eq!((names(&found["tracks"]).len(), &found["tracks"]["offset"]), (2, &2.into()));
    assert!(found["tracks"]["next"].is_string());
    let (status, track) = send(caller.get(&token, "/tracks/e3nNyjOq9wMxEhh2FDEEtf")).await;
    assert_eq!((status, &track["album"]["album_type"]), (200, &"ep".into()));
    assert_eq!(send(caller.get(&token, "/tracks/0000000000000000000000")).await.0, 404);
    assert_eq!(spotify.violations(), Vec::<String>::new());
}
