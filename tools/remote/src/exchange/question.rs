//! What a server asks on the way to its answer: whether we are there, and what the person has to say.

use rmcp::model::{ElicitRequestParams, InputRequest, JsonObject};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Exchange, Open, TOOLS_CALL};
use crate::{fault::Fault, seats::Seat};

const ELICIT: &str = "elicitation/create";
/// JSON-RPC: no such method.
const UNKNOWN_METHOD: i64 = -32601;
/// So many questions during one call are put to the person.
const MOST_FOR_THE_PERSON: usize = 8;
/// Bytes of what a server calls its question.
const LONGEST_ID: usize = 1_024;
/// So many others of a server during one call are answered.
const MOST_QUESTIONS: usize = 16;

/// Something that a server wants to be told by the person before it goes on.
pub(crate) struct Question {
    /// Of the server's request.
    id: Value,
    pub(crate) request: InputRequest,
    /// How long it waits.
    pub(crate) until: Instant,
    /// Where it waits for the person.
    _seat: Seat,
}

impl Question {
    /// Whether the person is to fill something in.
    pub(crate) fn is_form(&self) -> bool {
        let InputRequest::Elicitation(asked) = &self.request else { return false };
        matches!(asked.params, ElicitRequestParams::FormElicitationParams { .. })
    }

    /// What the server is told: `said`.
    pub(crate) fn reply(&self, said: &Value) -> Value {
        json!({"jsonrpc": "2.0", "id": self.id, "result": said})
    }
}

impl Exchange<'_> {
    /// The question in `message`, if the person can be asked it, and it is one of this call (`is_mine`).
    /// Other questions are answered here.
    pub(super) async fn asks(
        &self,
        open: &mut Open,
        method: &str,
        message: &JsonObject,
        is_mine: bool,
    ) -> Result<Option<Question>, Fault> {
        let question = is_mine.then(|| self.for_the_person(open, method, message)).flatten();
        if question.is_some() {
            open.asked += 1;
            return Ok(question);
        }
        let id = message.get("id");
        let reply = if method == "ping" {
            json!({"jsonrpc": "2.0", "id": id, "result": {}})
        } else {
            open.unasked = true;
            let error = json!({"code": UNKNOWN_METHOD, "message": "This client can't be asked."});
            json!({"jsonrpc": "2.0", "id": id, "error": error})
        };
        open.questions += 1;
        if open.questions <= MOST_QUESTIONS {
            self.wait(self.wire.aside(self.link, self.credential, &reply)).await?;
        }
        Ok(None)
    }

    fn for_the_person(&self, open: &Open, method: &str, message: &JsonObject) -> Option<Question> {
        let fits =
            method == ELICIT && open.method == TOOLS_CALL && open.asked < MOST_FOR_THE_PERSON;
        let is_id =
            |id: &&Value| id.is_number() || id.as_str().is_some_and(|id| id.len() <= LONGEST_ID);
        let id = message.get("id").filter(is_id).filter(|_| fits)?;
        let request = self.link.answers().read(Value::Object(message.clone()))?;
        let seat = self.wire.places.try_take(&self.link.whose().identity)?;
        let until = Instant::now() + self.wire.limits.person;
        Some(Question { id: id.clone(), request, until, _seat: seat })
    }
}
