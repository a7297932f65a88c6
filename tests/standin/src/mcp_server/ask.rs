//! A tool that asks the person: in its answer, or on the way to it, as the era has it.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::{Value, json};

use super::{
    Era, World,
    odd::{events, json_of, plain},
    serve::{Shared, lock},
    tools::{Waiting, text},
};

/// How the id of a question begins that nobody was to be asked, and that nobody waits for.
const RUDE: &str = "rude";

/// A question on the way to an answer.
#[derive(Debug)]
pub(super) struct Question {
    /// Who may answer it.
    session: String,
    is_form: bool,
    pub(super) answer: Option<String>,
}

/// A call that asks one thing after the other.
struct Asking {
    world: Shared,
    message: Value,
    session: String,
    next: Vec<Value>,
    asked: Option<String>,
    answers: Vec<String>,
    is_over: bool,
    _waiting: Waiting,
}

/// Asks for a colour, or as many as `times` says; or, with `link`, to open that; or, with `first`, not
/// before that is opened. With `anyway` it asks whoever can't be asked. `says` is said at the end, and
/// with `lasts` there is none before it is cancelled. With `unasked` it asks where it speaks unasked.
pub(super) fn ask(world: &Shared, headers: &HeaderMap, message: &Value) -> Response {
    let answered = |key: &str, value: Value| {
        json_of(&json!({"jsonrpc": "2.0", "id": message["id"], key: value}))
    };
    if lock(world).era == Era::Modern {
        return answered("result", in_its_answer(&message["params"]));
    }
    let arguments = &message["params"]["arguments"];
    if arguments["anyway"] == true {
        return anyway(message);
    }
    if let (Some(first), false) = (arguments["first"].as_str(), lock(world).opened) {
        let elicitations = json!([link(first)]);
        let data = json!({ "elicitations": elicitations });
        return answered("error", json!({"code": -32042, "message": "Open it.", "data": data}));
    }
    let next = match (arguments["link"].as_str(), arguments["times"].as_u64()) {
        (Some(url), _) => vec![link(url)],
        (None, times) => (0..times.unwrap_or(1)).map(|_| form()).collect(),
    };
    let session = session(headers);
    if !next.iter().all(|params| may_ask(&lock(world), &session, params)) {
        let mut result = text("This client can't be asked.");
        result["isError"] = true.into();
        return answered("result", result);
    }
    let asking = Asking {
        world: world.clone(),
        message: message.clone(),
        session,
        next,
        asked: None,
        answers: Vec::new(),
        is_over: false,
        _waiting: Waiting::begin(world),
    };
    let said = stream::unfold(asking, |mut asking| async move {
        let said = asking.say().await?;
        Some((Ok::<_, std::io::Error>(said), asking))
    });
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(said)).into_response()
}

fn form() -> Value {
    let schema = json!({
        "type": "object",
        "properties": {"colour": {"type": "string", "title": "Colour"}},
        "required": ["colour"],
    });
    json!({"message": "Which colour?", "requestedSchema": schema})
}

fn link(url: &str) -> Value {
    json!({"mode": "url", "message": "Please pay.", "url": url, "elicitationId": "e1"})
}

/// By multi-round-trip requests (MCP 2026-07-28).
fn in_its_answer(params: &Value) -> Value {
    match &params["inputResponses"]["colour"]["content"]["colour"] {
        Value::String(colour) if params["requestState"] == "the-state" => text(colour),
        _ => json!({
            "resultType": "input_required",
            "requestState": "the-state",
            "inputRequests": {"colour": {"method": "elicitation/create", "params": form()}},
        }),
    }
}

/// As no server should: without having been told that it can, and it doesn't wait.
fn anyway(message: &Value) -> Response {
    let asked = json!({
        "jsonrpc": "2.0", "id": RUDE, "method": "elicitation/create", "params": form(),
    });
    let mut result = text("no colour");
    result["isError"] = true.into();
    let done = json!({"jsonrpc": "2.0", "id": message["id"], "result": result});
    events(&format!("data: {asked}\n\ndata: {done}\n\n"))
}

pub(super) fn session(headers: &HeaderMap) -> String {
    let session = headers.get("mcp-session-id").and_then(|session| session.to_str().ok());
    session.unwrap_or_default().to_owned()
}

