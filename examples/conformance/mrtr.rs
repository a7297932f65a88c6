//! Tools and a prompt that ask back, round by round (MCP 2026-07-28, multi round-trip requests).
//!
//! A [`Dialogue`] is data: what to ask in which round. What was answered in earlier rounds travels
//! with the client in a sealed `requestState`, so that the server keeps nothing.

use std::{collections::BTreeMap, time::Duration};

use rmcp::{
    ErrorData, RoleServer,
    model::{
        CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities,
        GetPromptRequestParams, GetPromptResponse, GetPromptResult, InputRequest, InputRequests,
        InputRequiredResult, InputResponses, Prompt, RequestStateCodec, SealOptions, Tool,
    },
    service::RequestContext,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{prompts, tools};

/// A fixture's state protects nothing, so its key need not be a secret.
const KEY: &[u8] = b"the conformance fixture's own key";

/// How long a person may take over one round.
const TTL: Duration = Duration::from_mins(10);

/// What one tool or prompt asks for.
pub(crate) struct Dialogue {
    name: &'static str,
    rounds: Vec<InputRequests>,
    /// Whether a `requestState` goes along. Without one there can only be one round.
    stateful: bool,
}

/// All of them, and the seal for what they remember.
pub(crate) struct Dialogues {
    tools: Vec<Dialogue>,
    prompts: Vec<Dialogue>,
    seal: RequestStateCodec,
}

/// What the client carries from round to round.
#[derive(Default, Serialize, Deserialize)]
struct State {
    round: usize,
    answers: InputResponses,
}

/// How a request ends.
enum Turn {
    Ask(InputRequiredResult),
    Done(InputResponses),
}

impl Dialogue {
    fn new(name: &'static str, rounds: &[Value]) -> serde_json::Result<Self> {
        let rounds =
            rounds.iter().cloned().map(serde_json::from_value).collect::<Result<_, _>>()?;
        Ok(Self { name, rounds, stateful: false })
    }

    fn stateful(self) -> Self {
        Self { stateful: true, ..self }
    }

    pub(crate) fn tool(&self) -> Tool {
        tools::tool(self.name, "Asks back before it answers.", &json!({ "type": "object" }))
    }

    pub(crate) fn prompt(&self) -> Prompt {
        Prompt::new(self.name, Some("Asks back before it answers."), None)
    }
}

impl Dialogues {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let name = || elicitation("What is your name?", "name", "string");
        let confirm = || json!({ "confirm": elicitation("Please confirm", "ok", "boolean") });
        let roots = || json!({ "method": "roots/list" });
        let capital = || sampling("What is the capital of France?", 100);
        let everything = json!({
            "user_name": name(),
            "greeting": sampling("Generate a greeting", 50),
            "client_roots": roots(),
        });
        let steps = [
            json!({ "step1": elicitation("Step 1: What is your name?", "name", "string") }),
            json!({ "step2": elicitation("Step 2: What is your favorite color?", "color", "string") }),
        ];
        let context = elicitation("What context should the prompt use?", "context", "string");
        let one = |name, round: Value| Dialogue::new(name, &[round]);
        let tools = vec![
            one("test_input_required_result_elicitation", json!({ "user_name": name() }))?,
            one("test_streaming_elicitation", json!({ "user_name": name() }))?,
            one("test_input_required_result_sampling", json!({ "capital_question": capital() }))?,
            one("test_input_required_result_list_roots", json!({ "client_roots": roots() }))?,
            one(
                "test_input_required_result_capabilities",
                json!({ "user_name": name(), "capital_question": capital() }),
            )?,
            one("test_input_required_result_request_state", confirm())?.stateful(),
            one("test_input_required_result_tampered_state", confirm())?.stateful(),
            one("test_input_required_result_multiple_inputs", everything)?.stateful(),
            Dialogue::new("test_input_required_result_multi_round", &steps)?.stateful(),
        ];
        let prompts =
            vec![one("test_input_required_result_prompt", json!({ "user_context": context }))?];
        Ok(Self { tools, prompts, seal: RequestStateCodec::try_new(KEY)? })
    }

    pub(crate) fn tools(&self) -> impl Iterator<Item = &Dialogue> {
        self.tools.iter()
    }

    pub(crate) fn tool(&self, name: &str) -> Option<&Dialogue> {
        self.tools.iter().find(|dialogue| dialogue.name == name)
    }

    pub(crate) fn prompts(&self) -> impl Iterator<Item = &Dialogue> {
        self.prompts.iter()
    }

    pub(crate) fn prompt(&self, name: &str) -> Option<&Dialogue> {
        self.prompts.iter().find(|dialogue| dialogue.name == name)
    }

    pub(crate) fn call(
        &self,
        dialogue: &Dialogue,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let answers = request.input_responses.unwrap_or_default();
        match self.turn(dialogue, answers, request.request_state.as_deref(), context)? {
            Turn::Ask(ask) => Ok(ask.into()),
            Turn::Done(answers) => Ok(CallToolResult::success(tools::text(&told(&answers))).into()),
        }
    }

    pub(crate) fn get(
        &self,
        dialogue: &Dialogue,
        request: GetPromptRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let answers = request.input_responses.unwrap_or_default();
        match self.turn(dialogue, answers, request.request_state.as_deref(), context)? {
            Turn::Ask(ask) => Ok(ask.into()),
            Turn::Done(answers) => {
                Ok(GetPromptResult::new(vec![prompts::says(&told(&answers))]).into())
            }
        }
    }

    /// Asks for the round that the state names, again if an answer is missing or no answer at all.
    fn turn(
        &self,
        dialogue: &Dialogue,
        given: InputResponses,
        state: Option<&str>,
        context: &RequestContext<RoleServer>,
    ) -> Result<Turn, ErrorData> {
        let declared = context.client_capabilities().unwrap_or_default();
        let mut state = state.map_or_else(|| Ok(State::default()), |it| self.open(dialogue, it))?;
        let Some(round) = dialogue.rounds.get(state.round) else {
            return Err(ErrorData::invalid_params("requestState names no round", None));
        };
        let asked = askable(round, &declared)?;
        if !asked.iter().all(|(key, request)| answered(request, given.get(key))) {
            return self.ask(dialogue, asked, &state);
        }
        state.answers.extend(given.into_iter().filter(|(key, _)| asked.contains_key(key)));
        state.round += 1;
        match dialogue.rounds.get(state.round) {
            Some(next) => self.ask(dialogue, askable(next, &declared)?, &state),
            None => Ok(Turn::Done(state.answers)),
        }
    }

    fn ask(
        &self,
        dialogue: &Dialogue,
        requests: InputRequests,
        state: &State,
    ) -> Result<Turn, ErrorData> {
        let mut ask = InputRequiredResult::from_input_requests(requests);
        if dialogue.stateful {
            let options = SealOptions::new().associated_data(dialogue.name.as_bytes()).ttl(TTL);
            let sealed = self.seal.seal_json_with(state, &options);
            ask.request_state =
                Some(sealed.map_err(|error| ErrorData::internal_error(error.to_string(), None))?);
        }
        Ok(Turn::Ask(ask))
    }

    fn open(&self, dialogue: &Dialogue, sealed: &str) -> Result<State, ErrorData> {
        self.seal
            .open_json_with(sealed, dialogue.name.as_bytes())
            .map_err(|error| ErrorData::invalid_params(error.to_string(), None))
    }
}

