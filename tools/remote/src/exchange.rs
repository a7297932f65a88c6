//! One request and its answer: a POST, and what comes back on it.
//!
//! The stream that a server could speak on unasked (GET) is open only while it may ask somebody something
//! (`line.rs`): what isn't of a call of somebody has no one to be told.

mod body;
mod headers;
mod line;
mod listen;
mod question;
mod sse;
mod status;

use std::{
    future::Future,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use reqwest::{
    RequestBuilder, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue},
};
use rmcp::model::JsonObject;
use serde_json::{Value, json};
use stagepass_kit::Watch;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::{credentials::Credential, fault::Fault, limits::Limits, link::Link, seats::Seats};

pub(crate) use headers::parameter_headers;
pub(crate) use line::Ear;
pub(crate) use listen::{Answer, Open, Told};
pub(crate) use question::Question;

pub(crate) const MODERN: &str = "2026-07-28";
pub(crate) const TOOLS_CALL: &str = "tools/call";

const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
/// How long a word on the side may take: a refusal, a cancellation.
const ASIDE: Duration = Duration::from_secs(3);

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) params: JsonObject,
    /// The headers that mirror arguments.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// What the client can do for the server, as it is declared (MCP 2026-07-28).
    pub(crate) capabilities: Value,
    /// What is brought with it when it is asked once more (MCP 2026-07-28).
    pub(crate) brought: JsonObject,
}

impl Ask {
    pub(crate) fn new(method: &'static str, params: JsonObject) -> Self {
        let (headers, brought) = (Vec::new(), JsonObject::new());
        Self { method, params, headers, capabilities: json!({}), brought }
    }
}

/// The way to one server.
pub(crate) struct Wire {
    pub(crate) http: reqwest::Client,
    pub(crate) url: Url,
    pub(crate) limits: Limits,
    /// Places for calls that wait for a person's answer.
    pub(crate) places: Seats,
    next: AtomicU64,
}

/// Somebody who waits for an answer, and how long they do.
struct Exchange<'a> {
    wire: &'a Wire,
    link: &'a Link,
    credential: &'a Credential,
    watch: Option<&'a Watch>,
    /// When it has been silent for too long, and when it has to be over.
    silence: Instant,
    end: Instant,
}

impl Wire {
    pub(crate) fn new(http: reqwest::Client, url: Url, limits: Limits) -> Self {
        let places = Seats::new(limits.waiting, limits.waiting_each);
        Self { http, url, limits, places, next: AtomicU64::new(1) }
    }

    /// Asks over `link`. Whoever watches hears of progress, which prolongs the wait, and can end it.
    pub(crate) async fn ask(
        &self,
        link: &Link,
        credential: &Credential,
        ask: &Ask,
        watch: Option<&Watch>,
    ) -> Result<Told, Fault> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let all = if watch.is_some() { self.limits.call } else { self.limits.list };
        let mut exchange = self.exchange(link, credential, watch, all);
        let told = match exchange.send(ask, id).await {
            Ok(open) => exchange.listen(open).await,
            Err(fault) => Err(fault),
        };
        if ask.method != "initialize" {
            exchange.give_up_after(&told, id).await;
        }
        told
    }

    /// Tells the server what the person says to `question`, which it waits for with the answer on `open`.
    ///
    /// # Errors
    /// When it can't be told.
    pub(crate) async fn reply(
        &self,
        link: &Link,
        credential: &Credential,
        watch: &Watch,
        (open, reply): (&Open, &Value),
    ) -> Result<(), Fault> {
        let exchange = self.exchange(link, credential, Some(watch), open.left);
        let sent = exchange.wait(self.post(link, credential).json(reply).send()).await;
        let told = match sent {
            Ok(Ok(response)) if response.status().is_success() => return Ok(()),
            Ok(Ok(response)) => exchange.wait(status::fault(response, link, credential)).await,
            Ok(Err(error)) => Ok(Fault::Away(error)),
            Err(fault) => Err(fault),
        };
        Err(told.unwrap_or_else(|fault| fault))
    }

    /// Waits on for the answer on `open`.
    pub(crate) async fn listen(
        &self,
        link: &Link,
        credential: &Credential,
        watch: &Watch,
        open: Open,
    ) -> Result<Told, Fault> {
        let id = open.id;
        let mut exchange = self.exchange(link, credential, Some(watch), open.left);
        let told = exchange.listen(open).await;
        exchange.give_up_after(&told, id).await;
        told
    }

    fn exchange<'a>(
        &'a self,
        link: &'a Link,
        credential: &'a Credential,
        watch: Option<&'a Watch>,
        all: Duration,
    ) -> Exchange<'a> {
        let now = Instant::now();
        let silence = if watch.is_some() { self.limits.silence } else { self.limits.list };
        Exchange { wire: self, link, credential, watch, silence: now + silence, end: now + all }
    }

    /// Says that nobody waits for the answer to the request `id` any more.
    pub(crate) async fn cancel(&self, link: &Link, credential: &Credential, id: u64) {
        let params = json!({"requestId": id, "reason": "nobody waits for it any more"});
        self.tell(link, credential, "notifications/cancelled", params).await;
    }

    /// Says something that has no answer. Whether it arrives is seen later, if it matters.
    pub(crate) async fn tell(
        &self,
        link: &Link,
        credential: &Credential,
        method: &'static str,
        params: Value,
    ) {
        let message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        self.aside(link, credential, &message).await;
    }

    pub(crate) async fn aside(&self, link: &Link, credential: &Credential, message: &Value) {
        let sent = self.post(link, credential).json(message).timeout(ASIDE).send().await;
        if let Err(error) = sent {
            tracing::debug!(error = %error.without_url(), "a remote wasn't told");
        }
    }

    /// A request to the server with what all have. It has no more: not a header, not a cookie of whoever
    /// asked us.
    fn post(&self, link: &Link, credential: &Credential) -> RequestBuilder {
        let post = self.http.post(self.url.clone());
        let post = post.header(ACCEPT, "application/json, text/event-stream");
        with_link(post.header(CONTENT_TYPE, "application/json"), link, credential)
    }

    fn get(&self, link: &Link, credential: &Credential) -> RequestBuilder {
        let get = self.http.get(self.url.clone());
        with_link(get.header(ACCEPT, "text/event-stream"), link, credential)
    }
}

