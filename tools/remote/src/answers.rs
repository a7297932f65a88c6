//! What comes of asking a remote: what it answers, or what it wants to be told first.

use rmcp::model::{ElicitRequestParams, InputRequest, InputRequiredResult, JsonObject};
use serde_json::{Value, json};
use stagepass_kit::ToolError;
use url::Url;

use crate::{Remote, clean, exchange::Ask, fault::REMOTE_ERROR};

/// So many questions at once are passed on.
pub(crate) const MOST_QUESTIONS: usize = 8;
/// Bytes of a question with its form.
const LARGEST_QUESTION: usize = 32 << 10;
/// Characters of a question's text.
const LONGEST_QUESTION: usize = 1_000;
/// Bytes of a state that are kept for a remote.
const LONGEST_STATE: usize = 16 << 10;

/// What the caller's client can answer, for a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Answers {
    /// Forms.
    pub forms: bool,
    /// Links to open.
    pub links: bool,
}

/// What a client brings when it asks once more, after a remote wanted to be told something.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// The answers.
    pub responses: Option<Value>,
    /// The state that came with the questions.
    pub state: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The answer.
    Complete(T),
    /// The remote wants to be told something first. The state is its own, or names a call that waits
    /// there; it is bound to nobody.
    Asks(InputRequiredResult),
}

impl Input {
    pub(crate) fn is_brought(&self) -> bool {
        self.state.is_some() || self.responses.is_some()
    }

    /// `ask` with what is brought, for a remote of today.
    pub(crate) fn put_into(&self, ask: &mut Ask) {
        if let Some(responses) = &self.responses {
            ask.brought.insert("inputResponses".to_owned(), responses.clone());
        }
        if let Some(state) = &self.state {
            ask.brought.insert("requestState".to_owned(), state.clone().into());
        }
    }
}

impl Answers {
    /// Whatever a client can answer is one of these.
    pub(crate) const ALL: [Self; 4] = [
        Self { forms: false, links: false },
        Self { forms: true, links: false },
        Self { forms: false, links: true },
        Self { forms: true, links: true },
    ];

    /// As a client says it to a server.
    pub(crate) fn declared(self) -> Value {
        let kinds = [("form", self.forms), ("url", self.links)].into_iter().filter(|kind| kind.1);
        let elicitation: JsonObject = kinds.map(|(kind, _)| (kind.to_owned(), json!({}))).collect();
        if elicitation.is_empty() { json!({}) } else { json!({ "elicitation": elicitation }) }
    }

    /// The question that a server asks with `request`, if it can be passed on.
    pub(crate) fn read(self, mut request: Value) -> Option<InputRequest> {
        clean::show(&mut request);
        let request = serde_json::from_value(request).ok()?;
        self.take(&request).then_some(request)
    }

    fn take(self, request: &InputRequest) -> bool {
        let InputRequest::Elicitation(asked) = request else { return false };
        let params = serde_json::to_value(&asked.params).unwrap_or_default();
        let shown = ["requestedSchema", "url"].into_iter().filter_map(|field| params.get(field));
        params.to_string().len() <= LARGEST_QUESTION
            && shown.into_iter().all(clean::is_visible)
            && match &asked.params {
                ElicitRequestParams::FormElicitationParams { .. } => self.forms,
                ElicitRequestParams::UrlElicitationParams { url, .. } => {
                    self.links && Url::parse(url).is_ok_and(|url| url.scheme() == "https")
                }
                _ => false,
            }
    }
}

/// Whether `result` wants to be told something.
pub(crate) fn asks(result: &JsonObject) -> bool {
    result.get("resultType").and_then(Value::as_str) == Some("input_required")
}

impl Remote {
    /// What it wants to be told, by its answer, as the person is asked.
    ///
    /// # Errors
    /// When the client can't be asked that.
    pub(crate) fn questions(&self, result: JsonObject) -> Result<InputRequiredResult, ToolError> {
        let mut result = Value::Object(result);
        clean::show(&mut result);
        let mut asked: InputRequiredResult =
            serde_json::from_value(result).map_err(|_| self.unasked())?;
        let requests = asked.input_requests.iter().flatten();
        let state = asked.request_state.as_deref().unwrap_or_default();
        let fits = requests.clone().count() <= MOST_QUESTIONS && state.len() <= LONGEST_STATE;
        if !fits || !requests.clone().all(|(_, request)| self.answers.take(request)) {
            return Err(self.unasked());
        }
        let requests = asked.input_requests.iter_mut().flat_map(|requests| requests.values_mut());
        requests.for_each(|request| self.sign(request));
        asked.meta = None;
        Ok(asked)
    }

    /// Has the person told who asks.
    pub(crate) fn sign(&self, request: &mut InputRequest) {
        let InputRequest::Elicitation(request) = request else { return };
        let (ElicitRequestParams::FormElicitationParams { meta, message, .. }
        | ElicitRequestParams::UrlElicitationParams { meta, message, .. }) = &mut request.params
        else {
            return;
        };
        *meta = None;
        let words = clean::line(message, LONGEST_QUESTION);
        *message = format!("The server \"{}\" asks: {words}", self.name());
    }

    /// Nobody can be asked what it wants to be told.
    pub(crate) fn unasked(&self) -> ToolError {
        ToolError::new(
            REMOTE_ERROR,
            format!(
                "The server \"{}\" wants to ask the person something, which this client or that \
                 server's version of MCP doesn't allow here.",
                self.name()
            ),
            "Look whether an argument of the tool says it instead; otherwise tell the person.",
        )
    }
}
