//! One request and its answer: a POST, and what comes back on it.
//!
//! Streams that a server could speak on unasked (GET) are never opened: what isn't an answer to a call of
//! somebody has no one to be told.

mod body;
mod headers;
mod sse;
mod status;

use std::{
    future::Future,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue},
};
use rmcp::model::JsonObject;
use serde_json::{Value, json};
use stagepass_kit::Watch;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::{clean, credentials::Credential, fault::Fault, limits::Limits, link::Link};
use body::Messages;

pub(crate) use headers::parameter_headers;

pub(crate) const MODERN: &str = "2026-07-28";

const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
/// JSON-RPC: no such method.
const UNKNOWN_METHOD: i64 = -32601;
/// How long a word on the side may take: an answer to a question, a cancellation.
const ASIDE: Duration = Duration::from_secs(3);
/// So many questions of a server during one call are answered.
const MOST_QUESTIONS: usize = 16;
/// Characters of what progress says.
const LONGEST_PROGRESS: usize = 300;

/// What is asked.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) params: JsonObject,
    /// The headers that mirror arguments.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// What the client can do for the server, as it is declared.
    pub(crate) capabilities: Value,
}

impl Ask {
    pub(crate) fn new(method: &'static str, params: JsonObject) -> Self {
        Self { method, params, headers: Vec::new(), capabilities: json!({}) }
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) result: JsonObject,
    /// The session that was begun with it.
    pub(crate) session: Option<HeaderValue>,
    /// Whether the server asked something on the way that nobody could be asked.
    pub(crate) unasked: bool,
    /// The lists that it said have changed.
    pub(crate) changed: Changed,
}

/// The lists that a server said have changed.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    pub(crate) tools: bool,
    pub(crate) prompts: bool,
    pub(crate) resources: bool,
}

impl Changed {
    fn note(&mut self, notification: &str) {
        match notification {
            "notifications/tools/list_changed" => self.tools = true,
            "notifications/prompts/list_changed" => self.prompts = true,
            "notifications/resources/list_changed" => self.resources = true,
            _ => {}
        }
    }
}

/// The way to one server.
pub(crate) struct Wire {
    pub(crate) http: reqwest::Client,
    pub(crate) url: Url,
    pub(crate) limits: Limits,
    next: AtomicU64,
}

/// One exchange under way.
struct Exchange<'a> {
    wire: &'a Wire,
    link: &'a Link,
    credential: &'a Credential,
    watch: Option<&'a Watch>,
    id: u64,
    /// When it has been silent for too long, and when it has to be over.
    silence: Instant,
    end: Instant,
    progress: f64,
    questions: usize,
    unasked: bool,
}

impl Wire {
    pub(crate) fn new(http: reqwest::Client, url: Url, limits: Limits) -> Self {
        Self { http, url, limits, next: AtomicU64::new(1) }
    }

    /// Asks over `link`. Whoever watches hears of progress, which prolongs the wait, and can end it.
    pub(crate) async fn ask(
        &self,
        link: &Link,
        credential: &Credential,
        ask: &Ask,
        watch: Option<&Watch>,
    ) -> Result<Answer, Fault> {
        let now = Instant::now();
        let (silence, end) = match watch {
            Some(_) => (self.limits.silence, self.limits.call),
            None => (self.limits.list, self.limits.list),
        };
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let mut exchange = Exchange {
            wire: self,
            link,
            credential,
            watch,
            id,
            silence: now + silence,
            end: now + end,
            progress: f64::NEG_INFINITY,
            questions: 0,
            unasked: false,
        };
        let answer = exchange.run(ask).await;
        // The modern way to say so is to close the stream, which is done by now.
        let given_up = matches!(answer, Err(Fault::Slow | Fault::Cancelled));
        if given_up && !link.is_modern() && ask.method != "initialize" {
            let params = json!({"requestId": id, "reason": "nobody waits for it any more"});
            self.tell(link, credential, "notifications/cancelled", params).await;
        }
        answer
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

    async fn aside(&self, link: &Link, credential: &Credential, message: &Value) {
        let sent = self.post(link, credential).json(message).timeout(ASIDE).send().await;
        if let Err(error) = sent {
            tracing::debug!(error = %error.without_url(), "a remote wasn't told");
        }
    }

    /// A request to the server with what all have. It has no more: not a header, not a cookie of whoever
    /// asked us.
    fn post(&self, link: &Link, credential: &Credential) -> RequestBuilder {
        let mut post = self.http.post(self.url.clone());
        post = post.header(ACCEPT, "application/json, text/event-stream");
        post = post.header(CONTENT_TYPE, "application/json");
        if let Some(version) = link.version() {
            post = post.header(VERSION, version);
        }
        if let Some(session) = link.session() {
            post = post.header(SESSION, session.clone());
        }
        match credential.header() {
            Some((name, value)) => post.header(name, value),
            None => post,
        }
    }
}

impl Exchange<'_> {
    async fn run(&mut self, ask: &Ask) -> Result<Answer, Fault> {
        let mut post = self.wire.post(self.link, self.credential);
        if self.link.is_modern() {
            for (name, value) in headers::standard(ask) {
                post = post.header(name, value);
            }
        }
        let sent = self.wait(post.json(&self.message(ask)).send()).await?;
        let response = sent.map_err(Fault::Away)?;
        if response.status() != StatusCode::OK {
            return Err(self.wait(status::fault(response, self.link, self.credential)).await?);
        }
        let session = response.headers().get(SESSION).cloned();
        self.answer(response, session).await
    }

