//! Takes connections, and spends no more on each than a request needs.
//!
//! `axum::serve` has no limits: it waits for a request for as long as the client likes, and for any
//! number of clients.

mod places;
mod traffic;

use std::{
    convert::Infallible, io::ErrorKind, net::SocketAddr, pin::pin, sync::Arc, time::Duration,
};

use axum::{Router, extract::ConnectInfo, http::Request, routing::future::RouteFuture};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::config::TrustedProxies;
use places::Places;
use traffic::{Counted, Traffic};

/// The most bytes that a request's head may have; one with more is refused with 431, and so is one
/// with more than a hundred fields over HTTP/1, which is hyper's own limit.
const LONGEST_HEAD: u32 = 32 * 1024;
/// How often the peer of an HTTP/2 connection is asked whether it is still there.
const PING_EVERY: Duration = Duration::from_secs(20);
/// How many requests an HTTP/2 connection may have under way at once.
const MOST_STREAMS: u32 = 100;

/// The fewest bytes that a peer has to take of its answers within [`Door::idle`]. It is more than the
/// pings of HTTP/2 come to, and less than any network carries.
const LEAST_TAKEN: u64 = 4 * 1024;

/// How long to wait when the system can't give us a connection, until others have ended.
const PAUSE: Duration = Duration::from_secs(1);

/// How many may come in at once, and how long they may take to say what they want.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// Connections open at once. Further ones wait until another ends.
    pub connections: usize,
    /// Connections of one subscriber open at once; further ones are closed. They don't count for
    /// this machine and for trusted proxies.
    pub connections_of_one: usize,
    /// Until the head of a connection's first request is there.
    pub head: Duration,
    /// Until all of a request's body is there.
    pub body: Duration,
    /// How long a connection is kept on which nothing more is asked: this long at least, and no
    /// more than twice. Most reverse proxies keep one for a minute; closed before that, it would
    /// lose them the request just sent on it. So long, too, nothing of an answer may be taken.
    pub idle: Duration,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_of_one: 200,
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
        }
    }
}

/// Serves `routes` on `listener` until `stop`, and then until all requests under way have ended.
///
/// HTTP/1 and, with prior knowledge, HTTP/2. Every request knows its peer by [`ConnectInfo`].
pub(super) async fn serve(
    listener: TcpListener,
    routes: Router,
    door: Door,
    proxies: TrustedProxies,
    stop: CancellationToken,
) {
    let http = Arc::new(http());
    let places = Places::new(door.connections_of_one, proxies);
    let free = Arc::new(Semaphore::new(door.connections));
    let connections = TaskTracker::new();
    loop {
        let accepted = async {
            let place = free.clone().acquire_owned().await;
            (place, accept(&listener).await)
        };
        let (place, (stream, peer)) = tokio::select! {
            accepted = accepted => accepted,
            () = stop.cancelled() => break,
        };
        let Some(own_place) = places.take(peer.ip()) else { continue };
        let connection = connection(http.clone(), stream, peer, routes.clone(), door, stop.clone());
        connections.spawn(async {
            connection.await;
            drop((place, own_place));
        });
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// The next connection, whatever goes wrong in the meantime.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            // Whoever it was has gone again.
            Err(error) if error.kind() == ErrorKind::ConnectionAborted => {}
            Err(error) => {
                tracing::error!(%error, "can't take connections; is the limit of open files too low?");
                sleep(PAUSE).await;
            }
        }
    }
}

fn http() -> Builder<TokioExecutor> {
    let mut http = Builder::new(TokioExecutor::new());
    http.http1().max_buf_size(LONGEST_HEAD as usize);
    http.http2()
        .max_header_list_size(LONGEST_HEAD)
        .max_concurrent_streams(MOST_STREAMS)
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_EVERY);
    http
}

/// Serves one connection to its end, or until nothing comes on it any more.
async fn connection(
    http: Arc<Builder<TokioExecutor>>,
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
    door: Door,
    stop: CancellationToken,
) {
    let traffic = Traffic::default();
    let counted = Counted { stream, traffic: traffic.clone() };
    let begun = traffic.clone();
    let service = routes.map_request(move |request| from(peer, request)).map_future(
        move |answer: RouteFuture<Infallible>| {
            let work = begun.begin();
            async move { answer.await.map(|response| work.end_with(response)) }
        },
    );
    let served = http.serve_connection(TokioIo::new(counted), TowerToHyperService::new(service));
    let mut served = pin!(served);
    tokio::select! {
        _ = served.as_mut() => return,
        () = stop.cancelled() => {}
        () = silence(&traffic, door) => {}
    }
    if traffic.asked() > 0 {
        // What is under way goes on, streams included; nothing new begins.
        served.as_mut().graceful_shutdown();
        tokio::select! {
            _ = served => {}
            () = deafness(&traffic, door) => {}
        }
    }
}

fn from<B>(peer: SocketAddr, mut request: Request<B>) -> Request<B> {
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

/// Done when the first request hasn't come in time, or another one for long.
async fn silence(traffic: &Traffic, door: Door) {
    sleep(door.head).await;
    let mut before = 0;
    loop {
        let now = traffic.asked();
        if now == before {
            return;
        }
        before = now;
        sleep(door.idle).await;
    }
}

/// Done when the peer has all that it waited for, and hasn't taken it for long.
async fn deafness(traffic: &Traffic, door: Door) {
    loop {
        let before = traffic.sent();
        let was_at_work = traffic.is_at_work();
        sleep(door.idle).await;
        let at_work = was_at_work || traffic.is_at_work();
        if !at_work && traffic.sent() - before < LEAST_TAKEN {
            return;
        }
    }
}
