//! At the door: who is asking, and how much of it is let in.

mod address;
mod bodies;
mod connections;
mod cors;
mod rates;

use std::time::Duration;

use axum::Router;
use reqwest::Response;
use stagepass::app::Door;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use url::Url;

use crate::harness::{Setup, TestApp};

/// How long anything may take before the story is given up. No story waits that long.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a server waits that is short of patience.
const SHORT: Duration = Duration::from_millis(200);
/// Longer than any server here that is short of patience.
const LONG: Duration = Duration::from_millis(800);

/// Serves `router` on a port of its own, for as long as the test runs.
async fn serve(router: Router) -> String {
    serve_at(|_| router).await
}

/// The same with a router that knows its address.
async fn serve_at(router: impl FnOnce(&Url) -> Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = router(&url.parse().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    url
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

/// A client that writes what it likes.
struct Raw(TcpStream);

impl Raw {
    async fn to(app: &TestApp) -> Self {
        let address = app.url.trim_start_matches("http://");
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Connects and says this.
    async fn saying(app: &TestApp, text: impl AsRef<[u8]>) -> Self {
        let mut raw = Self::to(app).await;
        raw.say(text).await;
        raw
    }

    async fn say(&mut self, text: impl AsRef<[u8]>) {
        // The server may have had enough already.
        self.0.write_all(text.as_ref()).await.ok();
    }

    /// What the server says until it hangs up.
    async fn heard(mut self) -> String {
        let mut heard = Vec::new();
        let all = self.0.read_to_end(&mut heard);
        // A reset is a hang-up, too.
        timeout(PATIENCE, all).await.expect("the server hangs up").ok();
        String::from_utf8_lossy(&heard).into_owned()
    }
}

/// A server that waits for nobody.
async fn impatient(door: Door) -> TestApp {
    TestApp::start_with(Setup { door, ..Setup::default() }).await
}

/// Whether another client is served.
async fn is_served(app: &TestApp) -> bool {
    let answer = stagepass::http::client().unwrap().get(format!("{}/healthz", app.url)).send();
    timeout(PATIENCE, answer).await.is_ok_and(|answer| answer.unwrap().status() == 200)
}
