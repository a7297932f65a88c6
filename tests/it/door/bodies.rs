//! Bodies that are too long, or take too long.

use stagepass::app::Door;

use super::{Raw, SHORT, impatient, is_served};
use crate::harness::{Setup, TestApp};

/// Everything that takes a body.
const TAKERS: [&str; 3] = ["/mcp", "/mcp/", "/connect/none"];

fn head(app: &TestApp, path: &str, more: &str) -> String {
    let host = app.url.trim_start_matches("http://");
    let kind = if path.starts_with("/mcp") {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\n{more}\r\n\r\n")
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = impatient(Door { body: SHORT, ..Door::default() }).await;
    let mut all = Vec::new();
    for path in TAKERS {
        for (more, body) in [("Content-Length: 100", "{"), ("Transfer-Encoding: chunked", "5\r\n{")]
        {
            let mut slow = Raw::saying(&app, head(&app, path, more)).await;
            slow.say(body).await;
            all.push((path, slow));
        }
    }
    assert!(is_served(&app).await);
    for (path, slow) in all {
        let heard = slow.heard().await;
        assert!(heard.starts_with("HTTP/1.1 408 "), "{path}: {heard}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_body_that_is_too_long_is_not_taken() {
    let variables = vec![("LIMITS__BODY_BYTES", "1024".to_owned())];
    let app = TestApp::start_with(Setup { variables, ..Setup::default() }).await;
    for path in TAKERS {
        for (status, bytes) in [("413", 1025), ("4", 1024)] {
            let length = format!("Content-Length: {bytes}\r\nConnection: close");
            let chunked = "Transfer-Encoding: chunked\r\nConnection: close";
            let body = " ".repeat(bytes);
            let chunk = format!("{bytes:x}\r\n{body}\r\n0\r\n\r\n");
            for said in [head(&app, path, &length) + &body, head(&app, path, chunked) + &chunk] {
                let heard = Raw::saying(&app, said).await.heard().await;
                assert!(heard.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {heard}");
                assert_eq!(heard.contains("may have 1024 bytes"), status == "413", "{heard}");
            }
        }
        // Refused for what it says, before it comes.
        let announced = Raw::saying(&app, head(&app, path, "Content-Length: 1000000")).await;
        let heard = announced.heard().await;
        assert!(heard.starts_with("HTTP/1.1 413 "), "{path}: {heard}");
    }
    app.finish().await;
}

#[tokio::test]
async fn forms_are_short_whatever_the_limit() {
    let app = TestApp::start().await;
    for (path, status) in [("/connect/none", "413"), ("/mcp", "400")] {
        let body = " ".repeat(65 * 1024);
        let length = format!("Content-Length: {}\r\nConnection: close", body.len());
        let heard = Raw::saying(&app, head(&app, path, &length) + &body).await.heard().await;
        assert!(heard.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {heard}");
    }
    app.finish().await;
}

#[tokio::test]
async fn a_refusal_leaves_its_connection_to_the_next_request() {
    let app = TestApp::start_for("owner").await;
    let mut client = Raw::saying(&app, head(&app, "/mcp", "Content-Length: 2")).await;
    // Without a token its head is enough to be refused.
    tokio::time::sleep(SHORT).await;
    client.say("{}").await;
    client.say(head(&app, "/register", "Content-Length: 0\r\nConnection: close")).await;
    let heard = client.heard().await;
    assert!(heard.starts_with("HTTP/1.1 401 "), "{heard}");
    assert!(heard.contains("HTTP/1.1 400 "), "{heard}");
    app.finish().await;
}
