//! What the server is, has, and has seen.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use serde_json::{Value, json};

use super::{ask::Question, odd::Odd};

/// Which revisions it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Era {
    /// 2026-07-28 and no other.
    Modern,
    /// 2025-11-25, with sessions.
    Legacy,
    /// 2025-06-18, without sessions.
    Stateless,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Of the message; empty for an answer.
    pub method: String,
    /// Its parameters.
    pub params: Value,
    /// The HTTP headers, names in small letters.
    pub headers: BTreeMap<String, String>,
    /// Whose token it was.
    pub person: Option<String>,
}

/// All of it.
#[derive(Debug)]
pub struct World {
    /// Which revisions it speaks.
    pub era: Era,
    /// The tokens that it takes, and whose they are; with none it takes everybody.
    pub tokens: HashMap<String, String>,
    /// A header that must be there with this value.
    pub header: Option<(String, String)>,
    /// What it lists.
    pub tools: Vec<Value>,
    /// And only to these people, besides.
    pub tools_of: HashMap<String, Vec<Value>>,
    /// Its prompts.
    pub prompts: Vec<Value>,
    /// Its resources.
    pub resources: Vec<Value>,
    /// Its templates of resources.
    pub templates: Vec<Value>,
    /// How long its lists may be kept, in milliseconds.
    pub ttl_ms: Option<u64>,
    /// How it is wrong, and for which method only.
    pub odd: Option<(Odd, Option<&'static str>)>,
    /// What it wants a token to have been granted.
    pub wants_scope: Option<String>,
    /// The requests so far.
    pub seen: Vec<Seen>,
    /// What was wrong with them.
    pub violations: Vec<String>,
    /// Its sessions, and whose they are.
    pub sessions: HashMap<String, Option<String>>,
    /// What the clients of the sessions can do.
    pub capabilities: HashMap<String, Value>,
    /// Calls that wait until they are cancelled, or for a person.
    pub waiting: usize,
    /// Whether people have been at the link that `ask` with `first` wants them to open.
    pub opened: bool,
    /// Whether it speaks unasked to whoever opens a line for that.
    pub has_lines: bool,
    /// How often somebody wanted to.
    pub lines_asked_for: usize,
    /// What it has to say there, by session.
    pub(super) lines: HashMap<String, Vec<String>>,
    /// How long it takes over answers to its questions.
    pub dawdles: Duration,
    /// What was asked on the way to an answer.
    pub(super) questions: HashMap<String, Question>,
}

/// A tool that takes any arguments.
#[must_use]
pub fn tool(name: &str, description: &str, reads: bool) -> Value {
    json!({
        "name": name,
        "description": description,
        "inputSchema": {"type": "object"},
        "annotations": {"readOnlyHint": reads},
    })
}

impl World {
    pub(super) fn new(era: Era) -> Self {
        let tools = [
            tool("echo", "Says what it is told.", true),
            tool("whoami", "Says whose token came.", true),
            tool("write", "Changes something.", false),
            tool("count", "Counts to three, slowly.", true),
            tool("wait", "Waits until it is cancelled.", true),
            tool("ask", "Asks the person for a colour.", true),
            tool("fail", "Fails, as tools do.", true),
            tool("refuse", "Is refused by the protocol.", true),
            tool("leak", "Repeats the credentials.", true),
            tool("sign", "Asks to sign in, in our name.", true),
            tool("files", "Gives resources.", true),
            tool("change", "Makes a tool, and says so.", false),
        ];
        Self {
            era,
            tokens: HashMap::new(),
            header: None,
            tools: tools.into(),
            tools_of: HashMap::new(),
            prompts: vec![json!({
                "name": "greet",
                "description": "Greets somebody.",
                "arguments": [{"name": "whom", "required": true}],
            })],
            resources: vec![json!({"uri": "note://one", "name": "one", "mimeType": "text/plain"})],
            templates: vec![json!({"uriTemplate": "note://{id}", "name": "a note"})],
            ttl_ms: None,
            odd: None,
            wants_scope: None,
            seen: Vec::new(),
            violations: Vec::new(),
            sessions: HashMap::new(),
            capabilities: HashMap::new(),
            waiting: 0,
            opened: false,
            has_lines: false,
            lines_asked_for: 0,
            lines: HashMap::new(),
            dawdles: Duration::ZERO,
            questions: HashMap::new(),
        }
    }

    /// Whether the client has cancelled its request `id`.
    pub(super) fn is_cancelled(&self, id: &Value) -> bool {
        let is_it = |seen: &Seen| {
            seen.method == "notifications/cancelled" && seen.params["requestId"] == *id
        };
        self.seen.iter().any(is_it)
    }

    /// Says this to all who have opened a line for that.
    pub fn say_unasked(&mut self, said: &str) {
        self.lines.values_mut().for_each(|line| line.push(said.to_owned()));
    }

    /// Closes the lines on which it speaks unasked, as a proxy does that finds them silent.
    pub fn close_lines(&mut self) {
        self.lines.clear();
    }

    /// How many lines are open on which it speaks unasked.
    #[must_use]
    pub fn open_lines(&self) -> usize {
        self.lines.len()
    }

    /// How many of its questions are answered.
    #[must_use]
    pub fn answered(&self) -> usize {
        self.questions.values().filter(|question| question.answer.is_some()).count()
    }

    /// The requests with this method so far.
    #[must_use]
    pub fn count(&self, method: &str) -> usize {
        self.seen.iter().filter(|seen| seen.method == method).count()
    }
}
