//! At the door: who is asking, and how much of it is let in.

mod address;
mod rates;

use axum::Router;
use tokio::net::TcpListener;

/// Serves `router` on a port of its own, for as long as the test runs.
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
    url
}
