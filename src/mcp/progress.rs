//! Progress (MCP, progress): what a client hears that asked for it, on its own request's stream.
//!
//! rmcp answers as JSON when the first thing to be said is the result, and as a stream otherwise, so
//! a request is answered by a stream if something is reported, and only then.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::http::{header::ACCEPT, request::Parts};
use rmcp::{
    RoleServer,
    model::{ProgressNotificationParam, ProgressToken},
    service::{Peer, RequestContext},
};
use stagepass_kit::Progress;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

/// The least time between two reports. Of those that come sooner, the last waits for the end.
const PAUSE: Duration = Duration::from_millis(250);
const EVENT_STREAM: &str = "text/event-stream";

/// In a request's extensions: its client says by name that it reads streams.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReadsStreams;

/// Notes in the request whether its client reads streams.
pub(super) fn read(parts: &mut Parts) {
    let lines = parts.headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok());
    let mut kinds = lines.flat_map(|line| line.split(','));
    let is_stream = |kind: &str| {
        let essence = kind.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(EVENT_STREAM)
    };
    if kinds.any(is_stream) {
        parts.extensions.insert(ReadsStreams);
    }
}

/// The reports of one call.
pub(super) struct Reports {
    peer: Peer<RoleServer>,
    token: ProgressToken,
    /// Cancelled when nobody listens any more.
    gone: CancellationToken,
    clock: Clock,
    said: Mutex<Said>,
}

#[derive(Default)]
struct Said {
    done: Option<u64>,
    /// When something was last sent.
    at: Option<Duration>,
    /// What came too soon after that.
    held: Option<ProgressNotificationParam>,
    is_over: bool,
}

impl Reports {
    /// Reports to whoever asked; none if nobody did, or nobody could hear them.
    pub(super) fn wanted(context: &RequestContext<RoleServer>, clock: &Clock) -> Option<Arc<Self>> {
        let token = context.meta.get_progress_token()?;
        let parts = context.extensions.get::<Parts>();
        if parts.is_some_and(|parts| parts.extensions.get::<ReadsStreams>().is_none()) {
            return None;
        }
        let (peer, gone, said) = (context.peer.clone(), context.ct.clone(), Mutex::default());
        Some(Arc::new(Self { peer, token, gone, clock: clock.clone(), said }))
    }

    /// Sends what was held back, and nothing from then on: the result comes next.
    pub(super) async fn end(&self) {
        let mut said = self.said.lock().await;
        said.is_over = true;
        if let Some(held) = said.held.take() {
            self.send(held).await;
        }
    }

    /// Whoever reads slowly is waited for, as long as they are there.
    async fn send(&self, report: ProgressNotificationParam) {
        let sent = self.gone.run_until_cancelled(self.peer.notify_progress(report)).await;
        if let Some(Err(error)) = sent {
            tracing::debug!(%error, "nobody hears of progress");
        }
    }
}

#[async_trait]
impl Progress for Reports {
    async fn report(&self, done: u64, total: Option<u64>, message: &str) {
        let mut said = self.said.lock().await;
        // It must grow with every report.
        if said.is_over || said.done.is_some_and(|before| done <= before) {
            return;
        }
        said.done = Some(done);
        let mut report = ProgressNotificationParam::new(self.token.clone(), float(done));
        report.total = total.map(float);
        report.message = Some(message.to_owned());
        let now = self.clock.monotonic();
        if said.at.is_some_and(|at| now.saturating_sub(at) < PAUSE) {
            said.held = Some(report);
            return;
        }
        said.at = Some(now);
        said.held = None;
        self.send(report).await;
    }
}

/// JSON has one kind of number.
#[expect(clippy::cast_precision_loss, reason = "nobody counts so many steps")]
fn float(steps: u64) -> f64 {
    steps as f64
}