    fn message(&self, ask: &Ask) -> Value {
        let mut params = ask.params.clone();
        let mut meta = JsonObject::new();
        if self.watch.is_some() {
            meta.insert("progressToken".to_owned(), self.id.into());
        }
        if self.link.is_modern() {
            let about = |what: &str| format!("io.modelcontextprotocol/{what}");
            meta.insert(about("protocolVersion"), MODERN.into());
            meta.insert(about("clientInfo"), us());
            meta.insert(about("clientCapabilities"), ask.capabilities.clone());
        }
        if !meta.is_empty() {
            params.insert("_meta".to_owned(), meta.into());
        }
        json!({"jsonrpc": "2.0", "id": self.id, "method": ask.method, "params": params})
    }

    async fn answer(
        &mut self,
        response: Response,
        session: Option<HeaderValue>,
    ) -> Result<Answer, Fault> {
        let mut messages = Messages::of(response, &self.wire.limits, self.credential)?;
        let mut changed = Changed::default();
        while let Some(message) = self.wait(messages.next()).await?? {
            let Value::Object(mut message) = message else { continue };
            let method = message.get("method").and_then(Value::as_str).map(str::to_owned);
            match (method, message.get("id")) {
                (Some(method), Some(id)) => self.reply(&method, id).await,
                (Some(method), None) if method == "notifications/progress" => {
                    self.note_progress(message.get("params")).await;
                }
                (Some(method), None) => changed.note(&method),
                // An answer to somebody else's question is nobody's here.
                (None, Some(id)) if self.is_ours(id) => {
                    messages.end().await;
                    let result = result(&mut message)?;
                    return Ok(Answer { result, session, unasked: self.unasked, changed });
                }
                _ => {}
            }
        }
        Err(Fault::Nonsense("the answer broke off"))
    }

    fn is_ours(&self, id: &Value) -> bool {
        id.as_u64() == Some(self.id)
    }

    /// Questions of the server: whether we are there, and whatever else nobody can be asked here.
    async fn reply(&mut self, method: &str, id: &Value) {
        let reply = if method == "ping" {
            json!({"jsonrpc": "2.0", "id": id, "result": {}})
        } else {
            self.unasked = true;
            let error = json!({"code": UNKNOWN_METHOD, "message": "This client can't be asked."});
            json!({"jsonrpc": "2.0", "id": id, "error": error})
        };
        self.questions += 1;
        if self.questions <= MOST_QUESTIONS {
            self.wire.aside(self.link, self.credential, &reply).await;
        }
    }

    async fn note_progress(&mut self, params: Option<&Value>) {
        let (Some(params), Some(watch)) = (params, self.watch) else { return };
        let ours = params.get("progressToken").is_some_and(|token| self.is_ours(token));
        let Some(done) = params.get("progress").and_then(Value::as_f64).filter(|_| ours) else {
            return;
        };
        // What stands still isn't progress, and doesn't prolong anything.
        if done <= self.progress {
            return;
        }
        self.progress = done;
        self.silence = Instant::now() + self.wire.limits.silence;
        let total = params.get("total").and_then(Value::as_f64).map(whole);
        let message = params.get("message").and_then(Value::as_str).unwrap_or_default();
        watch.report(whole(done), total, &clean::line(message, LONGEST_PROGRESS)).await;
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

/// Who we are, to every server.
pub(crate) fn us() -> Value {
    json!({"name": "stagepass", "title": "Stagepass", "version": env!("CARGO_PKG_VERSION")})
}

/// The result, or the error that there is instead.
fn result(message: &mut JsonObject) -> Result<JsonObject, Fault> {
    match message.remove("result") {
        Some(Value::Object(result)) => Ok(result),
        Some(_) => Err(Fault::Nonsense("the result is no object")),
        None => Err(refusal(message.get("error"))),
    }
}

/// What a JSON-RPC error says.
fn refusal(error: Option<&Value>) -> Fault {
    let code = error.and_then(|error| error.get("code")).and_then(Value::as_i64);
    let message = error.and_then(|error| error.get("message")).and_then(Value::as_str);
    match (code, message) {
        (None, None) => Fault::Nonsense("there is neither a result nor an error"),
        (code, message) => Fault::Refused {
            code: code.unwrap_or_default(),
            message: message.unwrap_or_default().to_owned(),
        },
    }
}

/// Steps are whole here.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float becomes the nearest number there is"
)]
fn whole(steps: f64) -> u64 {
    steps as u64
}
