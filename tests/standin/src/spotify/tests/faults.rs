use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    super::{Answer, Fault},
    Caller, Spotify, connect, send, text,
};

#[tokio::test]
async fn faults_come_as_often_as_told() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token("alice", &["user-read-private"]));
    let me = async || caller.get(&token, "/me").send().await;
    let quota = Answer::TooManyRequests { retry_after: 86_400, reason: Some("QUOTA_EXCEEDED") };
    spotify.world(|world| {
        world.fail(Fault::times(2, "GET", "/v1/me", Answer::text(502, "Bad gateway")));
        world.fail(Fault::once("", "/v1/me", quota));
        world.fail(Fault::once("GET", "/v1/me", Answer::Drop));
    });
    assert_eq!(me().await.unwrap().status(), 502);
    assert_eq!(me().await.unwrap().status(), 502);
    let busy = me().await.unwrap();
    assert_eq!(
        (busy.status().as_u16(), &busy.headers()["retry-after"]),
        (429, &"86400".parse().unwrap())
    );
    assert!(busy.text().await.unwrap().contains("QUOTA_EXCEEDED"));
    assert!(me().await.is_err(), "the connection breaks before any answer");
    assert_eq!(me().await.unwrap().status(), 200);
    spotify.world(|world| world.outage = true);
    assert_eq!(me().await.unwrap().status(), 503);
    let statuses = spotify.requests().iter().map(|seen| seen.status).collect::<Vec<_>>();
    assert_eq!(statuses, [502, 502, 429, 0, 200, 503]);
}

#[tokio::test]
async fn a_held_answer_has_taken_effect() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = text(&connect(&spotify, "alice").await, "refresh_token");
    spotify.world(|world| {
        world.rotate_refresh = true;
        world.token_delay = Some(Duration::from_millis(300));
    });
    let began = Instant::now();
    let asking = tokio::spawn(async move { caller.refresh(&token).await });
    while spotify.refreshes() == 0 || spotify.world(|world| world.refresh_tokens.len()) < 2 {
        tokio::task::yield_now().await;
    }
    assert!(!asking.is_finished(), "the token has rotated, the answer is still held");
    assert_eq!(asking.await.unwrap().0, 200);
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn a_hanging_call_is_seen() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token("alice", &["user-read-private"]));
    spotify.world(|world| {
        world.fail(Fault::once("GET", "/v1/me", Answer::Hang));
        world.fail(Fault::once("PUT", "/v1/me/player", Answer::DropAfter));
    });
    let patient = caller.get(&token, "/me").timeout(Duration::from_millis(100));
    assert!(patient.send().await.unwrap_err().is_timeout());
    assert!(caller.put(&token, "/me/player/pause").send().await.is_err());
    assert_eq!(spotify.count("GET", "/v1/me"), 1);
    assert_eq!(send(caller.get(&token, "/me")).await.0, 200);
}

#[tokio::test]
async fn nobody_answers_after_the_end() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| {
        world.fail(Fault::once("GET", "/v1/me$", Answer::text(500, "once")));
        world.issue_access_token("alice", &["user-read-private"])
    });
    assert_eq!(send(caller.get(&token, "/search?q=salt&type=track")).await.0, 200);
    assert_eq!(send(caller.get(&token, "/me")).await.0, 500);
    assert_eq!(send(caller.get(&token, "/me")).await.0, 200);
    drop(spotify);
    assert!(caller.get(&token, "/me").send().await.is_err(), "though the connection was open");
}

#[tokio::test]
async fn calls_are_counted_over_thirty_seconds_of_its_clock() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token("alice", &["user-read-private"]));
    let me = async || {
        let answer = caller.get(&token, "/me").send().await.unwrap();
        let wait =
            answer.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
        (answer.status().as_u16(), wait.map(|wait| wait.parse::<u64>().unwrap()))
    };
    spotify.world(|world| world.rate_limit = Some(2));
    assert_eq!((me().await.0, me().await.0), (200, 200));
    spotify.advance(Duration::from_secs(20));
    let (status, wait) = me().await;
    assert_eq!(status, 429);
    assert!((9..=11).contains(&wait.unwrap()), "{wait:?}");
    spotify.advance(Duration::from_secs(wait.unwrap()));
    assert_eq!(me().await.0, 200);

    spotify.world(|world| world.exhaust_quota(Duration::from_hours(24)));
    let (_, body) = send(caller.get(&token, "/search?q=salt&type=track")).await;
    assert_eq!(body["error"]["reason"], "QUOTA_EXCEEDED");
    assert!(me().await.1.unwrap() > 86_000);
    spotify.advance(Duration::from_hours(25));
    let token = spotify.world(|world| world.issue_access_token("bob", &["user-read-private"]));
    assert_eq!(send(caller.get(&token, "/me")).await.0, 200);
    assert_eq!(spotify.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn mistakes_happen_once() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token = spotify.world(|world| world.issue_access_token("alice", &["user-read-private"]));
    spotify.world(|world| {
        world.fail(Fault::once("GET", "/v1/me", Answer::token_missing()));
        world.fail(Fault::once("GET", "/v1/me", Answer::premium_required()));
    });
    let me = async || send(caller.get(&token, "/me")).await;
    let error = |status, message| json!({"error": {"status": status, "message": message}});
    assert_eq!(me().await, (401, error(401, "Access token missing")));
    assert_eq!(me().await, (403, error(403, "Premium required")));
    assert_eq!(me().await.0, 200);
}

#[tokio::test]
async fn answers_are_as_odd_as_told() {
    let spotify = Spotify::start().await;
    let caller = Caller::of(&spotify);
    let token =
        spotify.world(|world| world.issue_access_token("alice", &["user-read-playback-state"]));
    spotify.world(|world| {
        world.quirks.holes = true;
        world.quirks.unknown_enums = true;
        world.quirks.missing = vec!["external_ids".into(), "images".into()];
    });
    let (_, album) = send(caller.get(&token, "/albums/fKtHF4vUCsMehGAkWvj7FA")).await;
    assert_eq!(album["album_type"], "mixtape");
    assert_eq!(album["tracks"]["items"][1], Value::Null);
    assert_eq!((&album["tracks"]["total"], album.get("external_ids")), (&3.into(), None));
    assert!(!album.to_string().contains("images"));
    let (_, devices) = send(caller.get(&token, "/me/player/devices")).await;
    assert_eq!(devices["devices"][0]["type"], "CarThing2");
    assert_eq!(spotify.violations(), Vec::<String>::new());
}
