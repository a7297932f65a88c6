use std::time::{Duration, Instant};

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