/// The requests of a round that this client can serve; an error if there are none.
fn askable(
    round: &InputRequests,
    declared: &ClientCapabilities,
) -> Result<InputRequests, ErrorData> {
    let able = |request: &InputRequest| match request {
        InputRequest::CreateMessage(_) => declared.sampling.is_some(),
        InputRequest::Elicitation(_) => declared.elicitation.is_some(),
        InputRequest::ListRoots(_) => declared.roots.is_some(),
        _ => false,
    };
    let asked: BTreeMap<_, _> = round
        .iter()
        .filter(|(_, request)| able(request))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    if asked.is_empty() {
        let required = ClientCapabilities::builder().enable_elicitation().build();
        return Err(ErrorData::missing_required_client_capability(required));
    }
    Ok(asked)
}

/// Whether this is an answer to that request, as far as its outer shape goes.
fn answered(request: &InputRequest, answer: Option<&Value>) -> bool {
    let Some(answer) = answer else { return false };
    match request {
        InputRequest::CreateMessage(_) => answer.get("content").is_some(),
        InputRequest::Elicitation(_) => answer.get("action").is_some_and(Value::is_string),
        InputRequest::ListRoots(_) => answer.get("roots").is_some_and(Value::is_array),
        _ => false,
    }
}

/// A greeting if there is a name, and in any case what was answered.
fn told(answers: &InputResponses) -> String {
    let name = answers.get("user_name").and_then(|answer| answer.pointer("/content/name"));
    match name.and_then(Value::as_str) {
        Some(name) if answers.len() == 1 => format!("Hello, {name}!"),
        _ => format!("state-ok: {}", json!(answers)),
    }
}

fn elicitation(message: &str, field: &str, kind: &str) -> Value {
    let schema = json!({
        "type": "object",
        "properties": { field: { "type": kind } },
        "required": [field],
    });
    let params = json!({ "mode": "form", "message": message, "requestedSchema": schema });
    json!({ "method": "elicitation/create", "params": params })
}

fn sampling(prompt: &str, max_tokens: u32) -> Value {
    let message = json!({ "role": "user", "content": { "type": "text", "text": prompt } });
    let params = json!({ "messages": [message], "maxTokens": max_tokens });
    json!({ "method": "sampling/createMessage", "params": params })
}