impl Exchange<'_> {
    /// Sends the request, and opens what comes back.
    async fn send(&self, ask: &Ask, id: u64) -> Result<Open, Fault> {
        let line = self.wait(self.line(ask.method)).await?;
        let mut post = self.wire.post(self.link, self.credential);
        if self.link.is_modern() {
            for (name, value) in headers::standard(ask) {
                post = post.header(name, value);
            }
        }
        let sent = self.wait(post.json(&self.message(ask, id)).send()).await?;
        let response = sent.map_err(Fault::Away)?;
        if response.status() != StatusCode::OK {
            return Err(self.wait(status::fault(response, self.link, self.credential)).await?);
        }
        let left = self.end.saturating_duration_since(Instant::now());
        let mut open = Open::of(response, ask.method, id, &self.wire.limits, left)?;
        open.line = line;
        Ok(open)
    }

    fn message(&self, ask: &Ask, id: u64) -> Value {
        let mut params = ask.params.clone();
        let mut meta = JsonObject::new();
        if self.watch.is_some() {
            meta.insert("progressToken".to_owned(), id.into());
        }
        if self.link.is_modern() {
            let about = |what: &str| format!("io.modelcontextprotocol/{what}");
            meta.insert(about("protocolVersion"), MODERN.into());
            meta.insert(about("clientInfo"), us());
            meta.insert(about("clientCapabilities"), ask.capabilities.clone());
            params.extend(ask.brought.clone());
        }
        if !meta.is_empty() {
            params.insert("_meta".to_owned(), meta.into());
        }
        json!({"jsonrpc": "2.0", "id": id, "method": ask.method, "params": params})
    }

    /// Says so if nobody waits any more. The modern way is to close the stream, which is done by now.
    async fn give_up_after(&self, told: &Result<Told, Fault>, id: u64) {
        if matches!(told, Err(Fault::Slow | Fault::Cancelled)) && !self.link.is_modern() {
            self.wire.cancel(self.link, self.credential, id).await;
        }
    }

    /// The same, as long as somebody waits and it isn't too late.
    async fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, Fault> {
        let until = self.silence.min(self.end);
        let work = timeout_at(until, work);
        let Some(watch) = self.watch else { return work.await.map_err(|_| Fault::Slow) };
        tokio::select! {
            biased;
            () = watch.cancelled() => Err(Fault::Cancelled),
            done = work => done.map_err(|_| Fault::Slow),
        }
    }
}

/// What all requests over `link` have.
fn with_link(mut request: RequestBuilder, link: &Link, credential: &Credential) -> RequestBuilder {
    if let Some(version) = link.version() {
        request = request.header(VERSION, version);
    }
    if let Some(session) = link.session() {
        request = request.header(SESSION, session.clone());
    }
    match credential.header() {
        Some((name, value)) => request.header(name, value),
        None => request,
    }
}

/// Who we are, to every server.
pub(crate) fn us() -> Value {
    json!({"name": "stagepass", "title": "Stagepass", "version": env!("CARGO_PKG_VERSION")})
}
