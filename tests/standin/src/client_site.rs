//! Where clients publish documents about themselves: https under made-up names, on one port.

mod tls;

use std::{
    collections::HashMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, uri::Authority},
    response::{IntoResponse, Response},
    serve::ListenerExt,
};
use futures::{Stream, StreamExt, stream};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use tls::TlsListener;

/// The websites of clients. They are gone when this is dropped.
pub struct ClientSite {
    address: SocketAddr,
    root: Vec<u8>,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// What is served at one URL.
#[derive(Debug, Clone)]
pub enum Served {
    /// A JSON document.
    Json(Value),
    /// This answer to whatever method, word for word: status, headers, body.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// A redirect.
    Redirect(String),
    /// A JSON document without an end, as fast as it is read.
    Endless,
    /// The same, one byte every tenth of a second.
    Slow,
    /// A JSON document that breaks off.
    Cut,
}

#[derive(Default)]
struct Shared {
    pages: Mutex<HashMap<String, Served>>,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    connections: usize,
    requests: Vec<String>,
}

impl ClientSite {
    /// Serves `hosts` with a certificate for all of them.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start(hosts: &[&str]) -> Self {
        let (tcp, shared) = (listen().await, Arc::new(Shared::default()));
        let address = tcp.local_addr().expect("an address of our own");
        let (root, acceptor) = tls::acceptor(hosts);
        let listener = TlsListener { tcp, acceptor, shared: shared.clone() };
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, root, shared, server }
    }

    /// Serves `hosts` by plain HTTP, and by nothing else.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn start_without_tls(hosts: &[&str]) -> Self {
        let (tcp, shared) = (listen().await, Arc::new(Shared::default()));
        let address = tcp.local_addr().expect("an address of our own");
        let (root, _) = tls::acceptor(hosts);
        let counting = shared.clone();
        let listener = tcp.tap_io(move |_| counting.log().connections += 1);
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, root, shared, server }
    }

    /// Where all of its hosts are.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The certificate, in DER, of the authority that vouches for its hosts.
    #[must_use]
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// Serves `page` at `url` from now on.
    pub fn put(&self, url: &str, page: Served) {
        lock(&self.shared.pages).insert(url.to_owned(), page);
    }

    /// How many connections there were.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.log().connections
    }

    /// The requests so far, like `GET https://client.example/metadata.json HTTP/1.1`.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.shared.log().requests.clone()
    }
}

impl Drop for ClientSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        lock(&self.log)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a free port")
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    // HTTP/2 names the host in the URI.
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or(request.uri().authority().map(Authority::as_str));
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let url = format!("https://{}{path}", host.unwrap_or_default());
    let line = format!("{} {url} {:?}", request.method(), request.version());
    shared.log().requests.push(line);
    let page = lock(&shared.pages).get(&url).cloned();
    if request.method() != Method::GET && !matches!(page, Some(Served::Answer(..))) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    match page {
        None => (StatusCode::NOT_FOUND, "no such page").into_response(),
        Some(Served::Json(document)) => axum::Json(document).into_response(),
        Some(Served::Answer(status, headers, body)) => word_for_word(status, headers, body),
        Some(Served::Redirect(to)) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Some(Served::Endless) => json(endless(64 * 1024)),
        Some(Served::Slow) => json(endless(1).then(|byte| async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            byte
        })),
        Some(Served::Cut) => {
            let cut = Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset));
            json(stream::iter([Ok(Bytes::from_static(b"{")), cut]))
        }
    }
}

fn word_for_word(status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    for (name, value) in headers {
        let value = HeaderValue::try_from(value).expect("a header's value");
        response.headers_mut().append(HeaderName::from_static(name), value);
    }
    response
}

/// Spaces, of which JSON may have any number.
fn endless(chunk: usize) -> impl Stream<Item = Result<Bytes, Infallible>> {
    stream::repeat(Bytes::from(vec![b' '; chunk])).map(Ok)
}

fn json<E: Into<axum::BoxError> + 'static>(
    body: impl Stream<Item = Result<Bytes, E>> + Send + 'static,
) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(body)).into_response()
}
