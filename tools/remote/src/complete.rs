//! `completion/complete`.

use rmcp::model::{CompletionInfo, JsonObject};
use serde_json::{Value, json};
use stagepass_kit::{Caller, ToolError};

use crate::{Remote, clean, exchange::Ask};

/// The most that a client may be given (MCP, completion).
const MOST: usize = 100;
const LONGEST: usize = 500;

/// What an argument belongs to, by the remote's own name for it.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// A prompt's name.
    Prompt(&'a str),
    /// A template of URIs.
    Template(&'a str),
}

impl Remote {
    /// What the argument `name` of something could be that begins with `value`; `context` are the other
    /// arguments so far.
    ///
    /// # Errors
    /// As for [`Remote::call`].
    pub async fn complete(
        &self,
        caller: &Caller,
        of: Of<'_>,
        (name, value): (&str, &str),
        context: Option<Value>,
    ) -> Result<CompletionInfo, ToolError> {
        let of = match of {
            Of::Prompt(name) => json!({"type": "ref/prompt", "name": name}),
            Of::Template(uri) => json!({"type": "ref/resource", "uri": uri}),
        };
        let mut params = JsonObject::new();
        params.insert("ref".to_owned(), of);
        params.insert("argument".to_owned(), json!({"name": name, "value": value}));
        params.extend(context.map(|context| ("context".to_owned(), context)));
        let answer = self.ask(caller, &Ask::new("completion/complete", params)).await?;
        let completion = answer.result.get("completion");
        let field = |name: &str| completion.and_then(|completion| completion.get(name));
        let values = field("values").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let words = values.iter().filter_map(Value::as_str).take(MOST);
        let mut info = CompletionInfo::default();
        info.values = words.map(|word| clean::line(word, LONGEST)).collect();
        info.total = field("total").and_then(Value::as_u64).and_then(|total| total.try_into().ok());
        info.has_more = field("hasMore").and_then(Value::as_bool);
        Ok(info)
    }
}