/// Whether the client has declared that. `{}` means forms.
fn may_ask(world: &World, session: &str, params: &Value) -> bool {
    let Some(declared) = world.capabilities.get(session) else { return false };
    let Some(kinds) = declared["elicitation"].as_object() else { return false };
    let kind = if params["mode"] == "url" { "url" } else { "form" };
    kinds.contains_key(kind) || (kinds.is_empty() && kind == "form")
}

impl Asking {
    /// What it says next; nothing when it is over.
    async fn say(&mut self) -> Option<String> {
        if self.is_over {
            return None;
        }
        if let Some(asked) = &self.asked {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut world = lock(&self.world);
            if world.is_cancelled(&self.message["id"]) {
                return None;
            }
            let question = world.questions.get_mut(asked).expect("it was asked");
            let Some(answer) = question.answer.clone() else {
                return Some(": silence\n\n".to_owned());
            };
            self.answers.push(answer);
            self.asked = None;
            let token = &self.message["params"]["_meta"]["progressToken"];
            return Some(event(&json!({
                "jsonrpc": "2.0",
                "method": "notifications/progress",
                "params": {"progressToken": token, "progress": self.answers.len()},
            })));
        }
        let arguments = &self.message["params"]["arguments"];
        if self.next.is_empty() && arguments["lasts"] == true {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let is_over = lock(&self.world).is_cancelled(&self.message["id"]);
            return (!is_over).then(|| ": silence\n\n".to_owned());
        }
        if self.next.is_empty() {
            self.is_over = true;
            self.answers.extend(arguments["says"].as_str().map(str::to_owned));
            let result = text(&self.answers.join(" "));
            let id = &self.message["id"];
            return Some(event(&json!({"jsonrpc": "2.0", "id": id, "result": result})));
        }
        let params = self.next.remove(0);
        let mut world = lock(&self.world);
        let id = format!("q{}", world.questions.len());
        let is_form = params["mode"] != "url";
        let question = Question { session: self.session.clone(), is_form, answer: None };
        world.questions.insert(id.clone(), question);
        self.asked = Some(id.clone());
        let method = "elicitation/create";
        let asks = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        if self.message["params"]["arguments"]["unasked"] != true {
            return Some(event(&asks));
        }
        // Where nobody listens it is lost.
        if let Some(line) = world.lines.get_mut(&self.session) {
            line.push(event(&asks));
        }
        Some(": silence\n\n".to_owned())
    }
}

fn event(message: &Value) -> String {
    format!("data: {message}\n\n")
}

/// Takes an answer to a question.
pub(super) fn take(world: &mut World, headers: &HeaderMap, message: &Value) -> Response {
    let id = message["id"].as_str().unwrap_or_default();
    if id.starts_with(RUDE) {
        return plain(202, "", String::new());
    }
    let session = session(headers);
    let question = world.questions.get_mut(id).filter(|question| question.session == session);
    let said = match question {
        Some(question) if question.answer.is_none() => {
            let said = said(question.is_form, message);
            question.answer = said.clone().ok();
            said
        }
        Some(_) => Err("a question was answered twice"),
        None => Err("an answer came to no question of that session"),
    };
    match said {
        Ok(_) => plain(202, "", String::new()),
        Err(why) => {
            world.violations.push(format!("{why}: {message}"));
            plain(400, "", String::new())
        }
    }
}

/// What the person said.
fn said(is_form: bool, message: &Value) -> Result<String, &'static str> {
    if message.get("error").is_some() {
        return Ok("refused".to_owned());
    }
    let result = message["result"].as_object().ok_or("there is no result")?;
    let has_content = result.contains_key("content");
    if result.len() != 1 + usize::from(has_content) {
        return Err("there is more than an answer");
    }
    let colour = result.get("content").and_then(|content| content["colour"].as_str());
    match (result.get("action").and_then(Value::as_str), colour) {
        (Some("accept"), Some(colour)) if is_form => Ok(colour.to_owned()),
        (Some("accept"), None) if !is_form && !has_content => Ok("opened".to_owned()),
        (Some("decline"), None) if !has_content => Ok("declined".to_owned()),
        (Some("cancel"), None) if !has_content => Ok("cancelled".to_owned()),
        _ => Err("the answer isn't as the question wants it"),
    }
}
