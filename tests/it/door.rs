//! At the door: who is asking, and how much of it is let in.

mod address;
mod cors;
mod rates;

use axum::Router;
use reqwest::Response;
use tokio::net::TcpListener;
use url::Url;

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
