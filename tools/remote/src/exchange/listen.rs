//! What comes back on a request: progress, questions, and at last the answer.

use std::{sync::Arc, time::Duration};

use reqwest::{Response, header::HeaderValue};
use rmcp::model::JsonObject;
use serde_json::Value;
use tokio::time::Instant;

use super::{Exchange, Question, SESSION, body::Messages, line::Line, status::refusal};
use crate::{clean, credentials::Credential, fault::Fault, limits::Limits};

/// Characters of what progress says.
const LONGEST_PROGRESS: usize = 300;

/// What came of a request.
pub(crate) enum Told {
    Answer(Answer),
    /// The server wants to be told something first, and the answer comes on what is open.
    Asks(Box<(Open, Question)>),
}

impl Told {
    /// The answer, to what is asked for nobody.
    pub(crate) fn answer(self) -> Result<Answer, Fault> {
        match self {
            Self::Answer(answer) => Ok(answer),
            Self::Asks(_) => Err(Fault::Nonsense("it asks where nobody is asked")),
        }
    }
}

/// The answer.
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

/// Where the answer to a request comes, with what has come so far.
pub(crate) struct Open {
    /// Of the request.
    pub(crate) id: u64,
    pub(super) method: &'static str,
    /// How long it may yet take.
    pub(super) left: Duration,
    /// What the server has asked: the person, and in all else.
    pub(super) asked: usize,
    pub(super) questions: usize,
    pub(super) unasked: bool,
    /// Where the server may ask, too.
    pub(super) line: Option<Arc<Line>>,
    messages: Messages,
    session: Option<HeaderValue>,
    progress: f64,
    changed: Changed,
}

impl Open {
    pub(super) fn of(
        response: Response,
        method: &'static str,
        id: u64,
        limits: &Limits,
        left: Duration,
    ) -> Result<Self, Fault> {
        let session = response.headers().get(SESSION).cloned();
        Ok(Self {
            id,
            method,
            left,
            asked: 0,
            questions: 0,
            unasked: false,
            line: None,
            messages: Messages::of(response, limits)?,
            session,
            progress: f64::NEG_INFINITY,
            changed: Changed::default(),
        })
    }

    /// The next message, on whichever line, and whether it can only be about this call. Nothing when
    /// there is no answer any more.
    async fn next(&mut self, credential: &Credential) -> Result<Option<(Value, bool)>, Fault> {
        let mine = |message: Option<Value>| message.map(|message| (message, true));
        let Some(line) = &self.line else { return self.messages.next(credential).await.map(mine) };
        tokio::select! {
            biased;
            message = self.messages.next(credential) => message.map(mine),
            message = line.next(credential) => Ok(Some((message, Arc::strong_count(line) == 1))),
        }
    }

    fn is_mine(&self, id: &Value) -> bool {
        id.as_u64() == Some(self.id)
    }
}

impl Exchange<'_> {
    /// Reads to the answer, or to a question that the person can be asked.
    pub(super) async fn listen(&mut self, mut open: Open) -> Result<Told, Fault> {
        while let Some((message, is_mine)) = self.wait(open.next(self.credential)).await?? {
            let Value::Object(mut message) = message else { continue };
            let method = message.get("method").and_then(Value::as_str).map(str::to_owned);
            match (method, message.get("id")) {
                (Some(method), Some(_)) => {
                    if let Some(question) = self.asks(&mut open, &method, &message, is_mine).await?
                    {
                        open.left = self.end.saturating_duration_since(Instant::now());
                        return Ok(Told::Asks(Box::new((open, question))));
                    }
                }
                (Some(method), None) if method == "notifications/progress" => {
                    self.note_progress(&mut open, message.get("params")).await;
                }
                (Some(method), None) => open.changed.note(&method),
                // An answer to somebody else's question is nobody's here.
                (None, Some(id)) if open.is_mine(id) => {
                    open.messages.end().await;
                    let result = result(&mut message)?;
                    let Open { session, unasked, changed, .. } = open;
                    return Ok(Told::Answer(Answer { result, session, unasked, changed }));
                }
                _ => {}
            }
        }
        Err(Fault::Nonsense("the answer broke off"))
    }

    async fn note_progress(&mut self, open: &mut Open, params: Option<&Value>) {
        let (Some(params), Some(watch)) = (params, self.watch) else { return };
        let ours = params.get("progressToken").is_some_and(|token| open.is_mine(token));
        let Some(done) = params.get("progress").and_then(Value::as_f64).filter(|_| ours) else {
            return;
        };
        // What stands still isn't progress, and doesn't prolong anything.
        if done <= open.progress {
            return;
        }
        open.progress = done;
        self.silence = Instant::now() + self.wire.limits.silence;
        let total = params.get("total").and_then(Value::as_f64).map(whole);
        let message = params.get("message").and_then(Value::as_str).unwrap_or_default();
        watch.report(whole(done), total, &clean::line(message, LONGEST_PROGRESS)).await;
    }
}

/// The result, or the error that there is instead.
fn result(message: &mut JsonObject) -> Result<JsonObject, Fault> {
    match message.remove("result") {
        Some(Value::Object(result)) => Ok(result),
        Some(_) => Err(Fault::Nonsense("the result is no object")),
        None => Err(refusal(message.get("error"))),
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
