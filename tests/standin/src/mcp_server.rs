//! Another MCP server, of either era: it checks every request as the specification says, and can be told
//! to be wrong in every way that matters.
#![expect(
    clippy::indexing_slicing,
    clippy::result_large_err,
    reason = "JSON that isn't there reads as null, and a refusal is a whole response"
)]

mod ask;
mod judge;
mod line;
mod odd;
mod serve;
mod tools;
mod world;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use axum::serve::Listener;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

pub use odd::Odd;
pub use world::{Era, Seen, World, tool};

/// A running stand-in; it stops when this value is dropped.
#[derive(Debug)]
pub struct McpServer {
    url: String,
    world: Arc<Mutex<World>>,
    sockets: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl McpServer {
    /// Starts on a free loopback port, with a few tools, a prompt, resources and a template.
    ///
    /// # Panics
    /// When no port can be had.
    pub async fn start(era: Era) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/mcp", listener.local_addr().expect("an address"));
        let world = Arc::new(Mutex::new(World::new(era)));
        let sockets = Arc::new(AtomicUsize::new(0));
        let app = serve::routes(world.clone());
        let counted = Counted { listener, sockets: sockets.clone() };
        let task = tokio::spawn(async move {
            axum::serve(counted, app).await.expect("it serves for ever");
        });
        Self { url, world, sockets, task }
    }

    /// Its endpoint.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Looks at or changes it. Do not call the stand-in from inside.
    pub fn with<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        change(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on it is wrong in this way, for requests with `method`; for all if there is none.
    pub fn be(&self, odd: Odd, method: Option<&'static str>) {
        self.with(|world| world.odd = Some((odd, method)));
    }

    /// From now on it is right again.
    pub fn behave(&self) {
        self.with(|world| world.odd = None);
    }

    /// The requests so far with this method.
    #[must_use]
    pub fn seen(&self, method: &str) -> Vec<Seen> {
        self.with(|world| world.seen.iter().filter(|seen| seen.method == method).cloned().collect())
    }

    /// All requests so far.
    #[must_use]
    pub fn all_seen(&self) -> Vec<Seen> {
        self.with(|world| world.seen.clone())
    }

    /// What a strict server would have found wrong; empty after a good test.
    #[must_use]
    pub fn violations(&self) -> Vec<String> {
        self.with(|world| world.violations.clone())
    }

    /// The TCP connections that it has accepted so far.
    #[must_use]
    pub fn sockets(&self) -> usize {
        self.sockets.load(Ordering::Relaxed)
    }
}

impl Drop for McpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Counted {
    listener: TcpListener,
    sockets: Arc<AtomicUsize>,
}

impl Listener for Counted {
    type Io = TcpStream;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let accepted = Listener::accept(&mut self.listener).await;
        self.sockets.fetch_add(1, Ordering::Relaxed);
        accepted
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
