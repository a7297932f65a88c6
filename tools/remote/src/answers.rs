//! What comes of asking a remote: what it answers, or what it wants to be told first.

use rmcp::model::{ElicitRequestParams, InputRequest, InputRequiredResult, JsonObject};
use serde_json::{Value, json};
use stagepass_kit::ToolError;
use url::Url;

use crate::{Remote, clean, exchange::Ask, fault::REMOTE_ERROR};

/// So many questions at once are passed on.
const MOST_QUESTIONS: usize = 8;
/// Characters of a question's text.
const LONGEST_QUESTION: usize = 1_000;
/// Bytes of a state that are kept for a remote.
const LONGEST_STATE: usize = 16 << 10;

/// What the caller's client can answer, for a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Answers {
    /// Forms.
    pub forms: bool,
    /// Links to open.
    pub links: bool,
}

/// What a client brings when it asks once more, after a remote wanted to be told something.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// What it can answer.
    pub answers: Answers,
    /// The answers.
    pub responses: Option<Value>,
    /// The remote's own state, as it gave it.
    pub state: Option<String>,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome<T> {
    /// The answer.
    Complete(T),
    /// The remote wants to be told something first. The state is its own, and bound to nobody.
    Asks(InputRequiredResult),
}

impl Input {
    /// `ask` with what is brought.
    pub(crate) fn put_into(&self, ask: &mut Ask) {
        let mut elicitation = JsonObject::new();
        if self.answers.forms {
            elicitation.insert("form".to_owned(), json!({}));
        }
        if self.answers.links {
            elicitation.insert("url".to_owned(), json!({}));
        }
        if !elicitation.is_empty() {
            ask.capabilities = json!({"elicitation": elicitation});
        }
        if let Some(responses) = &self.responses {
            ask.params.insert("inputResponses".to_owned(), responses.clone());
        }
        if let Some(state) = &self.state {
            ask.params.insert("requestState".to_owned(), state.clone().into());
        }
    }
}

impl Answers {
    fn take(self, request: &InputRequest) -> bool {
        let InputRequest::Elicitation(asked) = request else { return false };
        match &asked.params {
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
    /// What it wants to be told, as the person is asked: they are told who asks.
    ///
    /// # Errors
    /// When the client can't be asked that.
    pub(crate) fn questions(
        &self,
        result: JsonObject,
        answers: Answers,
    ) -> Result<InputRequiredResult, ToolError> {
        let mut result = Value::Object(result);
        clean::show(&mut result);
        let mut asked: InputRequiredResult =
            serde_json::from_value(result).map_err(|_| self.unasked())?;
        let requests = asked.input_requests.iter().flatten();
        let state = asked.request_state.as_deref().unwrap_or_default();
        let fits = requests.clone().count() <= MOST_QUESTIONS && state.len() <= LONGEST_STATE;
        if !fits || !requests.clone().all(|(_, request)| answers.take(request)) {
            return Err(self.unasked());
        }
        for request in asked.input_requests.iter_mut().flat_map(|requests| requests.values_mut()) {
            let InputRequest::Elicitation(request) = request else { continue };
            let (ElicitRequestParams::FormElicitationParams { meta, message, .. }
            | ElicitRequestParams::UrlElicitationParams { meta, message, .. }) =
                &mut request.params
            else {
                continue;
            };
            *meta = None;
            let words = clean::line(message, LONGEST_QUESTION);
            *message = format!("The server \"{}\" asks: {words}", self.name());
        }
        asked.meta = None;
        Ok(asked)
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
