//! Clients that are slow, silent, many, or say too much.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use stagepass::app::Door;
use stagepass_standin::{
    Browser,
    spotify::{Answer, Fault},
};
use tokio::time::{sleep, timeout};

use super::{LONG, Raw, SHORT, impatient, is_served};
use crate::harness::TestApp;

/// What a client says that doesn't get to its request.
const DAWDLERS: [&str; 5] = [
    "",
    "G",
    "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    // The beginning of HTTP/2, and all of what comes before its first frame.
    "PRI * HTTP/2.0\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
];

fn head(app: &TestApp, more: &str) -> String {
    let host = app.url.trim_start_matches("http://");
    format!("GET /healthz HTTP/1.1\r\nHost: {host}\r\n{more}\r\n")
}

/// A client that speaks HTTP/2 without asking.
fn http2(app: &TestApp) -> RequestBuilder {
    #[expect(clippy::disallowed_methods, reason = "a client is no part of the server")]
    let client = Client::builder().http2_prior_knowledge().no_proxy().build().unwrap();
    client.get(format!("{}/healthz", app.url))
}

#[tokio::test]
async fn who_does_not_come_to_the_point_is_cut_off() {
    let app = impatient(Door { head: SHORT, ..Door::default() }).await;
    let mut all = Vec::new();
    for said in DAWDLERS {
        all.push(Raw::saying(&app, said).await);
    }
    assert!(is_served(&app).await);
    for (dawdler, said) in all.into_iter().zip(DAWDLERS) {
        assert!(!dawdler.heard().await.starts_with("HTTP"), "{said:?}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_connection_on_which_nothing_comes_any_more_is_closed() {
    let app = impatient(Door { head: SHORT, idle: SHORT, ..Door::default() }).await;
    for more in ["", "GET /heal"] {
        let mut idle = Raw::saying(&app, head(&app, "")).await;
        idle.say(more).await;
        let heard = idle.heard().await;
        assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
        assert_eq!(heard.matches("HTTP/1.1").count(), 1, "{heard}");
    }
    app.finish().await;
}

#[tokio::test]
async fn only_so_many_connections_are_open_at_once() {
    let app = impatient(Door { connections: 2, ..Door::default() }).await;
    let mut first = Raw::saying(&app, "G").await;
    let _second = Raw::saying(&app, "G").await;
    let mut third = Box::pin(is_served(&app));
    assert!(tokio::time::timeout(LONG, &mut third).await.is_err(), "there is no place for it");
    first.say("ET / HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert!(first.heard().await.starts_with("HTTP/1.1"));
    assert!(third.await, "now there is");
    app.finish().await;
}

#[tokio::test]
async fn a_place_is_not_held_by_who_does_nothing_with_it() {
    let app = impatient(Door { connections: 1, head: SHORT, idle: SHORT, ..Door::default() }).await;
    for said in DAWDLERS {
        let _dawdler = Raw::saying(&app, said).await;
        assert!(is_served(&app).await, "{said:?}");
    }
    let idle = Raw::saying(&app, head(&app, "")).await;
    assert!(is_served(&app).await);
    drop(idle);
    // Its connection stays in the client's pool.
    let (client, request) = http2(&app).build_split();
    assert_eq!(client.execute(request.unwrap()).await.unwrap().status(), 200);
    assert!(is_served(&app).await);
    drop(client);
    app.finish().await;
}

#[tokio::test]
async fn a_place_is_not_held_by_who_does_not_take_the_answers() {
    let app = impatient(Door { connections: 1, head: SHORT, idle: SHORT, ..Door::default() }).await;
    // Far more than what the system takes for a peer that reads nothing.
    let host = app.url.trim_start_matches("http://");
    let pipelined = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n").repeat(20_000);
    // Without a window for data no answer's body may be sent: SETTINGS, then one request.
    let settings = b"\0\0\x06\x04\0\0\0\0\0\0\x04\0\0\0\0";
    let authority = [&[0x41, u8::try_from(host.len()).unwrap()], host.as_bytes()].concat();
    let fields = [b"\x82\x86\x84".as_slice(), &authority].concat();
    let length = u8::try_from(fields.len()).unwrap();
    let request = [&[0, 0, length, 1, 5, 0, 0, 0, 1], fields.as_slice()].concat();
    let http2 = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(), settings, &request].concat();
    for said in [pipelined.into_bytes(), http2] {
        let mut deaf = Raw::to(&app).await;
        timeout(SHORT, deaf.say(said)).await.ok();
        assert!(is_served(&app).await);
        drop(deaf);
    }
    app.finish().await;
}

#[tokio::test]
async fn an_answer_may_take_its_time() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    app.connect_alice(&chat).await;
    chat.end().await;
    app.door = Door { head: SHORT, body: SHORT, idle: SHORT, ..Door::default() };
    app.restart().await;
    let slow = Fault::once("GET", "/v1/me/player", Answer::Delay(LONG));
    app.spotify.world(|world| world.fail(slow));
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "spotify_now", "arguments": {}},
    });
    let request = stagepass::http::client().unwrap().post(app.mcp_url()).json(&call);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["result"]["isError"], json!(false), "{answer}");
    app.finish().await;
}

#[tokio::test]
async fn a_head_may_be_long_but_not_endless() {
    let app = impatient(Door::default()).await;
    let close = "Connection: close\r\n";
    let field = |bytes: usize| format!("{close}X-Long: {}\r\n", "x".repeat(bytes));
    let many = |fields: usize| close.to_owned() + &"X-Many: x\r\n".repeat(fields);
    for (status, more) in [
        (200, field(16 * 1024)),
        (431, field(40 * 1024)),
        (431, field(2 * 1024 * 1024)),
        (200, many(90)),
        (431, many(110)),
    ] {
        let heard = Raw::saying(&app, head(&app, &more)).await.heard().await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{}: {heard}", more.len());
    }
    let long = |bytes: usize| http2(&app).header("x-long", "x".repeat(bytes)).send();
    assert_eq!(long(16 * 1024).await.unwrap().status(), 200);
    assert_eq!(long(40 * 1024).await.unwrap().status(), 431);
    app.finish().await;
}

#[tokio::test]
async fn a_shutdown_waits_for_what_is_under_way_and_hangs_up_on_the_idle() {
    let mut app = TestApp::start().await;
    let chat = app.chat().await;
    let idle = Raw::saying(&app, head(&app, "")).await;
    let silent = Raw::to(&app).await;
    let slow = Fault::once("GET", "/v1/me$", Answer::Delay(LONG));
    app.spotify.world(|world| world.fail(slow));
    let arrived = app.lost_redirect(&chat, "alice").await;
    chat.end().await;
    let browser = Browser::new();
    let (page, ()) = tokio::join!(browser.get(&arrived), async {
        sleep(SHORT).await;
        app.stop().await;
    });
    assert_eq!(page.status, 200, "{}", page.describe());
    assert!(idle.heard().await.starts_with("HTTP/1.1 200"));
    assert_eq!(silent.heard().await, "");
    app.finish().await;
}
